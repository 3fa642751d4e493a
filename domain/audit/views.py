"""What is asked of the trail, and how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Interval, MaxLen

from domain.audit.model import Signer
from domain.shared.audit import Ending, Subject
from domain.shared.context import ActorKind
from domain.shared.fields import Examples
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.time import instant


@dataclass(frozen=True, kw_only=True)
class ListAuditEvents:
    """What was done, in the order in which it became final: who goes on after the last event misses none."""

    after_id: UUID | None = None
    """The id of an event: those after it. Unlike a cursor it never expires."""
    actor_id: Annotated[str, MaxLen(200)] | None = None
    """Done by this person, client or operator."""
    object_id: UUID | None = None
    """Done to this thing, as a leader's id."""
    action: Annotated[str, MaxLen(64), Examples("read_profile")] | None = None
    """This use case, or this act of the authorization server."""
    since: Annotated[datetime, Examples("2026-11-01T00:00:00Z")] | None = None
    """From this instant on."""
    until: Annotated[datetime, Examples("2026-12-01T00:00:00Z")] | None = None
    """Before this instant."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, instant(value, f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class ListAuditBlocks:
    """The blocks in which events are sealed, the newest first. Whoever writes down a digest can hold us to all before it."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


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
class SealTrail:
    """Seal what is final. Given by the installation, never over the wire."""

    signer: Signer


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What was sealed: the newest block, and how many are new."""

    number: int
    digest: str
    blocks: int
    events: int


@dataclass(frozen=True, kw_only=True)
class ExportAudit:
    """The trail as lines, for whoever checks it elsewhere: whole blocks, and what is not sealed yet where ``until`` is open.

    ``write`` takes a line; given at the command line, never over the wire.
    """

    write: Callable[[str], object]
    since: Annotated[datetime, Examples("2026-11-01T00:00:00Z")] | None = None
    """From this instant on."""
    until: Annotated[datetime, Examples("2026-12-01T00:00:00Z")] | None = None
    """Before this instant."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written."""

    blocks: int
    events: int
    unsealed: int


@dataclass(frozen=True, kw_only=True)
class CutTrail:
    """Remove what is older than ``before``, in whole blocks; the owner's, at the command line."""

    before: datetime
    """Blocks whose last event is before this instant."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What was removed."""

    blocks: int
    events: int
