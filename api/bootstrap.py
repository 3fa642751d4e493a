"""The only module that knows every adapter: it puts the application together from values."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from api import batches
from api.auditing import keep_sealing
from api.context import Call, World
from api.crossing import Origins, Shared
from api.graphql.http import make_graphql
from api.heading import Headed
from api.limits import BODY_BYTES
from api.mail import Mail, NoMail
from api.oauth.keys import KeyRing
from api.oauth.ports import SignIn
from api.oauth.routes import OAuth, router_for
from api.observing import Metrics, Observed, district_id, request_id
from api.outbound import Transport
from api.rates import Meter, Quotas
from api.refusing import Guarded, answer, install
from api.rest import (
    accounts,
    audit,
    authorization,
    change,
    directory,
    framework,
    jobs,
    notifications,
    observations,
    people,
    privacy,
    roster,
    scoring,
)
from api.rest.edge import Direct
from api.rest.hearing import body_of, idempotency_key
from api.rest.published import publish
from api.rest.service import health_router, service_router
from api.sealing import Box, derived_key
from api.security import Verifier
from api.settings import Misconfigured
from api.signin.authenticator import Totp
from api.signin.desk import Desk
from api.signin.hashing import Argon2
from api.signin.routes import router_for as sign_in_pages
from api.signin.sso import routes_for as sign_on_routes
from api.signing import TrailSigner
from api.supporting import HEADER, FindConsented, in_the_place_of
from api.worlds import now, world_of
from domain.accounts.ports import Passwords
from domain.shared.errors import Unauthenticated
from persistence.engine import make_engine
from persistence.guards import is_ready, role_faults, schema_version
from persistence.live import PgStandings
from persistence.migrate import head
from persistence.oauth import PgOAuth
from persistence.rates import PgRequestCounts

__all__ = ["Values", "make_app", "now", "world_of"]

BUILD = version("evenkeel")
SHARE_SECONDS = 1
PARTS = (
    framework,
    directory,
    accounts,
    people,
    roster,
    observations,
    scoring,
    change,
    jobs,
    notifications,
    audit,
    authorization,
    privacy,
)


@dataclass(frozen=True, kw_only=True)
class Values:
    """What an application is made of; below this, nobody sees the settings.

    ``audit``: False leaves no trail. No setting turns it off: it is for ``bench``, which measures what the trail costs.
    ``seal_every``: seconds between two rounds of sealing the trail; None: a worker does it, or nobody.
    ``mail``: absent, letters go nowhere. ``passwords`` and ``outbound`` (what requests to others' servers go through) stand in
    for argon2 with its usual costs and the network.
    """

    database_url: str
    public_url: str
    secret: str
    previous_secrets: tuple[str, ...] = ()
    mail: Mail | None = None
    passwords: Passwords | None = None
    outbound: Transport | None = None
    pool_size: int = 10
    token_seconds: int = 3600
    quotas: Quotas = field(default_factory=Quotas)
    shared: bool = False
    """Whether other processes serve too, with whom what was counted is shared."""
    outbound_loopback: bool = False
    """For development: whether identity providers may be on this machine, over http; ``outbound`` has to ask there, too."""
    origins: frozenset[str] = frozenset()
    """Of web applications that may ask from a browser, beside those of registered clients."""
    audit: bool = True
    """Whether reads and changes leave a trail; the bench alone turns it off, to see what it costs."""
    seal_every: float | None = None


def make_app(values: Values, *, sign_in: SignIn | None = None) -> FastAPI:
    """The application; it refuses to start on a role that could get past the fence, or on another schema.

    ``sign_in`` says who is signed in with a browser, in the place of our own pages: for tests of other people's clients.
    """
    engine = make_engine(values.database_url, pool_size=values.pool_size)
    store = PgOAuth(engine)
    all_keys = (values.secret, *values.previous_secrets)
    keys = KeyRing(store=store, secret=all_keys)
    standings = PgStandings(engine)
    verifier = Verifier(public_url=values.public_url, keys=keys, find_client=store.client, standing_of=standings.standing_of)
    world = world_of(engine, all_keys, told=values.audit)
    desk = Desk(
        public_url=values.public_url,
        secret=values.secret,
        world=world,
        passwords=values.passwords or Argon2(),
        authenticators=Totp(Box(all_keys)),
        mail=values.mail or NoMail(),
    )
    oauth = OAuth(
        public_url=values.public_url,
        token_seconds=values.token_seconds,
        store=store,
        keys=keys,
        verifier=verifier,
        secret=values.secret,
        sign_in=sign_in or desk,
    )
    metrics = Metrics()
    meter = Meter(values.quotas, derived_key(values.secret, "request counts"))
    origins = Origins(values.public_url, values.origins, store.allows_origin)
    sealing = None
    if values.seal_every is not None:
        sealing = partial(keep_sealing, engine, world, TrailSigner(values.secret, values.previous_secrets), values.seal_every)

    needed = head()

    async def ready() -> bool:
        return await is_ready(engine, needed)

    app = FastAPI(
        title="Evenkeel",
        version=BUILD,
        lifespan=_lifespan(engine, oauth, meter, sealing, shared=values.shared),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.public_url = values.public_url
    app.state.call_of = _caller(verifier, world, meter, standings.consented)
    app.state.meter, app.state.stranger, app.state.origins = meter, meter.stranger, origins
    install(app)
    parts = (service_router(values.public_url, BUILD, values.quotas), *(part.router for part in PARTS))
    for router in parts:
        app.include_router(router)
    app.include_router(router_for(oauth))
    app.state.signed_in = desk.current
    # Before the pages, which take any word for a district's.
    app.router.routes.extend(sign_on_routes(desk, Box(all_keys), values.outbound, loopback=values.outbound_loopback))
    app.include_router(sign_in_pages(desk))
    app.include_router(
        make_graphql(app.state.call_of, _json_body, lambda _request: request_id.get(), admit=_admitted(meter, origins))
    )
    app.include_router(health_router(metrics.registry, ready))
    app.state.operations = tuple(found for router in parts for found in router.operations)
    app.router.routes.insert(0, Direct(app.state.operations))
    publish(app, app.state.operations)
    app.add_middleware(Guarded)
    app.add_middleware(Shared, origins=origins)
    app.add_middleware(Headed, public_url=values.public_url, meter=meter, refuse=answer)
    app.add_middleware(Observed, metrics=metrics)
    return app


def _caller(verifier: Verifier, world: World, meter: Meter, consented: FindConsented) -> Callable[[Request], object]:
    async def call_of(request: Request) -> Call:
        """The call of whoever the Authorization header names, counted against their quota, else against the address's."""
        try:
            actor = await verifier.actor_of(request.headers.get("authorization"))
        except Unauthenticated:
            meter.stranger(request.scope)
            raise
        district_id.set(str(actor.district_id))
        charge = meter.payer(actor, request.scope)
        said = request.headers.get(HEADER)
        if said is not None:
            actor = await in_the_place_of(actor, said, consented)
        return Call(
            actor=actor,
            world=world,
            request_id=request_id.get() or "",
            idempotency_key=idempotency_key(request.headers),
            charge=charge,
        )

    return call_of


def _admitted(meter: Meter, origins: Origins) -> Callable[[Request], None]:
    """What a GraphQL request passes before it is read; with a token it is counted once that is known."""

    def admit(request: Request) -> None:
        origins.check(request.headers.get("origin"))
        if "authorization" not in request.headers:
            meter.stranger(request.scope)

    return admit


async def _json_body(request: Request) -> bytes:
    # Said aloud: a body without a type is what any page of the web can have a browser send.
    return await body_of(request, BODY_BYTES, ("application/json",))


def _lifespan(
    engine: AsyncEngine,
    oauth: OAuth,
    meter: Meter,
    sealing: Callable[[], Coroutine[None, None, None]] | None,
    *,
    shared: bool,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
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
        sharing = asyncio.create_task(_share(meter, PgRequestCounts(engine))) if shared else None
        running = [t for t in (sharing, None if sealing is None else asyncio.create_task(sealing())) if t is not None]
        yield
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await engine.dispose()

    return lifespan


async def _share(meter: Meter, counts: PgRequestCounts) -> None:
    """Exchange what was counted with the other processes, for as long as this one serves."""
    while True:
        await asyncio.sleep(SHARE_SECONDS)
        await meter.share(counts)
