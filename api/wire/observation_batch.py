"""Batches on the wire: items validated one by one where the whole fails, results one by one (openapi/README.md 5.7).

This is the one shape written by hand: a batch mixes commands, refusals of shape and statuses, which the domain keeps apart.
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
    """each: every item by itself; all: all of them or none."""
    items: Annotated[tuple[Any, ...], MinLen(1), MaxLen(1000)]
    """What POST /v1/observations takes, or {op: retract, external_id, external_version}."""


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """What came of one item."""

    index: int
    """Its place in the batch, from 0."""
    external_id: str | None
    """The sender's id, if it could be read."""
    status: int
    """The status it would have had alone."""
    outcome: Outcome | None
    """created, replaced, unchanged or retracted; null when refused."""
    id: UUID | None
    """Evenkeel's id; null when refused."""
    warnings: tuple[WarningView, ...]
    """What was taken, but scores nothing yet."""
    problem: Problem | None
    """Why it was refused; null when taken."""


@dataclass(frozen=True, kw_only=True)
class StatusCount:
    """How many items have a status."""

    status: int
    """The status."""
    n: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """What came of a batch, item by item."""

    results: tuple[ItemResult, ...]
    """In the order of the items."""
    counts: tuple[StatusCount, ...]
    """How many of each status, rising."""


@dataclass(frozen=True, kw_only=True)
class PushBatch:
    """Many pushes and retractions, each read; ``whole``: all of them or none."""

    whole: bool
    items: tuple[BatchItem, ...]

    @property
    def weight(self) -> int:
        """As how many requests it counts."""
        return ceil(len(self.items) / REQUEST_ITEMS)


def parse_batch(body: bytes, *, camel: bool = False) -> PushBatch:
    """The batch that ``body`` says, item by item. ``camel``: its members are named in camelCase.

    Of all items together ``BATCH_FAULTS`` faults are listed; those of the items after that are only counted.
    """
    raw = split_members(body, "the body")
    atomicity, given = _parse_envelope(raw, body, camel=camel)
    items: list[BatchItem] = []
    room = BATCH_ERRORS
    for each in given:
        item = _parse_item(bytes(each), camel=camel, detailed=room > 0)
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
        detail = f"{len(items):,} items are over {BATCH_ITEMS:,}; send them in several batches"
        fault = FieldError(pointer="/items", code=Code.TOO_LARGE, detail=detail)
        raise TooLarge(detail, errors=[fault], extensions={"limit": BATCH_ITEMS})
    plain = {name: value for name, value in members.items() if name != "items"}
    if items:
        # The envelope is judged without its items: they are judged one by one.
        return validate_json(Envelope, msgspec.json.encode(plain | {"items": [0]}), camel=camel).atomicity, items
    return validate_json(Envelope, body, camel=camel).atomicity, items


def _parse_item(body: bytes, *, camel: bool, detailed: bool) -> BatchItem:
    """One item, or why its shape is refused. ``op`` says which of the two it is; absent: push."""
    try:
        op, rest = _split_op(body)
        command: type[PushObservation | RetractPushed] = PushObservation if op == "push" else RetractPushed
        return validate_json(command, rest, camel=camel, detailed=detailed)
    except (Invalid, TooLarge) as refusal:
        return RejectedItem(external_id=_external_id(body, "externalId" if camel else "external_id"), error=refusal)


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
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    named = found.get(name) if isinstance(found, dict) else None
    return named if isinstance(named, str) else None


@operation(policy="push_observations", idempotency_key=True, weight=lambda batch: batch.weight)
async def push_batch(cmd: PushBatch, ctx: Context[ObservationsUnit]) -> BatchView:
    """Take a batch of pushes and retractions; an answer for each item.

    Each item by itself, or (``atomicity: all``) all of them or none: then the good ones say 424 ``not_applied``.
    When every item is refused the whole is refused with 422, the results inside.
    """
    verdicts = await push_observations(PushObservations(whole=cmd.whole, items=cmd.items), ctx)
    spoilt = cmd.whole and any(v.error and not v.outdone for v in verdicts)
    results = _within_bounds(tuple(_result(v, rolled_back=spoilt) for v in verdicts))
    counted = sorted(Counter(r.status for r in results).items())
    view = BatchView(results=results, counts=tuple(StatusCount(status=s, n=n) for s, n in counted))
    if spoilt or all(r.problem for r in results):
        raise _rejected_batch(view, verdicts)
    return view


def _within_bounds(results: tuple[ItemResult, ...]) -> tuple[ItemResult, ...]:
    """``results`` with ``BATCH_FAULTS`` faults listed in all; the others are counted where they would stand."""
    room = BATCH_ERRORS
    bounded: list[ItemResult] = []
    for result in results:
        if result.problem is not None:
            listed = result.problem.errors[:room]
            room -= len(listed)
            omitted = result.problem.errors_omitted + len(result.problem.errors) - len(listed)
            result = replace(result, problem=replace(result.problem, errors=listed, errors_omitted=omitted))  # noqa: PLW2901
        bounded.append(result)
    return tuple(bounded)


def _rejected_batch(view: BatchView, verdicts: tuple[ItemVerdict, ...]) -> Invalid:
    first = next(v.error for v in verdicts if v.error is not None)
    return Invalid(
        "nothing was kept: see the results, item by item",
        code=first.code,
        extensions={"results": view.results, "counts": view.counts},
    )


def _result(verdict: ItemVerdict, *, rolled_back: bool) -> ItemResult:
    refusal: DomainError | None = verdict.error
    if rolled_back and refusal is None:
        refusal = Invalid("taken back, because another item of this batch was refused", code=Code.NOT_APPLIED)
    taken = 201 if verdict.outcome is Outcome.CREATED else 200
    return ItemResult(
        index=verdict.index,
        external_id=verdict.external_id,
        status=taken if refusal is None else http_status(refusal),
        outcome=verdict.outcome if refusal is None else None,
        id=verdict.id if refusal is None else None,
        warnings=verdict.warnings if refusal is None else (),
        problem=None if refusal is None else to_problem(refusal, None, None),
    )


def build_validators() -> None:
    """Make the validators before the first request needs them."""
    for command in (PushObservation, RetractPushed, Envelope):
        type_adapter(command)
