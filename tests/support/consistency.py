"""Whether what a district holds is whole: the tallies those of its evidence, each identity one truth."""

from decimal import Decimal
from uuid import UUID

import asyncpg

from domain.framework.evidence_sources import Source
from domain.scoring.tally import FIXED_POINT_ONE
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.context import Actor, ActorKind
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work


async def until_taken(http, path, body):
    """Sends it again while it is told that the same again will do; how often it was told so."""
    for refused in range(50):
        answer = await http.post(path, json=body)
        if answer.status_code != 503:
            assert answer.status_code in {200, 201, 422, 409}, answer.text
            return refused, answer
        assert answer.json()["retry"] == "same"
        assert answer.headers["retry-after"]
    raise AssertionError("always busy")


async def sums_of_the_evidence(service, district):
    """What the tallies must hold: every unit of the evidence rows, summed anew."""
    pool = ConnectionPool(service.database.app_url, size=1)
    actor = Actor(kind=ActorKind.OPERATOR, id="t", district_id=UUID(str(district.id)), origin="t", scopes=frozenset())
    try:
        async with begin_unit_of_work(pool, actor) as unit:
            changes = TallyDeltas(await unit.tallies.basis())
            for leader_id, units in await unit.evidence.all_units(list(Source)):
                changes.add_evidence(leader_id, units)
    finally:
        await pool.close()
    return {(str(c.leader_id), c.responsibility.value, c.source.value): _row(c) for c in changes.all}


def _row(change):
    s = change.sums
    return (
        *(Decimal(v) / FIXED_POINT_ONE for v in (s.fw, s.fwx)),
        s.n,
        *(Decimal(v) / FIXED_POINT_ONE for v in (s.sum_x, s.sum_xx)),
        change.newest_at,
    )


async def stored_tallies(service, district):
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        rows = await connection.fetch(
            "select leader_id::text, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at from tally"
            " where district_id = $1",
            district.id,
        )
    finally:
        await connection.close()
    return {tuple(row)[:3]: tuple(row)[3:] for row in rows}


async def assert_tallies_are_a_rebuild(service, district):
    """Tallies equal a rebuild from the evidence, exactly; which they are."""
    kept = await stored_tallies(service, district)
    assert kept == await sums_of_the_evidence(service, district)
    return kept


async def assert_whole(service, district):
    """Tallies equal a rebuild from the evidence, exactly; each identity of the database has one truth."""
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        faults = await connection.fetchval(
            "select count(*) from push_head h where (h.digest is not null) != (select count(*) = 1 from observation o"
            " where o.district_id = h.district_id and o.id = h.id and o.version = h.version and o.superseded_at is null)"
            " and h.thing = 'observation'"
        )
        several = await connection.fetchval(
            "select count(*) from (select 1 from observation where superseded_at is null group by district_id, id having count(*) > 1) s"
        )
        bare = await connection.fetchval(
            "select count(*) from observation o where not exists (select 1 from rating r"
            " where r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version)"
        )
    finally:
        await connection.close()
    assert (faults, several, bare) == (0, 0, 0)
    return await assert_tallies_are_a_rebuild(service, district)
