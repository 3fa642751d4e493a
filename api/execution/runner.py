"""Run use cases: context, retries, idempotency and audit log, for every adapter (REST, GraphQL, sign-in, worker, CLI)."""

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
    """Responses stored under an Idempotency-Key."""

    async def lock(self, actor: str, operation: str, key: str) -> bool: ...

    async def find(self, actor: str, operation: str, key: str, now: datetime) -> tuple[bytes, bytes] | None: ...

    async def save(self, name: tuple[str, str, str], fingerprint: bytes, answer: bytes, now: datetime) -> None: ...


class IdempotentUnitOfWork(Protocol):
    """What this module needs of a unit of work; use cases see the ports of their own part."""

    async def commit(self) -> None: ...

    @property
    def idempotency(self) -> IdempotencyStore: ...

    @property
    def audit(self) -> AuditLog: ...

    def with_permission(self, permission: Permission) -> "IdempotentUnitOfWork": ...


UnitOfWorkFactory = Callable[[Actor, Permission, bool, AuditLog], AbstractAsyncContextManager[IdempotentUnitOfWork]]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The dependencies of use cases.

    `open_unit(actor, permission, read_only, audit_log)` begins a transaction. `new_audit_id` makes ids for rows of the audit
    log, apart from `new_id`, so that auditing does not change the ids of objects. `content_digest` digests a command and
    `state_digest` the state of an object, under keys of this installation. `audit_enabled=False` writes no audit log: for
    measuring its cost.
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
    """A unit of work inside another transaction: `commit` does nothing, since the outer unit commits."""

    def __init__(self, unit: IdempotentUnitOfWork) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def with_permission(self, permission: Permission) -> "NestedUnitOfWork":
        """Return the same unit, narrowed to `permission`."""
        return NestedUnitOfWork(self._unit.with_permission(permission))

    async def commit(self) -> None:
        """Do nothing: the outer unit commits, once it has stored the response as well."""


def _uncharged(_cost: int) -> None:
    """Count nothing: for calls without a quota."""


@dataclass(frozen=True, kw_only=True)
class UseCaseRunner:
    """Runs use cases for one request of one actor: retries conflicting transactions, and replays under an Idempotency-Key.

    At most `MAX_UNITS_OF_WORK` units are open at a time, however many fields a GraphQL query has. `charge(n)` counts `n` more
    requests against the quota, for commands with a weight above 1; it raises `RateLimited`.
    """

    actor: Actor
    environment: Environment
    request_id: str
    idempotency_key: str | None = None
    unit_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_UNITS_OF_WORK))
    replayed: list[bool] = field(default_factory=list)
    charge: Callable[[int], None] = _uncharged

    def context_for(self, operation: Operation, command: object, revealed: frozenset[Revealed]) -> Context[Any]:
        """Return the context for `operation`, whose response reveals `revealed`; its clock does not move."""
        now, target = self.environment.now(), operation.audit_object_of(command)
        return Context(
            actor=self.actor,
            open=lambda permission: self._open_unit(permission, self._audit_log(operation, now, target), read_only=False),
            read=lambda permission: self._open_unit(
                permission, self._audit_log(operation, now, target, revealed), read_only=True
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
        """Return the result of `use_case` for `command`; up to `MAX_ATTEMPTS` attempts when transactions conflict.

        Raises `Contended` when the last attempt conflicts. `Forbidden` and `NotFound` are recorded in the audit log.
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
            except (Forbidden, NotFound) as error:
                await self._audit_denied(operation, command, error, revealed)
                raise
        raise AssertionError("the last attempt returns or raises")

    async def run_idempotent(self, use_case: Callable[[C, Context[Any]], Awaitable[V]], command: C) -> V:
        """As `run`; under an Idempotency-Key a repeated request gets the stored response of the first success."""
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
        """Return the audit log of one unit of work.

        It is enabled for each unit that writes (`revealed` is None), and for one that reads if the operation is audited or
        its response reveals audited data.
        """
        audited = operation.audited is not False if revealed is None else bool(operation.audited or revealed)
        return AuditLog(
            action=operation.action,
            at=truncate_to_milliseconds(now),
            request_id=self.request_id,
            new_id=self.environment.new_audit_id,
            digest=self.environment.state_digest,
            enabled=audited and self.environment.audit_enabled,
            requested_object=target,
        )

    async def _audit_denied(
        self, operation: Operation, command: object, error: Forbidden | NotFound, revealed: frozenset[Revealed]
    ) -> None:
        """Record a denied attempt: every `Forbidden`, and `NotFound` for audited operations and data."""
        unaudited = isinstance(error, NotFound) and not (operation.audited or revealed)
        if self.actor.district_id.int == 0 or unaudited:
            return
        audit_log = self._audit_log(operation, self.environment.now(), operation.audit_object_of(command))
        audit_log = replace(audit_log, outcome=Ending.REFUSED, code=str(error.code))
        if audit_log.enabled:
            async with self._open_unit(NO_PERMISSION, audit_log, read_only=True):
                """Leaving the unit writes the row."""

    @asynccontextmanager
    async def _open_unit(
        self, permission: Permission, audit_log: AuditLog, *, read_only: bool
    ) -> AsyncIterator[IdempotentUnitOfWork]:
        async with self.unit_slots, self.environment.open_unit(self.actor, permission, read_only, audit_log) as unit:
            yield unit


def _operation_of(use_case: Callable[..., Any]) -> Operation:
    """Return the operation that `use_case` declares; one named after the function where it declares none."""
    return find_operation(use_case) or Operation(action=use_case.__name__, policy=use_case.__name__)


def _idempotent(
    use_case: Callable[[C, Context[Any]], Awaitable[V]], runner: UseCaseRunner
) -> Callable[[C, Context[Any]], Awaitable[V]]:
    """Wrap `use_case` so that one commit saves its effect and its response; later calls return the stored response.

    A replay has the outcome `REPLAYED` in the audit log.
    """
    view = get_type_hints(use_case)["return"]
    name = (_idempotency_scope(runner.actor), use_case.__name__, runner.idempotency_key or "")

    @wraps(use_case)
    async def replay_or_run(command: C, ctx: Context[Any]) -> V:
        async with ctx.open(NO_PERMISSION) as unit:
            if not await unit.idempotency.lock(*name):
                raise InProgress("a request with this Idempotency-Key is in progress; retry in a moment")
            stored = await unit.idempotency.find(*name, ctx.now())
            if stored is not None:
                replayed = cast(V, _decode_stored(view, stored, ctx.digest(command)))
                await check_still_allowed(runner.actor, use_case, command, replayed, unit)
                runner.replayed.append(True)
                unit.audit.outcome = Ending.REPLAYED
                await unit.commit()
                return replayed
            answer = await use_case(command, replace(ctx, open=partial(nested_unit, unit)))
            await unit.idempotency.save(name, ctx.digest(command).current, encode(answer), ctx.now())
            await unit.commit()
            return answer

    return replay_or_run


def _idempotency_scope(actor: Actor) -> str:
    """Return the namespace of the actor's keys; a supporter who acts for a person does not share that person's keys."""
    scope = f"{actor.kind}:{actor.id}"
    return scope if actor.supporter is None else f"{scope} by {actor.supporter}"


@asynccontextmanager
async def nested_unit(unit: Any, permission: Permission) -> AsyncIterator[Any]:
    """Yield `unit` narrowed to `permission`, for a use case that must not commit it."""
    yield NestedUnitOfWork(unit.with_permission(permission))


def _decode_stored(view: type[V], stored: tuple[bytes, bytes], fingerprint: ContentDigest) -> V:
    if fingerprint.compare(stored[0]) not in {DigestMatch.SAME, DigestMatch.OUTDATED}:
        raise Invalid(
            "this Idempotency-Key was used with another body; use a new key for a new request", code=Code.IDEMPOTENCY_KEY_REUSED
        )
    answer: V = decode(view, stored[1])
    return answer
