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

MAX_ATTEMPTS = 3
MAX_UNITS_OF_WORK = 4


class InProgress(Conflict):
    """The first request under an Idempotency-Key has not been answered yet."""

    code = Code.IDEMPOTENCY_KEY_IN_PROGRESS
    retry = "later"


class IdempotencyStore(Protocol):
    """Answers kept under an Idempotency-Key."""

    async def lock(self, actor: str, operation: str, key: str) -> bool: ...

    async def find(self, actor: str, operation: str, key: str, now: datetime) -> tuple[bytes, bytes] | None: ...

    async def save(self, name: tuple[str, str, str], fingerprint: bytes, answer: bytes, now: datetime) -> None: ...


class IdempotentUnitOfWork(Protocol):
    """What this module needs of a unit; the parts' use cases see their own ports."""

    async def commit(self) -> None: ...

    @property
    def idempotency(self) -> IdempotencyStore: ...

    @property
    def audit(self) -> AuditLog: ...

    def with_permission(self, permission: Permission) -> "IdempotentUnitOfWork": ...


UnitOfWorkFactory = Callable[[Actor, Permission, bool, AuditLog], AbstractAsyncContextManager[IdempotentUnitOfWork]]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The outside world as bootstrap made it; ``open_unit(actor, permission, read_only, trail)`` begins a transaction.

    ``trail_id`` names rows of the trail, apart from ``new_id``: what is told does not change what things are called.
    ``content_digest``: of a command, and ``state_digest``: of the state of a thing, under keys of this installation. ``told``:
    False leaves no trail at all, which is for measuring what one costs.
    """

    open_unit: UnitOfWorkFactory
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    random_id: Callable[[], UUID]
    cursors: Callable[[UUID], Cursors]
    new_audit_id: Callable[[], UUID]
    state_digest: Callable[[object], bytes]
    content_digest: Callable[[object], ContentDigest]
    audit_enabled: bool = True
    hmac_under_keys: KeyedDigests = no_keyed_digests
    check_url: UrlCheck = accept_url


class NestedUnitOfWork:
    """A unit lent to a use case inside another transaction: its commit is said, but done by the lender."""

    def __init__(self, unit: IdempotentUnitOfWork) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def with_permission(self, permission: Permission) -> "NestedUnitOfWork":
        """The same, narrowed to another permission."""
        return NestedUnitOfWork(self._unit.with_permission(permission))

    async def commit(self) -> None:
        """The lender commits, once the answer is stored beside the effect."""


def _uncharged(_cost: int) -> None:
    """What nobody counts: an operator's own calls."""


@dataclass(frozen=True, kw_only=True)
class UseCaseRunner:
    """One request of one actor: runs use cases, again where the database asks for it, once where the client does.

    At most four units are open at a time, however many fields a GraphQL query has. ``charge`` counts what a command costs
    beyond the request that brought it (its ``weight``, where it has one); raises ``RateLimited``.
    """

    actor: Actor
    environment: Environment
    request_id: str
    idempotency_key: str | None = None
    unit_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_UNITS_OF_WORK))
    replayed: list[bool] = field(default_factory=list)
    charge: Callable[[int], None] = _uncharged

    def context_for(self, operation: Operation, command: object, revealed: frozenset[Revealed]) -> Context[Any]:
        """Return the context of `operation`, whose answer reveals `revealed`; its clock stands still."""
        now, asked = self.environment.now(), operation.audit_object_of(command)
        return Context(
            actor=self.actor,
            open=lambda permission: self._open_unit(permission, self._audit_log(operation, now, asked), read_only=False),
            read=lambda permission: self._open_unit(
                permission, self._audit_log(operation, now, asked, revealed), read_only=True
            ),
            now=lambda: now,
            new_id=self.environment.new_id,
            random_id=self.environment.random_id,
            cursors=self.environment.cursors(self.actor.district_id),
            digest=self.environment.content_digest,
            keyed_digests=self.environment.hmac_under_keys,
            check_url=self.environment.check_url,
        )

    async def run(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """What ``use_case`` answers to ``command``; run again up to three times when others were at the same rows.

        Who asks for what is not theirs is refused, and the refusal is told.
        """
        operation, revealed = _operation_of(use_case), revealed_by_use_case(use_case)
        weight = operation.weight(command)
        if weight > 1:
            self.charge(weight - 1)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                check_purpose(self.actor, revealed)
                return await use_case(command, self.context_for(operation, command, revealed))
            except Contended:
                if attempt == MAX_ATTEMPTS:
                    raise
            except (Forbidden, NotFound) as refusal:
                await self._audit_denied(operation, command, refusal, revealed)
                raise
        raise AssertionError("the last attempt returns or raises")

    async def run_idempotent(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """As ``run``; under an Idempotency-Key the stored success again, however often it is asked."""
        if self.idempotency_key is None:
            return await self.run(use_case, command)
        return await self.run(_idempotent(use_case, self), command)

    def _audit_log(
        self,
        operation: Operation,
        now: datetime,
        target: tuple[Subject, UUID] | None,
        revealed: frozenset[Revealed] | None = None,
    ) -> AuditLog:
        """What is to be told of one unit: of each that commits, and (``reveals``) of those that only read what is audited."""
        told = operation.audited is not False if revealed is None else bool(operation.audited or revealed)
        return AuditLog(
            action=operation.action,
            at=truncate_to_milliseconds(now),
            request_id=self.request_id,
            new_id=self.environment.new_audit_id,
            digest=self.environment.state_digest,
            enabled=told and self.environment.audit_enabled,
            requested_object=target,
        )

    async def _audit_denied(
        self, operation: Operation, command: object, error: Forbidden | NotFound, revealed: frozenset[Revealed]
    ) -> None:
        """A row about a try at what is not theirs: anything without the right to it, and evidence that they may not see."""
        unaudited = isinstance(error, NotFound) and not (operation.audited or revealed)
        if self.actor.district_id.int == 0 or unaudited:
            return
        trail = self._audit_log(operation, self.environment.now(), operation.audit_object_of(command))
        trail = replace(trail, outcome=Ending.REFUSED, code=str(error.code))
        if trail.enabled:
            async with self._open_unit(NO_PERMISSION, trail, read_only=True):
                """Leaving it writes the row."""

    @asynccontextmanager
    async def _open_unit(
        self, permission: Permission, audit_log: AuditLog, *, read_only: bool
    ) -> AsyncIterator[IdempotentUnitOfWork]:
        async with self.unit_slots, self.environment.open_unit(self.actor, permission, read_only, audit_log) as unit:
            yield unit


def _operation_of(use_case: Callable[..., Any]) -> Operation:
    """Return what `use_case` declares; work that is no operation of the API declares nothing and goes by its name."""
    return find_operation(use_case) or Operation(action=use_case.__name__, policy=use_case.__name__)


def _idempotent(
    use_case: Callable[[C, Context[Any]], Awaitable[V]], runner: UseCaseRunner
) -> Callable[[C, Context[Any]], Awaitable[V]]:
    """``use_case``, with its answer kept by the same commit as its effect; a stored answer given again is told as that."""
    view = get_type_hints(use_case)["return"]
    name = (_idempotency_scope(runner.actor), use_case.__name__, runner.idempotency_key or "")

    @wraps(use_case)
    async def replay_or_run(command: C, ctx: Context[Any]) -> V:
        async with ctx.open(NO_PERMISSION) as unit:
            if not await unit.idempotency.lock(*name):
                raise InProgress("a request with this Idempotency-Key is in progress; ask again in a moment")
            kept = await unit.idempotency.find(*name, ctx.now())
            if kept is not None:
                stored = cast(V, _decode_stored(view, kept, ctx.digest(command)))
                await check_still_allowed(runner.actor, use_case, command, stored, unit)
                runner.replayed.append(True)
                unit.audit.outcome = Ending.REPLAYED
                await unit.commit()
                return stored
            answer = await use_case(command, replace(ctx, open=partial(nested_unit, unit)))
            await unit.idempotency.save(name, ctx.digest(command).current, encode(answer), ctx.now())
            await unit.commit()
            return answer

    return replay_or_run


def _idempotency_scope(actor: Actor) -> str:
    """Whose keys are one's own; who acts in a person's place has none of that person's."""
    own = f"{actor.kind}:{actor.id}"
    return own if actor.supporter is None else f"{own} by {actor.supporter}"


@asynccontextmanager
async def nested_unit(unit: Any, permission: Permission) -> AsyncIterator[Any]:
    """``unit``, narrowed to ``permission``, for a use case that shall not commit it."""
    yield NestedUnitOfWork(unit.with_permission(permission))


def _decode_stored(view: type[V], stored: tuple[bytes, bytes], fingerprint: ContentDigest) -> V:
    if fingerprint.compare(stored[0]) not in {DigestMatch.SAME, DigestMatch.OUTDATED}:
        raise Invalid(
            "this Idempotency-Key was used for another body; use a new key for a new request", code=Code.IDEMPOTENCY_KEY_REUSED
        )
    answer: V = decode(view, stored[1])
    return answer
