"""What opens doors to people: roles granted, who supervises whom, who shares with whom; and what one keeps to oneself."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from domain.shared.roles import Role
from persistence.tables.columns import Identified, Tenanted, instant_field, one_of, refers, text_field


class RoleGrantRow(Tenanted, table=True):
    """A role given to a person by an administrator or the operator: some roles open their doors by a grant alone.

    Personal data: who holds it. ``granted_by`` is the kind and id of who gave it. Goes with the person or the district.
    """

    __tablename__ = "role_grant"
    __table_args__ = (refers(["person_id"], "person"), one_of("role", Role))

    person_id: UUID = Field(primary_key=True)
    role: str = text_field(primary_key=True)
    granted_at: datetime = instant_field()
    granted_by: str = text_field()


class SupervisionRow(Tenanted, table=True):
    """One edge: this person supervises this leader. Personal data: who. Goes with either person or the district."""

    __tablename__ = "supervision"
    __table_args__ = (
        refers(["supervisor_id"], "person"),
        refers(["leader_id"], "person"),
        CheckConstraint("supervisor_id <> leader_id", name="apart"),
        Index("ix_supervision_leader", "district_id", "leader_id"),
    )

    supervisor_id: UUID = Field(primary_key=True)
    leader_id: UUID = Field(primary_key=True)
    since: datetime = instant_field()


class SharingRow(Tenanted, table=True):
    """A leader shows this person what is about them, until a day or until it is taken back.

    Personal data: who trusts whom. Goes with either person or the district.
    """

    __tablename__ = "sharing"
    __table_args__ = (
        refers(["leader_id"], "person"),
        refers(["coach_id"], "person"),
        CheckConstraint("leader_id <> coach_id", name="apart"),
        Index("ix_sharing_coach", "district_id", "coach_id"),
    )

    leader_id: UUID = Field(primary_key=True)
    coach_id: UUID = Field(primary_key=True)
    shared_at: datetime = instant_field()
    until: date | None = None


class SupportConsentRow(Tenanted, table=True):
    """A person lets an administrator act in their place, for minutes. Personal data: who. Goes with either person."""

    __tablename__ = "support_consent"
    __table_args__ = (
        refers(["person_id"], "person"),
        refers(["supporter_id"], "person"),
        CheckConstraint("person_id <> supporter_id", name="apart"),
    )

    person_id: UUID = Field(primary_key=True)
    supporter_id: UUID = Field(primary_key=True)
    given_at: datetime = instant_field()
    until: datetime = instant_field()


class PrivateNoteRow(Identified, table=True):
    """A note that its author alone sees.

    Personal data: free text, perhaps about a leader. Goes with its author, with the leader it is about, or with the district.
    """

    __tablename__ = "private_note"
    __table_args__ = (
        refers(["author_id"], "person"),
        refers(["leader_id"], "person"),
        Index("ix_private_note_author", "district_id", "author_id", "id"),
    )

    author_id: UUID
    leader_id: UUID | None = None
    text: str = text_field()
    version: int
    created_at: datetime = instant_field()
    changed_at: datetime = instant_field()


class PersonMergeRow(Tenanted, table=True):
    """A record of a person that was found to be another's: the roster's name for the one now means the other.

    ``sourced_id`` is the merged record's, by which a roster may name it again; null when it had none. ``identifier`` is its
    staff number, which the erasure of the person lists too. Personal data: who. Goes with the person kept or the district.
    """

    __tablename__ = "person_merge"
    __table_args__ = (refers(["kept_id"], "person"), Index("ix_person_merge_kept", "district_id", "kept_id"))

    merged_id: UUID = Field(primary_key=True)
    kept_id: UUID
    sourced_id: str | None = text_field(default=None)
    identifier: str | None = text_field(default=None)
    merged_at: datetime = instant_field()
