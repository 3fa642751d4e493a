"""Row 3: the same profile where the district holds few pieces of evidence, and where it holds very many."""

import asyncio
import socket
import time
from statistics import median
from uuid import UUID

import asyncpg

from bench.dataset import CODES, BenchDatabase, District, seed_district
from bench.statistics import RunPairs
from bench.workers import Worker, application, serving, token

LEADERS = 100  # each holds 1 % of the evidence
RATINGS = 5

# No triggers: two million foreign keys are checked when they are pushed, not when they are read.
EVIDENCE = """
set session_replication_role = replica;
create temporary table visit as
select uuidv7() as id, p.id as leader_id, g as number, now() - make_interval(mins => (g % 500000)::int) as observed_at
from (
  select id, row_number() over (order by id) - 1 as place from person where district_id = '{district}' and sourced_id like 'L%'
) p
join generate_series(0, {visits} - 1) g on g % {leaders} = p.place;
insert into observation (district_id, id, version, origin, client_id, external_id, purpose, leader_id, school_id, observed_at,
  setting, received_at)
select '{district}', id, 1, 'bench', 'bench', 'g' || number, 'formative', leader_id,
  (select id from org where district_id = '{district}' order by id limit 1), observed_at, 'classroom', observed_at from visit;
insert into rating (district_id, observation_id, version, position, responsibility, value)
select '{district}', id, 1, r, (array[{codes}])[1 + (number * 5 + r) % 21], 1 + (number * 7 + r * 3) % 5
from visit, generate_series(0, {ratings} - 1) r;
update tally t set n = f.n, sum_x = f.sum_x, sum_xx = f.sum_xx, fw = f.fw, fwx = f.fwx, newest_at = f.newest_at
from (
  select leader_id, responsibility, count(*) as n, sum(value)::numeric as sum_x, sum(value * value)::numeric as sum_xx,
    round(sum(w)::numeric, 12) as fw, round(sum(w * value)::numeric, 12) as fwx, max(observed_at) as newest_at
  from (
    select v.leader_id, r.responsibility, r.value, v.observed_at,
      power(2, extract(epoch from v.observed_at - b.landmark)::float8 / 86400 / b.half_life_days) as w
    from visit v join rating r on r.district_id = '{district}' and r.observation_id = v.id
    join scoring_basis b on b.district_id = '{district}'
  ) u group by 1, 2
) f
where t.district_id = '{district}' and t.source = 'observation' and t.leader_id = f.leader_id
  and t.responsibility = f.responsibility;
drop table visit;
reset session_replication_role;
"""


async def seed_large_district(at: BenchDatabase, ratings: int) -> District:
    """A district with ``ratings`` pieces of evidence, 1 % of them each leader's, and the tallies that follow from them."""
    made = await seed_district(at, LEADERS)
    admin = await asyncpg.connect(at.urls.admin, command_timeout=600)
    codes = ", ".join(f"'{code}'" for code in CODES)
    values = {"visits": ratings // RATINGS, "leaders": LEADERS, "ratings": RATINGS, "codes": codes}
    await admin.execute(EVIDENCE.format(district=UUID(made.id), **values))
    held = await admin.fetchval("select count(*) from rating where district_id = $1", UUID(made.id))
    if held != ratings:
        raise SystemExit(f"{held} ratings where {ratings} were wanted")
    await admin.execute("vacuum analyze")
    await admin.execute("checkpoint")
    await admin.close()
    return made


class Reader:
    """One caller of one profile, on a socket of its own: a client that takes no time of its own worth mentioning."""

    def __init__(self, worker: Worker, made: District) -> None:
        path = f"/v1/leaders/{made.leaders[7]}/profile"
        lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token(worker, made)}")
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._socket = socket.create_connection(("127.0.0.1", worker.port))

    def timed(self) -> float:
        """Milliseconds of one request."""
        begun = time.perf_counter()
        self._socket.sendall(self._request)
        said = self._socket.recv(1 << 16)
        while b"\r\n\r\n" not in said:
            said += self._socket.recv(1 << 16)
        head, _, rest = said.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(head.decode())
        missing = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(rest)
        while missing > 0:
            missing -= len(self._socket.recv(1 << 16))
        return (time.perf_counter() - begun) * 1000


def run(few_at: BenchDatabase, many_at: BenchDatabase, sizes: tuple[int, int], *, runs: int, requests: int) -> RunPairs:
    """p50 of one leader's profile, one caller: a request to the one, a request to the other, each served by its own worker."""
    few, many = asyncio.run(seed_large_district(few_at, sizes[0])), asyncio.run(seed_large_district(many_at, sizes[1]))
    folder = few_at.folder
    with (
        serving("api.main:app", application(few_at), folder / "few.log") as little,
        serving("api.main:app", application(many_at), folder / "many.log") as large,
    ):
        readers = Reader(large, many), Reader(little, few)
        _run(readers, requests)
        before = large.cpu(), little.cpu()
        found = [_run(readers, requests) for _ in range(runs)]
        used = (large.cpu() - before[0], little.cpu() - before[1])
    return RunPairs(
        unit="ms p50",
        service=[a for a, _ in found],
        limit=[b for _, b in found],
        cpu=used[0] * 1000 / (runs * requests),
        limit_cpu=used[1] * 1000 / (runs * requests),
    )


def _run(readers: tuple[Reader, Reader], requests: int) -> tuple[float, float]:
    taken = [(readers[0].timed(), readers[1].timed()) for _ in range(requests)]
    large, little = (median(times) for times in zip(*taken, strict=True))
    return large, little
