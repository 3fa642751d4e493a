"""An authorization server over a database of one's own, with districts and clients registered by the use cases."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import headers_of, status_of
from api.oauth.keys import KeyRing
from api.oauth.routes import OAuth, router_for
from api.security import Verifier
from domain.directory.registered import CreateClient, CreateDistrict, DistrictView, NewClientView, RevokeClient
from domain.directory.registry import create_client, create_district, operator, revoke_client
from domain.shared.context import Actor, Context
from domain.shared.errors import DomainError
from domain.shared.ids import DistrictId
from domain.shared.trail import untold
from persistence.engine import make_engine
from persistence.oauth import PgOAuth
from persistence.registry import PgRegistry
from tests.server import Database

URL = "https://evenkeel.example.org"
SECRET = "a secret of thirty-two characters or more"
FORM = {"grant_type": "client_credentials"}


class RegistryUnit:
    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.registry = PgRegistry(raw)

    audit = untold()

    async def commit(self) -> None:
        await self._raw.execute("COMMIT")


@asynccontextmanager
async def fenced(engine: AsyncEngine, actor: Actor) -> AsyncIterator[RegistryUnit]:
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(str(actor.district_id))}'")
        try:
            yield RegistryUnit(raw)
        finally:
            if raw.is_in_transaction():
                await raw.execute("ROLLBACK")


def context(engine: AsyncEngine, actor: Actor, new_id: Callable[[], UUID] = uuid4) -> Context[Any]:
    return Context(
        actor=actor,
        open=lambda: fenced(engine, actor),
        read=lambda: fenced(engine, actor),
        now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
        new_id=new_id,
        random_id=uuid4,
        cursors=None,  # type: ignore[arg-type]
        digest=lambda _: b"",
    )


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).timestamp()

    def __call__(self) -> float:
        return self.at


@dataclass
class House:
    owner: AsyncEngine
    app: AsyncEngine
    store: PgOAuth
    keys: KeyRing
    verifier: Verifier
    clock: Clock
    http: httpx.AsyncClient

    async def district(self, name: str = "Grand Bend") -> DistrictView:
        return await create_district(
            CreateDistrict(name=name, time_zone="America/Chicago"), context(self.owner, operator("root"))
        )

    async def client(self, district_id: DistrictId, *scopes: str, origin: str = "walkthroughs") -> NewClientView:
        cmd = CreateClient(name="Walkthroughs", origin=origin, scopes=scopes or ("directory:read", "scores:read"))
        return await create_client(cmd, context(self.owner, operator("root", district_id)))

    async def revoke(self, district_id: DistrictId, client_id: str) -> None:
        await revoke_client(RevokeClient(client_id=client_id), context(self.owner, operator("root", district_id)))

    async def ask(self, client: NewClientView, **form: str) -> httpx.Response:
        """A token request by HTTP Basic."""
        auth = (client.client.client_id, client.client_secret)
        return await self.http.post("/oauth/token", data=FORM | form, auth=auth)

    async def token(self, client: NewClientView, **form: str) -> str:
        answer = await self.ask(client, **form)
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["access_token"]
        return found

    async def whoami(self, token: str) -> httpx.Response:
        return await self.http.get("/v1/whoami", headers={"Authorization": f"Bearer {token}"})


def app_of(oauth: OAuth, verifier: Verifier) -> FastAPI:
    app = FastAPI()
    app.include_router(router_for(oauth))

    async def whoami(request: Request) -> JSONResponse:
        actor = await verifier.actor_of(request.headers.get("authorization"))
        shown = {"id": actor.id, "kind": actor.kind, "district_id": str(actor.district_id), "origin": actor.origin}
        return JSONResponse(shown | {"scopes": sorted(actor.scopes)})

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DomainError)
        return JSONResponse({"detail": error.detail, "code": error.code}, status_of(error), headers_of(error))

    app.add_api_route("/v1/whoami", whoami)
    app.add_exception_handler(DomainError, refused)
    return app


@asynccontextmanager
async def house_of(database: Database, *, secret: str = SECRET) -> AsyncIterator[House]:
    """Everything as bootstrap wires it: the owner's connection registers, the app role's serves."""
    owner, app = make_engine(database.owner_url, pool_size=2), make_engine(database.app_url, pool_size=5)
    clock, store = Clock(), PgOAuth(app)
    keys = KeyRing(store=store, secret=secret)
    verifier = Verifier(public_url=URL, keys=keys, find_client=store.client, clock=clock)
    oauth = OAuth(public_url=URL, token_seconds=3600, store=store, keys=keys)
    try:
        await oauth.start()
        transport = httpx.ASGITransport(app=app_of(oauth, verifier))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            yield House(owner=owner, app=app, store=store, keys=keys, verifier=verifier, clock=clock, http=http)
    finally:
        await app.dispose()
        await owner.dispose()
