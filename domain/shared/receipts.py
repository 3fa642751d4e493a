"""What a sender is told of a push that was taken."""

from dataclasses import dataclass
from uuid import UUID

from domain.shared.idempotent_push import Outcome


@dataclass(frozen=True, kw_only=True)
class WarningView:
    """Something that was taken, but not as the sender may think."""

    pointer: str
    """JSON Pointer into the item."""
    code: str
    """unmapped: kept, but scores nothing until a crosswalk maps it. Open."""
    detail: str
    """What to do."""


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """What came of a push."""

    id: UUID
    """Evenkeel's id of the thing, the same in all its versions."""
    external_id: str | None
    """The sender's id."""
    external_version: str | None
    """The version now held."""
    outcome: Outcome
    """created, replaced, unchanged or retracted."""
    warnings: tuple[WarningView, ...]
    """What was taken, but scores nothing yet."""
