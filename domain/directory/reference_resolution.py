"""From what a sender calls a person or a school to the one that is meant, or a fault that says what to do."""

from collections.abc import Mapping
from typing import TypeVar

from domain.directory.model import PersonRef, SchoolRef, way
from domain.directory.ports import Known
from domain.shared.errors import Code, FieldError
from domain.shared.ids import SchoolId

T = TypeVar("T")

PeopleFound = Mapping[tuple[str, str], tuple[Known, ...]]
SchoolsFound = Mapping[tuple[str, str], tuple[SchoolId, ...]]


def person(ref: PersonRef, found: PeopleFound, pointer: str) -> Known | FieldError:
    """The one person that ``ref`` names; ``person_not_found`` or ``person_ambiguous`` at ``pointer`` otherwise."""
    fits = found.get(way(ref), ())
    if len(fits) == 1:
        return fits[0]
    if fits:
        return FieldError(
            pointer=pointer,
            code=Code.PERSON_AMBIGUOUS,
            detail=f"{way(ref)[0]} fits {len(fits)} people; name the person by id or sourced_id",
        )
    return FieldError(
        pointer=pointer,
        code=Code.PERSON_NOT_FOUND,
        detail=f"no person of the district has this {way(ref)[0]}; check it against GET /v1/people or the roster",
    )


def leader(ref: PersonRef, found: PeopleFound, pointer: str) -> Known | FieldError:
    """The one leader that ``ref`` names; ``subject_not_leader`` when the person is none."""
    known = person(ref, found, pointer)
    if isinstance(known, Known) and not known.is_leader:
        return FieldError(
            pointer=pointer,
            code=Code.SUBJECT_NOT_LEADER,
            detail="this person neither holds nor held principal or assistant_principal; send observations of leaders only",
        )
    return known


def school(ref: SchoolRef, found: SchoolsFound, pointer: str) -> SchoolId | FieldError:
    """The one school that ``ref`` names; ``school_not_found`` at ``pointer`` otherwise."""
    fits = found.get(way(ref), ())
    if len(fits) == 1:
        return fits[0]
    detail = f"no school of the district has this {way(ref)[0]}; check it against GET /v1/schools"
    if fits:
        detail = f"{way(ref)[0]} fits {len(fits)} schools; name the school by id or sourced_id"
    return FieldError(pointer=pointer, code=Code.SCHOOL_NOT_FOUND, detail=detail)
