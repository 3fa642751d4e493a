"""What a sender is told of a push that was taken."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.shared.idempotent_push import Outcome


@dataclass(frozen=True, kw_only=True)
class WarningView:
    """Something that was taken, but not as the sender may think."""

    pointer: str = field(metadata={"description": "JSON Pointer into the item."})
    code: str = field(metadata={"description": "unmapped: kept, but scores nothing until a crosswalk maps it. Open."})
    detail: str = field(metadata={"description": "What to do."})


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """What came of a push."""

    id: UUID = field(metadata={"description": "Evenkeel's id of the thing, the same in all its versions."})
    external_id: str | None = field(metadata={"description": "The sender's id."})
    external_version: str | None = field(metadata={"description": "The version now held."})
    outcome: Outcome = field(metadata={"description": "created, replaced, unchanged or retracted."})
    warnings: tuple[WarningView, ...] = field(metadata={"description": "What was taken, but scores nothing yet."})
