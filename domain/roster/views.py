"""Responses for imports and the role mapping."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum

from domain.roster.brake import BrakeReason, BrakeRule
from domain.roster.model import (
    AcademicSession,
    Assignment,
    IncomingRoster,
    LeftOut,
    Org,
    Person,
    RecordChanges,
    RecordUpdate,
    RosterChanges,
    RosterRecord,
)
from domain.roster.role_mapping import RoleMappingEntry, UnmappedRole
from domain.roster.validation_report import Report
from domain.shared.ids import RosterImportId

MAX_ITEMS = 50


class ImportState(StrEnum):
    """Whether an import was applied or was a dry run. A rejected import is not stored."""

    APPLIED = "applied"
    DRY_RUN = "dry_run"


class RosterKind(StrEnum):
    """The kinds of rows of a roster."""

    ORGS = "orgs"
    PEOPLE = "people"
    ASSIGNMENTS = "assignments"
    ACADEMIC_SESSIONS = "academic_sessions"


class ChangeKind(StrEnum):
    """How a row changes."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of a row before and after; both are null for people (see the system that the roster comes from)."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One row of the difference. `name` is null for assignments, and for people when a stored import is read."""

    change: ChangeKind
    sourced_id: str
    name: str | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class KindDifference:
    """The difference of one kind: counts of all, and the first 50 rows (added, changed, ended, returned; by sourcedId)."""

    kind: RosterKind
    added: int
    changed: int
    ended: int
    returned: int
    rows: tuple[RowChange, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class RosterCounts:
    """The number of rows of each kind in the package; sessions are null when the package has no file of them."""

    orgs: int
    people: int
    assignments: int
    academic_sessions: int | None


@dataclass(frozen=True, kw_only=True)
class RosterImportView:
    """What an import changed, or in a dry run would change. `brake` has the reasons why applying it needs (or needed) force."""

    id: RosterImportId
    state: ImportState
    forced: bool
    created_at: datetime
    counts: RosterCounts
    left_out: LeftOut
    differences: tuple[KindDifference, ...]
    brake: tuple[BrakeReason, ...]
    unmapped_roles: tuple[UnmappedRole, ...]
    report: Report


@dataclass(frozen=True, kw_only=True)
class RoleMappingView:
    """The district's role mapping, and the roles in use that still need an entry."""

    version: int
    entries: tuple[RoleMappingEntry, ...]
    unmapped_roles: tuple[UnmappedRole, ...]


def kind_differences(changes: RosterChanges) -> tuple[KindDifference, ...]:
    """Return the response for `changes`, one per kind of row."""
    return (
        _kind(RosterKind.ORGS, changes.orgs),
        _kind(RosterKind.PEOPLE, changes.people),
        _kind(RosterKind.ASSIGNMENTS, changes.assignments),
        _kind(RosterKind.ACADEMIC_SESSIONS, changes.sessions),
    )


def roster_counts(incoming: IncomingRoster) -> RosterCounts:
    """Return the number of rows of each kind in `incoming`."""
    return RosterCounts(
        orgs=len(incoming.orgs),
        people=len(incoming.people),
        assignments=len(incoming.assignments),
        academic_sessions=None if incoming.sessions is None else len(incoming.sessions),
    )


def without_names(view: RosterImportView) -> RosterImportView:
    """Return `view` without names of people, so that erasing a person need not change stored imports."""
    return replace(
        view,
        differences=tuple(_anonymous(d) if d.kind is RosterKind.PEOPLE else d for d in view.differences),
        brake=tuple(_anonymous_reason(reason) for reason in view.brake),
    )


def _anonymous(difference: KindDifference) -> KindDifference:
    return replace(difference, rows=tuple(replace(row, name=None) for row in difference.rows))


def _anonymous_reason(reason: BrakeReason) -> BrakeReason:
    of_people = reason.rule in {BrakeRule.SHARE_OF_PEOPLE, BrakeRule.LEADER_WITH_EVIDENCE_VANISHES}
    return replace(reason, named=tuple(replace(v, name=None) for v in reason.named)) if of_people else reason


def _kind(kind: RosterKind, difference: RecordChanges[RosterRecord]) -> KindDifference:
    rows = (
        *(_row(ChangeKind.ADDED, record) for record in difference.added[:MAX_ITEMS]),
        *(_updated(ChangeKind.CHANGED, update) for update in difference.changed[:MAX_ITEMS]),
        *(_row(ChangeKind.ENDED, row.record) for row in difference.ended[:MAX_ITEMS]),
        *(_updated(ChangeKind.RETURNED, update) for update in difference.returned[:MAX_ITEMS]),
    )
    total = len(difference.added) + len(difference.changed) + len(difference.ended) + len(difference.returned)
    return KindDifference(
        kind=kind,
        added=len(difference.added),
        changed=len(difference.changed),
        ended=len(difference.ended),
        returned=len(difference.returned),
        rows=rows[:MAX_ITEMS],
        more=total > MAX_ITEMS,
    )


def _row(change: ChangeKind, record: RosterRecord, changed: tuple[FieldChange, ...] = ()) -> RowChange:
    return RowChange(change=change, sourced_id=record.sourced_id, name=_name(record), fields=changed)


def _updated(change: ChangeKind, update: RecordUpdate[RosterRecord]) -> RowChange:
    return _row(change, update.after, tuple(_fields(update.before, update.after)))


def _name(record: RosterRecord) -> str | None:
    match record:
        case Org():
            return record.name
        case Person():
            return f"{record.given_name} {record.family_name}"
        case AcademicSession():
            return record.title
        case _:
            return None


def _fields(before: RosterRecord, after: RosterRecord) -> Iterable[FieldChange]:
    if not isinstance(after, Org | Person | Assignment | AcademicSession):
        return
    with_values = not isinstance(after, Person)
    for name in (f.name for f in fields(after)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield FieldChange(field=name, before=_text(old) if with_values else None, after=_text(new) if with_values else None)


def _text(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)
