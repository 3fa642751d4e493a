"""Requests about the audit log: list, seal, export and cut it."""

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
    """List audit events in the order in which they became final: a reader who continues after the last event misses none."""

    after_id: UUID | None = None
    """Only events after the event with this id. Unlike a cursor, an id never expires."""
    actor_id: Annotated[str, MaxLen(200)] | None = None
    """Only events of this person, client or operator."""
    object_id: UUID | None = None
    """Only events about this object, such as a leader."""
    action: Annotated[str, MaxLen(64), Examples("read_profile")] | None = None
    """Only events of this use case, or of this action of the authorization server."""
    since: Annotated[datetime, Examples("2026-11-01T00:00:00Z")] | None = None
    """From this instant on."""
    until: Annotated[datetime, Examples("2026-12-01T00:00:00Z")] | None = None
    """Before this instant."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, utc_instant(value, f"/{name}"))


@dataclass(frozen=True, kw_only=True)
class ListAuditBlocks:
    """List the blocks in which events are sealed, newest first. A digest noted elsewhere proves all events before it."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: Annotated[str, MaxLen(2000)] | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class SealTrail:
    """Seal the final events. Sent by the service itself, never by a client."""

    signer: Signer


@dataclass(frozen=True, kw_only=True)
class ExportAudit:
    """Export the audit log as lines that can be verified elsewhere: whole blocks, and unsealed events if `until` is None.

    `write` takes a line. Sent from the command line, never by a client.
    """

    write: Callable[[str], object]
    since: Annotated[datetime, Examples("2026-11-01T00:00:00Z")] | None = None
    """From this instant on."""
    until: Annotated[datetime, Examples("2026-12-01T00:00:00Z")] | None = None
    """Before this instant."""


@dataclass(frozen=True, kw_only=True)
class CutTrail:
    """Delete events older than `before`, in whole blocks. Sent from the command line, under the owner's database role."""

    before: datetime
    """Cut the blocks whose last event is before this instant."""
