"""An edge of supervision, as rules and stores pass it on."""

from domain.shared.ids import PersonId

Pair = tuple[PersonId, PersonId]
"""Supervisor and leader."""
