"""Events and blocks of the audit log as they are answered, and what sealing, exporting and cutting return."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.audit import Ending, Subject
from domain.shared.context import ActorKind


@dataclass(frozen=True, kw_only=True)
class AuditEventView:
    """One act. Ids and words of our own, no names: whose they are, the directory says."""

    id: UUID
    """The event."""
    at: datetime
    """When it was asked for."""
    actor_kind: ActorKind
    """Who: a client, a person, or an operator at the command line."""
    actor_id: str
    """The client_id, the person's id, or the operator's login; oauth or sign-in: nobody yet."""
    client_id: str | None
    """The client that carried the request; null at the command line."""
    session_id: UUID | None
    """The person's device; null for machines."""
    supporter_id: UUID | None
    """Who acted in the person's place, by their consent."""
    action: str
    """The use case, or the act of the authorization server."""
    object_kind: Subject | None
    """What it was done to."""
    object_id: UUID | None
    """Which of them; a leader for whatever reveals their evidence."""
    further_ids: tuple[UUID, ...]
    """Other things that were touched, as those of a batch."""
    count: int
    """How many things were touched."""
    before: str | None
    """Keyed digest of the state before an edit, in hex."""
    after: str | None
    """Keyed digest of the state after it."""
    outcome: Ending
    """done, replayed or refused."""
    code: str | None
    """Why it was refused."""
    request_id: str
    """The request, as in the logs."""
    block: int | None
    """The block it is sealed in; null for up to a minute."""


@dataclass(frozen=True, kw_only=True)
class AuditBlockView:
    """A block of events, sealed."""

    number: int
    """From 1, without gaps."""
    count: int
    """How many events."""
    first_at: datetime
    """Of the earliest event."""
    last_at: datetime
    """Of the latest event."""
    previous: str
    """The digest of the block before, in hex; zeros in the first."""
    digest: str
    """SHA-256 over this block and the digest before it, in hex."""
    key_id: str
    """Which key of this installation signed it."""
    signature: str
    """Ed25519 over the digest, in hex."""
    sealed_at: datetime
    """When."""


@dataclass(frozen=True, kw_only=True)
class SealResult:
    """What was sealed: the newest block, and how many are new."""

    number: int
    digest: str
    blocks: int
    events: int


@dataclass(frozen=True, kw_only=True)
class ExportResult:
    """What was written."""

    blocks: int
    events: int
    unsealed: int


@dataclass(frozen=True, kw_only=True)
class CutResult:
    """What was removed."""

    blocks: int
    events: int
