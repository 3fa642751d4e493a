"""Convert GraphQL's batch, whose items are `@oneOf`, to REST's batch."""

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
    """What one rejected item means for the others."""

    EACH = "each"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """A push, or a retraction by external_id. Give exactly one."""

    push: PushObservation | None = None
    """An observation to store."""
    retract: RetractPushed | None = None
    """A retraction of an observation that was pushed before."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Many pushes and retractions in one request."""

    atomicity: Atomicity = Atomicity.EACH
    """each: every item is stored on its own; all: all items or none."""
    items: tuple[BatchItem, ...]
    """1 to 1000 items."""


@dataclass(frozen=True, kw_only=True)
class _ItemKinds:
    """One item, of which only the kind is validated."""

    push: Any = None
    retract: Any = None

    def __post_init__(self) -> None:
        if (self.push is None) == (self.retract is None):
            raise Invalid.at("", Code.EXACTLY_ONE, "give exactly one of its members")


@dataclass(frozen=True, kw_only=True)
class _BatchKinds:
    """The items of a batch; all else is validated as REST's envelope."""

    items: tuple[_ItemKinds, ...]


def parse_batch_input(_command: type, value: Any, *, without: Sequence[str] = ()) -> PushBatch:  # noqa: ARG001 - the signature of `parse_input`
    """Return the batch of the input `value`."""
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
    """Return `item` with 0 in place of its members' values; anything but an object unchanged."""
    return {name: None if value is None else 0 for name, value in item.items()} if isinstance(item, dict) else item


def _flatten(index: int, item: dict[str, Any], kind: str) -> Any:
    """Return `item` in REST's form: the members of its `kind`, with `op` for a retraction."""
    members = item[kind]
    if not isinstance(members, dict):
        return members
    if "op" in members:
        raise Invalid.at(f"/items/{index}/{kind}/op", Code.UNKNOWN_MEMBER, "unknown member; leave it out")
    return members if kind == "push" else {**members, "op": kind}
