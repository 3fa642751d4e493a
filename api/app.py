"""The only module that knows every adapter: it puts the application together from values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from fastapi import FastAPI, Request

from api.execution.impersonation import HEADER, FindImpersonated, impersonate
from api.execution.runner import MAX_UNITS_OF_WORK, Environment, UseCaseRunner
from api.graphql.endpoint import graphql_router
from api.logging import district_id, request_id
from api.middleware.access_log import AccessLogMiddleware, Metrics
from api.middleware.cors import AllowedOrigins, DynamicCORSMiddleware
from api.middleware.exception_handlers import ErrorMiddleware, add_exception_handlers, problem_response
from api.middleware.load_shedding import CONNECTION_SECONDS, ConcurrencyLimiters
from api.middleware.rate_limit import RateLimiter, RateLimits
from api.middleware.security_headers import SecurityHeadersMiddleware
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
from api.rest.openapi import install_openapi
from api.rest.requests import idempotency_key, read_body
from api.rest.service import health_router, service_router
from api.runtime.audit_sealer import run_sealer
from api.runtime.environment import build_environment, utc_now
from api.runtime.lifespan import BackgroundLoop, lifespan
from api.security.audit_signer import AuditSigner
from api.security.bearer_tokens import TokenVerifier
from api.security.encryption import AesSecretBox, derive_key
from api.sign_in.oidc_login import oidc_routes
from api.sign_in.password_hashing import Argon2
from api.sign_in.routes import sign_in_router
from api.sign_in.service import SignInService
from api.sign_in.totp import Totp
from api.version import BUILD
from api.web import static_files
from api.web.developer_pages import DemoHints, developer_router
from api.wire.limits import BODY_BYTES
from domain.accounts.ports import PasswordHashing
from domain.shared.errors import Unauthenticated
from persistence.bearer_status import PgBearerStatus
from persistence.database.pool import ConnectionPool, limit_waits
from persistence.database.schema_revision import head
from persistence.database.startup_checks import is_ready
from persistence.repositories.oauth.store import PgOAuth
from persistence.repositories.request_counts import PgRequestCounts
from persistence.tables import DATA_MAP

ROUTERS = (
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


def noop() -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class AppConfig:
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
    passwords: PasswordHashing | None = None
    outbound: Transport | None = None
    pool_size: int = 10
    token_seconds: int = 3600
    rate_limits: RateLimits = field(default_factory=RateLimits)
    several_processes: bool = False
    """Whether other processes serve too, with whom what was counted is shared."""
    outbound_loopback: bool = False
    """For development: whether identity providers may be on this machine, over http; ``outbound`` has to ask there, too."""
    cors_origins: frozenset[str] = frozenset()
    """Of web applications that may ask from a browser, beside those of registered clients."""
    audit: bool = True
    """Whether reads and changes leave a trail; the bench alone turns it off, to see what it costs."""
    seal_interval: float | None = None
    demo: DemoHints | None = None
    """Where this is the demo: hints on the first page, and GraphiQL."""
    clock: Callable[[], datetime] = utc_now
    on_loaded: Callable[[], None] = noop
    """What is done once all is loaded, before the first request: ``gc_tuning.settle`` where a process only serves."""


@dataclass(frozen=True, kw_only=True)
class _Components:
    """What an application of some values stands on."""

    pool: ConnectionPool
    keys: tuple[str, ...] = field(repr=False)
    environment: Environment
    token_verifier: TokenVerifier
    bearer_status: PgBearerStatus
    sign_in: SignInService
    oauth: OAuth
    rate_limiter: RateLimiter
    allowed_origins: AllowedOrigins
    metrics: Metrics


def create_app(config: AppConfig, *, sign_in: SignIn | None = None) -> FastAPI:
    """The application; it refuses to start on a role that could get past the fence, or on another schema.

    ``sign_in`` says who is signed in with a browser, in the place of our own pages: for tests of other people's clients.
    """
    found = _build_components(config, sign_in)
    app = FastAPI(
        title="Evenkeel",
        version=BUILD,
        lifespan=lifespan(found.pool, found.oauth.start, config.on_loaded, _background_loops(config, found)),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.public_url, app.state.data_map = config.public_url, DATA_MAP
    app.state.get_runner = _runner_factory(
        found.token_verifier, found.environment, found.rate_limiter, found.bearer_status.impersonation_context
    )
    app.state.rate_limiter, app.state.limit_address, app.state.allowed_origins = (
        found.rate_limiter,
        found.rate_limiter.limit_address,
        found.allowed_origins,
    )
    app.state.signed_in = found.sign_in.current
    app.state.limiters = ConcurrencyLimiters(config.pool_size, MAX_UNITS_OF_WORK)
    add_exception_handlers(app)
    _add_routes(app, config, found)
    app.add_middleware(ErrorMiddleware)
    app.add_middleware(DynamicCORSMiddleware, origins=found.allowed_origins)
    app.add_middleware(
        SecurityHeadersMiddleware,
        public_url=config.public_url,
        rate_limiter=found.rate_limiter,
        error_response=problem_response,
    )
    app.add_middleware(AccessLogMiddleware, metrics=found.metrics, begin=partial(limit_waits, CONNECTION_SECONDS))
    return app


def _build_components(config: AppConfig, sign_in: SignIn | None) -> _Components:
    pool = ConnectionPool(config.database_url, size=config.pool_size)
    store = PgOAuth(pool)
    all_keys = (config.secret, *config.previous_secrets)
    keys = KeyRing(store=store, secret=all_keys)
    standings = PgBearerStatus(pool)
    verifier = TokenVerifier(
        public_url=config.public_url, keys=keys, find_client=store.client, load_person_context=standings.person_context
    )
    vet = url_checker(config.outbound, loopback=config.outbound_loopback)
    world = build_environment(pool, all_keys, clock=config.clock, audit_enabled=config.audit, check_url=vet)
    service = SignInService(
        public_url=config.public_url,
        secret=config.secret,
        environment=world,
        passwords=config.passwords or Argon2(),
        authenticators=Totp(AesSecretBox(all_keys)),
        mail=config.mail or NoMail(),
    )
    oauth = OAuth(
        public_url=config.public_url,
        token_seconds=config.token_seconds,
        store=store,
        keys=keys,
        verifier=verifier,
        secret=config.secret,
        client_jwks=ClientJwksCache(config.outbound),
        check_url=vet,
        clock=config.clock,
        audit=AuditConfig(new_id=world.new_audit_id, digest=world.state_digest, enabled=world.audit_enabled),
        sign_in=sign_in or service,
    )
    return _Components(
        pool=pool,
        keys=all_keys,
        environment=world,
        token_verifier=verifier,
        bearer_status=standings,
        sign_in=service,
        oauth=oauth,
        rate_limiter=RateLimiter(config.rate_limits, derive_key(config.secret, "request counts")),
        allowed_origins=AllowedOrigins(config.public_url, config.cors_origins, store.allows_origin),
        metrics=Metrics(),
    )


def _background_loops(config: AppConfig, components: _Components) -> list[BackgroundLoop]:
    """What goes on beside the requests."""
    running: list[BackgroundLoop] = []
    if config.several_processes:
        running.append(partial(components.rate_limiter.run_sync, PgRequestCounts(components.pool)))
    if config.seal_interval is not None:
        signer = AuditSigner(config.secret, config.previous_secrets)
        running.append(partial(run_sealer, components.pool, components.environment, signer, config.seal_interval))
    return running


def _add_routes(app: FastAPI, config: AppConfig, components: _Components) -> None:
    needed = head()

    async def ready() -> bool:
        return await is_ready(components.pool, needed)

    admit = _graphql_admission(components.rate_limiter, components.allowed_origins)
    app.include_router(
        graphql_router(
            app.state.get_runner,
            _json_body,
            lambda _request: request_id.get(),
            admit=admit,
            expensive_limiter=app.state.limiters.queries,
        )
    )
    parts = (service_router(config.public_url, BUILD, config.rate_limits), *(part.router for part in ROUTERS))
    for router in parts:
        # Not `include_router`: it would analyse every endpoint again for each application.
        app.router.routes.extend(router.routes)
    app.include_router(oauth_router(components.oauth))
    # Before the pages, which take any word for a district's.
    app.router.routes.extend(
        oidc_routes(components.sign_in, AesSecretBox(components.keys), config.outbound, loopback=config.outbound_loopback)
    )
    app.include_router(sign_in_router(components.sign_in))
    app.router.routes.extend(static_files.router.routes)
    app.include_router(developer_router(public_url=config.public_url, build=BUILD, is_ready=ready, demo=config.demo))
    app.include_router(health_router(components.metrics.registry, ready))
    app.state.operations = tuple((operation.path, operation) for router in parts for operation in router.operations)
    install_openapi(app, app.state.operations)


def _runner_factory(
    token_verifier: TokenVerifier, environment: Environment, rate_limiter: RateLimiter, find_impersonated: FindImpersonated
) -> Callable[[Request], object]:
    async def authenticate(request: Request) -> UseCaseRunner:
        """The call of whoever the Authorization header names, counted against their quota, else against the address's."""
        try:
            actor = await token_verifier.authenticate(request.headers.get("authorization"))
        except Unauthenticated:
            rate_limiter.limit_address(request.scope)
            raise
        district_id.set(str(actor.district_id))
        charge = rate_limiter.limit_actor(actor, request.scope)
        said = request.headers.get(HEADER)
        if said is not None:
            actor = await impersonate(actor, said, find_impersonated)
        return UseCaseRunner(
            actor=actor,
            environment=environment,
            request_id=request_id.get() or "",
            idempotency_key=idempotency_key(request.headers),
            charge=charge,
        )

    return authenticate


def _graphql_admission(rate_limiter: RateLimiter, allowed_origins: AllowedOrigins) -> Callable[[Request], None]:
    """What a GraphQL request passes before it is read; with a token it is counted once that is known."""

    def admit(request: Request) -> None:
        allowed_origins.check(request.headers.get("origin"))
        if "authorization" not in request.headers:
            rate_limiter.limit_address(request.scope)

    return admit


async def _json_body(request: Request) -> bytes:
    # Said aloud: a body without a type is what any page of the web can have a browser send.
    return await read_body(request, BODY_BYTES, ("application/json",))
