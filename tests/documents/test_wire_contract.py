"""The tables of openapi/README.md name every error code, every limit of ``GET /v1`` and every scope, each once."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from api.middleware.rate_limit import RateLimits
from api.rest.service import _limits
from api.settings import Settings
from domain.shared.context import Scope
from domain.shared.errors import Code

README = Path(__file__).parents[2] / "openapi" / "README.md"
SECTION = re.compile(r"^### (\d+\.\d+) [^\n]*\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([a-z0-9_:]+)` \|([^\n]*)\|$", re.MULTILINE)
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}
LIMITS = asdict(
    _limits(
        RateLimits(
            client=DEFAULTS["rate_limit_client"], person=DEFAULTS["rate_limit_person"], address=DEFAULTS["rate_limit_address"]
        )
    )
)


def rows_of(section):
    """The rows of the table in ``section``: the name in the first cell, and the text of the others."""
    sections = dict(SECTION.findall(README.read_text()))
    return ROW.findall(sections[section])


@pytest.mark.parametrize(("section", "names"), [("2.4", set(Code)), ("4.1", set(LIMITS)), ("10.2", set(Scope))])
def test_a_table_names_all_that_the_code_has_and_nothing_else_and_each_once(section, names):
    assert sorted(name for name, _ in rows_of(section)) == sorted(names)


def test_the_values_of_the_limits_are_those_of_a_new_installation():
    told = {name: cells.split("|")[0].strip() for name, cells in rows_of("4.1")}
    numbers = {name: str(value) for name, value in LIMITS.items() if isinstance(value, int)}
    assert {name: told[name] for name in numbers} == numbers
