"""What becomes of each item of a batch: decided in memory, before anything is kept (openapi/README.md 3.2 and 5.7)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.directory.reference_resolution import PeopleFound, SchoolsFound
from domain.observations.commands import Act, Item, PushObservation, Refused, RetractPushed
from domain.observations.model import Rubric
from domain.observations.ports import NewObservation
from domain.observations.rules import Resolved, resolve, units, warnings
from domain.observations.views import Verdict
from domain.scoring.evidence_units import EvidenceUnit
from domain.shared.context import Actor
from domain.shared.errors import Code, DomainError, Invalid
from domain.shared.idempotent_push import Head, Outcome, VersionOlder, outcome_of_push, outcome_of_retraction, renewed
from domain.shared.ids import ObservationId
from domain.shared.keyed_digest import ContentDigest
from domain.shared.time import not_ahead


@dataclass(frozen=True, kw_only=True)
class World:
    """Who pushes, and the clock and ids of this request."""

    actor: Actor
    now: datetime
    new_id: Callable[[], UUID]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was looked up for a batch, and the ``world`` it came from. ``digests`` are of the pushes, by their ``id()``."""

    world: World
    heads: dict[str, Head]
    leaders: PeopleFound
    people: PeopleFound
    schools: SchoolsFound
    rubrics: dict[tuple[str, str], Rubric]
    digests: dict[int, ContentDigest]


class Kept(NamedTuple):
    """A version to keep, with the evidence in it."""

    observation: NewObservation
    units: tuple[EvidenceUnit, ...]


@dataclass(kw_only=True)
class Ledger:
    """What a batch comes to: a verdict for each item, and what is to be kept."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    created: list[Head] = field(default_factory=list)
    advanced: list[Head] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    superseded: list[ObservationId] = field(default_factory=list)

    @property
    def in_order(self) -> tuple[Verdict, ...]:
        """The verdicts by index."""
        return tuple(self.verdicts[i] for i in sorted(self.verdicts))


def decide(items: Sequence[Item], known: Known) -> Ledger:
    """The ledger of ``items``. Of several acts on one external_id the highest version that can be taken counts."""
    ledger = Ledger()
    named: dict[str, list[tuple[int, Act]]] = defaultdict(list)
    for index, item in enumerate(items):
        if isinstance(item, Refused):
            ledger.verdicts[index] = _refused(index, item.external_id, item.refusal)
        elif item.external_id is None:
            _take(ledger, index, item, None, known)
        else:
            named[item.external_id].append((index, item))
    for external_id, acts in named.items():
        _contest(ledger, acts, known.heads.get(external_id), known)
    return ledger


def _contest(ledger: Ledger, acts: Iterable[tuple[int, Act]], head: Head | None, known: Known) -> None:
    """Decide the acts on one identity: highest version first, equals in the order sent."""
    won = False
    for index, act in sorted(acts, key=lambda pair: (-pair[1].version, pair[0])):
        head = _take(ledger, index, act, head, known, outdone=won and head is not None and act.version < head.version)
        # Taken before counts as well: the same batch sent again must not find a fault that the first sending had not.
        won = won or ledger.verdicts[index].refusal is None


def _take(ledger: Ledger, index: int, act: Act, head: Head | None, known: Known, *, outdone: bool = False) -> Head | None:
    """Decide one act against ``head``; the head afterwards. A refusal leaves it as it was."""
    try:
        if isinstance(act, PushObservation):
            not_ahead(act.observed_at, known.world.now, "/observed_at")
            return _push(ledger, index, act, head, known)
        return _retract(ledger, index, act, head, known.world)
    except DomainError as refusal:
        ledger.verdicts[index] = _refused(
            index, act.external_id, refusal, outdone=outdone and isinstance(refusal, VersionOlder)
        )
        return head


def _push(ledger: Ledger, index: int, act: PushObservation, head: Head | None, known: Known) -> Head:
    world = known.world
    digest = known.digests[id(act)]
    outcome = outcome_of_push(head, act.version, digest)
    rubric = known.rubrics.get((act.instrument.code, act.instrument.version)) if act.instrument else None
    if outcome is Outcome.UNCHANGED and head is not None:
        ledger.verdicts[index] = _taken(index, act, head, outcome, rubric)
        after = renewed(head, digest)
        if after is not head:
            ledger.advanced.append(after)
        return after
    resolved = resolve(act, known.leaders, known.people, known.schools, known.rubrics)
    if not isinstance(resolved, Resolved):
        raise Invalid.of(resolved)
    _check_observer(resolved, world)
    thing_id = head.id if head else world.new_id()
    after = Head(external_id=act.external_id or "", id=thing_id, version=act.version, digest=digest.current)
    _advance(ledger, head, after, named=act.external_id is not None)
    observation = _observation(act, after, resolved, world)
    ledger.kept.append(Kept(observation, units(act.ratings, rubric, act.observed_at)))
    ledger.verdicts[index] = _taken(index, act, after, outcome, rubric)
    return after


def _check_observer(resolved: Resolved, world: World) -> None:
    """Refuse what a person says that somebody else observed."""
    if world.actor.standing is not None and resolved.observer_id != world.actor.standing.person_id:
        raise Invalid.at("/observer", Code.NOT_YOURSELF, "whoever signed in says what they saw themselves; name yourself")


def _retract(ledger: Ledger, index: int, act: RetractPushed, head: Head | None, world: World) -> Head | None:
    outcome = outcome_of_retraction(head, act.version)
    after = head
    if outcome is Outcome.RETRACTED:
        after = Head(external_id=act.external_id, id=head.id if head else world.new_id(), version=act.version, digest=None)
        _advance(ledger, head, after, named=True)
    ledger.verdicts[index] = _taken(index, act, after, outcome, None)
    return after


def _advance(ledger: Ledger, before: Head | None, after: Head, *, named: bool) -> None:
    if named:
        (ledger.advanced if before else ledger.created).append(after)
    if before is not None:
        ledger.superseded.append(ObservationId(before.id))


def _observation(act: PushObservation, head: Head, resolved: Resolved, world: World) -> NewObservation:
    return NewObservation(
        id=ObservationId(head.id),
        version=head.version,
        origin=world.actor.origin,
        client_id=world.actor.id,
        external_id=act.external_id,
        purpose=act.purpose,
        leader_id=resolved.leader_id,
        observer_id=resolved.observer_id,
        observer_name=act.observer.external_name,
        school_id=resolved.school_id,
        observed_at=act.observed_at,
        setting=act.setting,
        announced=act.announced,
        duration_minutes=act.duration_minutes,
        instrument_id=resolved.rubric.id if resolved.rubric else None,
        received_at=world.now,
        ratings=act.ratings,
        feedback=act.feedback,
    )


def _taken(index: int, act: Act, head: Head | None, outcome: Outcome, rubric: Rubric | None) -> Verdict:
    return Verdict(
        index=index,
        external_id=act.external_id,
        id=ObservationId(head.id) if head else None,
        outcome=outcome,
        warnings=warnings(act, rubric) if isinstance(act, PushObservation) else (),
        refusal=None,
        outdone=False,
    )


def _refused(index: int, external_id: str | None, refusal: DomainError, *, outdone: bool = False) -> Verdict:
    return Verdict(index=index, external_id=external_id, id=None, outcome=None, warnings=(), refusal=refusal, outdone=outdone)
