"""Assessments on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from domain.assessments.ports import NewAssessment, StoredAssessment
from domain.framework.evidence_sources import Source
from domain.scoring.evidence_units import EvidenceUnit
from domain.shared.ids import AssessmentId, DistrictId, PersonId
from persistence.database import locks
from persistence.database.bulk_insert import BulkInsert
from persistence.database.connection import Connection
from persistence.repositories.repository import Repository
from persistence.repositories.scores import ASSESSED, assessments
from persistence.tables.scoring import AssessmentRatingRow, AssessmentRow

ASSESSMENTS, ASSESSMENT_RATINGS = BulkInsert(AssessmentRow), BulkInsert(AssessmentRatingRow)

SUPERSEDE = """
update assessment set superseded_at = $3 where district_id = $1 and id = $2 and superseded_at is null
"""

ALONE = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 1))"

FIND = """
select origin, source, external_id, version, superseded_at is null as live, leader_id, assessor_id from assessment
where district_id = $1 and id = $2 and origin = $3 order by version desc limit 1
"""


class PgAssessments(Repository):
    """`AssessmentStore` of one district; finds what `origin` pushed."""

    def __init__(self, connection: Connection, district_id: DistrictId, origin: str) -> None:
        super().__init__(connection, district_id)
        self._origin = origin

    async def lock_leader(self, leader_id: PersonId) -> None:
        locks.check_order(self.connection, locks.Lock.LEADER, leader_id)
        await self.execute(ALONE, leader_id)

    async def add(self, assessment: NewAssessment) -> None:
        a = assessment
        row = (
            *(a.id, a.version, a.source.value, a.origin, a.client_id, a.external_id, a.purpose, a.leader_id, a.assessor_id),
            *(a.assessed_at, a.scale.worst, a.scale.best, a.received_at, None),
        )
        await ASSESSMENTS.run(self.connection, self.district_id, [row])
        rows = [(a.id, a.version, r.responsibility, r.value) for r in a.ratings]
        await ASSESSMENT_RATINGS.run(self.connection, self.district_id, rows)

    async def supersede(self, assessment_id: AssessmentId, at: datetime) -> None:
        await self.execute(SUPERSEDE, assessment_id, at)

    async def find(self, assessment_id: AssessmentId) -> StoredAssessment | None:
        row = await self.fetchrow(FIND, assessment_id, self._origin)
        return None if row is None else StoredAssessment(row[0], Source(row[1]), *row[2:])

    async def lock(self, assessment_id: AssessmentId) -> None:
        locks.check_order(self.connection, locks.Lock.EVIDENCE)
        await self.execute(f"{FIND} for update", assessment_id, self._origin)

    async def current_units(self, leader_id: PersonId, source: Source, assessor_id: PersonId) -> Sequence[EvidenceUnit]:
        query = f"{ASSESSED} and a.leader_id = $2 and a.source = $3 and a.assessor_id = $4 order by a.id desc"
        rows = await self.fetch(query, leader_id, source.value, assessor_id)
        return [unit for _, found in assessments(rows) for unit in found]
