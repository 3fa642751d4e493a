"""An authorization server over a database of one's own, with districts and clients registered by the use cases."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from api.execution.content_hash import keyed_hash
from api.oauth.audit import AuditConfig
from api.oauth.client_jwks import ClientJwksCache
from api.oauth.routes import OAuth, oauth_router
from api.oauth.signing_keys import KeyRing
from api.outbound.http_client import Transport, url_checker
from api.security.bearer_tokens import TokenVerifier
from api.wire.problem_details import http_headers, http_status
from domain.directory.client_commands import (
    CreateClient,
    CreateDistrict,
    DistrictView,
    EnableClient,
    NewClientView,
    RevokeClient,
)
from domain.directory.redirect_uris import ClientKind
from domain.directory.usecases.districts_and_clients import (
    create_client,
    create_district,
    enable_client,
    operator_actor,
    revoke_client,
)
from domain.shared.audit import no_audit
from domain.shared.context import Actor, Context
from domain.shared.errors import DomainError
from domain.shared.ids import DistrictId, PersonId
from persistence.bearer_status import PgBearerStatus
from persistence.database.pool import ConnectionPool
from persistence.repositories.districts import PgDistricts
from persistence.repositories.oauth.store import PgOAuth
from tests.support.postgres import Database

URL = "https://evenkeel.example.org"
SECRET = "a secret of thirty-two characters or more"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0"
ADD_PERSON = """
insert into person (district_id, id, given_name, family_name, email, enabled, active) values ($1, $2, $3, 'Bell', $4, true, true)
"""
FORM = {"grant_type": "client_credentials"}


class RegistryUnitOfWork:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.registry = PgDistricts(connection)

    audit = no_audit()

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")


@asynccontextmanager
async def tenant_transaction(pool: ConnectionPool, actor: Actor) -> AsyncIterator[RegistryUnitOfWork]:
    async with pool.connection() as raw:
        await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(str(actor.district_id))}'")
        try:
            yield RegistryUnitOfWork(raw)
        finally:
            if raw.is_in_transaction():
                await raw.execute("ROLLBACK")


def context(pool: ConnectionPool, actor: Actor, new_id: Callable[[], UUID] = uuid4) -> Context[Any]:
    return Context(
        actor=actor,
        open=lambda _permission: tenant_transaction(pool, actor),
        read=lambda _permission: tenant_transaction(pool, actor),
        now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
        new_id=new_id,
        random_id=uuid4,
        cursors=None,  # type: ignore[arg-type]
        digest=lambda _: b"",
    )


@dataclass(frozen=True)
class SignedInPerson:
    """Who is signed in; what ``api.oauth.ports.SignedIn`` asks for."""

    district_id: DistrictId
    person_id: PersonId
    auth_time: datetime
    methods: tuple[str, ...] = ("pwd",)


class FakeSignIn:
    """Stands in for the sign-in pages: each browser is whoever its cookie ``pretended`` names."""

    def __init__(self) -> None:
        self.known: dict[str, SignedInPerson] = {}

    async def current(self, request: Request) -> SignedInPerson | None:
        return self.known.get(request.cookies.get("pretended", ""))

    def sign_in(self, somebody: SignedInPerson, http: httpx.AsyncClient) -> None:
        """From now on ``http`` is the browser of ``somebody``."""
        name = f"{somebody.person_id}-{somebody.auth_time.timestamp()}"
        self.known[name] = somebody
        http.cookies.set("pretended", name)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).timestamp()

    def __call__(self) -> float:
        return self.at


@dataclass
class OAuthServer:
    database: Database
    owner: ConnectionPool
    app: ConnectionPool
    store: PgOAuth
    keys: KeyRing
    verifier: TokenVerifier
    clock: Clock
    http: httpx.AsyncClient
    oauth: OAuth
    sign_in: FakeSignIn
    asgi: httpx.ASGITransport
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    def connections_in_use(self) -> int:
        """How many connections of the serving role's pool are lent."""
        pool: Any = self.app._pool
        return int(pool.get_size() - pool.get_idle_size())

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def browser(self, somebody: SignedInPerson | None = None) -> httpx.AsyncClient:
        """A browser of its own, in which ``somebody`` is signed in."""
        made = httpx.AsyncClient(transport=self.asgi, base_url=URL, headers={"User-Agent": BROWSER})
        self.browsers.append(made)
        if somebody is not None:
            self.sign_in.sign_in(somebody, made)
        return made

    async def person(self, district_id: DistrictId, given: str = "Ada", email: str | None = None) -> SignedInPerson:
        """An active person who signed in a minute ago."""
        person_id = PersonId(uuid4())
        async with tenant_transaction(self.app, operator_actor("root", district_id)) as unit:
            await unit.connection.execute(ADD_PERSON, district_id, person_id, given, email)
            await unit.commit()
        return SignedInPerson(district_id, person_id, self.now() - timedelta(minutes=1))

    async def do(self, district_id: DistrictId, statement: str, *values: Any) -> Any:
        """Run ``statement`` behind the fence and keep what it did."""
        async with tenant_transaction(self.app, operator_actor("root", district_id)) as unit:
            found = await unit.connection.fetch(statement, *values)
            await unit.commit()
        return found

    async def register(self, district_id: DistrictId, kind: ClientKind, **changes: Any) -> NewClientView:
        """A client for people; its scopes are directory:read and scores:read unless told otherwise."""
        made = {"name": "Walks", "origin": "walks", "scopes": ("directory:read", "scores:read"), "kind": kind} | changes
        return await create_client(CreateClient(**made), context(self.owner, operator_actor("root", district_id)))

    async def enable(self, district_id: DistrictId, client_id: str) -> None:
        await enable_client(EnableClient(client_id=client_id), context(self.owner, operator_actor("root", district_id)))

    async def district(self, name: str = "Grand Bend") -> DistrictView:
        return await create_district(
            CreateDistrict(name=name, time_zone="America/Chicago"), context(self.owner, operator_actor("root"))
        )

    async def client(self, district_id: DistrictId, *scopes: str, origin: str = "walkthroughs") -> NewClientView:
        cmd = CreateClient(name="Walkthroughs", origin=origin, scopes=scopes or ("directory:read", "scores:read"))
        return await create_client(cmd, context(self.owner, operator_actor("root", district_id)))

    async def revoke(self, district_id: DistrictId, client_id: str) -> None:
        await revoke_client(RevokeClient(client_id=client_id), context(self.owner, operator_actor("root", district_id)))

    async def ask(self, client: NewClientView, **form: str) -> httpx.Response:
        """A token request by HTTP Basic."""
        auth = (client.client.client_id, client.client_secret or "")
        return await self.http.post("/oauth/token", data=FORM | form, auth=auth)

    async def token(self, client: NewClientView, **form: str) -> str:
        answer = await self.ask(client, **form)
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["access_token"]
        return found

    async def whoami(self, token: str) -> httpx.Response:
        return await self.http.get("/v1/whoami", headers={"Authorization": f"Bearer {token}"})


def app_of(oauth: OAuth, verifier: TokenVerifier) -> FastAPI:
    app = FastAPI()
    app.include_router(oauth_router(oauth))

    async def whoami(request: Request) -> JSONResponse:
        actor = await verifier.authenticate(request.headers.get("authorization"))
        standing = actor.person_context
        shown = {"id": actor.id, "kind": actor.kind, "district_id": str(actor.district_id), "origin": actor.origin}
        shown |= {"roles": sorted(standing.roles), "evaluates": actor.evaluates} if standing else {}
        return JSONResponse(shown | {"scopes": sorted(actor.scopes)})

    async def error_response(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DomainError)
        return JSONResponse({"detail": error.detail, "code": error.code}, http_status(error), http_headers(error))

    app.add_api_route("/v1/whoami", whoami)
    app.add_exception_handler(DomainError, error_response)
    return app


@asynccontextmanager
async def start_oauth_server(
    database: Database, *, secret: str = SECRET, audited: bool = True, outbound: Transport | None = None
) -> AsyncIterator[OAuthServer]:
    """Everything as bootstrap wires it: the owner's connection registers, the app role's serves."""
    owner, app = ConnectionPool(database.owner_url, size=2), ConnectionPool(database.app_url, size=5)
    clock, store = Clock(), PgOAuth(app)
    keys = KeyRing(store=store, secret=secret)
    standing_of = PgBearerStatus(app).person_context
    verifier = TokenVerifier(public_url=URL, keys=keys, find_client=store.client, load_person_context=standing_of, clock=clock)
    sign_in = FakeSignIn()
    oauth = OAuth(
        public_url=URL,
        token_seconds=3600,
        store=store,
        keys=keys,
        verifier=verifier,
        secret=secret,
        client_jwks=ClientJwksCache(outbound, clock),
        check_url=url_checker(outbound),
        audit=AuditConfig(new_id=uuid4, digest=keyed_hash(b"states"), enabled=audited),
        sign_in=sign_in,
        clock=lambda: datetime.fromtimestamp(clock(), UTC),
    )
    try:
        await oauth.start()
        transport = httpx.ASGITransport(app=app_of(oauth, verifier))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            made = OAuthServer(database, owner, app, store, keys, verifier, clock, http, oauth, sign_in, transport)
            yield made
            for browser in made.browsers:
                await browser.aclose()
    finally:
        await app.close()
        await owner.close()
