"""What both adapters hand to a use case, and how they call it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast, get_type_hints
from uuid import UUID

from api.digests import digest
from api.wire import decode, encode
from domain.shared.context import Actor, Context, Keyed, no_key
from domain.shared.errors import Code, Conflict, Contended, Invalid
from domain.shared.paging import Cursors

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


Opener = Callable[[Actor, bool], AbstractAsyncContextManager[AnyUnit]]


@dataclass(frozen=True, kw_only=True)
class World:
    """The outside world as bootstrap made it; ``open_unit(actor, read_only)`` begins a transaction behind the fence."""

    open_unit: Opener
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    random_id: Callable[[], UUID]
    cursors: Callable[[UUID], Cursors]
    keyed: Keyed = no_key


class SharedUnit:
    """A unit lent to a use case inside another transaction: its commit is said, but done by the lender."""

    def __init__(self, unit: AnyUnit) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    async def commit(self) -> None:
        """The lender commits, once the answer is stored beside the effect."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of one actor: runs use cases, again where the database asks for it, once where the client does.

    At most four units are open at a time, however many fields a GraphQL query has.
    """

    actor: Actor
    world: World
    request_id: str
    idempotency_key: str | None = None
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UNITS_AT_ONCE))
    replayed: list[bool] = field(default_factory=list)

    def context(self) -> Context[Any]:
        """The context of one use case; its clock stands still."""
        now = self.world.now()
        return Context(
            actor=self.actor,
            open=lambda: self._unit(read_only=False),
            read=lambda: self._unit(read_only=True),
            now=lambda: now,
            new_id=self.world.new_id,
            random_id=self.world.random_id,
            cursors=self.world.cursors(self.actor.district_id),
            digest=digest,
            keyed=self.world.keyed,
        )

    async def run(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """What ``use_case`` answers to ``command``; run again up to three times when others were at the same rows."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await use_case(command, self.context())
            except Contended:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def change(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """As ``run``; under an Idempotency-Key the stored success again, however often it is asked."""
        if self.idempotency_key is None:
            return await self.run(use_case, command)
        return await self.run(_once(use_case, self), command)

    @asynccontextmanager
    async def _unit(self, *, read_only: bool) -> AsyncIterator[AnyUnit]:
        async with self.places, self.world.open_unit(self.actor, read_only) as unit:
            yield unit


def _once(use_case: Callable[[C, Context[Any]], Awaitable[V]], call: Call) -> Callable[[C, Context[Any]], Awaitable[V]]:
    """``use_case``, with its answer kept by the same commit as its effect."""
    view = get_type_hints(use_case)["return"]
    name = (f"{call.actor.kind}:{call.actor.id}", use_case.__name__, call.idempotency_key or "")

    async def once(command: C, ctx: Context[Any]) -> V:
        async with ctx.open() as unit:
            if not await unit.idempotency.take(*name):
                raise InProgress("a request with this Idempotency-Key is in progress; ask again in a moment")
            kept = await unit.idempotency.find(*name, ctx.now())
            if kept is not None:
                call.replayed.append(True)
                return cast(V, _stored(view, kept, digest(command)))
            answer = await use_case(command, replace(ctx, open=lambda: _lent(unit)))
            await unit.idempotency.keep(name, digest(command), encode(answer), ctx.now())
            await unit.commit()
            return answer

    return once


@asynccontextmanager
async def _lent(unit: Any) -> AsyncIterator[Any]:
    yield SharedUnit(unit)


def _stored(view: type[V], kept: tuple[bytes, bytes], fingerprint: bytes) -> V:
    if kept[0] != fingerprint:
        raise Invalid(
            "this Idempotency-Key was used for another body; use a new key for a new request", code=Code.IDEMPOTENCY_KEY_REUSED
        )
    answer: V = decode(view, kept[1])
    return answer
