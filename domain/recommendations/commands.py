"""Requests for recommendations."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from domain.shared.fields import Examples
from domain.shared.ids import InitiativeId


@dataclass(frozen=True, kw_only=True)
class ReadRecommendations:
    """Read which responsibilities to work on for an initiative."""

    initiative_id: InitiativeId
    """The initiative."""
    at: Annotated[str, MaxLen(40), Examples("2026-11-01")] | None = None
    """The moment of the scores: an instant with offset, or a date as its start in UTC. Absent: now."""
