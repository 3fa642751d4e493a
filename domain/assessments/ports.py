"""Storage of assessments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.assessments.commands import AssessedRating
from domain.directory.ports import References, Supervisors
from domain.framework.evidence_sources import Source
from domain.observations.model import Scale
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.ports import EvidenceReader, TallyStore
from domain.shared.context import UnitOfWork
from domain.shared.idempotent_push import PushStore
from domain.shared.ids import AssessmentId, PersonId


@dataclass(frozen=True, kw_only=True)
class NewAssessment:
    """A version of an assessment to save."""

    id: AssessmentId
    version: int
    source: Source
    origin: str
    client_id: str
    external_id: str | None
    purpose: str
    leader_id: PersonId
    assessor_id: PersonId
    assessed_at: datetime
    scale: Scale
    received_at: datetime
    ratings: tuple[AssessedRating, ...]


class StoredAssessment(NamedTuple):
    """The newest version of a stored assessment."""

    origin: str
    source: Source
    external_id: str | None
    version: int
    live: bool
    leader_id: PersonId
    assessor_id: PersonId


class AssessmentStore(Protocol):
    """The assessments of one district."""

    async def lock_leader(self, leader_id: PersonId) -> None:
        """Lock the assessments of a leader until the transaction ends."""
        ...

    async def add(self, assessment: NewAssessment) -> None:
        """Save `assessment` with its ratings."""
        ...

    async def supersede(self, assessment_id: AssessmentId, at: datetime) -> None:
        """Mark the live version as superseded."""
        ...

    async def find(self, assessment_id: AssessmentId) -> StoredAssessment | None:
        """Return the newest version of an assessment that the actor's own origin pushed, or null."""
        ...

    async def lock(self, assessment_id: AssessmentId) -> None:
        """Lock an assessment without external_id until the transaction ends; others are locked by their external_id."""
        ...

    async def current_units(self, leader_id: PersonId, source: Source, assessor_id: PersonId) -> Sequence[EvidenceUnit]:
        """Return the newest rating of each responsibility by the assessor of the leader: the units that count now."""
        ...


class AssessmentsUnit(UnitOfWork, Protocol):
    """The unit of work for assessments."""

    @property
    def pushes(self) -> PushStore: ...

    @property
    def references(self) -> References: ...

    @property
    def supervision(self) -> Supervisors: ...

    @property
    def assessments(self) -> AssessmentStore: ...

    @property
    def tallies(self) -> TallyStore: ...

    @property
    def evidence(self) -> EvidenceReader: ...
