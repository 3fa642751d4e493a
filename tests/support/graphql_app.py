"""GraphQL alone, served over fakes: no database, no tokens."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from api.execution.content_hash import content_digester
from api.execution.runner import Environment, UseCaseRunner
from api.graphql.endpoint import graphql_router
from api.rest.requests import read_body
from domain.shared.access_scope import Permission
from domain.shared.audit import AuditLog
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Code, Invalid, Unauthenticated

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
DISTRICT = UUID(int=1)
KNOWN = "Bearer known"


class PlainCursors:
    """Cursors that can be read."""

    def encode(self, _scope: str, key: tuple[str, ...]) -> str:
        return "|".join(key)

    def decode(self, _scope: str, cursor: str) -> tuple[str, ...]:
        if cursor == "foreign":
            raise Invalid.at("/cursor", Code.CURSOR_FOREIGN, "not of this list")
        return tuple(cursor.split("|"))


class FakeIdempotencyStore:
    def __init__(self) -> None:
        self.stored: dict[Any, tuple[bytes, bytes]] = {}

    async def lock(self, *_name: str) -> bool:
        return True

    async def find(self, actor: str, operation: str, key: str, _now: datetime) -> tuple[bytes, bytes] | None:
        return self.stored.get((actor, operation, key))

    async def save(self, name: tuple[str, str, str], fingerprint: bytes, answer: bytes, _now: datetime) -> None:
        self.stored[name] = (fingerprint, answer)


@dataclass
class GraphQLApp:
    """The endpoint, what its units hold, and what happened to them."""

    stores: dict[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset(s.value for s in Scope)
    units: int = 0
    open_units: int = 0
    max_open_units: int = 0
    commits: int = 0
    calls: int = 0

    def __post_init__(self) -> None:
        self.idempotency = FakeIdempotencyStore()
        app = FastAPI()
        app.include_router(
            graphql_router(
                self.call_of,
                partial(read_body, limit=1 << 20, media_types=("application/json",)),
                lambda _request: "r-1",
            )
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")

    async def call_of(self, request: Any) -> UseCaseRunner:
        self.calls += 1
        if request.headers.get("authorization") != KNOWN:
            raise Unauthenticated("send a bearer token")
        actor = Actor(kind=ActorKind.CLIENT, id="c", district_id=DISTRICT, origin="o", scopes=self.scopes)
        ids = iter(range(1000, 2000))
        world = Environment(
            open_unit=self.begin_unit_of_work,
            now=lambda: NOW,
            new_id=lambda: UUID(int=next(ids)),
            random_id=lambda: UUID(int=next(ids)),
            cursors=lambda _district: PlainCursors(),
            new_audit_id=lambda: UUID(int=1),
            state_digest=lambda _state: b"",
            content_digest=content_digester(b"key"),
        )
        return UseCaseRunner(actor=actor, environment=world, request_id="r-1", idempotency_key="from the header")

    @asynccontextmanager
    async def begin_unit_of_work(self, _actor: Actor, _permission: Permission, _read_only: bool, audit_log: AuditLog):
        self.units += 1
        self.open_units += 1
        self.max_open_units = max(self.max_open_units, self.open_units)

        async def commit() -> None:
            self.commits += 1

        try:
            unit = SimpleNamespace(**self.stores, idempotency=self.idempotency, commit=commit, audit=audit_log)
            unit.with_permission = lambda _permission: unit
            yield unit
        finally:
            self.open_units -= 1

    async def post(self, body: Any, accept: str = "application/json", **headers: str) -> httpx.Response:
        return await self.client.post("/graphql", json=body, headers={"accept": accept, **headers})

    async def ask(self, query: str, variables: dict[str, Any] | None = None, bearer: str | None = KNOWN) -> dict[str, Any]:
        headers = {} if bearer is None else {"authorization": bearer}
        answer = await self.post({"query": query, "variables": variables}, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def error(self, query: str, variables: dict[str, Any] | None = None, bearer: str | None = KNOWN) -> dict[str, Any]:
        [error] = (await self.ask(query, variables, bearer))["errors"]
        return error["extensions"]
