"""What is asked of the trail, and how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.audit.model import Signer
from domain.shared.audit import Ending, Subject
from domain.shared.context import ActorKind
from domain.shared.paging import DEFAULT_LIMIT, LIMIT, check_limit
from domain.shared.time import instant

SINCE = {"description": "From this instant on.", "examples": ["2026-11-01T00:00:00Z"]}
UNTIL = {"description": "Before this instant.", "examples": ["2026-12-01T00:00:00Z"]}


@dataclass(frozen=True, kw_only=True)
class ListAuditEvents:
    """What was done, in the order in which it became final: who goes on after the last event misses none."""

    after_id: UUID | None = field(
        default=None,
        metadata={"description": "The id of an event: those after it. Unlike a cursor it never expires."},
    )
    actor_id: str | None = field(
        default=None, metadata={"description": "Done by this person, client or operator.", "max_length": 200}
    )
    object_id: UUID | None = field(default=None, metadata={"description": "Done to this thing, as a leader's id."})
    action: str | None = field(
        default=None,
        metadata={
            "description": "This use case, or this act of the authorization server.",
            "max_length": 64,
            "examples": ["read_profile"],
        },
    )
    since: datetime | None = field(default=None, metadata=SINCE)
    until: datetime | None = field(default=None, metadata=UNTIL)
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata={"description": "next_cursor of the page before.", "max_length": 2000})

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, instant(value, f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class ListAuditBlocks:
    """The blocks in which events are sealed, the newest first. Whoever writes down a digest can hold us to all before it."""

    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata={"description": "next_cursor of the page before.", "max_length": 2000})

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class AuditEventView:
    """One act. Ids and words of our own, no names: whose they are, the directory says."""

    id: UUID = field(metadata={"description": "The event."})
    at: datetime = field(metadata={"description": "When it was asked for."})
    actor_kind: ActorKind = field(metadata={"description": "Who: a client, a person, or an operator at the command line."})
    actor_id: str = field(
        metadata={"description": "The client_id, the person's id, or the operator's login; oauth or sign-in: nobody yet."}
    )
    client_id: str | None = field(metadata={"description": "The client that carried the request; null at the command line."})
    session_id: UUID | None = field(metadata={"description": "The person's device; null for machines."})
    supporter_id: UUID | None = field(metadata={"description": "Who acted in the person's place, by their consent."})
    action: str = field(metadata={"description": "The use case, or the act of the authorization server."})
    object_kind: Subject | None = field(metadata={"description": "What it was done to."})
    object_id: UUID | None = field(metadata={"description": "Which of them; a leader for whatever reveals their evidence."})
    further_ids: tuple[UUID, ...] = field(metadata={"description": "Other things that were touched, as those of a batch."})
    count: int = field(metadata={"description": "How many things were touched."})
    before: str | None = field(metadata={"description": "Keyed digest of the state before an edit, in hex."})
    after: str | None = field(metadata={"description": "Keyed digest of the state after it."})
    outcome: Ending = field(metadata={"description": "done, replayed or refused."})
    code: str | None = field(metadata={"description": "Why it was refused."})
    request_id: str = field(metadata={"description": "The request, as in the logs."})
    block: int | None = field(metadata={"description": "The block it is sealed in; null for up to a minute."})


@dataclass(frozen=True, kw_only=True)
class AuditBlockView:
    """A block of events, sealed."""

    number: int = field(metadata={"description": "From 1, without gaps."})
    count: int = field(metadata={"description": "How many events."})
    first_at: datetime = field(metadata={"description": "Of the earliest event."})
    last_at: datetime = field(metadata={"description": "Of the latest event."})
    previous: str = field(metadata={"description": "The digest of the block before, in hex; zeros in the first."})
    digest: str = field(metadata={"description": "SHA-256 over this block and the digest before it, in hex."})
    key_id: str = field(metadata={"description": "Which key of this installation signed it."})
    signature: str = field(metadata={"description": "Ed25519 over the digest, in hex."})
    sealed_at: datetime = field(metadata={"description": "When."})


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
    since: datetime | None = field(default=None, metadata=SINCE)
    until: datetime | None = field(default=None, metadata=UNTIL)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written."""

    blocks: int
    events: int
    unsealed: int


@dataclass(frozen=True, kw_only=True)
class CutTrail:
    """Remove what is older than ``before``, in whole blocks; the owner's, at the command line."""

    before: datetime = field(metadata={"description": "Blocks whose last event is before this instant."})


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What was removed."""

    blocks: int
    events: int
