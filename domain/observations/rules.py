"""Validate pushed observations and convert their ratings to evidence (METHOD 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from domain.directory.ports import ReferencedPerson
from domain.directory.reference_resolution import (
    PeopleByIdentifier,
    SchoolsByIdentifier,
    resolve_leader,
    resolve_person,
    resolve_school,
)
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import PushedRating, PushObservation
from domain.observations.model import Element, Rubric
from domain.scoring.evidence_units import EvidenceUnit, WeightedRating, convert, observation_units
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.ids import PersonId, SchoolId
from domain.shared.receipts import WarningView

RESPONSIBILITY_CODES = frozenset(Responsibility)
UNMAPPED = "unmapped"
MAX_NAMED = 10
"""Limit on the levels that an error lists, as every rating may have such an error."""
NO_RUBRICS: Mapping[tuple[str, str], Rubric] = {}


class ResolvedReferences(NamedTuple):
    """The rows that an observation refers to."""

    leader_id: PersonId
    observer_id: PersonId | None
    school_id: SchoolId
    rubric: Rubric | None


def resolve_references(
    cmd: PushObservation,
    leaders: PeopleByIdentifier,
    people: PeopleByIdentifier,
    schools: SchoolsByIdentifier,
    rubrics: Mapping[tuple[str, str], Rubric],
) -> ResolvedReferences | tuple[FieldError, ...]:
    """Return the rows that `cmd` refers to, or every error of its references and ratings, in the order of the members.

    `leaders` are those about whom the actor may push, `people` those whom the actor may name as observers.
    """
    subject = resolve_leader(cmd.leader, leaders, "/leader")
    observer = None if cmd.observer.external_name is not None else resolve_person(cmd.observer, people, "/observer")
    at = resolve_school(cmd.school, schools, "/school")
    rubric = rubrics.get((cmd.instrument.code, cmd.instrument.version)) if cmd.instrument else None
    errors = [match for match in (subject, observer, at) if isinstance(match, FieldError)]
    if isinstance(subject, ReferencedPerson) and isinstance(observer, ReferencedPerson) and subject.id == observer.id:
        detail = "the observer is the leader observed; send self-assessments to POST /v1/leaders/{id}/self-assessments"
        errors.insert(0, FieldError(pointer="/observer", code=Code.OBSERVER_IS_LEADER, detail=detail))
    if cmd.instrument and rubric is None:
        detail = "no instrument has this code and version; create it with POST /v1/instruments, or correct the reference"
        errors.append(FieldError(pointer="/instrument", code=Code.INSTRUMENT_NOT_FOUND, detail=detail))
    errors += rating_errors(cmd.ratings, rubric) if rubric or not cmd.instrument else direct_rating_errors(cmd.ratings)
    if errors or not isinstance(subject, ReferencedPerson) or isinstance(at, FieldError) or isinstance(observer, FieldError):
        return tuple(errors)
    return ResolvedReferences(subject.id, observer.id if observer else None, at, rubric)


def direct_rating_errors(ratings: Sequence[PushedRating]) -> list[FieldError]:
    """Return the errors of the direct ratings only; for use when the instrument is unknown."""
    return [f for i, r in enumerate(ratings) if r.responsibility is not None for f in _direct_rating_errors(r, f"/ratings/{i}")]


def rating_errors(ratings: Sequence[PushedRating], rubric: Rubric | None) -> list[FieldError]:
    """Return the errors of `ratings` under `rubric` in their order; pointers start at the observation."""
    errors: list[FieldError] = []
    for i, rating in enumerate(ratings):
        pointer = f"/ratings/{i}"
        if rating.responsibility is not None:
            errors += _direct_rating_errors(rating, pointer)
        elif rubric is not None and rating.element is not None and not _is_valid_value(rating, rubric):
            errors += _element_rating_errors(rating, rubric.elements.get(rating.element), pointer)
    return errors


def _is_valid_value(rating: PushedRating, rubric: Rubric) -> bool:
    """Return whether the rating is a value on its element's scale: a fast check that nearly all ratings pass."""
    element = rubric.elements.get(rating.element or "")
    return element is not None and rating.value is not None and element.low <= rating.value <= element.high


def _direct_rating_errors(rating: PushedRating, pointer: str) -> Iterable[FieldError]:
    if rating.responsibility not in RESPONSIBILITY_CODES:
        detail = "unknown responsibility; GET /v1/framework/responsibilities lists the 21 codes"
        yield FieldError(pointer=f"{pointer}/responsibility", code=Code.RESPONSIBILITY_NOT_FOUND, detail=detail)
    if rating.level is not None:
        detail = "a direct rating has no levels; give a value from 1 to 5"
        yield FieldError(pointer=f"{pointer}/level", code=Code.LEVEL_NOT_FOUND, detail=detail)
    if rating.value is not None and not 1 <= rating.value <= 5:
        detail = f"{rating.value:g} is not on this scale; a direct rating is a value from 1 to 5"
        yield FieldError(pointer=f"{pointer}/value", code=Code.OUT_OF_SCALE, detail=detail)


def _element_rating_errors(rating: PushedRating, element: Element | None, pointer: str) -> Iterable[FieldError]:
    if element is None:
        detail = "the instrument has no such element; GET /v1/instruments lists its elements"
        yield FieldError(pointer=f"{pointer}/element", code=Code.ELEMENT_NOT_FOUND, detail=detail)
        return
    if rating.level is not None and all(level.code != rating.level for level in element.levels):
        codes = ", ".join(level.code for level in element.levels[:MAX_NAMED]) or "none"
        yield FieldError(pointer=f"{pointer}/level", code=Code.LEVEL_NOT_FOUND, detail=f"this element's levels are: {codes}")
    if rating.value is not None:
        try:
            cached_convert(rating.value, element.scale.worst, element.scale.best)
        except Invalid as invalid:
            yield from (replace(error, pointer=f"{pointer}/value") for error in invalid.errors)


def evidence_units(ratings: Sequence[PushedRating], rubric: Rubric | None, observed_at: datetime) -> tuple[EvidenceUnit, ...]:
    """Return the evidence in `ratings`, one unit per responsibility; unmapped and not observed elements give none."""
    return observation_units(_rated(ratings, rubric), observed_at)


def _rated(ratings: Sequence[PushedRating], rubric: Rubric | None) -> Iterable[WeightedRating]:
    for rating in ratings:
        if rating.responsibility is not None and rating.value is not None:
            yield WeightedRating(Responsibility(rating.responsibility), rating.value, 1.0)
        elif rating.element is not None and rubric is not None and rating.not_observed is None:
            weights = rubric.weights.get(rating.element, ())
            if weights:
                x = _scale_value(rating, rubric.elements[rating.element])
                for responsibility, weight in weights:
                    yield WeightedRating(responsibility, x, weight)


def _scale_value(rating: PushedRating, element: Element) -> float:
    value = rating.value
    if value is None:
        value = next(level.value for level in element.levels if level.code == rating.level)
    return cached_convert(value, element.scale.worst, element.scale.best)


@lru_cache(maxsize=4096)
def cached_convert(value: float, worst: float, best: float) -> float:
    """`convert` with a cache: a batch has a thousand ratings on a handful of scales, and each is converted twice."""
    return convert(value, worst, best, "")


def warnings(cmd: PushObservation, rubric: Rubric | None) -> tuple[WarningView, ...]:
    """Return a warning for each rated element of `cmd` that no crosswalk maps yet: it is stored, but not scored."""
    if rubric is None:
        return ()
    return tuple(
        WarningView(
            pointer=f"/ratings/{i}/element",
            code=UNMAPPED,
            detail=f"{r.element} is stored, but not scored until a crosswalk of {rubric.code} {rubric.version} maps it",
        )
        for i, r in enumerate(cmd.ratings)
        if r.element is not None and r.element not in rubric.weights
    )
