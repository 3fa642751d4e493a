"""Build the application from an `AppConfig`: the only module that imports every adapter."""

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
"""The routers of the API. Routes are tried in this order, so the most requested come first."""


def noop() -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class AppConfig:
    """What an application is made of. Modules below this one take values and never read the settings.

    `mail`: None means that no mail can be sent. `passwords` and `outbound` replace argon2 with its usual costs and the
    transport for requests to other servers, for tests.
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
    """Whether other processes serve too, so that request counts are shared with them."""
    outbound_loopback: bool = False
    """For development: whether identity providers may be on this machine, over http. `outbound` must allow that as well."""
    cors_origins: frozenset[str] = frozenset()
    """Origins of web applications that may call the API from a browser, besides those of registered clients."""
    audit: bool = True
    """Whether the audit log is written. No setting turns it off: `bench` does, to measure what it costs."""
    seal_interval: float | None = None
    """Seconds between two rounds of sealing the audit log; None: this process seals nothing."""
    demo: DemoHints | None = None
    """Set in the demo: hints on the first page, and GraphiQL."""
    clock: Callable[[], datetime] = utc_now
    on_loaded: Callable[[], None] = noop
    """Called once everything is loaded, before the first request: `gc_tuning.freeze_heap` in a process that only serves."""


@dataclass(frozen=True, kw_only=True)
class _Components:
    """The adapters of one application."""

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
    """Return the application. Its lifespan fails for a database role that bypasses row-level security, or for another schema.

    `sign_in` says who is signed in with a browser, instead of our own pages: for tests with independent OAuth clients.
    """
    components = _build_components(config, sign_in)
    app = FastAPI(
        title="Evenkeel",
        version=BUILD,
        lifespan=lifespan(components.pool, components.oauth.start, config.on_loaded, _background_loops(config, components)),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.public_url, app.state.data_map = config.public_url, DATA_MAP
    app.state.get_runner = _runner_factory(
        components.token_verifier,
        components.environment,
        components.rate_limiter,
        components.bearer_status.impersonation_context,
    )
    app.state.rate_limiter, app.state.limit_address, app.state.allowed_origins = (
        components.rate_limiter,
        components.rate_limiter.limit_address,
        components.allowed_origins,
    )
    app.state.signed_in = components.sign_in.current
    app.state.limiters = ConcurrencyLimiters(config.pool_size, MAX_UNITS_OF_WORK)
    add_exception_handlers(app)
    _add_routes(app, config, components)
    app.add_middleware(ErrorMiddleware)
    app.add_middleware(DynamicCORSMiddleware, origins=components.allowed_origins)
    app.add_middleware(
        SecurityHeadersMiddleware,
        public_url=config.public_url,
        rate_limiter=components.rate_limiter,
        error_response=problem_response,
    )
    app.add_middleware(AccessLogMiddleware, metrics=components.metrics, begin=partial(limit_waits, CONNECTION_SECONDS))
    return app


def _build_components(config: AppConfig, sign_in: SignIn | None) -> _Components:
    pool = ConnectionPool(config.database_url, size=config.pool_size)
    store = PgOAuth(pool)
    all_keys = (config.secret, *config.previous_secrets)
    keys = KeyRing(store=store, secret=all_keys)
    bearer_status = PgBearerStatus(pool)
    verifier = TokenVerifier(
        public_url=config.public_url, keys=keys, find_client=store.client, load_person_context=bearer_status.person_context
    )
    check_url = url_checker(config.outbound, loopback=config.outbound_loopback)
    environment = build_environment(pool, all_keys, clock=config.clock, audit_enabled=config.audit, check_url=check_url)
    service = SignInService(
        public_url=config.public_url,
        secret=config.secret,
        environment=environment,
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
        check_url=check_url,
        clock=config.clock,
        audit=AuditConfig(new_id=environment.new_audit_id, digest=environment.state_digest, enabled=environment.audit_enabled),
        sign_in=sign_in or service,
    )
    return _Components(
        pool=pool,
        keys=all_keys,
        environment=environment,
        token_verifier=verifier,
        bearer_status=bearer_status,
        sign_in=service,
        oauth=oauth,
        rate_limiter=RateLimiter(config.rate_limits, derive_key(config.secret, "request counts")),
        allowed_origins=AllowedOrigins(config.public_url, config.cors_origins, store.allows_origin),
        metrics=Metrics(),
    )


def _background_loops(config: AppConfig, components: _Components) -> list[BackgroundLoop]:
    """Return what runs beside the requests until the process ends."""
    loops: list[BackgroundLoop] = []
    if config.several_processes:
        loops.append(partial(components.rate_limiter.run_sync, PgRequestCounts(components.pool)))
    if config.seal_interval is not None:
        signer = AuditSigner(config.secret, config.previous_secrets)
        loops.append(partial(run_sealer, components.pool, components.environment, signer, config.seal_interval))
    return loops


def _add_routes(app: FastAPI, config: AppConfig, components: _Components) -> None:
    required_revision = head()

    async def ready() -> bool:
        return await is_ready(components.pool, required_revision)

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
    routers = (service_router(config.public_url, BUILD, config.rate_limits), *(module.router for module in ROUTERS))
    for router in routers:
        # `include_router` would analyse every endpoint again for each application.
        app.router.routes.extend(router.routes)
    app.include_router(oauth_router(components.oauth))
    # Before the sign-in pages, whose routes match any word as a district's slug.
    app.router.routes.extend(
        oidc_routes(components.sign_in, AesSecretBox(components.keys), config.outbound, loopback=config.outbound_loopback)
    )
    app.include_router(sign_in_router(components.sign_in))
    app.router.routes.extend(static_files.router.routes)
    app.include_router(developer_router(public_url=config.public_url, build=BUILD, is_ready=ready, demo=config.demo))
    app.include_router(health_router(components.metrics.registry, ready))
    app.state.operations = tuple((operation.path, operation) for router in routers for operation in router.operations)
    install_openapi(app, app.state.operations)


def _runner_factory(
    token_verifier: TokenVerifier, environment: Environment, rate_limiter: RateLimiter, find_impersonated: FindImpersonated
) -> Callable[[Request], object]:
    async def authenticate(request: Request) -> UseCaseRunner:
        """Return a runner for the bearer of the access token; counts the request against their quota, or the address's."""
        try:
            actor = await token_verifier.authenticate(request.headers.get("authorization"))
        except Unauthenticated:
            rate_limiter.limit_address(request.scope)
            raise
        district_id.set(str(actor.district_id))
        charge = rate_limiter.limit_actor(actor, request.scope)
        acting_for = request.headers.get(HEADER)
        if acting_for is not None:
            actor = await impersonate(actor, acting_for, find_impersonated)
        return UseCaseRunner(
            actor=actor,
            environment=environment,
            request_id=request_id.get() or "",
            idempotency_key=idempotency_key(request.headers),
            charge=charge,
        )

    return authenticate


def _graphql_admission(rate_limiter: RateLimiter, allowed_origins: AllowedOrigins) -> Callable[[Request], None]:
    """Return the check that a GraphQL request passes before its body is read.

    A request with a token is counted later, once the token is verified.
    """

    def admit(request: Request) -> None:
        allowed_origins.check(request.headers.get("origin"))
        if "authorization" not in request.headers:
            rate_limiter.limit_address(request.scope)

    return admit


async def _json_body(request: Request) -> bytes:
    # The type is required: any web page can make a browser send a body without one (CSRF).
    return await read_body(request, BODY_BYTES, ("application/json",))
