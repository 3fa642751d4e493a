"""The brake: an import that would make too much vanish is refused unless forced (openapi/README.md 7.3).

The usual cause is an export that was cut short, and its damage is only seen weeks later.
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
    """What pulled the brake. Open: new members are not a breaking change."""

    SHARE_OF_SCHOOLS = "share_of_schools"
    SHARE_OF_PEOPLE = "share_of_people"
    SHARE_OF_ASSIGNMENTS = "share_of_assignments"
    SCHOOL_VANISHES = "school_vanishes"
    LEADER_WITH_EVIDENCE_VANISHES = "leader_with_evidence_vanishes"


@dataclass(frozen=True, kw_only=True)
class Vanishing:
    """A row that would vanish; ``name`` is an organisation's or a person's, null for an assignment."""

    sourced_id: str
    name: str | None


@dataclass(frozen=True, kw_only=True)
class BrakeReason:
    """One rule that holds: ``vanishing`` of ``active`` rows; ``named`` are the first 20 of them by sourcedId."""

    rule: BrakeRule
    vanishing: int
    active: int
    named: tuple[Vanishing, ...]


def brake_reasons(
    current: CurrentRoster, changes: RosterChanges, leaders_with_evidence: Collection[UUID]
) -> tuple[BrakeReason, ...]:
    """Why ``changes`` should not happen unasked; empty when nothing speaks against them.

    People, assignments and schools are counted apart, against the active rows of each: over 20 % and at least 3. A single
    school counts, and so does a single person of ``leaders_with_evidence`` (ids).
    """
    schools = [_vanishing_org(held) for held in changes.orgs.ended if held.record.type == SCHOOL]
    people = [_vanishing_person(held) for held in changes.people.ended]
    leaders = [_vanishing_person(held) for held in changes.people.ended if held.id in leaders_with_evidence]
    active_schools = sum(held.active and held.record.type == SCHOOL for held in current.orgs)
    active_people = sum(held.active for held in current.people)
    active_assignments = sum(held.active for held in current.assignments)
    reasons = (
        _share(BrakeRule.SHARE_OF_SCHOOLS, schools, active_schools),
        _share(BrakeRule.SHARE_OF_PEOPLE, people, active_people),
        _share(BrakeRule.SHARE_OF_ASSIGNMENTS, _vanishing_assignments(changes), active_assignments),
        _any(BrakeRule.SCHOOL_VANISHES, schools, active_schools),
        _any(BrakeRule.LEADER_WITH_EVIDENCE_VANISHES, leaders, active_people),
    )
    return tuple(reason for reason in reasons if reason is not None)


def brake_message(reasons: tuple[BrakeReason, ...]) -> str:
    """What would vanish and what to do, for whoever sent the package."""
    said = "; ".join(
        f"{_count_text(reason)} ({', '.join(_record_text(v) for v in reason.named)}{_omitted_text(reason)})"
        for reason in reasons
    )
    return f"this import would make vanish: {said}. If that is meant, repeat it with force; otherwise export the roster again"


def brake_message_without_names(reasons: tuple[BrakeReason, ...]) -> str:
    """The same without anybody's name, for what is kept."""
    said = "; ".join(_count_text(reason) for reason in reasons)
    return (
        f"this import would make vanish: {said}. A dry run tells which. If that is meant, repeat it with force; "
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
    """Assignments whose row is gone; one whose row goes on under another person, place or role did not vanish."""
    goes_on = {a.sourced_id for a in changes.assignments.added}
    goes_on |= {update.after.sourced_id for update in changes.assignments.returned}
    return [_vanishing_assignment(held) for held in changes.assignments.ended if held.record.sourced_id not in goes_on]


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
    BrakeRule.LEADER_WITH_EVIDENCE_VANISHES: "people, of whom we hold evidence as leaders",
}


def _count_text(reason: BrakeReason) -> str:
    return f"{reason.vanishing} of {reason.active} {_NOUNS[reason.rule]}"


def _record_text(vanishing: Vanishing) -> str:
    return f"{vanishing.name} {vanishing.sourced_id}" if vanishing.name else vanishing.sourced_id


def _omitted_text(reason: BrakeReason) -> str:
    more = reason.vanishing - len(reason.named)
    return f" and {more} more" if more else ""
