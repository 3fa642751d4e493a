"""Access to people: granted roles, supervision, sharing, consents; private notes; merged records."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index

from domain.privacy.data_map import OnErase, OnMerge
from domain.shared.roles import Role
from persistence.tables import holds
from persistence.tables.columns import TenantEntity, TenantRow, column, instant_column, one_of, refers, text_column


class RoleGrantRow(TenantRow, table=True):
    """A role granted to a person by an administrator or the operator; some roles take effect only when granted.

    `granted_by` is the kind and id of the grantor.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        refers(["person_id"], "person"),
        one_of("role", Role),
        holds.table(
            purpose="Roles given by hand: administration, research, supervision, coaching.",
            read_by="who administers the district",
            erased="with the person, or the district",
        ),
    )

    person_id: UUID = column(holds.person("Who holds it.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    role: str = text_column(holds.about_person("Which."), primary_key=True)
    granted_at: datetime = instant_column(holds.plain("Since when."))
    granted_by: str = text_column(holds.plain("Who gave it, as kind and id."))


class SupervisionRow(TenantRow, table=True):
    """One edge: this person supervises this leader."""

    __tablename__ = "supervision"
    __table_args__ = (
        refers(["supervisor_id"], "person"),
        refers(["leader_id"], "person"),
        CheckConstraint("supervisor_id <> leader_id", name="apart"),
        Index("ix_supervision_leader", "district_id", "leader_id"),
        holds.table(
            purpose="Who supervises whom.", read_by="who administers the district", erased="with either person, or the district"
        ),
    )

    supervisor_id: UUID = column(holds.person("Who supervises.", OnErase.DELETE, OnMerge.MOVE), primary_key=True)
    leader_id: UUID = column(holds.person("Whom.", OnErase.DELETE, OnMerge.MOVE), primary_key=True)
    since: datetime = instant_column(holds.plain("Since when."))


class SharingRow(TenantRow, table=True):
    """A leader shares their data with this person, until a date or until revoked."""

    __tablename__ = "sharing"
    __table_args__ = (
        refers(["leader_id"], "person"),
        refers(["coach_id"], "person"),
        CheckConstraint("leader_id <> coach_id", name="apart"),
        Index("ix_sharing_coach", "district_id", "coach_id"),
        holds.table(
            purpose="To whom a leader shows what is about them.",
            read_by="the two people",
            erased="with either person, or the district",
        ),
    )

    leader_id: UUID = column(holds.person("Who shares.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    coach_id: UUID = column(holds.person("With whom.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    shared_at: datetime = instant_column(holds.plain("Since when."))
    until: date | None = column(holds.plain("Last day."), default=None)


class SupportConsentRow(TenantRow, table=True):
    """A person's consent that an administrator acts in their place, for minutes."""

    __tablename__ = "support_consent"
    __table_args__ = (
        refers(["person_id"], "person"),
        refers(["supporter_id"], "person"),
        CheckConstraint("person_id <> supporter_id", name="apart"),
        holds.table(
            purpose="Who may act in somebody's place, for minutes.",
            read_by="the two people",
            erased="with either person, or the district",
            not_exported="over within hours",
        ),
    )

    person_id: UUID = column(holds.person("In whose place.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    supporter_id: UUID = column(holds.person("Who may act.", OnErase.DELETE, OnMerge.DELETE), primary_key=True)
    given_at: datetime = instant_column(holds.plain("Since when."))
    until: datetime = instant_column(holds.plain("Until when."))


class PrivateNoteRow(TenantEntity, table=True):
    """A note that its author alone sees."""

    __tablename__ = "private_note"
    __table_args__ = (
        refers(["author_id"], "person"),
        refers(["leader_id"], "person"),
        Index("ix_private_note_author", "district_id", "author_id", "id"),
        holds.table(
            purpose="Notes that their author alone sees.",
            read_by="the person alone",
            erased="with the author, the leader it is about, or the district",
            not_exported="nobody but the author may read them, whoever holds the package included",
        ),
    )

    author_id: UUID = column(holds.person("Whose.", OnErase.DELETE, OnMerge.DELETE))
    leader_id: UUID | None = column(holds.person("About whom.", OnErase.DELETE, OnMerge.MOVE), default=None)
    text: str = text_column(holds.free_text("The note."))
    version: int = column(holds.plain("Its version."))
    created_at: datetime = instant_column(holds.plain("When it was written."))
    changed_at: datetime = instant_column(holds.plain("When it was written last."))


class PersonMergeRow(TenantRow, table=True):
    """A record that was merged into another: its identifiers now mean the remaining person.

    `sourced_id` is the merged record's, which a roster may use again; null when it had none. `identifier` is its staff
    number, which an erasure of the person lists too.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        refers(["kept_id"], "person"),
        Index("ix_person_merge_kept", "district_id", "kept_id"),
        holds.table(
            purpose="Records that were found to be another person's, so that a roster which names both means one.",
            read_by="the service",
            erased="with the person kept, or the district",
        ),
    )

    merged_id: UUID = column(holds.plain("The id that is no more."), primary_key=True)
    kept_id: UUID = column(holds.person("Whose record it was.", OnErase.DELETE, OnMerge.MOVE))
    sourced_id: str | None = text_column(holds.identifies("What the roster called it."), default=None)
    identifier: str | None = text_column(holds.identifies("Its staff number."), default=None)
    merged_at: datetime = instant_column(holds.plain("When."))
