from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from api.graphql.derive import node, said, shown
from api.graphql.hearing import as_json, heard
from api.graphql.scalars import SCALARS
from api.graphql.schema import Names, sdl
from domain.directory.model import PersonRef
from domain.observations.commands import PushObservation
from domain.shared.errors import Invalid
from domain.shared.ids import PersonId


class Weather(StrEnum):
    """How it is outside."""

    BRIGHT_SUN = "bright_sun"


@dataclass(frozen=True, kw_only=True)
class InnerView:
    """Something inside."""

    class_: Weather


@dataclass(frozen=True, kw_only=True)
class OuterView:
    """Something ``outside``."""

    id: PersonId
    seen_at: datetime
    seen_on: date | None
    inner: tuple[InnerView, ...]
    share: float = field(metadata={"description": "A part of one."})
    word: Literal["a", "b"]


@pytest.fixture(scope="module")
def schema() -> strawberry.Schema:
    outer = shown(OuterView)

    def read() -> Any:
        return OuterView(
            id=PersonId(UUID(int=5)),
            seen_at=datetime(2026, 3, 2, 7, 41, 20, 123999, tzinfo=timezone(timedelta(hours=-6))),
            seen_on=None,
            inner=(InnerView(class_=Weather.BRIGHT_SUN),),
            share=0.25,
            word="a",
        )

    read.__annotations__["return"] = outer
    query = strawberry.type(type("Query", (), {"it": strawberry.field(resolver=read)}))
    return strawberry.Schema(query, config=StrawberryConfig(name_converter=Names(), scalar_map=dict(SCALARS)))


def test_a_view_keeps_its_names_in_camel_case_and_its_words(schema):
    text = schema.as_str()
    assert '"""Something `outside`."""\ntype Outer {\n  uuid: UUID!\n  seenAt: DateTime!\n  seenOn: Date\n' in text
    assert '  """A part of one."""\n  share: Float!\n  word: String!\n' in text
    assert "type Inner {\n  class: Weather!\n}" in text
    assert "enum Weather {\n  bright_sun\n}" in text


def test_instants_are_shown_in_utc_with_milliseconds_and_enums_by_their_value(schema):
    result = schema.execute_sync("{ it { uuid seenAt seenOn inner { class } share word } }")
    assert result.errors is None
    assert result.data == {
        "it": {
            "uuid": "00000000-0000-0000-0000-000000000005",
            "seenAt": "2026-03-02T13:41:20.123Z",
            "seenOn": None,
            "inner": [{"class": "bright_sun"}],
            "share": 0.25,
            "word": "a",
        }
    }


@pytest.mark.parametrize("hint", [dict[str, int], Any, list[int], int | str, tuple[int, str], object])
def test_a_view_holds_nothing_but_tuples_optionals_enums_scalars_and_views(hint):
    view = dataclass(type("OddView", (), {"__annotations__": {"odd": hint}}))
    with pytest.raises(TypeError, match=r"hold|one type"):
        node(view)


def test_a_view_is_derived_once():
    shown(InnerView)
    with pytest.raises(TypeError, match="already"):
        node(InnerView)


def test_an_input_says_only_what_is_set_in_snake_case():
    person = said(PersonRef)(sourced_id="207267")
    assert as_json(person) == b'{"sourced_id":"207267"}'
    assert as_json(None, limit=5, cursor=strawberry.UNSET) == b'{"limit":5}'


def test_one_validator_reads_the_inputs_of_both():
    given = said(PersonRef)(sourced_id="")
    with pytest.raises(Invalid) as refused:
        heard(PersonRef, given)
    assert [(f.pointer, f.code) for f in refused.value.errors] == [("/sourced_id", "empty")]


def test_an_input_that_takes_one_of_its_members_says_so():
    text = sdl()
    for name in ("PersonRefInput", "ObserverRefInput", "SchoolRefInput", "BatchItemInput"):
        assert f"input {name} @oneOf {{" in text


def test_an_external_version_stays_a_text_and_an_instant_the_text_that_came():
    text = sdl()
    pushed = text[text.index("input PushObservationInput") :]
    assert "  externalVersion: String\n" in pushed
    assert "  observedAt: DateTime!\n" in pushed
    assert SCALARS[datetime].parse_value("2026-03-02T08:30:00") == "2026-03-02T08:30:00"


def test_a_moment_heard_is_in_utc():
    kind = said(PushObservation)
    inputs = {f.name for f in kind.__strawberry_definition__.fields if f.name}
    assert "observed_at" in inputs
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert SCALARS[datetime].serialize(now) == "2026-03-02T00:00:00.000Z"
