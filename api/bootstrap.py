"""The only module that knows every adapter: it puts the application together from values."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from uuid import UUID, uuid4

from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from api import batches
from api.context import Call, World
from api.cursors import SealedCursors
from api.graphql.http import make_graphql
from api.ids import NewIds
from api.limits import BODY_BYTES
from api.oauth.keys import KeyRing
from api.oauth.routes import OAuth, router_for
from api.observing import Metrics, Observed, district_id, request_id
from api.refusing import Guarded, install
from api.rest import change, directory, framework, observations, privacy, roster, scoring
from api.rest.edge import Direct
from api.rest.hearing import body_of, idempotency_key
from api.rest.published import publish
from api.rest.service import health_router, service_router
from api.sealing import derived_key, keyed_by
from api.security import Verifier
from api.settings import Misconfigured
from persistence.engine import make_engine
from persistence.guards import is_ready, role_faults, schema_version
from persistence.migrate import head
from persistence.oauth import PgOAuth
from persistence.unit import open_unit

BUILD = version("evenkeel")
PARTS = (framework, directory, roster, observations, scoring, change, privacy)


@dataclass(frozen=True, kw_only=True)
class Values:
    """What an application is made of; below this, nobody sees the settings."""

    database_url: str
    public_url: str
    secret: str
    pool_size: int = 10
    token_seconds: int = 3600


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def world_of(
    engine: AsyncEngine, secret: str, *, clock: Callable[[], datetime] = now, new_id: Callable[[], UUID] | None = None
) -> World:
    """The outside world of use cases that work on ``engine``."""
    key = derived_key(secret, "cursors")
    return World(
        open_unit=lambda actor, read_only: open_unit(engine, actor, read_only=read_only),
        now=clock,
        new_id=new_id or NewIds(clock),
        random_id=uuid4,
        cursors=lru_cache(maxsize=1024)(lambda district: SealedCursors(key, district)),
        keyed=keyed_by(secret),
    )


def make_app(values: Values) -> FastAPI:
    """The application; it refuses to start on a role that could get past the fence, or on another schema."""
    engine = make_engine(values.database_url, pool_size=values.pool_size)
    store = PgOAuth(engine)
    keys = KeyRing(store=store, secret=values.secret)
    oauth = OAuth(public_url=values.public_url, token_seconds=values.token_seconds, store=store, keys=keys)
    verifier = Verifier(public_url=values.public_url, keys=keys, find_client=store.client)
    metrics = Metrics()

    needed = head()

    async def ready() -> bool:
        return await is_ready(engine, needed)

    app = FastAPI(
        title="Evenkeel",
        version=BUILD,
        lifespan=_lifespan(engine, oauth),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.public_url = values.public_url
    app.state.call_of = _caller(verifier, world_of(engine, values.secret))
    install(app)
    parts = (service_router(values.public_url, BUILD), *(part.router for part in PARTS))
    for router in parts:
        app.include_router(router)
    app.include_router(router_for(oauth))
    app.include_router(make_graphql(app.state.call_of, _json_body, lambda _request: request_id.get()))
    app.include_router(health_router(metrics.registry, ready))
    app.state.operations = tuple(found for router in parts for found in router.operations)
    app.router.routes.insert(0, Direct(app.state.operations))
    publish(app, app.state.operations)
    app.add_middleware(Guarded)
    app.add_middleware(Observed, metrics=metrics)
    return app


def _caller(verifier: Verifier, world: World) -> Callable[[Request], object]:
    async def call_of(request: Request) -> Call:
        """The call of whoever the Authorization header names."""
        actor = await verifier.actor_of(request.headers.get("authorization"))
        district_id.set(str(actor.district_id))
        return Call(
            actor=actor,
            world=world,
            request_id=request_id.get() or "",
            idempotency_key=idempotency_key(request.headers),
        )

    return call_of


async def _json_body(request: Request) -> bytes:
    return await body_of(request, BODY_BYTES)


def _lifespan(engine: AsyncEngine, oauth: OAuth) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        faults = await role_faults(engine)
        if faults:
            raise Misconfigured(*faults)
        held, needed = await schema_version(engine), head()
        if held != needed:
            raise Misconfigured(f"the database is at {held or 'no'} migration, this needs {needed}: run evenkeel migrate")
        await oauth.start()
        batches.warm()
        # What is loaded now stays: the collector need not walk it at every turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        yield
        await engine.dispose()

    return lifespan
