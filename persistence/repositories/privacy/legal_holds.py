"""Legal holds on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason, LegalHold
from domain.shared.paging import Key
from persistence.database import locks
from persistence.repositories.repository import Repository

COLUMNS = "id, about, person_id, reason, set_by, set_at, until, released_by, released_at"

ADD = f"""
insert into legal_hold (district_id, {COLUMNS})
select $1::uuid, $2::uuid, $3::text, $4::uuid, $5::text, $6::text, $7::timestamptz, $8::timestamptz, null, null
where $4::uuid is null or exists (select 1 from person where district_id = $1 and id = $4)
returning id
"""

ALL = f"select {COLUMNS} from legal_hold where district_id = $1 order by id"

PAGE = f"select {COLUMNS} from legal_hold where district_id = $1 and id < $2::uuid order by id desc limit $3"

FIND = f"select {COLUMNS} from legal_hold where district_id = $1 and id = $2"

RELEASE = "update legal_hold set released_by = $3, released_at = $4 where district_id = $1 and id = $2"

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class PgLegalHolds(Repository):
    """`LegalHoldStore` of one district."""

    async def add(self, hold: LegalHold) -> bool:
        await self._lock()
        values = (hold.id, hold.about.value, hold.person_id, hold.reason.value, hold.set_by, hold.set_at, hold.until)
        return await self.fetchval(ADD, *values) is not None

    async def all(self) -> Sequence[LegalHold]:
        await self._lock()
        return [_hold(row) for row in await self.fetch(ALL)]

    async def page(self, limit: int, after: Key | None) -> Sequence[LegalHold]:
        (start,) = after or (LAST,)
        return [_hold(row) for row in await self.fetch(PAGE, start, limit)]

    async def find(self, hold_id: HoldId) -> LegalHold | None:
        row = await self.fetchrow(FIND, hold_id)
        return None if row is None else _hold(row)

    async def lock(self, hold_id: HoldId) -> LegalHold | None:
        row = await self.fetchrow(f"{FIND} for update", hold_id)
        return None if row is None else _hold(row)

    async def release(self, hold_id: HoldId, by: str, at: datetime) -> None:
        await self.execute(RELEASE, hold_id, by, at)

    async def _lock(self) -> None:
        """Exclude erasures while a hold is placed, and the other way round."""
        await locks.lock_district(self.connection, self.district_id, locks.Lock.HOLDS)


def _hold(row: Any) -> LegalHold:
    return LegalHold(**{**row, "about": HoldAbout(row["about"]), "reason": HoldReason(row["reason"])})
