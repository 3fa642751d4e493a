"""Assessments on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from domain.assessments.ports import HeldAssessment, NewAssessment
from domain.framework.evidence_sources import Source
from domain.scoring.evidence_units import EvidenceUnit
from domain.shared.ids import AssessmentId, DistrictId, PersonId
from persistence.database import locks
from persistence.database.bulk_insert import Insert
from persistence.database.connection import Raw
from persistence.repositories.scores import ASSESSED, assessments
from persistence.tables.scoring import AssessmentRatingRow, AssessmentRow

ASSESSMENTS, ASSESSMENT_RATINGS = Insert(AssessmentRow), Insert(AssessmentRatingRow)

SUPERSEDE = """
update assessment set superseded_at = $3 where district_id = $1 and id = $2 and superseded_at is null
"""

ALONE = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 1))"

FIND = """
select origin, source, external_id, version, superseded_at is null as live, leader_id, assessor_id from assessment
where district_id = $1 and id = $2 and origin = $3 order by version desc limit 1
"""


class PgAssessments:
    """``AssessmentStore`` for one district."""

    def __init__(self, raw: Raw, district_id: DistrictId, origin: str) -> None:
        self._raw = raw
        self._district_id = district_id
        self._origin = origin

    async def alone(self, leader_id: PersonId) -> None:
        """One assessment of a leader at a time, until the unit ends: which one counts is decided between them."""
        locks.ask(self._raw, locks.Lock.LEADER, leader_id)
        await self._raw.execute(ALONE, self._district_id, leader_id)

    async def add(self, assessment: NewAssessment) -> None:
        """Keep one with its ratings."""
        a = assessment
        row = (
            *(a.id, a.version, a.source.value, a.origin, a.client_id, a.external_id, a.purpose, a.leader_id, a.assessor_id),
            *(a.assessed_at, a.scale.worst, a.scale.best, a.received_at, None),
        )
        await ASSESSMENTS.run(self._raw, self._district_id, [row])
        rows = [(a.id, a.version, r.responsibility, r.value) for r in a.ratings]
        await ASSESSMENT_RATINGS.run(self._raw, self._district_id, rows)

    async def supersede(self, assessment_id: AssessmentId, at: datetime) -> None:
        """Mark the live version superseded."""
        await self._raw.execute(SUPERSEDE, self._district_id, assessment_id, at)

    async def find(self, assessment_id: AssessmentId) -> HeldAssessment | None:
        """The newest version of one that the actor's own origin pushed."""
        row = await self._raw.fetchrow(FIND, self._district_id, assessment_id, self._origin)
        return None if row is None else HeldAssessment(row[0], Source(row[1]), *row[2:])

    async def lock(self, assessment_id: AssessmentId) -> None:
        """Let nobody else retract it until the unit ends."""
        locks.ask(self._raw, locks.Lock.EVIDENCE)
        await self._raw.execute(f"{FIND} for update", self._district_id, assessment_id, self._origin)

    async def standing(self, leader_id: PersonId, source: Source, assessor_id: PersonId) -> Sequence[EvidenceUnit]:
        """The newest rating of each responsibility that ``assessor_id`` gave ``leader_id``."""
        query = f"{ASSESSED} and a.leader_id = $2 and a.source = $3 and a.assessor_id = $4 order by a.id desc"
        rows = await self._raw.fetch(query, self._district_id, leader_id, source.value, assessor_id)
        return [unit for _, found in assessments(rows) for unit in found]
