"""Decide the outcome of each item of a batch in memory, before anything is saved (openapi/README.md 3.2 and 5.7)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.directory.reference_resolution import PeopleByIdentifier, SchoolsByIdentifier
from domain.observations.commands import BatchItem, PushObservation, PushOrRetract, RejectedItem, RetractPushed
from domain.observations.model import Rubric
from domain.observations.ports import NewObservation
from domain.observations.rules import ResolvedReferences, evidence_units, resolve_references, warnings
from domain.observations.views import ItemVerdict
from domain.scoring.evidence_units import EvidenceUnit
from domain.shared.context import Actor
from domain.shared.errors import Code, DomainError, Invalid
from domain.shared.idempotent_push import (
    Outcome,
    PushHead,
    VersionOlder,
    outcome_of_push,
    outcome_of_retraction,
    with_current_digest,
)
from domain.shared.ids import ObservationId
from domain.shared.keyed_digest import ContentDigest
from domain.shared.time import not_in_future


@dataclass(frozen=True, kw_only=True)
class BatchContext:
    """The actor, clock and id generator of the request."""

    actor: Actor
    now: datetime
    new_id: Callable[[], UUID]


@dataclass(frozen=True, kw_only=True)
class BatchLookups:
    """The rows that a batch refers to, and its `context`. `digests` has the digest of each push by its Python `id()`."""

    context: BatchContext
    heads: dict[str, PushHead]
    leaders: PeopleByIdentifier
    people: PeopleByIdentifier
    schools: SchoolsByIdentifier
    rubrics: dict[tuple[str, str], Rubric]
    digests: dict[int, ContentDigest]


class PreparedObservation(NamedTuple):
    """A version to save, with its evidence."""

    observation: NewObservation
    units: tuple[EvidenceUnit, ...]


@dataclass(kw_only=True)
class BatchLedger:
    """The result of deciding a batch: a verdict for each item, and the rows to save."""

    verdicts: dict[int, ItemVerdict] = field(default_factory=dict)
    created: list[PushHead] = field(default_factory=list)
    advanced: list[PushHead] = field(default_factory=list)
    prepared: list[PreparedObservation] = field(default_factory=list)
    superseded: list[ObservationId] = field(default_factory=list)

    @property
    def in_order(self) -> tuple[ItemVerdict, ...]:
        """The verdicts in the order of the items."""
        return tuple(self.verdicts[i] for i in sorted(self.verdicts))


def decide_batch(items: Sequence[BatchItem], lookups: BatchLookups) -> BatchLedger:
    """Return the ledger of `items`. Of several changes to one external_id the highest acceptable version counts."""
    ledger = BatchLedger()
    named: dict[str, list[tuple[int, PushOrRetract]]] = defaultdict(list)
    for index, item in enumerate(items):
        if isinstance(item, RejectedItem):
            ledger.verdicts[index] = _rejected_verdict(index, item.external_id, item.error)
        elif item.external_id is None:
            _decide_item(ledger, index, item, None, lookups)
        else:
            named[item.external_id].append((index, item))
    for external_id, changes in named.items():
        _resolve_versions(ledger, changes, lookups.heads.get(external_id), lookups)
    return ledger


def _resolve_versions(
    ledger: BatchLedger, items: Iterable[tuple[int, PushOrRetract]], head: PushHead | None, lookups: BatchLookups
) -> None:
    """Decide the changes to one external_id: highest version first, equal versions in the order sent."""
    won = False
    for index, change in sorted(items, key=lambda pair: (-pair[1].version, pair[0])):
        head = _decide_item(
            ledger, index, change, head, lookups, outdone=won and head is not None and change.version < head.version
        )
        # `unchanged` counts as well, so that a retry of the batch has no error that the first push did not have.
        won = won or ledger.verdicts[index].error is None


def _decide_item(
    ledger: BatchLedger, index: int, item: PushOrRetract, head: PushHead | None, lookups: BatchLookups, *, outdone: bool = False
) -> PushHead | None:
    """Decide one item against `head`, and return the head afterwards, which an error leaves unchanged."""
    try:
        if isinstance(item, PushObservation):
            not_in_future(item.observed_at, lookups.context.now, "/observed_at")
            return _push(ledger, index, item, head, lookups)
        return _retract(ledger, index, item, head, lookups.context)
    except DomainError as error:
        ledger.verdicts[index] = _rejected_verdict(
            index, item.external_id, error, outdone=outdone and isinstance(error, VersionOlder)
        )
        return head


def _push(ledger: BatchLedger, index: int, push: PushObservation, head: PushHead | None, lookups: BatchLookups) -> PushHead:
    context = lookups.context
    digest = lookups.digests[id(push)]
    outcome = outcome_of_push(head, push.version, digest)
    rubric = lookups.rubrics.get((push.instrument.code, push.instrument.version)) if push.instrument else None
    if outcome is Outcome.UNCHANGED and head is not None:
        ledger.verdicts[index] = _accepted_verdict(index, push, head, outcome, rubric)
        after = with_current_digest(head, digest)
        if after is not head:
            ledger.advanced.append(after)
        return after
    resolved = resolve_references(push, lookups.leaders, lookups.people, lookups.schools, lookups.rubrics)
    if not isinstance(resolved, ResolvedReferences):
        raise Invalid.of(resolved)
    _check_observer(resolved, context)
    observation_id = head.id if head else context.new_id()
    after = PushHead(external_id=push.external_id or "", id=observation_id, version=push.version, digest=digest.current)
    _advance(ledger, head, after, named=push.external_id is not None)
    observation = _observation(push, after, resolved, context)
    ledger.prepared.append(PreparedObservation(observation, evidence_units(push.ratings, rubric, push.observed_at)))
    ledger.verdicts[index] = _accepted_verdict(index, push, after, outcome, rubric)
    return after


def _check_observer(resolved: ResolvedReferences, context: BatchContext) -> None:
    """Raise `Invalid` when a signed-in person names another observer."""
    if context.actor.person_context is not None and resolved.observer_id != context.actor.person_context.person_id:
        raise Invalid.at(
            "/observer",
            Code.NOT_YOURSELF,
            "a signed-in person can only record their own observations; name yourself as the observer",
        )


def _retract(
    ledger: BatchLedger, index: int, retraction: RetractPushed, head: PushHead | None, context: BatchContext
) -> PushHead | None:
    outcome = outcome_of_retraction(head, retraction.version)
    after = head
    if outcome is Outcome.RETRACTED:
        after = PushHead(
            external_id=retraction.external_id,
            id=head.id if head else context.new_id(),
            version=retraction.version,
            digest=None,
        )
        _advance(ledger, head, after, named=True)
    ledger.verdicts[index] = _accepted_verdict(index, retraction, after, outcome, None)
    return after


def _advance(ledger: BatchLedger, before: PushHead | None, after: PushHead, *, named: bool) -> None:
    if named:
        (ledger.advanced if before else ledger.created).append(after)
    if before is not None:
        ledger.superseded.append(ObservationId(before.id))


def _observation(push: PushObservation, head: PushHead, resolved: ResolvedReferences, context: BatchContext) -> NewObservation:
    return NewObservation(
        id=ObservationId(head.id),
        version=head.version,
        origin=context.actor.origin,
        client_id=context.actor.id,
        external_id=push.external_id,
        purpose=push.purpose,
        leader_id=resolved.leader_id,
        observer_id=resolved.observer_id,
        observer_name=push.observer.external_name,
        school_id=resolved.school_id,
        observed_at=push.observed_at,
        setting=push.setting,
        announced=push.announced,
        duration_minutes=push.duration_minutes,
        instrument_id=resolved.rubric.id if resolved.rubric else None,
        received_at=context.now,
        ratings=push.ratings,
        feedback=push.feedback,
    )


def _accepted_verdict(
    index: int, item: PushOrRetract, head: PushHead | None, outcome: Outcome, rubric: Rubric | None
) -> ItemVerdict:
    return ItemVerdict(
        index=index,
        external_id=item.external_id,
        id=ObservationId(head.id) if head else None,
        outcome=outcome,
        warnings=warnings(item, rubric) if isinstance(item, PushObservation) else (),
        error=None,
        outdone=False,
    )


def _rejected_verdict(index: int, external_id: str | None, error: DomainError, *, outdone: bool = False) -> ItemVerdict:
    return ItemVerdict(index=index, external_id=external_id, id=None, outcome=None, warnings=(), error=error, outdone=outdone)
