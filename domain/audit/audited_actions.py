"""Which use cases leave a row in the audit trail although they only read, and what a command asks about."""

from collections.abc import Iterable
from uuid import UUID

from domain.permissions.revealed_data import Revealed
from domain.shared.audit import Subject

AUDITED_READS: frozenset[str] = frozenset({"list_audit_events", "export_audit", "export_district"})
"""Reads of what was done, or of all that is kept. Every read that reveals something about a leader is audited besides."""

UNTOLD: frozenset[str] = frozenset({"seal_trail", "erase_district", "reapply_district_erasure"})
"""A row about each block would call for another block; and an erased district has no trail left, but a certificate."""

MEMBERS: tuple[tuple[str, Subject], ...] = (
    ("leader_id", Subject.LEADER),
    ("observation_id", Subject.OBSERVATION),
    ("assessment_id", Subject.ASSESSMENT),
    ("group_id", Subject.GROUP),
    ("initiative_id", Subject.INITIATIVE),
    ("person_id", Subject.PERSON),
    ("job_id", Subject.JOB),
    ("object_id", Subject.TRAIL),
)
"""The members of commands that say what is asked for, the first that a command has; named in the row where it is refused."""


PRIVATE: frozenset[str] = frozenset({"write_note", "edit_note", "delete_note"})
"""Changes whose rows name nothing: that somebody keeps a note about a leader is known to its author alone."""


def is_audited_read(action: str, revealed: Iterable[Revealed]) -> bool:
    """Whether reading by ``action``, whose answer reveals ``revealed``, leaves a row."""
    return action in AUDITED_READS or any(True for _ in revealed)


def asked_about(action: str, command: object) -> tuple[Subject, UUID] | None:
    """The thing that ``command`` of ``action`` names, if it names one by id; nothing where the action is private."""
    if action in PRIVATE:
        return None
    for member, subject in MEMBERS:
        value = getattr(command, member, None)
        if isinstance(value, UUID):
            return subject, value
    return None
