"""The rules reproduce the six profiles of the partner's year. The year is reduced here in the plainest way."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import pytest

from domain.framework.configuration import PRODUCT
from domain.framework.evidence_sources import Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import (
    WeightedRating,
    assessment_units,
    convert,
    newest_by_key,
    observation_units,
    precedence,
)
from domain.scoring.score import profile
from domain.scoring.tally import tallies_from_units
from tests.support.reference_material import sample

pytestmark = pytest.mark.official


def loaded(name):
    text = (sample("partner-year") / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if name.endswith("ndjson") else json.loads(text)


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def current_observations():
    """Current observations: of the accepted acts the last stands, as an accepted act is newer than what it replaces."""
    items = {(b["batch"], i): item for b in loaded("observations.ndjson") for i, item in enumerate(b["items"])}
    standing = {}
    for n, outcome in enumerate(loaded("expected-outcomes.ndjson")):
        if outcome["outcome"] in {"created", "replaced", "retracted", "revived"}:
            item = items[outcome["batch"], outcome["index"]]
            standing[item.get("external_id") or n] = item
    return [i for i in standing.values() if i.get("op") != "retract"]


def rated(item, elements, mappings):
    for rating in item["ratings"]:
        if rating.get("not_observed"):
            continue
        if "responsibility" in rating:
            yield WeightedRating(Responsibility(rating["responsibility"]), rating["value"], 1.0)
            continue
        element = elements[rating["element"]]
        levels = {level["code"]: level["value"] for level in element.get("levels", ())}
        value = levels[rating["level"]] if "level" in rating else rating["value"]
        x = convert(value, element["scale"]["worst"], element["scale"]["best"], "/value")
        for m in mappings:
            if m["element"] == rating["element"]:
                yield WeightedRating(Responsibility(m["responsibility"]), x, m["weight"])


def sourced_id(person):
    """The roster's state ids are its sourced ids, so any reference of the sample names the same number."""
    return person.get("sourced_id") or person.get("identifier") or person["user_id"]["value"]


def units_of(leader):
    elements = {e["code"]: e for e in loaded("instrument.json")["elements"]}
    mappings = loaded("crosswalk.json")["mappings"]
    for item in current_observations():
        if sourced_id(item["leader"]) == leader:
            yield from observation_units(rated(item, elements, mappings), instant(item["observed_at"]))
    claims = [
        (a["kind"], json.dumps(a.get("supervisor")), unit, a)
        for a in loaded("assessments.json")
        if sourced_id(a["leader"]) == leader
        for unit in assessment_units(
            [
                (Responsibility(r["responsibility"]), convert(r["value"], a["scale"]["worst"], a["scale"]["best"], "/value"))
                for r in a["ratings"]
            ],
            Source(a["kind"]),
            instant(a["assessed_at"]),
        )
    ]
    counted = newest_by_key(
        claims,
        key_of=lambda c: (c[0], c[1], c[2].responsibility),
        rank=lambda c: precedence(c[2].t, int(c[3].get("external_version") or 1), c[3].get("external_id")),
    )
    yield from (c[2] for c in counted.values())


NAMES = {"classification": "class"}
"""Members that the sample names as the contract did before."""


def wire(value):
    """A view as the sample writes it."""
    if is_dataclass(value):
        return {NAMES.get(f.name, f.name): wire(getattr(value, f.name)) for f in fields(value)}
    return [wire(v) for v in value] if isinstance(value, tuple) else value


def assert_same(expected, actual, path):
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_same(value, actual[key], f"{path}.{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(actual), path
        for i, value in enumerate(expected):
            assert_same(value, actual[i], f"{path}[{i}]")
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, abs=0.0001), path
    else:
        assert actual == expected, path


@pytest.mark.parametrize("leader", ["207267", "207266", "207264", "207263", "207246", "207248"])
def test_the_year_leaves_the_expected_profile(leader):
    expected = next(p for p in loaded("expected-profiles.json") if p["leader"]["sourced_id"] == leader)
    held = tallies_from_units(units_of(leader), PRODUCT.half_life_days, PRODUCT.landmark)
    found = profile(held, PRODUCT, instant(expected["as_of"]))
    assert_same(expected["scores"], [wire(s) for s in found], leader)
