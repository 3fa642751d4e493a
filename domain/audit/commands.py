"""What may be asked of the audit log: lists of it, sealing, exporting and cutting it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Interval, MaxLen

from domain.audit.model import Signer
from domain.shared.fields import Examples
from domain.shared.paging import DEFAULT_LIMIT, check_limit
from domain.shared.time import utc_instant


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
                object.__setattr__(self, name, utc_instant(value, f"/{name}"))


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
class SealTrail:
    """Seal what is final. Given by the installation, never over the wire."""

    signer: Signer


@dataclass(frozen=True, kw_only=True)
class ExportAudit:
    """The trail as lines, for whoever checks it elsewhere: whole blocks, and what is not sealed yet where `until` is open.

    `write` takes a line; given at the command line, never over the wire.
    """

    write: Callable[[str], object]
    since: Annotated[datetime, Examples("2026-11-01T00:00:00Z")] | None = None
    """From this instant on."""
    until: Annotated[datetime, Examples("2026-12-01T00:00:00Z")] | None = None
    """Before this instant."""


@dataclass(frozen=True, kw_only=True)
class CutTrail:
    """Remove what is older than `before`, in whole blocks; the owner's, at the command line."""

    before: datetime
    """Blocks whose last event is before this instant."""
