"""Parse a batch of observations item by item, and build its result item by item (openapi/README.md 5.7).

The one request written by hand: a batch mixes commands, validation errors and statuses, which the domain separates.
"""

from collections import Counter
from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from annotated_types import MaxLen, MinLen

from api.wire.limits import BATCH_ERRORS, BATCH_ITEMS, REQUEST_ITEMS
from api.wire.problem_details import Problem, TooLarge, http_status, to_problem
from api.wire.request_validation import split_members, type_adapter, validate_json
from domain.observations.commands import BatchItem, PushObservation, PushObservations, RejectedItem, RetractPushed
from domain.observations.ports import ObservationsUnit
from domain.observations.usecases.push import push_observations
from domain.observations.views import ItemVerdict
from domain.shared.context import Context
from domain.shared.errors import Code, DomainError, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.idempotent_push import Outcome
from domain.shared.operation import operation
from domain.shared.receipts import WarningView

Atomicity = Literal["each", "all"]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Many pushes and retractions in one request."""

    atomicity: Annotated[Atomicity, Examples("each")] = "each"
    """each: every item is stored on its own; all: all items or none."""
    items: Annotated[tuple[Any, ...], MinLen(1), MaxLen(1000)]
    """The body of POST /v1/observations, or {op: retract, external_id, external_version}."""


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """The result of one item."""

    index: int
    """Its position in the batch, from 0."""
    external_id: str | None
    """The sender's id, if the item has a readable one."""
    status: int
    """The HTTP status that the item would have had in a request of its own."""
    outcome: Outcome | None
    """created, replaced, unchanged or retracted; null when rejected."""
    id: UUID | None
    """Evenkeel's id; null when rejected."""
    warnings: tuple[WarningView, ...]
    """What was stored but does not count towards scores yet."""
    problem: Problem | None
    """Why it was rejected; null when stored."""


@dataclass(frozen=True, kw_only=True)
class StatusCount:
    """How many items have a given status."""

    status: int
    """The HTTP status."""
    n: int
    """The number of items."""


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """The result of a batch, item by item."""

    results: tuple[ItemResult, ...]
    """One for each item, in the order of the items."""
    counts: tuple[StatusCount, ...]
    """Items by status, in ascending order of the status."""


@dataclass(frozen=True, kw_only=True)
class PushBatch:
    """A parsed batch of pushes and retractions; `whole`: store all of them or none."""

    whole: bool
    items: tuple[BatchItem, ...]

    @property
    def weight(self) -> int:
        """The number of requests that the batch counts as."""
        return ceil(len(self.items) / REQUEST_ITEMS)


def parse_batch(body: bytes, *, camel: bool = False) -> PushBatch:
    """Return the batch in `body`, parsed item by item. `camel`: its names are camelCase.

    Lists at most `BATCH_ERRORS` errors for all items together; those of later items are only counted.
    """
    atomicity, encoded_items = _parse_envelope(split_members(body, "the body"), body, camel=camel)
    items: list[BatchItem] = []
    room = BATCH_ERRORS
    for encoded in encoded_items:
        item = _parse_item(bytes(encoded), camel=camel, detailed=room > 0)
        if isinstance(item, RejectedItem):
            room -= len(item.error.errors)
        items.append(item)
    return PushBatch(whole=atomicity == "all", items=tuple(items))


def _parse_envelope(members: dict[str, msgspec.Raw], body: bytes, *, camel: bool) -> tuple[Atomicity, list[msgspec.Raw]]:
    try:
        items = msgspec.json.decode(members.get("items", msgspec.Raw(b"null")), type=list[msgspec.Raw])
    except msgspec.ValidationError:
        items = []
    if len(items) > BATCH_ITEMS:
        detail = f"a batch has at most {BATCH_ITEMS:,} items, this one has {len(items):,}; send several batches"
        error = FieldError(pointer="/items", code=Code.TOO_LARGE, detail=detail)
        raise TooLarge(detail, errors=[error], extensions={"limit": BATCH_ITEMS})
    other = {name: value for name, value in members.items() if name != "items"}
    if items:
        # A placeholder stands for the items, which are validated one by one.
        return validate_json(Envelope, msgspec.json.encode(other | {"items": [0]}), camel=camel).atomicity, items
    return validate_json(Envelope, body, camel=camel).atomicity, items


def _parse_item(body: bytes, *, camel: bool, detailed: bool) -> BatchItem:
    """Return the command of one item, by its `op` (default: push), or a `RejectedItem` when it is not valid."""
    try:
        op, rest = _split_op(body)
        command: type[PushObservation | RetractPushed] = PushObservation if op == "push" else RetractPushed
        return validate_json(command, rest, camel=camel, detailed=detailed)
    except (Invalid, TooLarge) as error:
        return RejectedItem(external_id=_external_id(body, "externalId" if camel else "external_id"), error=error)


def _split_op(body: bytes) -> tuple[str, bytes]:
    if b'"op"' not in body:
        return "push", body
    members = split_members(body, "an item")
    if "op" not in members:
        return "push", body
    op = members.pop("op")
    if bytes(op) not in {b'"push"', b'"retract"'}:
        raise Invalid.at("/op", Code.NOT_ALLOWED, "give push or retract")
    return msgspec.json.decode(op, type=str), msgspec.json.encode(members)


def _external_id(body: bytes, name: str) -> str | None:
    try:
        item = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    external_id = item.get(name) if isinstance(item, dict) else None
    return external_id if isinstance(external_id, str) else None


@operation(policy="push_observations", idempotency_key=True, weight=lambda batch: batch.weight)
async def push_batch(cmd: PushBatch, ctx: Context[ObservationsUnit]) -> BatchView:
    """Store a batch of pushes and retractions, and return a result for each item.

    With `atomicity: each` every item is stored on its own. With `atomicity: all` one rejected item rejects the batch, and the
    valid items have the status 424 (`not_applied`). When nothing is stored, the response is 422 and contains the results.
    """
    verdicts = await push_observations(PushObservations(whole=cmd.whole, items=cmd.items), ctx)
    rolled_back = cmd.whole and any(v.error and not v.outdone for v in verdicts)
    results = _within_bounds(tuple(_result(v, rolled_back=rolled_back) for v in verdicts))
    counts = sorted(Counter(r.status for r in results).items())
    view = BatchView(results=results, counts=tuple(StatusCount(status=s, n=n) for s, n in counts))
    if rolled_back or all(r.problem for r in results):
        raise _rejected_batch(view, verdicts)
    return view


def _within_bounds(results: tuple[ItemResult, ...]) -> tuple[ItemResult, ...]:
    """Return `results` with at most `BATCH_ERRORS` errors in all; `errors_omitted` of a result counts its others."""
    room = BATCH_ERRORS
    bounded: list[ItemResult] = []
    for result in results:
        if result.problem is not None:
            errors = result.problem.errors[:room]
            room -= len(errors)
            omitted = result.problem.errors_omitted + len(result.problem.errors) - len(errors)
            result = replace(result, problem=replace(result.problem, errors=errors, errors_omitted=omitted))  # noqa: PLW2901
        bounded.append(result)
    return tuple(bounded)


def _rejected_batch(view: BatchView, verdicts: tuple[ItemVerdict, ...]) -> Invalid:
    first = next(v.error for v in verdicts if v.error is not None)
    return Invalid(
        "nothing was stored; see the results, item by item",
        code=first.code,
        extensions={"results": view.results, "counts": view.counts},
    )


def _result(verdict: ItemVerdict, *, rolled_back: bool) -> ItemResult:
    error: DomainError | None = verdict.error
    if rolled_back and error is None:
        error = Invalid("not stored, because another item of this batch was rejected; correct that one", code=Code.NOT_APPLIED)
    success_status = 201 if verdict.outcome is Outcome.CREATED else 200
    return ItemResult(
        index=verdict.index,
        external_id=verdict.external_id,
        status=success_status if error is None else http_status(error),
        outcome=verdict.outcome if error is None else None,
        id=verdict.id if error is None else None,
        warnings=verdict.warnings if error is None else (),
        problem=None if error is None else to_problem(error, None, None),
    )


def build_validators() -> None:
    """Build the validators at start, so that the first request need not wait for them."""
    for command in (PushObservation, RetractPushed, Envelope):
        type_adapter(command)
