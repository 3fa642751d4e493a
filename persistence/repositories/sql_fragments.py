"""SQL that statements of several modules share."""

from dataclasses import fields

from domain.shared.roles import SUPERVISING_ROLES
from persistence.tables.columns import role_in
from persistence.tables.directory import IS_LEADER

CURRENT_DISTRICT = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The transaction's district. Row-level security adds the same condition; the planner needs this one to choose an index."""


IS_SUPERVISOR = role_in(SUPERVISING_ROLES)
"""Condition on `assignment` or `role_grant`."""

PERSON_WITH_ACCOUNT = "person p left join account a on a.district_id = p.district_id and a.person_id = p.id"

MAY_SIGN_IN = "p.active and p.enabled and a.deactivated_at is null"
"""Condition on `PERSON_WITH_ACCOUNT`: active and enabled in the roster, and not deactivated here."""


def columns(row: type) -> str:
    """Return the fields of the dataclass `row` as a list of columns."""
    return ", ".join(field.name for field in fields(row))


def placeholders(row: type, first: int = 1) -> str:
    """Return a parameter for each field of the dataclass `row`, numbered from `first`."""
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
