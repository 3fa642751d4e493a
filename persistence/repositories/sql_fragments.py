"""Pieces of SQL that statements of several modules share."""

from dataclasses import fields

from domain.shared.roles import SUPERVISING_ROLES
from persistence.tables.columns import role_in
from persistence.tables.directory import IS_LEADER

CURRENT_DISTRICT = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The district of the transaction. Row-level security keeps to it anyway; the planner needs it to choose an index."""


IS_SUPERVISOR = role_in(SUPERVISING_ROLES)
"""Of `assignment` or `role_grant`."""

PERSON_WITH_ACCOUNT = "person p left join account a on a.district_id = p.district_id and a.person_id = p.id"

MAY_SIGN_IN = "p.active and p.enabled and a.deactivated_at is null"
"""Of `PERSON_WITH_ACCOUNT`: in the roster, enabled there, and not deactivated here."""


def columns(row: type) -> str:
    """The fields of the dataclass `row` as a list of columns."""
    return ", ".join(field.name for field in fields(row))


def placeholders(row: type, first: int = 1) -> str:
    """A parameter for each field of the dataclass `row`, numbered from `first`."""
    return ", ".join(f"${number}" for number, _ in enumerate(fields(row), first))


__all__ = [
    "CURRENT_DISTRICT",
    "IS_LEADER",
    "IS_SUPERVISOR",
    "MAY_SIGN_IN",
    "PERSON_WITH_ACCOUNT",
    "columns",
    "placeholders",
    "role_in",
]
