"""The only module that knows every adapter: it puts the application together from values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from fastapi import FastAPI, Request

from api.execution.impersonation import HEADER, FindConsented, in_the_place_of
from api.execution.runner import UNITS_AT_ONCE, Call, World
from api.graphql.endpoint import make_graphql
from api.logging import district_id, request_id
from api.middleware.access_log import Metrics, Observed
from api.middleware.cors import Origins, Shared
from api.middleware.exception_handlers import Guarded, answer, install
from api.middleware.load_shedding import CONNECTION_SECONDS, Lanes
from api.middleware.rate_limit import Meter, Quotas
from api.middleware.security_headers import Headed
from api.oauth.audit import AuditConfig
from api.oauth.client_jwks import ClientJwksCache
from api.oauth.ports import SignIn
from api.oauth.routes import OAuth, oauth_router
from api.oauth.signing_keys import KeyRing
from api.outbound.http_client import Transport, url_checker
from api.outbound.mail import Mail, NoMail
from api.rest import (
    accounts,
    audit,
    change,
    directory,
    framework,
    jobs,
    me,
    notifications,
    observations,
    people,
    privacy,
    roster,
    scoring,
    sessions,
)
from api.rest.openapi import publish
from api.rest.requests import idempotency_key, read_body
from api.rest.service import health_router, service_router
from api.runtime.audit_sealer import keep_sealing
from api.runtime.environment import now, world_of
from api.runtime.lifespan import Meanwhile, lifespan
from api.security.audit_signer import TrailSigner
from api.security.bearer_tokens import Verifier
from api.security.encryption import Box, derived_key
from api.sign_in.oidc_login import oidc_routes
from api.sign_in.password_hashing import Argon2
from api.sign_in.routes import sign_in_router
from api.sign_in.service import SignInService
from api.sign_in.totp import Totp
from api.version import BUILD
from api.web import static_files
from api.web.developer_pages import DemoHints, developer_router
from api.wire.limits import BODY_BYTES
from domain.accounts.ports import Passwords
from domain.shared.errors import Unauthenticated
from persistence.bearer_status import PgStandings
from persistence.database.pool import ConnectionPool, limit_waits
from persistence.database.schema_revision import head
from persistence.database.startup_checks import is_ready
from persistence.repositories.oauth.store import PgOAuth
from persistence.repositories.request_counts import PgRequestCounts
from persistence.tables import DATA_MAP

PARTS = (
    scoring,
    observations,
    framework,
    directory,
    accounts,
    me,
    people,
    roster,
    change,
    jobs,
    notifications,
    audit,
    sessions,
    privacy,
)
"""The routers of the API. Routes are tried in this order, so those that are asked for most stand first."""


def nothing() -> None:
    """Do nothing."""


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
    demo: DemoHints | None = None
    """Where this is the demo: hints on the first page, and GraphiQL."""
    clock: Callable[[], datetime] = now
    loaded: Callable[[], None] = nothing
    """What is done once all is loaded, before the first request: ``gc_tuning.settle`` where a process only serves."""


@dataclass(frozen=True, kw_only=True)
class _Adapters:
    """What an application of some values stands on."""

    pool: ConnectionPool
    keys: tuple[str, ...] = field(repr=False)
    world: World
    verifier: Verifier
    standings: PgStandings
    sign_in: SignInService
    oauth: OAuth
    meter: Meter
    origins: Origins
    metrics: Metrics


def make_app(values: Values, *, sign_in: SignIn | None = None) -> FastAPI:
    """The application; it refuses to start on a role that could get past the fence, or on another schema.

    ``sign_in`` says who is signed in with a browser, in the place of our own pages: for tests of other people's clients.
    """
    found = _adapters(values, sign_in)
    app = FastAPI(
        title="Evenkeel",
        version=BUILD,
        lifespan=lifespan(found.pool, found.oauth.start, values.loaded, _meanwhile(values, found)),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.public_url, app.state.data_map = values.public_url, DATA_MAP
    app.state.call_of = _caller(found.verifier, found.world, found.meter, found.standings.consented)
    app.state.meter, app.state.stranger, app.state.origins = found.meter, found.meter.stranger, found.origins
    app.state.signed_in = found.sign_in.current
    app.state.lanes = Lanes(values.pool_size, UNITS_AT_ONCE)
    install(app)
    _add_routes(app, values, found)
    app.add_middleware(Guarded)
    app.add_middleware(Shared, origins=found.origins)
    app.add_middleware(Headed, public_url=values.public_url, meter=found.meter, refuse=answer)
    app.add_middleware(Observed, metrics=found.metrics, begin=partial(limit_waits, CONNECTION_SECONDS))
    return app


def _adapters(values: Values, sign_in: SignIn | None) -> _Adapters:
    pool = ConnectionPool(values.database_url, size=values.pool_size)
    store = PgOAuth(pool)
    all_keys = (values.secret, *values.previous_secrets)
    keys = KeyRing(store=store, secret=all_keys)
    standings = PgStandings(pool)
    verifier = Verifier(public_url=values.public_url, keys=keys, find_client=store.client, standing_of=standings.standing_of)
    vet = url_checker(values.outbound, loopback=values.outbound_loopback)
    world = world_of(pool, all_keys, clock=values.clock, told=values.audit, vet=vet)
    service = SignInService(
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
        client_jwks=ClientJwksCache(values.outbound),
        check_url=vet,
        clock=values.clock,
        audit=AuditConfig(new_id=world.trail_id, digest=world.state_digest, enabled=world.told),
        sign_in=sign_in or service,
    )
    return _Adapters(
        pool=pool,
        keys=all_keys,
        world=world,
        verifier=verifier,
        standings=standings,
        sign_in=service,
        oauth=oauth,
        meter=Meter(values.quotas, derived_key(values.secret, "request counts")),
        origins=Origins(values.public_url, values.origins, store.allows_origin),
        metrics=Metrics(),
    )


def _meanwhile(values: Values, found: _Adapters) -> list[Meanwhile]:
    """What goes on beside the requests."""
    running: list[Meanwhile] = []
    if values.shared:
        running.append(partial(found.meter.keep_sharing, PgRequestCounts(found.pool)))
    if values.seal_every is not None:
        signer = TrailSigner(values.secret, values.previous_secrets)
        running.append(partial(keep_sealing, found.pool, found.world, signer, values.seal_every))
    return running


def _add_routes(app: FastAPI, values: Values, found: _Adapters) -> None:
    needed = head()

    async def ready() -> bool:
        return await is_ready(found.pool, needed)

    admit = _admitted(found.meter, found.origins)
    app.include_router(
        make_graphql(
            app.state.call_of, _json_body, lambda _request: request_id.get(), admit=admit, expensive=app.state.lanes.queries
        )
    )
    parts = (service_router(values.public_url, BUILD, values.quotas), *(part.router for part in PARTS))
    for router in parts:
        # Not `include_router`: it would analyse every endpoint again for each application.
        app.router.routes.extend(router.routes)
    app.include_router(oauth_router(found.oauth))
    # Before the pages, which take any word for a district's.
    app.router.routes.extend(oidc_routes(found.sign_in, Box(found.keys), values.outbound, loopback=values.outbound_loopback))
    app.include_router(sign_in_router(found.sign_in))
    app.router.routes.extend(static_files.router.routes)
    app.include_router(developer_router(public_url=values.public_url, build=BUILD, is_ready=ready, demo=values.demo))
    app.include_router(health_router(found.metrics.registry, ready))
    app.state.operations = tuple((operation.path, operation) for router in parts for operation in router.operations)
    publish(app, app.state.operations)


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
    return await read_body(request, BODY_BYTES, ("application/json",))
