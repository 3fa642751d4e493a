from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
import strawberry
from pydantic.alias_generators import to_camel
from strawberry.schema.config import StrawberryConfig
from strawberry.utils.str_converters import to_camel_case

from api.graphql import types
from api.graphql.inputs import parse_input
from api.graphql.scalars import SCALARS
from api.graphql.schema import CamelCaseConverter, sdl
from api.graphql.types import input_type, output_type, output_type_of
from api.wire.request_errors import to_snake
from api.wire.request_validation import type_adapter
from domain.directory.commands import ListPeople
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

    classification: Weather


@dataclass(frozen=True, kw_only=True)
class OuterView:
    """Something ``outside``."""

    id: PersonId
    seen_at: datetime
    observed_on: date | None
    inner: tuple[InnerView, ...]
    share: float
    """A part of one."""
    word: Literal["a", "b"]


@pytest.fixture(scope="module")
def schema() -> strawberry.Schema:
    outer = output_type_of(OuterView)

    def read() -> Any:
        return OuterView(
            id=PersonId(UUID(int=5)),
            seen_at=datetime(2026, 3, 2, 7, 41, 20, 123999, tzinfo=timezone(timedelta(hours=-6))),
            observed_on=None,
            inner=(InnerView(classification=Weather.BRIGHT_SUN),),
            share=0.25,
            word="a",
        )

    read.__annotations__["return"] = outer
    query = strawberry.type(type("Query", (), {"it": strawberry.field(resolver=read)}))
    return strawberry.Schema(query, config=StrawberryConfig(name_converter=CamelCaseConverter(), scalar_map=dict(SCALARS)))


def test_a_view_keeps_its_names_in_camel_case_and_its_words(schema):
    text = schema.as_str()
    assert '"""Something `outside`."""\ntype Outer {\n  uuid: UUID!\n  seenAt: DateTime!\n  seenOn: Date\n' in text
    assert '  """A part of one."""\n  share: Float!\n  word: String!\n' in text
    assert "type Inner {\n  classification: Weather!\n}" in text
    assert "enum Weather {\n  bright_sun\n}" in text


def test_instants_are_written_in_utc_as_rest_writes_them_and_enums_by_their_value(schema):
    result = schema.execute_sync("{ it { uuid seenAt seenOn inner { classification } share word } }")
    assert result.errors is None
    assert result.data == {
        "it": {
            "uuid": "00000000-0000-0000-0000-000000000005",
            "seenAt": "2026-03-02T13:41:20.123999Z",
            "seenOn": None,
            "inner": [{"classification": "bright_sun"}],
            "share": 0.25,
            "word": "a",
        }
    }


@pytest.mark.parametrize("hint", [dict[str, int], Any, list[int], int | str, tuple[int, str], object])
def test_a_view_holds_nothing_but_tuples_optionals_enums_scalars_and_views(hint):
    view = dataclass(type("OddView", (), {"__annotations__": {"odd": hint}}))
    with pytest.raises(TypeError, match=r"hold|one type"):
        output_type(view)


def test_a_view_is_derived_once():
    output_type_of(InnerView)
    with pytest.raises(TypeError, match="already"):
        output_type(InnerView)


def inputs() -> list[type]:
    """Every dataclass that some input of the schema is derived from."""
    return [command for command, _ in types._inputs]


def test_an_input_is_named_in_camel_case_alone_and_refused_with_the_pointers_of_rest():
    assert parse_input(PersonRef, {"sourcedId": "207267"}) == PersonRef(sourced_id="207267")
    for given, fault in (
        ({"sourcedId": ""}, ("/sourced_id", "empty")),
        ({"sourced_id": "207267"}, ("/sourced_id", "unknown_member")),
        ("207267", ("", "wrong_type")),
    ):
        with pytest.raises(Invalid) as refused:
            parse_input(PersonRef, given)
        assert fault in [(f.pointer, f.code) for f in refused.value.errors]


def test_what_stands_beside_an_input_is_refused_inside_of_it():
    with pytest.raises(Invalid) as refused:
        parse_input(ListPeople, {"limit": 5}, limit=7, cursor=strawberry.UNSET)
    assert [(f.pointer, f.code) for f in refused.value.errors] == [("/limit", "unknown_member")]
    assert parse_input(ListPeople, None, limit=7, cursor=strawberry.UNSET) == ListPeople(limit=7)


def test_both_libraries_write_the_name_of_a_member_alike_and_it_is_found_again():
    names = {f.name for command in inputs() for f in fields(command)}
    assert len(names) > 100
    for command in inputs():
        type_adapter(command)
    for name in names:
        assert to_camel(name) == to_camel_case(name)
        assert to_snake(to_camel(name)) == name


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
    kind = input_type(PushObservation)
    inputs = {f.name for f in kind.__strawberry_definition__.fields if f.name}
    assert "observed_at" in inputs
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert SCALARS[datetime].serialize(now) == "2026-03-02T00:00:00Z"
