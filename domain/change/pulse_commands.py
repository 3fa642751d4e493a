"""Requests about how groups experience a change, and which phases are under way for them (openapi/README.md 8 and 12.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Ge, Interval, MaxLen, MinLen

from domain.change.model import HIGHEST, ITEMS, LOWEST, Answers
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import GroupId, InitiativeId

MIN_LISTS = 5
MAX_LISTS = 2_000
MIN_ANSWERED = 5


@dataclass(frozen=True, kw_only=True)
class PutEstimate:
    """Store what the leader expects the group to answer to the seven items."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""
    expected_version: Annotated[int, Ge(1), Examples(1)] | None = None
    """The version of the group to change; may be absent only the first time."""
    items: Annotated[tuple[int | None, ...], MinLen(7), MaxLen(7), Examples([2, 2, 3, 2, 2, 3, 2])]
    """Seven answers, 1 to 5, in the order of the items; null for not answered. At least five must be answered."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(self.items))
        errors = [*answer_errors(self.items, "/items")]
        if errors:
            raise Invalid.of(errors)


@dataclass(frozen=True, kw_only=True)
class PutPhases:
    """Store how strongly each phase is under way for the group; a phase that is left out is 0."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""
    expected_version: Annotated[int, Ge(1), Examples(1)] | None = None
    """The version of the group to change; may be absent only the first time."""
    create_demand: Annotated[float, Interval(ge=0, le=1), Examples(0.4)] = 0.0
    """Creating demand, 0 to 1; absent: 0."""
    implement: Annotated[float, Interval(ge=0, le=1), Examples(0.6)] = 0.0
    """Implementing, 0 to 1; absent: 0."""
    manage_transitions: Annotated[float, Interval(ge=0, le=1), Examples(1.0)] = 0.0
    """Managing personal transitions, 0 to 1; absent: 0. Has no effect while the group experiences the change as first-order."""
    monitor_evaluate: Annotated[float, Interval(ge=0, le=1), Examples(0.0)] = 0.0
    """Monitoring and evaluating, 0 to 1; absent: 0."""


@dataclass(frozen=True, kw_only=True)
class ReadPhases:
    """Read the phases under way for each group of an initiative."""

    initiative_id: InitiativeId
    """The initiative."""


@dataclass(frozen=True, kw_only=True)
class PutPulse:
    """Store everything a group answered on one date. The same date again replaces it; results come from the newest date."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""
    on: Annotated[date, Examples("2026-10-12")]
    """The date."""
    answers: Annotated[
        tuple[tuple[int | None, ...], ...],
        MinLen(5),
        MaxLen(2000),
        Examples(
            [
                [3, 4, 3, 4, 3, 5, 4],
                [4, 3, 5, 5, 4, 4, 3],
                [4, 4, 4, 4, 4, 4, 4],
                [2, 4, 3, 3, 3, 4, 4],
                [2, 5, 3, 4, 5, None, 4],
            ]
        ),
    ]
    """Five or more lists of seven answers, 1 to 5, at least five of them not null. The order of the lists is not stored."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(tuple(row) for row in self.answers))
        errors = [*_pulse_errors(self.answers)]
        if errors:
            raise Invalid.of(errors)


@dataclass(frozen=True, kw_only=True)
class ReadMagnitude:
    """Read how a group experiences the change: estimated, measured, and the difference of the two."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""


@dataclass(frozen=True, kw_only=True)
class ReadMagnitudes:
    """Read how every group of an initiative experiences the change, the most misjudged first."""

    initiative_id: InitiativeId
    """The initiative."""


def answer_errors(answers: Answers, pointer: str) -> Iterable[FieldError]:
    """Return the errors of one list of seven answers, in its order."""
    if len(answers) != ITEMS:
        yield FieldError(pointer=pointer, code=Code.OUT_OF_RANGE, detail=f"send {ITEMS} answers, null for not answered")
        return
    for i, answer in enumerate(answers):
        if answer is not None and not LOWEST <= answer <= HIGHEST:
            yield FieldError(
                pointer=f"{pointer}/{i}", code=Code.OUT_OF_RANGE, detail=f"an answer must be {LOWEST} to {HIGHEST}"
            )
    if sum(a is not None for a in answers) < MIN_ANSWERED:
        yield FieldError(
            pointer=pointer,
            code=Code.OUT_OF_RANGE,
            detail=f"fewer than {MIN_ANSWERED} of the {ITEMS} items are answered; leave the list out",
        )


def _pulse_errors(answers: Sequence[Answers]) -> Iterable[FieldError]:
    if not MIN_LISTS <= len(answers) <= MAX_LISTS:
        yield FieldError(
            pointer="/answers",
            code=Code.OUT_OF_RANGE,
            detail=f"send {MIN_LISTS} to {MAX_LISTS} lists of answers; fewer would show who answered what",
        )
    for i, row in enumerate(answers):
        yield from answer_errors(row, f"/answers/{i}")
