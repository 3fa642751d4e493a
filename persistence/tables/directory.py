"""Districts' schools and people, as the roster has them. Staff only.

What the roster no longer lists stays: not ``active``, and ``ended_at`` says since when.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from domain.shared.roles import LEADER_ROLES, Role
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, role_in, text_field

IS_LEADER = role_in(LEADER_ROLES)
"""A condition on ``assignment``: the predicate of ``ix_assignment_leader``, in whose words a read must say it."""


def ended() -> CheckConstraint:
    """Active or over since a moment known; never both, never neither."""
    return CheckConstraint("active = (ended_at is null)", name="ended")


class OrgRow(Identified, table=True):
    """A school, the district's own organisation, or a department. Personal data: none. Goes with the district."""

    __tablename__ = "org"
    __table_args__ = (
        refers(["parent_id"], "org"),
        UniqueConstraint("district_id", "sourced_id"),
        Index("ix_org_listed", "district_id", "name", "id", postgresql_where=text("type = 'school'")),
        Index("ix_org_identifier", "district_id", "identifier", postgresql_where=text("identifier is not null")),
        ended(),
    )

    sourced_id: str | None = text_field(default=None)
    name: str = text_field()
    type: str = text_field()
    identifier: str | None = text_field(default=None)
    parent_id: UUID | None = None
    active: bool = True
    ended_at: datetime | None = instant_field(default=None)


class AcademicSessionRow(Identified, table=True):
    """A school year of the roster. Personal data: none. Goes with the district."""

    __tablename__ = "academic_session"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"), ended())

    sourced_id: str = text_field()
    title: str = text_field()
    starts_on: date
    ends_on: date
    school_year: int
    active: bool = True
    ended_at: datetime | None = instant_field(default=None)


class PersonRow(Identified, table=True):
    """A member of staff. Personal data: names, e-mail, user name, staff number. Erased with the person or the district."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        Index("ix_person_listed", "district_id", "family_name", "given_name", "id"),
        Index("ix_person_identifier", "district_id", "identifier", postgresql_where=text("identifier is not null")),
        Index("ix_person_username", "district_id", "username_folded", postgresql_where=text("username_folded is not null")),
        Index("ix_person_email", "district_id", "email_folded", postgresql_where=text("email_folded is not null")),
        ended(),
    )

    sourced_id: str | None = text_field(default=None)
    given_name: str = text_field()
    middle_name: str | None = text_field(default=None)
    family_name: str = text_field()
    preferred_given_name: str | None = text_field(default=None)
    preferred_middle_name: str | None = text_field(default=None)
    preferred_family_name: str | None = text_field(default=None)
    email: str | None = text_field(default=None)
    email_folded: str | None = text_field(default=None)
    username: str | None = text_field(default=None)
    username_folded: str | None = text_field(default=None)
    identifier: str | None = text_field(default=None)
    enabled: bool = True
    active: bool = True
    ended_at: datetime | None = instant_field(default=None)


class PersonUserIdRow(Tenanted, table=True):
    """Another system's id of a person. Personal data: that id. Erased with the person or the district."""

    __tablename__ = "person_user_id"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_person_user_id_value", "district_id", "type", "value"),
    )

    person_id: UUID = Field(primary_key=True)
    type: str = text_field(primary_key=True)
    value: str = text_field(primary_key=True)


class AssignmentRow(Identified, table=True):
    """A person's role at a school or the district, as sent and as mapped. Personal data: employment. Erased with the person.

    A row id that the roster hands on to somebody else makes a second assignment, so the id alone is not unique.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        refers(["person_id"], "person"),
        refers(["org_id"], "org"),
        UniqueConstraint("district_id", "sourced_id", "person_id", "org_id", "role_sent"),
        Index("ix_assignment_person", "district_id", "person_id"),
        Index("ix_assignment_leader", "district_id", "person_id", postgresql_where=text(IS_LEADER)),
        one_of("role", Role),
        ended(),
    )

    sourced_id: str | None = text_field(default=None)
    person_id: UUID
    org_id: UUID
    role_sent: str = text_field()
    role_type: str = text_field()
    role: str | None = text_field(default=None)
    begins_on: date | None = None
    ends_on: date | None = None
    active: bool = True
    ended_at: datetime | None = instant_field(default=None)


class RoleMappingRow(Tenanted, table=True):
    """A district's own mapping of roster roles, one document with its version. Personal data: none. Goes with the district."""

    __tablename__ = "role_mapping"

    version: int
    entries: list[dict[str, Any]] = Field(sa_type=JSONB)


class RosterImportRow(Identified, table=True):
    """One import of a roster and its report. Personal data: none, people's names are left out.

    Goes with the district.
    """

    __tablename__ = "roster_import"
    __table_args__ = (CheckConstraint("state in ('applied', 'dry_run')", name="state"),)

    state: str = text_field()
    created_at: datetime = instant_field()
    view: dict[str, Any] = Field(sa_type=JSONB)
