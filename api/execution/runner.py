"""What both adapters hand to a use case, and how they call it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial, wraps
from typing import Any, Protocol, TypeVar, cast, get_type_hints
from uuid import UUID

from api.execution.idempotent_replay import check_still_allowed
from api.wire.json_encoding import decode, encode
from domain.permissions.revealed_data import Revealed, check_purpose, revealed_by_use_case
from domain.shared.access_scope import NO_PERMISSION, Permission
from domain.shared.audit import AuditLog, Ending, Subject
from domain.shared.context import Actor, Context, KeyedDigests, UrlCheck, accept_url, no_keyed_digests
from domain.shared.errors import Code, Conflict, Contended, Forbidden, Invalid, NotFound
from domain.shared.keyed_digest import ContentDigest, DigestMatch
from domain.shared.operation import Operation, find_operation
from domain.shared.paging import Cursors
from domain.shared.time import truncate_to_milliseconds

C = TypeVar("C")
V = TypeVar("V")

ATTEMPTS = 3
UNITS_AT_ONCE = 4


class InProgress(Conflict):
    """The first request under an Idempotency-Key has not been answered yet."""

    code = Code.IDEMPOTENCY_KEY_IN_PROGRESS
    retry = "later"


class KeptAnswers(Protocol):
    """Answers kept under an Idempotency-Key."""

    async def take(self, actor: str, operation: str, key: str) -> bool: ...

    async def find(self, actor: str, operation: str, key: str, now: datetime) -> tuple[bytes, bytes] | None: ...

    async def keep(self, name: tuple[str, str, str], fingerprint: bytes, answer: bytes, now: datetime) -> None: ...


class AnyUnit(Protocol):
    """What this module needs of a unit; the parts' use cases see their own ports."""

    async def commit(self) -> None: ...

    @property
    def idempotency(self) -> KeptAnswers: ...

    @property
    def audit(self) -> AuditLog: ...

    def with_permission(self, permission: Permission) -> "AnyUnit": ...


Opener = Callable[[Actor, Permission, bool, AuditLog], AbstractAsyncContextManager[AnyUnit]]


@dataclass(frozen=True, kw_only=True)
class World:
    """The outside world as bootstrap made it; ``open_unit(actor, permission, read_only, trail)`` begins a transaction.

    ``trail_id`` names rows of the trail, apart from ``new_id``: what is told does not change what things are called.
    ``content_digest``: of a command, and ``state_digest``: of the state of a thing, under keys of this installation. ``told``:
    False leaves no trail at all, which is for measuring what one costs.
    """

    open_unit: Opener
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    random_id: Callable[[], UUID]
    cursors: Callable[[UUID], Cursors]
    trail_id: Callable[[], UUID]
    state_digest: Callable[[object], bytes]
    content_digest: Callable[[object], ContentDigest]
    told: bool = True
    keyed: KeyedDigests = no_keyed_digests
    vet: UrlCheck = accept_url


class SharedUnit:
    """A unit lent to a use case inside another transaction: its commit is said, but done by the lender."""

    def __init__(self, unit: AnyUnit) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def with_permission(self, permission: Permission) -> "SharedUnit":
        """The same, narrowed to another permission."""
        return SharedUnit(self._unit.with_permission(permission))

    async def commit(self) -> None:
        """The lender commits, once the answer is stored beside the effect."""


def _free(_cost: int) -> None:
    """What nobody counts: an operator's own calls."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of one actor: runs use cases, again where the database asks for it, once where the client does.

    At most four units are open at a time, however many fields a GraphQL query has. ``charge`` counts what a command costs
    beyond the request that brought it (its ``weight``, where it has one); raises ``RateLimited``.
    """

    actor: Actor
    world: World
    request_id: str
    idempotency_key: str | None = None
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UNITS_AT_ONCE))
    replayed: list[bool] = field(default_factory=list)
    charge: Callable[[int], None] = _free

    def context(self, operation: Operation, command: object, revealed: frozenset[Revealed]) -> Context[Any]:
        """Return the context of `operation`, whose answer reveals `revealed`; its clock stands still."""
        now, asked = self.world.now(), operation.audit_object_of(command)
        return Context(
            actor=self.actor,
            open=lambda permission: self._unit(permission, self._trail(operation, now, asked), read_only=False),
            read=lambda permission: self._unit(permission, self._trail(operation, now, asked, revealed), read_only=True),
            now=lambda: now,
            new_id=self.world.new_id,
            random_id=self.world.random_id,
            cursors=self.world.cursors(self.actor.district_id),
            digest=self.world.content_digest,
            keyed_digests=self.world.keyed,
            check_url=self.world.vet,
        )

    async def run(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """What ``use_case`` answers to ``command``; run again up to three times when others were at the same rows.

        Who asks for what is not theirs is refused, and the refusal is told.
        """
        operation, revealed = _declared(use_case), revealed_by_use_case(use_case)
        weight = operation.weight(command)
        if weight > 1:
            self.charge(weight - 1)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                check_purpose(self.actor, revealed)
                return await use_case(command, self.context(operation, command, revealed))
            except Contended:
                if attempt == ATTEMPTS:
                    raise
            except (Forbidden, NotFound) as refusal:
                await self._tell_refused(operation, command, refusal, revealed)
                raise
        raise AssertionError("the last attempt returns or raises")

    async def change(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """As ``run``; under an Idempotency-Key the stored success again, however often it is asked."""
        if self.idempotency_key is None:
            return await self.run(use_case, command)
        return await self.run(_once(use_case, self), command)

    def _trail(
        self,
        operation: Operation,
        now: datetime,
        asked: tuple[Subject, UUID] | None,
        reveals: frozenset[Revealed] | None = None,
    ) -> AuditLog:
        """What is to be told of one unit: of each that commits, and (``reveals``) of those that only read what is audited."""
        told = operation.audited is not False if reveals is None else bool(operation.audited or reveals)
        return AuditLog(
            action=operation.action,
            at=truncate_to_milliseconds(now),
            request_id=self.request_id,
            new_id=self.world.trail_id,
            digest=self.world.state_digest,
            enabled=told and self.world.told,
            requested_object=asked,
        )

    async def _tell_refused(
        self, operation: Operation, command: object, refusal: Forbidden | NotFound, revealed: frozenset[Revealed]
    ) -> None:
        """A row about a try at what is not theirs: anything without the right to it, and evidence that they may not see."""
        unaudited = isinstance(refusal, NotFound) and not (operation.audited or revealed)
        if self.actor.district_id.int == 0 or unaudited:
            return
        trail = self._trail(operation, self.world.now(), operation.audit_object_of(command))
        trail = replace(trail, outcome=Ending.REFUSED, code=str(refusal.code))
        if trail.enabled:
            async with self._unit(NO_PERMISSION, trail, read_only=True):
                """Leaving it writes the row."""

    @asynccontextmanager
    async def _unit(self, permission: Permission, trail: AuditLog, *, read_only: bool) -> AsyncIterator[AnyUnit]:
        async with self.places, self.world.open_unit(self.actor, permission, read_only, trail) as unit:
            yield unit


def _declared(use_case: Callable[..., Any]) -> Operation:
    """Return what `use_case` declares; work that is no operation of the API declares nothing and goes by its name."""
    return find_operation(use_case) or Operation(action=use_case.__name__, policy=use_case.__name__)


def _once(use_case: Callable[[C, Context[Any]], Awaitable[V]], call: Call) -> Callable[[C, Context[Any]], Awaitable[V]]:
    """``use_case``, with its answer kept by the same commit as its effect; a stored answer given again is told as that."""
    view = get_type_hints(use_case)["return"]
    name = (_asker(call.actor), use_case.__name__, call.idempotency_key or "")

    @wraps(use_case)
    async def once(command: C, ctx: Context[Any]) -> V:
        async with ctx.open(NO_PERMISSION) as unit:
            if not await unit.idempotency.take(*name):
                raise InProgress("a request with this Idempotency-Key is in progress; ask again in a moment")
            kept = await unit.idempotency.find(*name, ctx.now())
            if kept is not None:
                stored = cast(V, _stored(view, kept, ctx.digest(command)))
                await check_still_allowed(call.actor, use_case, command, stored, unit)
                call.replayed.append(True)
                unit.audit.outcome = Ending.REPLAYED
                await unit.commit()
                return stored
            answer = await use_case(command, replace(ctx, open=partial(lent, unit)))
            await unit.idempotency.keep(name, ctx.digest(command).current, encode(answer), ctx.now())
            await unit.commit()
            return answer

    return once


def _asker(actor: Actor) -> str:
    """Whose keys are one's own; who acts in a person's place has none of that person's."""
    own = f"{actor.kind}:{actor.id}"
    return own if actor.supporter is None else f"{own} by {actor.supporter}"


@asynccontextmanager
async def lent(unit: Any, permission: Permission) -> AsyncIterator[Any]:
    """``unit``, narrowed to ``permission``, for a use case that shall not commit it."""
    yield SharedUnit(unit.with_permission(permission))


def _stored(view: type[V], kept: tuple[bytes, bytes], fingerprint: ContentDigest) -> V:
    if fingerprint.compare(kept[0]) not in {DigestMatch.SAME, DigestMatch.OUTDATED}:
        raise Invalid(
            "this Idempotency-Key was used for another body; use a new key for a new request", code=Code.IDEMPOTENCY_KEY_REUSED
        )
    answer: V = decode(view, kept[1])
    return answer
