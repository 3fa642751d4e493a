"""A person or a school is named in exactly one way, and each way is compared as its kind is."""

from uuid import UUID

import pytest

from domain.directory.model import ObserverRef, PersonRef, SchoolRef, UserId, identifier_of
from domain.directory.ports import ReferencedPerson
from domain.directory.reference_resolution import resolve_leader, resolve_person, resolve_school
from domain.shared.errors import FieldError, Invalid
from domain.shared.ids import PersonId, SchoolId

ANN = ReferencedPerson(id=PersonId(UUID(int=1)), is_leader=True, may_supervise=False)
BEN = ReferencedPerson(id=PersonId(UUID(int=2)), is_leader=False, may_supervise=False)


@pytest.mark.parametrize("kind", [PersonRef, ObserverRef, SchoolRef])
def test_naming_nothing_is_refused(kind):
    with pytest.raises(Invalid) as refusal:
        kind()
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [("", "exactly_one")]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (PersonRef, {"email": "a@b.org", "username": "a"}),
        (PersonRef, {"id": PersonId(UUID(int=1)), "user_id": UserId(type="State", value="1")}),
        (ObserverRef, {"sourced_id": "1", "external_name": "Ann"}),
        (SchoolRef, {"sourced_id": "1", "identifier": "1"}),
    ],
)
def test_naming_twice_is_refused(kind, message):
    with pytest.raises(Invalid, match="exactly one of"):
        kind(**message)


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        (PersonRef(id=PersonId(UUID(int=1))), ("id", "00000000-0000-0000-0000-000000000001")),
        (PersonRef(sourced_id="Ab"), ("sourced_id", "Ab")),
        (PersonRef(identifier="Ab"), ("identifier", "Ab")),
        (PersonRef(username="Ab"), ("username", "ab")),
        (PersonRef(email="Straße@Example.ORG"), ("email", "strasse@example.org")),
        (PersonRef(user_id=UserId(type="State", value="Ab")), ("user_id", "State\x1fAb")),
        (ObserverRef(external_name="Ann"), ("external_name", "Ann")),
        (SchoolRef(id=SchoolId(UUID(int=2))), ("id", "00000000-0000-0000-0000-000000000002")),
        (SchoolRef(sourced_id="Ab"), ("sourced_id", "Ab")),
    ],
)
def test_letter_case_is_ignored_in_addresses_and_user_names_only(ref, expected):
    assert identifier_of(ref) == expected


REF = PersonRef(identifier="7")


@pytest.mark.parametrize(
    ("fits", "code"),
    [((), "person_not_found"), ((ANN, BEN), "person_ambiguous"), ((BEN,), "subject_not_leader")],
)
def test_a_leader_is_the_one_person_who_fits_and_leads(fits, code):
    fault = resolve_leader(REF, {("identifier", "7"): fits}, "/leader")
    assert isinstance(fault, FieldError)
    assert (fault.pointer, fault.code) == ("/leader", code)
    assert resolve_leader(REF, {("identifier", "7"): (ANN,)}, "/leader") is ANN


def test_a_person_need_not_lead():
    assert resolve_person(REF, {("identifier", "7"): (BEN,)}, "/observer") is BEN


def test_a_school_is_the_one_that_fits():
    ref, own = SchoolRef(identifier="7"), SchoolId(UUID(int=2))
    assert resolve_school(ref, {("identifier", "7"): (own,)}, "/school") == own
    for fits in ((), (own, SchoolId(UUID(int=3)))):
        fault = resolve_school(ref, {("identifier", "7"): fits}, "/school")
        assert isinstance(fault, FieldError)
        assert (fault.pointer, fault.code) == ("/school", "school_not_found")
