"""What assessments need of the outside."""

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
    """A version of an assessment, ready to be kept."""

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
    """The newest version of an assessment that was found by its id."""

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
        """One assessment of a leader at a time, until the unit ends."""
        ...

    async def add(self, assessment: NewAssessment) -> None:
        """Keep one with its ratings."""
        ...

    async def supersede(self, assessment_id: AssessmentId, at: datetime) -> None:
        """Mark the live version superseded."""
        ...

    async def find(self, assessment_id: AssessmentId) -> StoredAssessment | None:
        """The newest version of one that the actor's own origin pushed."""
        ...

    async def lock(self, assessment_id: AssessmentId) -> None:
        """Let nobody else retract it until the unit ends; what has an external_id is locked by that instead."""
        ...

    async def current_units(self, leader_id: PersonId, source: Source, assessor_id: PersonId) -> Sequence[EvidenceUnit]:
        """The newest rating of each responsibility that the assessor gave the leader: what counts now."""
        ...


class AssessmentsUnit(UnitOfWork, Protocol):
    """What taking assessments needs."""

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
