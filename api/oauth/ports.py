"""Ports of the authorization server, which persistence and the sign-in pages implement."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.requests import Request

from domain.directory.oauth_clients import EncryptedSigningKey, RegisteredClient
from domain.oauth.model import InitialAccessGrant, IssuedCode, PendingRequest, PersonName, RefreshToken, TokenFamily
from domain.shared.audit import AuditLog
from domain.shared.context import Actor
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.roles import PersonContext

T = TypeVar("T")


class SignedIn(Protocol):
    """A person who signed in with this browser, when (`auth_time`, with zone) and how (`methods`, RFC 8176 names)."""

    @property
    def district_id(self) -> DistrictId: ...

    @property
    def person_id(self) -> PersonId: ...

    @property
    def auth_time(self) -> datetime: ...

    @property
    def methods(self) -> Collection[str]: ...


class SignIn(Protocol):
    """The sign-in pages at `/sign-in`; query parameters: `next` (a path of ours), `district`, `login_hint` and `prompt`."""

    async def current(self, request: Request) -> SignedIn | None:
        """Return the person who is signed in with this browser, if any."""
        ...


class NoSignIn:
    """For an installation without sign-in pages."""

    async def current(self, request: Request) -> SignedIn | None:  # noqa: ARG002 - the port's signature
        """Return None."""
        return None


class TokenFamilies(Protocol):
    """Codes, consents and token families of the tenant set by `OAuthStore.set_tenant`; inside `bridge` only."""

    def person(self, person_id: PersonId) -> PersonName | None: ...

    def save_request(self, request: PendingRequest, now: datetime) -> None: ...

    def take_request(self, sha256: bytes, browser_sha256: bytes) -> PendingRequest | None: ...

    def add_code(self, code: IssuedCode, now: datetime) -> None: ...

    def lock_code(self, sha256: bytes) -> IssuedCode | None: ...

    def use_code(self, sha256: bytes, now: datetime) -> None: ...

    def add_session(self, session: TokenFamily, code_sha256: bytes) -> None: ...

    def session(self, session_id: SessionId) -> TokenFamily | None: ...

    def lock_session_of(self, token_sha256: bytes) -> TokenFamily | None: ...

    def use_session(self, session_id: SessionId, now: datetime, idle_until: datetime) -> None: ...

    def revoke(self, session_id: SessionId, now: datetime) -> bool: ...

    def add_token(self, sha256: bytes, session_id: SessionId, now: datetime) -> None: ...

    def token(self, sha256: bytes) -> RefreshToken | None: ...

    def replace_token(self, sha256: bytes, now: datetime) -> None: ...

    def person_context(self, person_id: PersonId, methods: Collection[str]) -> PersonContext | None: ...

    def consented_scopes(self, person_id: PersonId, client: RegisteredClient) -> frozenset[str]: ...

    def save_consent(self, person_id: PersonId, client: RegisteredClient, scopes: Iterable[str], now: datetime) -> None: ...


class ClientRegistrations(Protocol):
    """Clients that register themselves with the tenant set by `OAuthStore.set_tenant`; inside `bridge` only."""

    def initial_access_grant(self, token_sha256: bytes, now: datetime) -> InitialAccessGrant | None: ...

    def register(self, client: RegisteredClient, now: datetime) -> None: ...

    def update(self, client: RegisteredClient) -> None: ...

    def withdraw(self, client_id: str, now: datetime) -> None: ...


class OAuthStore(Protocol):
    """Clients and signing keys, read before the district is known. Raises `Unavailable` without a database connection."""

    @property
    def families(self) -> TokenFamilies: ...

    @property
    def registrations(self) -> ClientRegistrations: ...

    async def client(self, client_id: str) -> RegisteredClient | None:
        """Return the client with this id, in a transaction of its own."""
        ...

    async def bridge(self, work: Callable[[], T]) -> T:
        """Run the synchronous `work` in one transaction on this event loop, and return its result."""
        ...

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """Return the client with this id; inside `bridge` only."""
        ...

    def use_assertion(self, client_id: str, jti_sha256: bytes, until: datetime, now: datetime) -> bool:
        """Return whether this is the first use of an assertion that is valid until then; inside `bridge` only."""
        ...

    def set_tenant(self, district_id: DistrictId) -> None:
        """Set the tenant of the transaction (row-level security); inside `bridge` only."""
        ...

    def write_audit(self, actor: Actor, audit_log: AuditLog) -> None:
        """Write audit rows with the same commit; inside `bridge` only, with the actor's district as tenant."""
        ...

    async def allows_origin(self, origin: str) -> bool:
        """Return whether `origin` is the origin of a client's pages."""
        ...

    async def signing_keys(self) -> Sequence[EncryptedSigningKey]:
        """Return all stored keys, oldest first."""
        ...

    async def offer_signing_key(self, kid: str, sealed: bytes, at: datetime) -> None:
        """Store this key, unless there is a signing key already."""
        ...
