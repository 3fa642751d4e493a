"""What is measured on: an embedded PostgreSQL in a folder of its own, durable as in service, and districts in it."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from domain.directory.client_commands import CreateClient, CreateDistrict
from domain.directory.usecases.districts_and_clients import create_client, create_district, operator_actor
from domain.framework.responsibilities import Responsibility
from persistence.database.pool import ConnectionPool
from persistence.embedded import EmbeddedPostgres
from persistence.embedded.roles import Urls, provision
from persistence.operations.migrate import upgrade

SECRET = "a secret for measuring, of more than thirty-two characters"  # noqa: S105 - of no other place than this
SCOPES = ("scores:read", "observations:*")
CODES = [r.value for r in Responsibility]

SCHOOLS = """
insert into org (district_id, id, sourced_id, name, type, active)
select $1, uuidv7(), 'S' || g, 'School ' || g, 'school', true from generate_series(1, $2::int) g
"""
PEOPLE = """
insert into person (district_id, id, sourced_id, given_name, family_name, enabled, active)
select $1, uuidv7(), $2::text || g, 'Given', 'Family ' || g, true, true from generate_series(1, $3::int) g
"""
ROLES = """
insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active)
select $1, uuidv7(), p.id, (select id from org where district_id = $1 order by id limit 1), $3::text, 'primary', $3::text, true
from person p where p.district_id = $1 and p.sourced_id like $2::text || '%'
"""
# Four sources a leader and responsibility: 84. Teachers' rows have no way in yet, so they are written here, like the others.
TALLIES = """
insert into tally
  (district_id, leader_id, basis, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at, form_c, constants)
select $1, p.id, b.basis, r.code, s.source, round(f.fw, 4), round(f.fw * m.mean, 4), s.n, round(s.n * m.mean, 4),
  round(s.n * (m.mean * m.mean + 0.4), 4), date_trunc('day', now()) - interval '9 days', 1, b.configuration_version
from person p
join scoring_basis b on b.district_id = $1
cross join unnest($2::text[]) r(code)
cross join (values ('teacher', 12), ('supervisor', 1), ('observation', 8), ('self', 1)) s(source, n)
cross join lateral (
  select (1.5 + 3.4 * (hashtextextended(p.id::text || r.code || s.source, 0) & 1023) / 1023.0)::numeric as mean
) m
cross join lateral (
  select (s.n * power(2, extract(epoch from now() - interval '60 days' - b.landmark) / 86400 / b.half_life_days))::numeric as fw
) f
where p.district_id = $1 and p.sourced_id like 'L%'
"""


@dataclass(frozen=True, kw_only=True)
class BenchDatabase:
    """A migrated database by its three roles, and the folder for logs and scripts."""

    urls: Urls
    folder: Path


@dataclass(frozen=True, kw_only=True)
class District:
    """A district with leaders L1.., coaches C1.. and schools S1.., and a client of it."""

    id: str
    leaders: tuple[str, ...]
    client: tuple[str, str]


@contextmanager
def start_postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL in a temporary folder, which goes with it."""
    home = Path(tempfile.mkdtemp(prefix="evenkeel-bench-"))
    try:
        with EmbeddedPostgres(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


def create_bench_database(running: EmbeddedPostgres, name: str) -> BenchDatabase:
    """A new database ``name``, migrated."""
    made = asyncio.run(provision(running.admin_url, running.home, name))
    upgrade(made.owner)
    return BenchDatabase(urls=made, folder=running.home)


async def seed_district(at: BenchDatabase, leaders: int) -> District:
    """A district made by the use cases, with people and 84 tallies a leader written beside them."""
    pool = ConnectionPool(at.urls.owner, size=1)
    call = UseCaseRunner(actor=operator_actor("bench"), environment=build_environment(pool, SECRET), request_id="bench")
    made = await call.run(create_district, CreateDistrict(name="Bench", time_zone="America/Chicago"))
    call = UseCaseRunner(
        actor=operator_actor("bench", made.id), environment=build_environment(pool, SECRET), request_id="bench"
    )
    new = await call.run(create_client, CreateClient(name="bench", origin="bench", scopes=SCOPES))
    await pool.close()
    found = await _people(at, made.id, leaders)
    return District(id=str(made.id), leaders=found, client=(new.client.client_id, new.client_secret))


async def _people(at: BenchDatabase, district_id: UUID, leaders: int) -> tuple[str, ...]:
    admin = await asyncpg.connect(at.urls.admin)
    try:
        await admin.execute(SCHOOLS, district_id, 20)
        for prefix, role, count in (("L", "principal", leaders), ("C", "coach", 40)):
            await admin.execute(PEOPLE, district_id, prefix, count)
            await admin.execute(ROLES, district_id, prefix, role)
        await admin.execute(TALLIES, district_id, CODES)
        await admin.execute("vacuum analyze")
        rows = await admin.fetch(
            "select id from person where district_id = $1 and sourced_id like 'L%' order by length(sourced_id), sourced_id",
            district_id,
        )
    finally:
        await admin.close()
    return tuple(str(row[0]) for row in rows)
