"""The brake: over 20 per cent and at least 3, of active rows, people, assignments and schools apart."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.roster.brake import BrakeRule, brake_message, brake_reasons
from domain.roster.diff import diff_rosters
from domain.roster.model import SCHOOL, Assignment, CurrentRoster, IncomingRoster, LeftOut, Org, Person, StoredRecord


def org(n: int, kind: str = SCHOOL) -> Org:
    return Org(sourced_id=f"s{n:03}", name=f"School {n}", type=kind, identifier=None, parent_sourced_id=None)


def person(n: int) -> Person:
    nothing = dict.fromkeys(
        (
            "middle_name",
            "preferred_given_name",
            "preferred_middle_name",
            "preferred_family_name",
            "email",
            "username",
            "identifier",
        )
    )
    return Person(sourced_id=f"u{n:03}", given_name="Given", family_name=f"Family{n}", enabled=True, user_ids=(), **nothing)


def assignment(n: int) -> Assignment:
    return Assignment(
        sourced_id=f"r{n:03}",
        person_sourced_id="u000",
        org_sourced_id="s000",
        role_type="primary",
        role_sent="teacher",
        role=None,
        begins=None,
        ends=None,
    )


def stored_records(records, active=True):
    return tuple(StoredRecord(id=UUID(int=n), record=record, active=active) for n, record in enumerate(records, start=1))


def roster(orgs=0, people=0, assignments=0) -> IncomingRoster:
    return IncomingRoster(
        orgs=tuple(org(n) for n in range(orgs)),
        people=tuple(person(n) for n in range(people)),
        assignments=tuple(assignment(n) for n in range(assignments)),
        sessions=None,
        left_out=LeftOut(students_and_family=0, without_role=0, other_sessions=0),
    )


def current(orgs=0, people=0, assignments=0) -> CurrentRoster:
    now = roster(orgs, people, assignments)
    return CurrentRoster(
        orgs=stored_records(now.orgs),
        people=stored_records(now.people),
        assignments=stored_records(now.assignments),
        sessions=(),
    )


def rules(before: CurrentRoster, incoming: IncomingRoster, evidenced=frozenset()):
    return [reason.rule for reason in brake_reasons(before, diff_rosters(before, incoming), evidenced)]


@pytest.mark.parametrize(
    ("active", "left", "braked"),
    [
        (15, 12, False),  # 3 of 15 are 20 %, not over it
        (14, 11, True),  # 3 of 14 are 21 %
        (4, 2, False),  # half of them, but only 2
        (3, 0, True),
        (100, 80, False),
        (100, 79, True),
    ],
)
def test_over_twenty_per_cent_and_at_least_three_people_are_held_back(active, left, braked):
    expected = [BrakeRule.SHARE_OF_PEOPLE] if braked else []
    assert rules(current(people=active), roster(people=left)) == expected


def test_assignments_are_counted_apart_from_people():
    before = current(people=10, assignments=10)
    assert rules(before, roster(people=10, assignments=7)) == [BrakeRule.SHARE_OF_ASSIGNMENTS]


def test_a_single_vanishing_school_is_held_back():
    assert rules(current(orgs=30), roster(orgs=29)) == [BrakeRule.SCHOOL_VANISHES]
    assert rules(current(orgs=10), roster(orgs=7)) == [BrakeRule.SHARE_OF_SCHOOLS, BrakeRule.SCHOOL_VANISHES]


def test_a_vanishing_department_is_not():
    before = replace(current(), orgs=stored_records([org(1, "department")]))
    assert rules(before, roster()) == []


def test_a_vanishing_leader_with_evidence_is_held_back():
    before = current(people=30)
    assert rules(before, roster(people=29), frozenset({UUID(int=30)})) == [BrakeRule.LEADER_WITH_EVIDENCE_VANISHES]
    assert rules(before, roster(people=29), frozenset({UUID(int=1)})) == []


def test_shares_are_of_active_rows_only():
    before = current(people=10)
    gone = tuple(StoredRecord(id=UUID(int=100 + n), record=person(100 + n), active=False) for n in range(100))
    assert rules(replace(before, people=before.people + gone), roster(people=7)) == [BrakeRule.SHARE_OF_PEOPLE]


def test_an_assignment_whose_row_goes_on_elsewhere_did_not_vanish():
    before = current(people=10, assignments=5)
    moved = replace(roster(people=10), assignments=tuple(replace(assignment(n), org_sourced_id="s001") for n in range(5)))
    assert rules(before, moved) == []


def test_the_refusal_names_what_would_vanish_twenty_of_each():
    before = current(orgs=1, people=50)
    (school, people) = sorted(brake_reasons(before, diff_rosters(before, roster(people=20)), frozenset()), key=lambda r: r.rule)
    assert [(v.sourced_id, v.name) for v in school.named] == [("s000", "School 0")]
    assert (people.vanishing, people.active, len(people.named)) == (30, 50, 20)
    said = brake_message((school, people))
    assert "1 of 1 schools (School 0 s000)" in said
    assert "Given Family20 u020" in said
    assert "and 10 more" in said
    assert "force" in said
