"""From what a sender calls a person or a school to the one that is meant, or a fault that says what to do."""

from collections.abc import Mapping
from typing import TypeVar

from domain.directory.model import PersonRef, SchoolRef, identifier_of
from domain.directory.ports import ReferencedPerson
from domain.shared.errors import Code, FieldError
from domain.shared.ids import SchoolId

T = TypeVar("T")

PeopleByIdentifier = Mapping[tuple[str, str], tuple[ReferencedPerson, ...]]
SchoolsByIdentifier = Mapping[tuple[str, str], tuple[SchoolId, ...]]


def resolve_person(ref: PersonRef, people: PeopleByIdentifier, pointer: str) -> ReferencedPerson | FieldError:
    """The one person that ``ref`` names; ``person_not_found`` or ``person_ambiguous`` at ``pointer`` otherwise."""
    fits = people.get(identifier_of(ref), ())
    if len(fits) == 1:
        return fits[0]
    if fits:
        return FieldError(
            pointer=pointer,
            code=Code.PERSON_AMBIGUOUS,
            detail=f"{identifier_of(ref)[0]} fits {len(fits)} people; name the person by id or sourced_id",
        )
    return FieldError(
        pointer=pointer,
        code=Code.PERSON_NOT_FOUND,
        detail=f"no person of the district has this {identifier_of(ref)[0]}; check it against GET /v1/people or the roster",
    )


def resolve_leader(ref: PersonRef, people: PeopleByIdentifier, pointer: str) -> ReferencedPerson | FieldError:
    """The one leader that ``ref`` names; ``subject_not_leader`` when the person is none."""
    known = resolve_person(ref, people, pointer)
    if isinstance(known, ReferencedPerson) and not known.is_leader:
        return FieldError(
            pointer=pointer,
            code=Code.SUBJECT_NOT_LEADER,
            detail="this person neither holds nor held principal or assistant_principal; send observations of leaders only",
        )
    return known


def resolve_school(ref: SchoolRef, schools: SchoolsByIdentifier, pointer: str) -> SchoolId | FieldError:
    """The one school that ``ref`` names; ``school_not_found`` at ``pointer`` otherwise."""
    fits = schools.get(identifier_of(ref), ())
    if len(fits) == 1:
        return fits[0]
    detail = f"no school of the district has this {identifier_of(ref)[0]}; check it against GET /v1/schools"
    if fits:
        detail = f"{identifier_of(ref)[0]} fits {len(fits)} schools; name the school by id or sourced_id"
    return FieldError(pointer=pointer, code=Code.SCHOOL_NOT_FOUND, detail=detail)
