"""What a leader asks for advice."""

from dataclasses import dataclass, field

from domain.scoring.commands import AT
from domain.shared.ids import InitiativeId


@dataclass(frozen=True, kw_only=True)
class ReadRecommendations:
    """Which responsibilities to lean on for an initiative."""

    initiative_id: InitiativeId = field(metadata={"description": "The initiative."})
    at: str | None = field(default=None, metadata=AT)
