"""The brake: an import that would end too many rows is rejected unless forced (openapi/README.md 7.3).

The usual cause is a truncated export, whose damage is only noticed weeks later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.roster.model import SCHOOL, Assignment, CurrentRoster, Org, Person, RosterChanges, StoredRecord

MAX_PERCENT = 20
MIN_VANISHING = 3
MAX_NAMED = 20


class BrakeRule(StrEnum):
    """The rule that stopped an import. Open enum: new members are not a breaking change."""

    SHARE_OF_SCHOOLS = "share_of_schools"
    SHARE_OF_PEOPLE = "share_of_people"
    SHARE_OF_ASSIGNMENTS = "share_of_assignments"
    SCHOOL_VANISHES = "school_vanishes"
    LEADER_WITH_EVIDENCE_VANISHES = "leader_with_evidence_vanishes"


@dataclass(frozen=True, kw_only=True)
class Vanishing:
    """A row that would end; `name` is the name of an organisation or person, null for an assignment."""

    sourced_id: str
    name: str | None


@dataclass(frozen=True, kw_only=True)
class BrakeReason:
    """A rule that applies: `vanishing` of `active` rows would end; `named` are the first 20 of them by sourcedId."""

    rule: BrakeRule
    vanishing: int
    active: int
    named: tuple[Vanishing, ...]


def brake_reasons(
    current: CurrentRoster, changes: RosterChanges, leaders_with_evidence: Collection[UUID]
) -> tuple[BrakeReason, ...]:
    """Return the rules that forbid `changes` without force; empty if they may be applied.

    Schools, people and assignments are counted separately: a rule applies if at least 3 rows and more than 20 % of the active
    ones would end. One school is enough, and so is one person of `leaders_with_evidence` (person ids).
    """
    schools = [_vanishing_org(row) for row in changes.orgs.ended if row.record.type == SCHOOL]
    people = [_vanishing_person(row) for row in changes.people.ended]
    leaders = [_vanishing_person(row) for row in changes.people.ended if row.id in leaders_with_evidence]
    active_schools = sum(row.active and row.record.type == SCHOOL for row in current.orgs)
    active_people = sum(row.active for row in current.people)
    active_assignments = sum(row.active for row in current.assignments)
    reasons = (
        _share(BrakeRule.SHARE_OF_SCHOOLS, schools, active_schools),
        _share(BrakeRule.SHARE_OF_PEOPLE, people, active_people),
        _share(BrakeRule.SHARE_OF_ASSIGNMENTS, _vanishing_assignments(changes), active_assignments),
        _any(BrakeRule.SCHOOL_VANISHES, schools, active_schools),
        _any(BrakeRule.LEADER_WITH_EVIDENCE_VANISHES, leaders, active_people),
    )
    return tuple(reason for reason in reasons if reason is not None)


def brake_message(reasons: tuple[BrakeReason, ...]) -> str:
    """Return the error message for the sender: which rows would end, by name, and what to do."""
    counts = "; ".join(
        f"{_count_text(reason)} ({', '.join(_record_text(v) for v in reason.named)}{_omitted_text(reason)})"
        for reason in reasons
    )
    return f"this import would end {counts}. If that is intended, repeat it with force=true; otherwise export the roster again"


def brake_message_without_names(reasons: tuple[BrakeReason, ...]) -> str:
    """Return the same message with counts only, for storing."""
    counts = "; ".join(_count_text(reason) for reason in reasons)
    return (
        f"this import would end {counts}. A dry run lists them. If that is intended, repeat it with force=true; "
        "otherwise export the roster again"
    )


def _share(rule: BrakeRule, vanishing: list[Vanishing], active: int) -> BrakeReason | None:
    too_many = len(vanishing) >= MIN_VANISHING and len(vanishing) * 100 > active * MAX_PERCENT
    return _reason(rule, vanishing, active) if too_many else None


def _any(rule: BrakeRule, vanishing: list[Vanishing], active: int) -> BrakeReason | None:
    return _reason(rule, vanishing, active) if vanishing else None


def _reason(rule: BrakeRule, vanishing: list[Vanishing], active: int) -> BrakeReason:
    return BrakeReason(rule=rule, vanishing=len(vanishing), active=active, named=tuple(vanishing[:MAX_NAMED]))


def _vanishing_assignments(changes: RosterChanges) -> list[Vanishing]:
    """Return the ended assignments, except those whose role row continues with another person, organisation or role."""
    continuing = {a.sourced_id for a in changes.assignments.added}
    continuing |= {update.after.sourced_id for update in changes.assignments.returned}
    return [_vanishing_assignment(row) for row in changes.assignments.ended if row.record.sourced_id not in continuing]


def _vanishing_org(stored: StoredRecord[Org]) -> Vanishing:
    return Vanishing(sourced_id=stored.record.sourced_id, name=stored.record.name)


def _vanishing_person(stored: StoredRecord[Person]) -> Vanishing:
    return Vanishing(sourced_id=stored.record.sourced_id, name=f"{stored.record.given_name} {stored.record.family_name}")


def _vanishing_assignment(stored: StoredRecord[Assignment]) -> Vanishing:
    return Vanishing(sourced_id=stored.record.sourced_id, name=None)


_NOUNS = {
    BrakeRule.SHARE_OF_SCHOOLS: "schools",
    BrakeRule.SHARE_OF_PEOPLE: "people",
    BrakeRule.SHARE_OF_ASSIGNMENTS: "assignments",
    BrakeRule.SCHOOL_VANISHES: "schools",
    BrakeRule.LEADER_WITH_EVIDENCE_VANISHES: "people about whom there is evidence as leaders",
}


def _count_text(reason: BrakeReason) -> str:
    return f"{reason.vanishing} of {reason.active} {_NOUNS[reason.rule]}"


def _record_text(vanishing: Vanishing) -> str:
    return f"{vanishing.name} {vanishing.sourced_id}" if vanishing.name else vanishing.sourced_id


def _omitted_text(reason: BrakeReason) -> str:
    more = reason.vanishing - len(reason.named)
    return f" and {more} more" if more else ""
