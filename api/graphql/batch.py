"""Many pushes at once, said as GraphQL says one of two kinds, and heard as REST's batch is."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from api.batches import PushBatch, hear_batch
from api.graphql.hearing import plain
from api.limits import BATCH_ITEMS
from domain.observations.commands import PushObservation, RetractPushed


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
    """Many pushes and retractions in one request."""

    atomicity: Atomicity = field(
        default=Atomicity.EACH, metadata={"description": "each: every item by itself; all: all of them or none."}
    )
    items: tuple[BatchItem, ...] = field(metadata={"description": f"1 to {BATCH_ITEMS} items."})


def hear(_command: type, said: Any) -> PushBatch:
    """The batch that the input ``said`` says."""
    told = plain(said)
    return hear_batch(msgspec.json.encode(told | {"items": [_flat(item) for item in told["items"]]}))


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """An item as REST has it: its members beside the kind."""
    [(kind, members)] = item.items()
    return members if kind == "push" else {"op": kind, **members}
