"""What an import does to what is held, and its laws."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.roster.diff import diff_rosters
from domain.roster.model import AcademicSession, Assignment, CurrentRoster, IncomingRoster, LeftOut, Org, Person, StoredRecord
from domain.roster.package_reader import read_package
from domain.shared.roles import Role
from tests.support.examples import examples
from tests.support.roster_packages import GRAND_BEND, clean

EMPTY = CurrentRoster(orgs=(), people=(), assignments=(), sessions=())
KINDS = ("orgs", "people", "assignments", "sessions")
NOBODY = LeftOut(students_and_family=0, without_role=0, other_sessions=0)


def roster(package: bytes) -> IncomingRoster:
    found = read_package(package).roster
    assert found is not None
    return found


def after(current: CurrentRoster, incoming: IncomingRoster) -> CurrentRoster:
    """What is held once the plan was carried out."""
    changes = diff_rosters(current, incoming)
    kinds = {}
    for kind in KINDS:
        rows = {held.id: held for held in getattr(current, kind)}
        difference = getattr(changes, kind)
        for record in difference.added:
            row_id = UUID(int=len(rows) + 1)
            rows[row_id] = StoredRecord(id=row_id, record=record, active=True)
        for update in (*difference.changed, *difference.returned):
            assert rows[update.id].record == update.before
            rows[update.id] = StoredRecord(id=update.id, record=update.after, active=True)
        for held in difference.ended:
            rows[held.id] = replace(held, active=False)
        kinds[kind] = tuple(rows.values())
    return CurrentRoster(**kinds)


def test_everything_is_added_to_an_empty_district():
    changes = diff_rosters(EMPTY, roster(GRAND_BEND.read_bytes()))
    assert [len(getattr(changes, kind).added) for kind in KINDS] == [4, 68, 69, 2]
    assert (changes.people.changed, changes.people.ended, changes.people.returned) == ((), (), ())


def test_the_same_again_changes_nothing():
    incoming = roster(GRAND_BEND.read_bytes())
    assert diff_rosters(after(EMPTY, incoming), incoming).is_empty


def test_absent_is_ended_and_nothing_is_deleted():
    full = roster(clean())
    held = after(EMPTY, full)
    less = replace(full, people=full.people[:1], assignments=full.assignments[:1], orgs=full.orgs[:2], sessions=())
    changes = diff_rosters(held, less)
    assert [[h.record.sourced_id for h in getattr(changes, kind).ended] for kind in KINDS] == [["s2"], ["u2"], ["r2"], ["y27"]]
    left = after(held, less)
    assert len(left.people) == 2
    assert diff_rosters(left, less).is_empty


def test_who_comes_back_takes_up_the_old_id():
    full = roster(clean())
    before = after(EMPTY, full)
    gone = after(before, replace(full, people=full.people[:1], assignments=full.assignments[:1]))
    back = after(gone, full)
    assert {h.id: h.record for h in back.people} == {h.id: h.record for h in before.people}
    assert all(h.active for h in back.people)
    (update,) = diff_rosters(gone, full).people.returned
    assert update.after.sourced_id == "u2"


def test_changed_rows_keep_their_ids():
    full = roster(clean())
    renamed = replace(full, people=(replace(full.people[0], family_name="Appleby"), full.people[1]))
    changes = diff_rosters(after(EMPTY, full), renamed)
    (update,) = changes.people.changed
    assert (update.before.family_name, update.after.family_name) == ("Apple", "Appleby")
    assert not changes.people.added


def test_a_new_mapping_changes_assignments_and_nobody_else():
    full = roster(clean())
    as_staff = replace(full, assignments=tuple(replace(a, role=Role.STAFF) for a in full.assignments))
    changes = diff_rosters(after(EMPTY, full), as_staff)
    assert len(changes.assignments.changed) == 2
    assert changes.people.is_empty


def test_a_role_row_handed_to_somebody_else_ends_the_old_assignment():
    full = roster(clean())
    handed_on = replace(full, assignments=(replace(full.assignments[0], person_sourced_id="u2"), full.assignments[1]))
    changes = diff_rosters(after(EMPTY, full), handed_on).assignments
    assert [h.record.person_sourced_id for h in changes.ended] == ["u1"]
    assert [a.person_sourced_id for a in changes.added] == ["u2"]


def test_sessions_stay_when_the_package_does_not_speak_of_them():
    full = roster(clean())
    assert diff_rosters(after(EMPTY, full), replace(full, sessions=None)).is_empty


ids = st.sampled_from([f"x{n}" for n in range(5)])
names = st.sampled_from(["A", "B"])


def org(sourced_id: str, name: str) -> Org:
    return Org(sourced_id=sourced_id, name=name, type="school", identifier=None, parent_sourced_id=None)


def person(sourced_id: str, name: str) -> Person:
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
    return Person(sourced_id=sourced_id, given_name=name, family_name=name, enabled=True, user_ids=(), **nothing)


def assignment(sourced_id: str, role: str) -> Assignment:
    return Assignment(
        sourced_id=sourced_id,
        person_sourced_id=f"p{role}",
        org_sourced_id="o",
        role_type="primary",
        role_sent=role,
        role=None,
        begins=None,
        ends=None,
    )


def session(sourced_id: str, year: str) -> AcademicSession:
    from datetime import date

    ends = {"A": 2027, "B": 2028}[year]
    return AcademicSession(
        sourced_id=sourced_id, title=year, begins=date(ends - 1, 8, 1), ends=date(ends, 6, 1), school_year=ends
    )


def rows_of(make):
    return st.dictionaries(ids, names, max_size=5).map(lambda d: tuple(make(k, v) for k, v in d.items()))


rosters = st.builds(
    IncomingRoster,
    orgs=rows_of(org),
    people=rows_of(person),
    assignments=rows_of(assignment),
    sessions=st.none() | rows_of(session),
    left_out=st.just(NOBODY),
)


@examples(200)
@given(st.lists(rosters, max_size=4), rosters)
def test_the_plan_of_the_same_again_is_empty_whatever_came_before(earlier, incoming):
    held = EMPTY
    for each in earlier:
        held = after(held, each)
    held = after(held, incoming)
    assert diff_rosters(held, incoming).is_empty


@examples(200)
@given(st.lists(rosters, min_size=1, max_size=5))
def test_what_is_active_is_what_came_last_and_nothing_is_ever_lost(series):
    held, ever = EMPTY, set()
    for each in series:
        before = {h.id for h in held.people}
        held = after(held, each)
        assert before <= {h.id for h in held.people}
        ever |= {p.sourced_id for p in each.people}
    assert {h.record for h in held.people if h.active} == set(series[-1].people)
    assert {h.record for h in held.assignments if h.active} == set(series[-1].assignments)
    assert [h.record.sourced_id for h in held.people] == list(dict.fromkeys(h.record.sourced_id for h in held.people))
    assert {h.record.sourced_id for h in held.people} == ever


@examples(200)
@given(rosters, rosters, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(first, second, chance):
    held = after(EMPTY, first)
    shuffled = replace(second, people=tuple(chance.sample(second.people, len(second.people))))
    assert diff_rosters(held, shuffled) == diff_rosters(held, second)
