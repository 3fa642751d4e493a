"""`push_head`: the newest version that each origin pushed under each external_id."""

from collections.abc import Mapping, Sequence

from domain.shared.errors import Contended
from domain.shared.idempotent_push import PushHead, PushKind
from domain.shared.ids import DistrictId
from persistence.database import locks
from persistence.database.connection import Connection
from persistence.repositories.repository import Repository

LOCK = """
select h.external_id, h.id, h.version, h.digest
from unnest($4::text[]) k(e)
join push_head h on h.district_id = $1 and h.origin = $2 and h.thing = $3 and h.external_id = k.e
order by 1 for update of h
"""

CREATE = """
insert into push_head (district_id, origin, thing, external_id, id, version, digest)
select $1::uuid, $2::text, $3::text, u.* from unnest($4::text[], $5::uuid[], $6::bigint[], $7::bytea[]) u order by 1, 2, 3, 4
on conflict do nothing
"""

ADVANCE = """
update push_head h set version = u.version, digest = u.digest
from unnest($4::text[], $5::bigint[], $6::bytea[]) u(external_id, version, digest)
where h.district_id = $1 and h.origin = $2 and h.thing = $3 and h.external_id = u.external_id
"""


class PgExternalIds(Repository):
    """The push store of one district and one origin."""

    def __init__(self, connection: Connection, district_id: DistrictId, origin: str) -> None:
        super().__init__(connection, district_id)
        self._origin = origin

    async def lock(self, kind: PushKind, external_ids: Sequence[str]) -> Mapping[str, PushHead]:
        if not external_ids:
            return {}
        locks.check_order(self.connection, locks.Lock.HEADS)
        rows = await self.fetch(LOCK, self._origin, kind.value, sorted(set(external_ids)))
        return {row["external_id"]: PushHead(**row) for row in rows}

    async def create(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        if not heads:
            return
        locks.check_order(self.connection, locks.Lock.HEADS)
        ordered = sorted(heads, key=lambda h: h.external_id)
        status = await self.execute(
            CREATE,
            self._origin,
            kind.value,
            [h.external_id for h in ordered],
            [h.id for h in ordered],
            [h.version for h in ordered],
            [h.digest for h in ordered],
        )
        if int(status.rsplit(" ", 1)[1]) != len(heads):
            raise Contended("the same external_id was pushed at the same moment; the same request again will do")

    async def advance(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        if heads:
            await self.execute(
                ADVANCE,
                self._origin,
                kind.value,
                [h.external_id for h in heads],
                [h.version for h in heads],
                [h.digest for h in heads],
            )
