"""Events and blocks of the audit log as responses, and the results of sealing, exporting and cutting."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.audit import Ending, Subject
from domain.shared.context import ActorKind


@dataclass(frozen=True, kw_only=True)
class AuditEventView:
    """One action. It holds ids and fixed words, no names; the directory resolves the ids."""

    id: UUID
    """The event."""
    at: datetime
    """When it was requested."""
    actor_kind: ActorKind
    """The kind of actor: a client, a person, or an operator at the command line."""
    actor_id: str
    """The client_id, the person's id, or the operator's login; oauth or sign-in for an actor who is not identified yet."""
    client_id: str | None
    """The client that carried the request; null at the command line."""
    session_id: UUID | None
    """The person's session on one device; null for machines."""
    supporter_id: UUID | None
    """The person who acted in this person's place, by their consent."""
    action: str
    """The use case, or the action of the authorization server."""
    object_kind: Subject | None
    """The kind of object that it was about."""
    object_id: UUID | None
    """The id of that object; the leader for everything that reveals their evidence."""
    further_ids: tuple[UUID, ...]
    """Ids of further objects, as those of a batch."""
    count: int
    """The number of objects."""
    before: str | None
    """Keyed digest of the state before an edit, in hex."""
    after: str | None
    """Keyed digest of the state after it, in hex."""
    outcome: Ending
    """done, replayed (a stored response was sent again) or refused."""
    code: str | None
    """The error code if it was refused."""
    request_id: str
    """The request id, as in the logs."""
    block: int | None
    """The block it is sealed in; null for up to a minute."""


@dataclass(frozen=True, kw_only=True)
class AuditBlockView:
    """A block of events, sealed."""

    number: int
    """The block's number, from 1 without gaps."""
    count: int
    """The number of events."""
    first_at: datetime
    """The instant of the earliest event."""
    last_at: datetime
    """The instant of the latest event."""
    previous: str
    """The digest of the previous block, in hex; zeros in the first block."""
    digest: str
    """SHA-256 over this block and the previous digest, in hex."""
    key_id: str
    """The id of the key that signed it."""
    signature: str
    """Ed25519 signature of the digest, in hex."""
    sealed_at: datetime
    """When it was sealed."""


@dataclass(frozen=True, kw_only=True)
class SealResult:
    """The newest block, and how many blocks and events were sealed."""

    number: int
    digest: str
    blocks: int
    events: int


@dataclass(frozen=True, kw_only=True)
class ExportResult:
    """How much was exported."""

    blocks: int
    events: int
    unsealed: int


@dataclass(frozen=True, kw_only=True)
class CutResult:
    """How much was deleted."""

    blocks: int
    events: int
