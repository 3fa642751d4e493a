"""What may be asked of the audit log: lists of it, sealing, exporting and cutting it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.audit.model import Signer
from domain.shared.paging import DEFAULT_LIMIT, check_limit
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
    limit: int = field(default=DEFAULT_LIMIT, metadata={"description": "How many, 1 to 100."})
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

    limit: int = field(default=DEFAULT_LIMIT, metadata={"description": "How many, 1 to 100."})
    cursor: str | None = field(default=None, metadata={"description": "next_cursor of the page before.", "max_length": 2000})

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class SealTrail:
    """Seal what is final. Given by the installation, never over the wire."""

    signer: Signer


@dataclass(frozen=True, kw_only=True)
class ExportAudit:
    """The trail as lines, for whoever checks it elsewhere: whole blocks, and what is not sealed yet where ``until`` is open.

    ``write`` takes a line; given at the command line, never over the wire.
    """

    write: Callable[[str], object]
    since: datetime | None = field(default=None, metadata=SINCE)
    until: datetime | None = field(default=None, metadata=UNTIL)


@dataclass(frozen=True, kw_only=True)
class CutTrail:
    """Remove what is older than ``before``, in whole blocks; the owner's, at the command line."""

    before: datetime = field(metadata={"description": "Blocks whose last event is before this instant."})
