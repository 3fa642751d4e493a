"""What an answer reveals is read from its type, so that no list of names can be forgotten."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from api.cli.openapi_export import use_cases
from domain.permissions.revealed_data import FROM_THE_REQUEST, Revealed, check_purpose, revealed_by, revealed_by_use_case
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Forbidden
from domain.shared.ids import DistrictId
from domain.shared.paging import Page

BY_HAND = {
    # what is computed from evidence
    "read_profile": {Revealed.ESTIMATE, Revealed.RATING},
    "read_profiles": {Revealed.ESTIMATE, Revealed.RATING},
    "read_recommendations": {Revealed.ESTIMATE},
    "read_stance": {Revealed.ESTIMATE},
    "preview_crosswalk": {Revealed.ESTIMATE},
    "put_stance_answers": {Revealed.ESTIMATE},
    "read_erasure_preview": {Revealed.ESTIMATE},
    "erase_person": {Revealed.ESTIMATE},
    "read_retention_preview": {Revealed.ESTIMATE},
    "apply_retention": {Revealed.ESTIMATE},
    # what was said of a leader
    "list_observations": {Revealed.RATING, Revealed.TEXT},
    "read_observation": {Revealed.RATING, Revealed.TEXT},
    # how groups feel a change, and how its leader thinks that they do
    **{name: {Revealed.LABEL} for name in ("create_group", "edit_group", "read_group", "list_groups", "put_estimate")},
    **{name: {Revealed.LABEL} for name in ("put_phases", "read_phases", "read_magnitude", "read_magnitudes")},
}
"""Every use case that reveals something, written down by hand."""

NUMBERS_THAT_TELL_NOTHING_OF_A_LEADER = {
    "Bounds": "what a scale or a constant may be",
    "Configuration": "the product's constants",
    "CoefficientsView": "the product's constants",
    "Element": "a rubric's scale",
    "ElementWeight": "a crosswalk's weight",
    "JobView": "how far a job is",
    "Level": "a rubric's levels",
    "Scale": "a rubric's scale",
}


@dataclass(frozen=True)
class Inner:
    rating: Annotated[float, Revealed.RATING]


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...] | None


@dataclass(frozen=True)
class Plain:
    name: str


def test_what_lies_deep_in_an_answer_is_revealed_by_it():
    assert revealed_by(Page[Outer]) == {Revealed.RATING}
    assert revealed_by(tuple[Outer | None, ...]) == {Revealed.RATING}
    assert revealed_by(Plain) == frozenset()
    assert revealed_by(None) == frozenset()


def test_the_use_cases_that_reveal_are_those_written_down_by_hand():
    assert {u.__name__: set(revealed_by_use_case(u)) for u in use_cases() if revealed_by_use_case(u)} == BY_HAND


def test_a_stance_from_nothing_but_what_was_asked_reveals_nothing():
    decide = next(u for u in use_cases() if u.__name__ == "decide_stance")
    assert FROM_THE_REQUEST in get_type_hints(decide, include_extras=True)["return"].__metadata__
    assert revealed_by_use_case(decide) == frozenset()


def test_no_number_is_shown_by_an_answer_that_is_said_to_reveal_nothing():
    """Estimates, ratings and shares are floats: a view that shows one either reveals, or stands above with its reason."""
    quiet = [u for u in use_cases() if not revealed_by_use_case(u)]
    found = {
        view.__name__: use_case.__name__
        for use_case in quiet
        if use_case.__name__ != "decide_stance"
        for view in views_of(get_type_hints(use_case)["return"])
        if any(float in (hint, *get_args(hint)) for hint in get_type_hints(view).values())
        and not view.__module__.startswith("domain.framework")
    }
    assert set(found) <= set(NUMBERS_THAT_TELL_NOTHING_OF_A_LEADER), found


def views_of(hint: Any) -> set[type]:
    found: set[type] = set()
    waiting = [hint]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            continue
        waiting += get_args(one)
        view = get_origin(one) or one
        if isinstance(view, type) and is_dataclass(view) and view not in found:
            found.add(view)
            hints = get_type_hints(view)
            waiting += [hints[f.name] for f in fields(view)]
    return found


def test_what_was_gathered_as_formative_never_reaches_an_evaluation():
    machine = Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(UUID(int=7)), origin="o", scopes=frozenset())
    check_purpose(machine, frozenset(Revealed))
    evaluating = replace(machine, evaluates=True)
    check_purpose(evaluating, frozenset())
    for revealed in Revealed:
        with pytest.raises(Forbidden) as refused:
            check_purpose(evaluating, frozenset({revealed}))
        assert refused.value.code == "purpose_locked"
