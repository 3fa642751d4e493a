"""Pieces of SQL that statements of several modules share."""

from dataclasses import fields

CURRENT_DISTRICT = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The district of the transaction. Row-level security keeps to it anyway; the planner needs it to choose an index."""


def columns(row: type) -> str:
    """The fields of the dataclass ``row`` as a list of columns."""
    return ", ".join(field.name for field in fields(row))


def placeholders(row: type, first: int = 1) -> str:
    """A parameter for each field of the dataclass ``row``, numbered from ``first``."""
    return ", ".join(f"${number}" for number, _ in enumerate(fields(row), first))
