"""Which use cases leave a row although they only read, and which none although they write. Data; a test holds it whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.shared.trail import Subject


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The member of the command that says what was asked for; named in the row where it is refused."""

    subject: Subject
    member: str


LEADER = Asked(subject=Subject.LEADER, member="leader_id")
INITIATIVE = Asked(subject=Subject.INITIATIVE, member="initiative_id")
TRAIL = Asked(subject=Subject.TRAIL, member="object_id")

AUDITED_READS: Mapping[str, Asked] = {
    "read_profile": LEADER,
    "read_profiles": LEADER,
    "read_observation": Asked(subject=Subject.OBSERVATION, member="observation_id"),
    "list_observations": LEADER,
    "read_recommendations": INITIATIVE,
    "read_stance": INITIATIVE,
    "read_magnitude": INITIATIVE,
    "read_magnitudes": INITIATIVE,
    "list_audit_events": TRAIL,
    "export_audit": TRAIL,
}
"""Reads that reveal evidence about a leader, or what was done about one. Every other read is free of a trail."""

UNTOLD: frozenset[str] = frozenset({"seal_trail", "erase_district", "reapply_district_erasure"})
"""A row about each block would call for another block; and an erased district has no trail left, but a certificate."""
