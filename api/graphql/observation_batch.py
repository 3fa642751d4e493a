"""Many pushes at once, said as GraphQL says one of two kinds, and heard as REST's batch is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.graphql.inputs import input_members, input_to_json
from api.wire.limits import BATCH_ITEMS
from api.wire.observation_batch import PushBatch, parse_batch
from api.wire.request_validation import validate_json
from domain.observations.commands import PushObservation, RetractPushed
from domain.shared.errors import Code, Invalid


class Atomicity(StrEnum):
    """What one refused item means for the others."""

    EACH = "each"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """A push, or a retraction by its external_id."""

    push: PushObservation | None = None
    """An observation."""
    retract: RetractPushed | None = None
    """Take back what was pushed."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Many pushes and retractions in one request."""

    atomicity: Atomicity = Atomicity.EACH
    """each: every item by itself; all: all of them or none."""
    items: tuple[BatchItem, ...]
    """1 to 1000 items."""


@dataclass(frozen=True, kw_only=True)
class _ItemKinds:
    """One item, of which only the kind is looked at."""

    push: Any = None
    retract: Any = None

    def __post_init__(self) -> None:
        if (self.push is None) == (self.retract is None):
            raise Invalid.at("", Code.EXACTLY_ONE, "give exactly one of its members")


@dataclass(frozen=True, kw_only=True)
class _BatchKinds:
    """The items of a batch; all else is judged as REST's envelope."""

    items: tuple[_ItemKinds, ...]


def parse_batch_input(_command: type, value: Any, *, without: Sequence[str] = ()) -> PushBatch:  # noqa: ARG001 - as every input's
    """The batch that the input ``said`` says."""
    members = input_members(value)
    items = members.get("items")
    items = [items] if isinstance(items, dict) else items
    if not isinstance(items, list) or not 1 <= len(items) <= BATCH_ITEMS:
        return parse_batch(input_to_json(members), camel=True)
    kinds = validate_json(_BatchKinds, input_to_json({"items": [_outline(item) for item in items]})).items
    named = ["retract" if kind.push is None else "push" for kind in kinds]
    flat = [_flatten(i, item, kind) for i, (item, kind) in enumerate(zip(items, named, strict=True))]
    return parse_batch(input_to_json(members | {"items": flat}), camel=True)


def _outline(item: Any) -> Any:
    """The kinds of an item, without what they hold; what is no item stays as it is."""
    return {name: None if value is None else 0 for name, value in item.items()} if isinstance(item, dict) else item


def _flatten(index: int, item: dict[str, Any], kind: str) -> Any:
    """An item as REST has it: its members beside the kind."""
    members = item[kind]
    if not isinstance(members, dict):
        return members
    if "op" in members:
        raise Invalid.at(f"/items/{index}/{kind}/op", Code.UNKNOWN_MEMBER, "there is no such member; leave it out")
    return members if kind == "push" else {**members, "op": kind}
