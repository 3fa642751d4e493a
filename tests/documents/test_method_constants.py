"""METHOD 2 names every constant with the value that it has in the code, and the module that uses it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from importlib import import_module
from operator import attrgetter

import pytest

from domain.framework.configuration import PRODUCT, PhaseWeight
from domain.framework.evidence_sources import Source
from domain.framework.phases import Phase
from domain.framework.responsibilities import Responsibility
from domain.scoring.explanation import RULE_VERSION
from tests.support.markdown import METHOD, ROOT, headings, section, table, tables

OF_THE_CONFIGURATION = ("2.1", "2.3", "2.4", "2.5", "2.6", "2.8", "2.9")
IN_OTHER_TABLES = {"version", "constants", "sources", "phases"}

ROWS = [row for number in OF_THE_CONFIGURATION for row in table(METHOD, number, "name", "value", "unit", "limits")]
FIXED = [row for _, rows in tables(section(METHOD, "2.10")) for row in rows]


def members(instance, prefix=""):
    """The names of all members, those of a nested dataclass behind a dot."""
    for field in fields(instance):
        value = getattr(instance, field.name)
        if is_dataclass(value):
            yield from members(value, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


def test_every_member_of_the_configuration_stands_in_one_table():
    assert sorted(row[0] for row in ROWS) == sorted(set(members(PRODUCT)) - IN_OTHER_TABLES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_member_of_the_configuration_has_the_value_of_the_page(row):
    value = attrgetter(row[0])(PRODUCT)
    assert value == (datetime.fromisoformat(row[1]) if isinstance(value, datetime) else float(row[1]))


@pytest.mark.parametrize("row", [row for row in ROWS if len(row) == 6], ids=lambda row: row[0])
def test_a_module_that_is_named_as_using_a_constant_does(row):
    name = row[0].rpartition(".")[2]
    for module in row[4].replace("`", "").split(", "):
        assert name in (ROOT / "domain" / module).read_text(), module


def test_the_sources_have_the_variances_of_the_page():
    written = {Source(s): (float(a), float(b)) for s, a, b, *_ in table(METHOD, "2.2", "source")}
    assert written == {s.source: (s.sigma2, s.omega2) for s in PRODUCT.sources}


def test_the_phases_have_the_weights_of_the_page():
    written = [
        PhaseWeight(phase=Phase(phase), responsibility=Responsibility(code.strip(" `")), weight=weight)
        for phase, *lists in table(METHOD, "2.7", "phase")
        for weight, codes in zip((1.0, 0.5), lists, strict=True)
        for code in codes.split(",")
    ]
    assert written == list(PRODUCT.phases)


@pytest.mark.parametrize("row", FIXED, ids=lambda row: row[0])
def test_a_constant_that_is_fixed_in_code_has_the_value_of_the_page(row):
    module, _, name = row[0].rpartition(".")
    value = getattr(import_module(f"domain.{module}"), name)
    several = list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else [value]
    assert several == [float(part) for part in row[1].split(", ")]


def test_the_page_is_about_the_constants_in_force():
    assert f"named `{PRODUCT.constants}`" in METHOD.read_text()
    assert PRODUCT.constants == RULE_VERSION


def test_parts_are_numbered_in_order():
    parts = [int(number) for number, _ in headings(METHOD) if "." not in number]
    assert parts == list(range(1, len(parts) + 1))
