"""Many pushes at once. Each item is heard by itself, so that one of a wrong shape does not speak for the others."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from api.errors import Problem, problem, status_of
from api.said import read
from domain.observations.commands import Item, PushObservation, PushObservations, Refused, RetractPushed
from domain.observations.ports import ObservationsUnit
from domain.observations.push import push_observations
from domain.observations.views import Verdict
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, DomainError, Invalid
from domain.shared.ids import ObservationId
from domain.shared.pushes import Outcome
from domain.shared.receipts import WarningView

MOST_ITEMS = 1_000


class Atomicity(StrEnum):
    """What one refused item means for the others."""

    EACH = "each"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """A push, or a retraction by its external_id."""

    push: PushObservation | None = field(default=None, metadata={"description": "An observation."})
    retract: RetractPushed | None = field(default=None, metadata={"description": "Take back what was pushed."})


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Pushes and retractions, at most 1,000."""

    atomicity: Atomicity = field(
        default=Atomicity.EACH, metadata={"description": "each: every item by itself; all: all of them or none."}
    )
    items: tuple[BatchItem, ...] = field(metadata={"description": "The items.", "min_length": 1, "max_length": MOST_ITEMS})


@dataclass(frozen=True, kw_only=True)
class SaidBatch:
    """A batch whose items were not heard yet."""

    atomicity: Atomicity = Atomicity.EACH
    items: tuple[dict[str, Any], ...] = field(metadata={"min_length": 1, "max_length": MOST_ITEMS})


@dataclass(frozen=True, kw_only=True)
class BatchResultView:
    """What came of one item."""

    index: int = field(metadata={"description": "Its place in the batch, from 0."})
    external_id: str | None = field(metadata={"description": "The sender's id."})
    status: int = field(metadata={"description": "The HTTP status it would have had alone; 424: not applied."})
    outcome: Outcome | None = field(metadata={"description": "What was done; null when it was refused."})
    id: ObservationId | None = field(metadata={"description": "The observation; null when it was refused."})
    warnings: tuple[WarningView, ...] = field(metadata={"description": "What was taken, but scores nothing yet."})
    problem: Problem | None = field(metadata={"description": "Why it was refused; null when it was taken."})


@dataclass(frozen=True, kw_only=True)
class StatusCountView:
    """How many items came to a status."""

    status: int = field(metadata={"description": "The status."})
    n: int = field(metadata={"description": "How many items."})


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """What came of a batch, item by item."""

    results: tuple[BatchResultView, ...] = field(metadata={"description": "One for each item, in their order."})
    counts: tuple[StatusCountView, ...] = field(metadata={"description": "By status."})


async def push_batch(cmd: SaidBatch, ctx: Context[ObservationsUnit]) -> BatchView:
    """Take many observations and retractions; of several acts on one external_id the highest version counts."""
    whole = cmd.atomicity is Atomicity.ALL
    items = tuple(_item(said) for said in cmd.items)
    verdicts = await push_observations(PushObservations(whole=whole, items=items), ctx)
    undone = whole and any(v.refusal and not v.outdone for v in verdicts)
    results = tuple(_result(v, undone=undone) for v in verdicts)
    return BatchView(results=results, counts=_counts(results))


def _item(said: dict[str, Any]) -> Item:
    [(kind, members)] = said.items()
    act: type[PushObservation | RetractPushed] = PushObservation if kind == "push" else RetractPushed
    try:
        return read(act, msgspec.json.encode(members))
    except Invalid as refusal:
        return Refused(external_id=members.get("external_id"), refusal=refusal)


def _result(verdict: Verdict, *, undone: bool) -> BatchResultView:
    refusal = verdict.refusal or (_not_applied() if undone else None)
    return BatchResultView(
        index=verdict.index,
        external_id=verdict.external_id,
        status=status_of(refusal) if refusal else 201 if verdict.outcome is Outcome.CREATED else 200,
        outcome=None if refusal else verdict.outcome,
        id=None if refusal else verdict.id,
        warnings=() if refusal else verdict.warnings,
        problem=problem(refusal, None, None) if refusal else None,
    )


def _not_applied() -> DomainError:
    return Conflict("another item of this batch was refused, and all or none were asked for; mend it", code=Code.NOT_APPLIED)


def _counts(results: Iterable[BatchResultView]) -> tuple[StatusCountView, ...]:
    counted = Counter(r.status for r in results)
    return tuple(StatusCountView(status=status, n=counted[status]) for status in sorted(counted))
