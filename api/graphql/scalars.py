"""Scalars for ids, instants, dates and files.

Values of inputs are passed on as texts: `api.wire.request_validation` parses them, so that REST and GraphQL report the same
errors.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NewType
from uuid import UUID

import msgspec
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Moment = NewType("Moment", str)
"""Represents `datetime | date` in commands."""


def _instant(value: datetime) -> str:
    text: str = msgspec.to_builtins(value.astimezone(UTC))
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError("this must be a text")
    return value


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant. Output is in UTC, as `2026-03-02T13:41:20Z` or with a fraction; input may have any offset.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_instant,
        parse_value=_text,
    ),
    date: strawberry.scalar(
        name="Date", description="A date, as `2026-03-02`.", serialize=lambda value: value.isoformat(), parse_value=_text
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="An id, the same as in REST.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=_text,
    ),
    bytes: strawberry.scalar(
        name="Base64",
        description="A file as base64 (RFC 4648 section 4). Send larger files than fit in a body over REST.",
        parse_value=_text,
    ),
    Moment: strawberry.scalar(
        name="Moment", description="An instant with an offset, or a date, which means its start in UTC.", parse_value=_text
    ),
}
