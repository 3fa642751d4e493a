"""A roster that names two records of one person means the one that was kept."""

from dataclasses import replace

from domain.roster.merged_people import apply_merges
from domain.roster.package_reader import read_package
from tests.support.roster_packages import CLEAN, zipped


def roster():
    found = read_package(zipped(CLEAN)).roster
    assert found is not None
    return found


def test_where_both_are_named_the_kept_record_speaks_and_has_the_roles_of_both():
    incoming = roster()
    kept, merged = incoming.people[0], incoming.people[1]
    told = apply_merges(incoming, {merged.sourced_id: kept.sourced_id})
    assert [p for p in told.people if p.sourced_id == kept.sourced_id] == [kept]
    assert merged.sourced_id not in {p.sourced_id for p in told.people}
    held = {a.sourced_id for a in incoming.assignments if a.person_sourced_id in {kept.sourced_id, merged.sourced_id}}
    assert {a.sourced_id for a in told.assignments if a.person_sourced_id == kept.sourced_id} == held


def test_where_only_the_merged_record_is_named_it_stands_in_for_the_kept_one():
    incoming = roster()
    merged = incoming.people[0]
    told = apply_merges(incoming, {merged.sourced_id: "kept"})
    assert replace(merged, sourced_id="kept") in told.people
    assert len(told.people) == len(incoming.people)


def test_without_merged_records_nothing_changes():
    incoming = roster()
    assert apply_merges(incoming, {}) is incoming
    assert apply_merges(incoming, {"nobody": "kept"}) is incoming
