"""Districts' schools and people, as in the roster. Staff only.

Rows that the roster no longer lists stay: not `active`, and `ended_at` has the time since when.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.privacy.data_map import OnErase, OnMerge
from domain.privacy.retention_policy import RetentionKind
from domain.shared.roles import LEADER_ROLES, Role
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, role_in, text_column

IS_LEADER = role_in(LEADER_ROLES)
"""Predicate of `ix_assignment_leader` on `assignment`; queries must repeat it literally to use the index."""


def ended() -> CheckConstraint:
    """Check that a row is either active or has `ended_at`."""
    return CheckConstraint("active = (ended_at is null)", name="ended")


class OrgRow(TenantEntity, table=True):
    """A school, the district's own organisation, or a department."""

    __tablename__ = "org"
    __table_args__ = (
        refers(["parent_id"], "org"),
        UniqueConstraint("district_id", "sourced_id"),
        Index("ix_org_listed", "district_id", "name", "id", postgresql_where=text("type = 'school'")),
        Index("ix_org_identifier", "district_id", "identifier", postgresql_where=text("identifier is not null")),
        ended(),
        holds.table(
            purpose="Schools, the district's own organisation, departments.",
            read_by="who may read the directory",
            erased="with the district",
        ),
    )

    sourced_id: str | None = text_column(holds.plain("The roster's id."), default=None)
    name: str = text_column(holds.plain("What people call it."))
    type: str = text_column(holds.plain("School, district, department."))
    identifier: str | None = text_column(holds.plain("A public number, as the state's."), default=None)
    parent_id: UUID | None = column(holds.plain("What it belongs to."), default=None)
    active: bool = column(holds.plain("Whether the roster lists it now."), default=True)
    ended_at: datetime | None = instant_column(holds.plain("Since when it does not."), default=None)


class AcademicSessionRow(TenantEntity, table=True):
    """A school year of the roster."""

    __tablename__ = "academic_session"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        ended(),
        holds.table(purpose="School years of the roster.", read_by="who may read the directory", erased="with the district"),
    )

    sourced_id: str = text_column(holds.plain("The roster's id."))
    title: str = text_column(holds.plain("What people call it."))
    starts_on: date = column(holds.plain("First day."))
    ends_on: date = column(holds.plain("Last day."))
    school_year: int = column(holds.plain("The year it ends in."))
    active: bool = column(holds.plain("Whether the roster lists it now."), default=True)
    ended_at: datetime | None = instant_column(holds.plain("Since when it does not."), default=None)


class PersonRow(TenantEntity, table=True):
    """A member of staff."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        Index("ix_person_listed", "district_id", "family_name", "given_name", "id"),
        Index("ix_person_identifier", "district_id", "identifier", postgresql_where=text("identifier is not null")),
        Index("ix_person_username", "district_id", "username_folded", postgresql_where=text("username_folded is not null")),
        Index("ix_person_email", "district_id", "email_folded", postgresql_where=text("email_folded is not null")),
        ended(),
        holds.table(
            purpose="Members of staff, as the roster has them.",
            read_by="who may read the directory",
            erased="with the person, or the district",
            retention=RetentionKind.ROSTER_LEAVERS,
        ),
    )

    id: UUID = column(holds.person("Our own id.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    sourced_id: str | None = text_column(holds.identifies("The roster's id."), default=None)
    given_name: str = text_column(holds.identifies("Given name."))
    middle_name: str | None = text_column(holds.identifies("Middle name."), default=None)
    family_name: str = text_column(holds.identifies("Family name."))
    preferred_given_name: str | None = text_column(holds.identifies("Preferred given name."), default=None)
    preferred_middle_name: str | None = text_column(holds.identifies("Preferred middle name."), default=None)
    preferred_family_name: str | None = text_column(holds.identifies("Preferred family name."), default=None)
    email: str | None = text_column(holds.identifies("E-mail address."), default=None)
    email_folded: str | None = text_column(holds.identifies("The same in small letters, for looking up."), default=None)
    username: str | None = text_column(holds.identifies("User name in the district."), default=None)
    username_folded: str | None = text_column(holds.identifies("The same in small letters, for looking up."), default=None)
    identifier: str | None = text_column(holds.identifies("Staff number."), default=None)
    enabled: bool = column(holds.about_person("The provider's word on the account."), default=True)
    active: bool = column(holds.about_person("Whether the roster lists it now."), default=True)
    ended_at: datetime | None = instant_column(holds.about_person("Since when it does not."), default=None)


class PersonUserIdRow(TenantRow, table=True):
    """A person's id in another system."""

    __tablename__ = "person_user_id"
    __table_args__ = (
        refers(["person_id"], "person"),
        Index("ix_person_user_id_value", "district_id", "type", "value"),
        holds.table(
            purpose="What other systems call a person.",
            read_by="who may read the directory",
            erased="with the person, or the district",
        ),
    )

    person_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    type: str = text_column(holds.plain("Which system."), primary_key=True)
    value: str = text_column(holds.identifies("That system's id."), primary_key=True)


class AssignmentRow(TenantEntity, table=True):
    """A person's role at a school or the district, as sent and as mapped.

    When the roster reuses a row id for another person, that is a second assignment, so the id alone is not unique.
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
        holds.table(
            purpose="Who works where, and as what.",
            read_by="who may read the directory",
            erased="with the person, or the district",
        ),
    )

    sourced_id: str | None = text_column(holds.identifies("The roster's id of the row."), default=None)
    person_id: UUID = column(holds.person("Who.", OnErase.DELETE, OnMerge.MOVE))
    org_id: UUID = column(holds.about_person("Where."))
    role_sent: str = text_column(holds.about_person("The role as the roster writes it."))
    role_type: str = text_column(holds.about_person("Primary or secondary."))
    role: str | None = text_column(holds.about_person("What Evenkeel takes it for."), default=None)
    begins_on: date | None = column(holds.about_person("First day."), default=None)
    ends_on: date | None = column(holds.about_person("Last day."), default=None)
    active: bool = column(holds.about_person("Whether the roster lists it now."), default=True)
    ended_at: datetime | None = instant_column(holds.about_person("Since when it does not."), default=None)


class RoleMappingRow(TenantRow, table=True):
    """A district's own mapping of roster roles: one document with a version."""

    __tablename__ = "role_mapping"
    __table_args__ = (
        holds.table(purpose="What the roster's roles mean.", read_by="who may write the roster", erased="with the district"),
    )

    version: int = column(holds.plain("Its version."))
    entries: list[dict[str, Any]] = column(holds.plain("Role by role."), sa_type=JSONB)


class RosterImportRow(TenantEntity, table=True):
    """One import of a roster and its report."""

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint("state in ('applied', 'dry_run')", name="state"),
        holds.table(
            purpose="What each import did.",
            read_by="who may write the roster",
            erased="by age; rows of a person are taken out of it with the person; with the district",
            retention=RetentionKind.ROSTER_IMPORTS,
        ),
    )

    state: str = text_column(holds.plain("Applied or tried."))
    created_at: datetime = instant_column(holds.plain("When."))
    view: dict[str, Any] = column(holds.identifies("The report: rosters' ids of people, no names."), sa_type=JSONB)
