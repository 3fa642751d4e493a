"""What every use case is handed: who asks, for which district, and the outside world."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.shared.access_scope import Permission
from domain.shared.audit import AuditLog
from domain.shared.errors import Code, Forbidden
from domain.shared.ids import DistrictId, PersonId
from domain.shared.keyed_digest import ContentDigest
from domain.shared.paging import Cursors
from domain.shared.roles import PersonContext


class Scope(StrEnum):
    """What a token may be good for (openapi/README.md 10.2)."""

    DIRECTORY_READ = "directory:read"
    ROSTER_WRITE = "roster:write"
    OBSERVATIONS_READ = "observations:read"
    OBSERVATIONS_WRITE = "observations:write"
    ASSESSMENTS_WRITE = "assessments:write"
    SCORES_READ = "scores:read"
    CHANGE_READ = "change:read"
    CHANGE_WRITE = "change:write"
    ADVICE_READ = "advice:read"
    CONFIGURATION_READ = "configuration:read"
    CONFIGURATION_WRITE = "configuration:write"
    ME_READ = "me:read"
    ME_WRITE = "me:write"
    AUDIT_READ = "audit:read"
    EXPORTS_WRITE = "exports:write"
    ADMIN_READ = "admin:read"
    ADMIN_WRITE = "admin:write"


class ActorKind(StrEnum):
    """A machine, a human, or somebody at the server's own command line."""

    CLIENT = "client"
    PERSON = "person"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. Comes from the token, and alone names the district.

    ``id`` is the client_id, the person's id or the operator's login name; ``origin`` is the pushing system that identities
    of pushes belong to (for a person, the person). ``client_id`` is the OAuth client that carries the token: a machine's own
    id, a person's app, empty for an operator. Of people alone: ``session_id``, the family of tokens (one per device);
    ``standing``, how they stand to others; ``supporter``, who acts in their place by their consent. ``evaluates``: the token
    is of a client registered for evaluating staff, which formative evidence never reaches. ``visitor``: the sign-in pages act,
    for somebody who is not known yet.
    """

    kind: ActorKind
    id: str
    district_id: DistrictId
    origin: str
    scopes: frozenset[str]
    client_id: str = ""
    session_id: UUID | None = None
    person_context: PersonContext | None = None
    supporter: PersonId | None = None
    evaluates: bool = False
    anonymous: bool = False

    def require_scope(self, scope: Scope) -> None:
        """Refuse unless the actor holds ``scope``."""
        if scope not in self.scopes:
            raise Forbidden(
                f"this needs the scope {scope.value}; ask for it at the token endpoint, or have it registered for the client",
                code=Code.INSUFFICIENT_SCOPE,
                extensions={"scope": scope.value},
            )

    def has_scope(self, scope: Scope) -> bool:
        """Whether the actor holds ``scope``."""
        return scope in self.scopes


class UnitOfWork(Protocol):
    """One transaction, fenced to the actor's district. Leaving it without ``commit`` undoes everything.

    ``audit`` is what is told of it: kept with ``commit``, and where reading itself is told, when the unit is left.
    """

    @property
    def audit(self) -> AuditLog: ...

    async def commit(self) -> None:
        """Keep what was done."""
        ...


U_co = TypeVar("U_co", bound=UnitOfWork, covariant=True)


async def ignore_progress(_progress: float) -> None:
    """Nobody watches how far it is."""


def no_keyed_digests(purpose: str, content: bytes) -> tuple[bytes, ...]:
    """Where there is no installation, nothing is keyed."""
    raise AssertionError(f"nothing here holds the key for {purpose} ({len(content)} bytes)")


KeyedDigests = Callable[[str, bytes], tuple[bytes, ...]]
"""HMACs of a content for a purpose: under the installation's key, then under the keys it had before."""


async def accept_url(_url: str, _pointer: str) -> None:
    """Where nobody enters addresses, none is judged."""


UrlCheck = Callable[[str, str], Awaitable[None]]
"""Refuses (``Invalid`` at the pointer) an address that would be refused when it is asked."""


@dataclass(frozen=True, kw_only=True)
class Context(Generic[U_co]):
    """Who asks, and the outside world.

    ``open`` gives a unit that may write, ``read`` one that can't. Both take the permission that ``authorize`` gave; what the
    unit finds is narrowed to it, so a use case that forgets to authorise can load nothing. ``new_id`` is time-ordered (UUIDv7),
    ``random_id`` carries nothing (UUIDv4). ``digest`` tells whether a command was stored before: members left out and members
    at null are equal.
    ``in_job``: nobody waits for the answer; then ``progress`` (0 to 1) tells who watches the job how far it is.
    ``keyed`` gives digests that nobody can guess without the installation's key. ``vet`` judges an address that somebody enters
    before it is kept; it may take seconds, so that no unit is to be open.
    """

    actor: Actor
    open: Callable[[Permission], AbstractAsyncContextManager[U_co]]
    read: Callable[[Permission], AbstractAsyncContextManager[U_co]]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    random_id: Callable[[], UUID]
    cursors: Cursors
    digest: Callable[[object], ContentDigest]
    in_job: bool = False
    progress: Callable[[float], Awaitable[None]] = ignore_progress
    keyed_digests: KeyedDigests = no_keyed_digests
    check_url: UrlCheck = accept_url

    def current_keyed_digest(self, purpose: str, content: bytes) -> tuple[bytes, ...]:
        """``keyed`` under the present key alone: what is kept."""
        return self.keyed_digests(purpose, content)[:1]
