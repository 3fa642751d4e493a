"""What hostile partners, other districts, curious apps and operators' mistakes try, and what they get."""

import asyncio
import io
import json
import logging
import random
import zipfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio

from api.bootstrap import Values, make_app
from api.observing import JsonLines
from api.rest.change import PEOPLE, PLAN, PULSE
from api.rest.examples import VISIT
from api.rest.scoring import CONFIGURED, SELF
from domain.framework.responsibilities import Responsibility
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable
from persistence.engine import make_engine
from persistence.guards import role_faults
from persistence.tables import metadata
from persistence.unit import open_unit
from tests.api.test_partner_month import CROSSWALK, INSTRUMENT
from tests.fenced import behind
from tests.packages_roster import CLEAN, USERS_1_1, zipped
from tests.persistence.asking import OWNER
from tests.server import Database
from tests.service import PUBLIC_URL, SECRET, Service, serving

FENCED = sorted(t.name for t in metadata.tables.values() if not t.schema)
LEADER = "207267"
in_module = pytest.mark.asyncio(loop_scope="module")


def actor(district_id="00000000-0000-4000-8000-000000000007"):
    return Actor(kind=ActorKind.CLIENT, id="c", district_id=UUID(str(district_id)), origin="o", scopes=frozenset())


@asynccontextmanager
async def admin(database):
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def engine(database):
    """A pool of a single connection: whoever comes next gets what the last one left."""
    made = make_engine(database.app_url, pool_size=1)
    yield made
    await made.dispose()


async def left_behind(engine):
    """The fence that the next borrower of the only connection would stand in, and whether a transaction is open."""
    lent = await engine.raw_connection()
    try:
        raw = lent.driver_connection
        found = await raw.fetchval("select current_setting('app.district_id', true)")
        return found or None, raw.is_in_transaction()
    finally:
        lent.close()


# The fence


async def a_unit(engine, *, read_only=False):
    async with open_unit(engine, actor(), read_only=read_only) as unit:
        await unit.raw.fetchval("select count(*) from person")
        await unit.raw.fetchval("select pg_sleep(0.001)")
        await unit.commit()


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
async def test_a_unit_cancelled_anywhere_leaves_no_fence_in_the_pool(engine, cut):
    """``cut``: how often it is cancelled, also while it cleans up."""
    rng = random.Random(cut)  # noqa: S311 - the same in each run
    await a_unit(engine)
    for turn in range(100):
        running = asyncio.create_task(a_unit(engine, read_only=turn % 2 == 0))
        for _ in range(turn % 25):
            await asyncio.sleep(0)
        if turn % 3 == 0:
            await asyncio.sleep(rng.random() * 0.003)
        for _ in range(cut):
            running.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled() or running.exception() is None, running
        assert await left_behind(engine) == (None, False), turn


async def test_a_unit_that_runs_out_of_time_leaves_no_fence_in_the_pool(engine):
    async def sleep():
        async with asyncio.timeout(0.05), open_unit(engine, actor()) as unit:
            await unit.raw.fetchval("select pg_sleep(5)")

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await sleep()
        assert await left_behind(engine) == (None, False)


@pytest.mark.parametrize("statement", ["select 1/0", "begin", "set role postgres", "commit; begin", "rollback; select 1/0"])
async def test_a_unit_that_fails_leaves_no_fence_in_the_pool(engine, statement):
    async def fail():
        async with open_unit(engine, actor()) as unit:
            await unit.raw.execute(statement)
            raise LookupError(statement)

    for _ in range(2):
        with pytest.raises((asyncpg.PostgresError, LookupError)):
            await fail()
        assert await left_behind(engine) == (None, False)


@pytest.mark.parametrize("busy", [True, False])
async def test_a_connection_that_is_killed_is_said_to_be_away_and_not_to_be_our_fault(engine, database, busy):
    async def killed(killer):
        async with open_unit(engine, actor()) as unit:
            backend = await unit.raw.fetchval("select pg_backend_pid()")
            asked = asyncio.create_task(unit.raw.fetchval("select pg_sleep(5)")) if busy else None
            await asyncio.sleep(0.05)
            await killer.execute("select pg_terminate_backend($1, 5000)", backend)
            await (asked or unit.raw.fetchval("select 1"))

    async with admin(database) as killer:
        with pytest.raises(Unavailable):
            await killed(killer)
    assert await left_behind(engine) == (None, False)


async def test_a_unit_that_reads_cannot_write(engine):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with open_unit(engine, actor(), read_only=True) as unit:
            await unit.raw.execute("delete from person")


@pytest.mark.parametrize(
    "said", ["'; reset app.district_id; --", "00000000-0000-4000-8000-000000000007'; drop table person; --", "", "*"]
)
async def test_nothing_but_an_id_gets_into_the_statement_that_opens_the_fence(engine, said):
    injected = Actor(kind=ActorKind.CLIENT, id="c", district_id=said, origin="o", scopes=frozenset())
    with pytest.raises(ValueError, match="badly formed"):
        async with open_unit(engine, injected):
            raise AssertionError("opened")
    assert await left_behind(engine) == (None, False)


@asynccontextmanager
async def small_service(database):
    """The application with a pool of two connections."""
    app = make_app(Values(database_url=database.app_url, public_url=PUBLIC_URL, secret=SECRET, pool_size=2))
    owner = make_engine(database.owner_url, pool_size=2)
    async with app.router.lifespan_context(app):
        service = Service(app, database, owner)
        yield service
        for client in service.clients:
            await client.aclose()
    await owner.dispose()


async def test_districts_that_share_two_connections_are_never_mixed_up(database):
    """Reads, writes, refusals and requests cut off in their middle, of three districts at once."""
    async with small_service(database) as service:
        districts = [await service.district(f"District {n}", roster=n != 2) for n in range(3)]
        mapped = ("supervisor", "district_admin", "staff")
        for district, role in zip(districts, mapped, strict=True):
            await district.http.put("/v1/roster/role-mapping", json={"districtAdministrator": role})
        own = [{p["id"] for p in (await d.http.get("/v1/people?limit=100")).json()["items"]} for d in districts]
        assert [len(ids) for ids in own] == [68, 68, 0]
        assert not own[0] & own[1]
        rng = random.Random(5)  # noqa: S311 - the same in each run

        async def one(n):
            district, wish = districts[n], rng.randrange(5)
            if wish == 0:
                assert (await district.http.get("/v1/roster/role-mapping")).json() == {"districtAdministrator": mapped[n]}
            elif wish == 1:
                other = rng.choice(sorted(own[(n + 1) % 2] - own[n]))
                assert (await district.http.get(f"/v1/people/{other}")).status_code == 404
            elif wish == 2:
                answer = await district.http.post("/v1/observations", json=VISIT | {"external_id": str(rng.random())})
                assert answer.status_code == (422 if n == 2 else 201)
            elif wish == 3:
                assert (await district.http.get("/v1/districts/current")).json()["id"] == str(district.id)
            else:
                page = (await district.http.get("/v1/people?limit=100")).json()["items"]
                assert {p["id"] for p in page} == own[n]

        async def cut_off(n):
            running = asyncio.create_task(one(n))
            await asyncio.sleep(rng.random() * 0.02)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        for _ in range(8):
            await asyncio.gather(*(one(n % 3) if n % 4 else cut_off(n % 3) for n in range(24)))


# Behind the application: the serving role itself, with a statement of the attacker's


@dataclass(frozen=True)
class Full:
    """Two districts; the first has something in every table."""

    database: Database
    one: str
    other: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(module_database):
    async with serving(module_database) as service:
        one, other = await service.district("One"), await service.district("Other", roster=False)
        http, leader = one.http, await one.person(LEADER)
        initiative = await made(http, "/v1/initiatives", PLAN)
        group = await made(http, f"/v1/initiatives/{initiative}/groups", PEOPLE)
        await made(http, "/v1/instruments", INSTRUMENT)
        await made(http, "/v1/crosswalks", CROSSWALK)
        await made(http, "/v1/observations", VISIT, **{"Idempotency-Key": "k"})
        await made(http, f"/v1/leaders/{leader}/self-assessments", SELF)
        await made(http, "/v1/configuration", CONFIGURED, **{"If-Match": '"1"'})
        await http.put("/v1/roster/role-mapping", json={"districtAdministrator": "supervisor"})
        pulse = f"/v1/initiatives/{initiative}/groups/{group}/magnitude/pulses/2026-10-12"
        await http.put(pulse, json={"answers": PULSE})
    return Full(module_database, str(one.id), str(other.id))


async def made(http, path, body, **headers):
    answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json().get("id")


async def test_no_table_of_another_district_is_seen_changed_or_emptied(full):
    async with admin(full.database) as looking:
        held = {t: await looking.fetchval(f"select count(*) from {t} where district_id = $1", full.one) for t in FENCED}
        assert {t for t, n in held.items() if not n} == set()
        for table in FENCED:
            async with behind(full.database.app_url, full.other) as raw:
                assert await raw.fetch(f"select * from {table} where district_id = $1", full.one) == [], table
                # The rows are judged before an attacker's own condition is: an error would tell of them.
                probe = f"select 1 from {table} where 1 / (case when district_id = '{full.one}' then 0 else 1 end) = 0"
                assert await raw.fetch(probe) == [], table
                copied = io.BytesIO()
                with pytest.raises(asyncpg.FeatureNotSupportedError):
                    await raw.copy_to_table(table, source=copied)
            for attempt in (
                f"delete from {table} where district_id = '{full.one}'",
                f"update {table} set district_id = '{full.other}' where district_id = '{full.one}'",
                f'insert into {table} select (jsonb_populate_record(null::{table}, \'{{"district_id": "{full.one}"}}\')).*',
                f"truncate {table}",
                f"alter table {table} no force row level security",
                f"drop policy fence on {table}",
                f"create trigger t before insert on {table} for each row execute function suppress_redundant_updates_trigger()",
            ):
                async with behind(full.database.app_url, full.other) as raw:
                    try:
                        assert (await raw.execute(attempt)).endswith(" 0"), attempt
                    except (asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError):
                        continue
        after = {t: await looking.fetchval(f"select count(*) from {t} where district_id = $1", full.one) for t in FENCED}
    assert after == held


async def test_statistics_of_rows_are_not_for_the_serving_role(full):
    async with admin(full.database) as looking:
        await looking.execute("analyze")
    async with behind(full.database.app_url, full.other) as raw:
        assert await raw.fetchval("select count(*) from pg_stats where schemaname in ('public', 'control')") == 0
    for catalogue in ("pg_statistic", "pg_authid", "pg_user_mapping"):
        async with behind(full.database.app_url, full.other) as raw:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await raw.fetch(f"select count(*) from {catalogue} c where c is not null")


@pytest.mark.parametrize(
    "statement",
    [
        "create temp table person (id int)",
        "create schema stray",
        "create function public.current_setting(text, boolean) returns text language sql as 'select null'",
        "create function pg_temp.f() returns int language sql as 'select 1'",
        "create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_ne)",
        "create view public.v as select 1",
        f"set role {OWNER}",
        f"set session authorization {OWNER}",
        f"grant {OWNER} to evenkeel_app",
        "alter role evenkeel_app bypassrls",
        "alter role evenkeel_app superuser",
        "alter database postgres set app.district_id = '1'",
        "alter function control.find_client(text) security invoker",
        "copy person to program 'cat'",
        "copy person from '/etc/passwd'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "create extension dblink",
        "set session_replication_role = replica",
        "set local row_security = off; select * from person",
        "select * from control.client",
        "select * from control.district",
        "select * from control.signing_key",
        "update control.client set scopes = '{*}'",
        "insert into control.client_district values ('x', gen_random_uuid())",
    ],
)
async def test_the_serving_role_can_make_and_become_nothing(full, statement):
    async with behind(full.database.app_url, full.other) as raw:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedObjectError)):
            await raw.execute(statement)


async def test_the_functions_that_reach_control_answer_to_a_whole_name_only(full):
    async with behind(full.database.app_url, full.other) as raw:
        for sought in ("", "%", "' or true --", "*", "_"):
            assert await raw.fetch("select * from control.find_client($1)", sought) == []
        await raw.execute("set local search_path = pg_temp, public")
        assert await raw.fetch("select * from control.find_client('x')") == []
        await raw.execute("select control.offer_signing_key('attacker', '\\x00', now())")
        kids = [row["kid"] for row in await raw.fetch("select kid from control.signing_keys()")]
    assert "attacker" not in kids


@pytest.mark.parametrize(
    "mistake", ["grant evenkeel_owner to {role}", "grant postgres_like to {role}", "alter role {role} bypassrls"]
)
async def test_a_role_that_an_operator_made_too_strong_is_not_served_from(database, mistake):
    """The server is shared by tests, so it is a role of this test's own."""
    role = f"weak_{database.name}"
    async with admin(database) as connection:
        power = f"power_{database.name}"
        await connection.execute(
            f"create role {role} login; create role {power} bypassrls; grant {role} to {connection._params.user}"
        )
        try:
            await connection.execute(f"grant connect on database {database.name} to {role}")
            assert await faults_as(database, role) == []
            await connection.execute(mistake.format(role=role).replace("postgres_like", power))
            assert await faults_as(database, role)
        finally:
            await connection.execute(f"drop owned by {role}; drop role {role}, {power}")


async def faults_as(database, role):
    engine = make_engine(database.admin_url, pool_size=1)
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"set session authorization {role}")

            class Held:
                """An engine of this one connection."""

                @asynccontextmanager
                async def connect(self):
                    yield connection

            return await role_faults(Held())
    finally:
        await engine.dispose()


# What must stay hidden


SEED = """
insert into tally (district_id, leader_id, basis, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at, form_c, constants)
select $1, $2, basis, $3, $4, 90 * $5::int, 90 * $5::int * $6::numeric, $5, $5 * $6::numeric, $5 * $6::numeric * $6::numeric,
  '2026-09-01', 1, configuration_version from scoring_basis where district_id = $1
"""
HIDDEN = [(r.value, source, n, 1.25) for r in Responsibility for source, n in (("teacher", 4), ("staff", 1), ("peer", 3))]
ASKED = """
query($id: UUID!, $in: UUID!) {
  profile(input: {leaderId: $id}) { scores { responsibility estimate sd interval { low high } pBelowTarget reliability evidence
    priorShare disagreement selfGap { value reference } sources { source n mean se effectiveN currentMean share
    withheld { reason minimum } } } }
  recommendations(input: {initiativeId: $in}) { overall { ranked { responsibility index shortfall pTop } pNone } gather }
}
"""


@dataclass
class Leader:
    """A leader of whom something is known, with an initiative, and hidden answers that come and go."""

    http: httpx.AsyncClient
    database: Database
    district: str
    id: str
    initiative: str

    async def seed(self, cells):
        async with admin(self.database) as connection:
            await connection.execute("delete from tally where source in ('teacher', 'staff', 'peer')")
            await connection.executemany(SEED, [(self.district, self.id, *cell) for cell in cells])

    async def everything(self):
        """All that any operation makes of the leader's scores, with the entries of what is withheld taken out and returned."""
        paths = [f"/v1/leaders/{self.id}/profile", f"/v1/leaders/{self.id}/profile?at=2026-10-01"]
        for what in ("recommendations", "stance", "phases"):
            paths += [f"/v1/initiatives/{self.initiative}/{what}", f"/v1/initiatives/{self.initiative}/{what}?at=2026-10-01"]
        paths = [path for path in paths if not path.endswith("phases?at=2026-10-01")]
        answers = [await self.http.get(path) for path in [*paths, "/v1/leaders", f"/v1/leaders/{self.id}"]]
        assert {a.status_code for a in answers} == {200}
        given = {"id": self.id, "in": self.initiative}
        over = (await self.http.post("/graphql", json={"query": ASKED, "variables": given})).json()
        assert "errors" not in over, over
        withheld = []
        bodies = [a.json() for a in answers]
        for score in (*bodies[0]["scores"], *bodies[1]["scores"], *over["data"]["profile"]["scores"]):
            withheld += [e for e in score["sources"] if e["withheld"]]
            score["sources"] = [e for e in score["sources"] if not e["withheld"]]
        return [*bodies, over], withheld


@pytest.fixture
async def leader(district, service):
    http = district.http
    for n, value in enumerate((2, 4, 5)):
        rated = [{"responsibility": r.value, "value": value} for r in (*Responsibility,)[: 7 * (n + 1)]]
        await made(http, "/v1/observations", VISIT | {"external_id": str(n), "ratings": rated})
    known = await district.person(LEADER)
    await made(http, f"/v1/leaders/{known}/self-assessments", SELF)
    initiative = await made(http, "/v1/initiatives", PLAN)
    group = await made(http, f"/v1/initiatives/{initiative}/groups", PEOPLE)
    at = f"/v1/initiatives/{initiative}/groups/{group}"
    assert (await http.put(f"{at}/magnitude/pulses/2026-10-12", json={"answers": PULSE})).status_code == 200
    assert (await http.put(f"{at}/phases", json={"implement": 1}, headers={"If-Match": '"1"'})).status_code == 200
    return Leader(http, service.database, str(district.id), known, initiative)


async def test_with_hidden_answers_everything_reads_as_without_them(leader):
    """Else what is hidden could be had by subtraction, or as the difference of two reads (spec 6)."""
    without, none = await leader.everything()
    assert none == []
    for cells in (HIDDEN, HIDDEN[::2], [(r, s, n, 5.0) for r, s, n, _ in HIDDEN]):
        await leader.seed(cells)
        found, withheld = await leader.everything()
        assert found == without
        assert len(withheld) == 2 * len(cells)  # over REST and GraphQL; looking back, there are none
        for entry in withheld:
            assert entry.pop("source") in {"teacher", "staff", "peer"}
            assert entry.pop("withheld") == {"reason": "below_threshold", "minimum": 5}
            assert set(entry.values()) == {None}


async def test_the_fifth_answer_is_what_makes_the_difference(leader):
    """So that the test above can fail."""
    without, _ = await leader.everything()
    await leader.seed([("focus", "teacher", 5, 1.5)])
    found, withheld = await leader.everything()
    assert withheld == []
    assert found != without


async def test_a_pulse_leaves_no_answer_to_be_read_ordered_or_dated(leader):
    """What everybody answered is the sender's to know; nobody else can have it from here."""
    marked = [[1, 1, 1, 1, 1, None, None], *[[4, 4, 5, 4, 4, 5, 4]] * 5, [2, 3, 2, 3, 2, 3, 2]]
    groups = (await leader.http.get(f"/v1/initiatives/{leader.initiative}/groups")).json()["items"]
    at = f"/v1/initiatives/{leader.initiative}/groups/{groups[0]['id']}/magnitude"
    answer = await leader.http.put(f"{at}/pulses/2026-10-13", json={"answers": marked})
    assert set(answer.json()) == {"group_id", "on", "answers", "receipt"}
    assert (await leader.http.get(f"{at}/pulses/2026-10-13")).status_code == 405
    measured = (await leader.http.get(at)).json()["measured"]
    assert set(measured) & {"answers", "items", "sd", "se", "rwg", "min", "max", "distribution", "median"} == set()
    async with admin(leader.database) as connection:
        rows = await connection.fetch("select id, answers, answered_on, xmin::text from pulse_answer order by ctid")
        kept = await connection.fetchval("select count(*) from idempotency")
    newest = [row for row in rows if row["answered_on"].day == 13]
    assert kept == 0
    assert [row["id"] for row in newest] == sorted(row["id"] for row in newest)
    assert {row["id"].version for row in newest} == {4}
    assert len({row["xmin"] for row in newest}) == 1


# Requests that say more than they may


GIVEN = {
    "district_id": "00000000-0000-4000-8000-000000000007",
    "origin": "other",
    "client_id": "other",
    "actor": "x",
    "superseded_at": None,
}


@in_module
async def test_no_body_says_whose_it_is(common):
    """Mass assignment: members of rows that are not members of commands."""
    seen = 0
    for path, operation in common.service.app.state.operations:
        body = next((e.body for e in operation.examples if isinstance(e.body, dict)), None)
        if operation.method == "GET" or body is None or path.endswith(("role-mapping", ":batch")):
            continue
        ids = dict.fromkeys(
            ("leader_id", "initiative_id", "group_id", "observation_id", "assessment_id"),
            "01900000-0000-7000-8000-000000000000",
        )
        asked = path.format_map(ids | {"on": "2026-10-12"})
        answer = await common.http.request(operation.method, asked, json=body | GIVEN, headers={"If-Match": '"1"'})
        assert answer.status_code == 422, (asked, answer.text)
        refused = {e["pointer"].removeprefix("/") for e in answer.json()["errors"] if e["code"] == "unknown_member"}
        assert refused == set(GIVEN), asked
        seen += 1
    assert seen >= 14


@in_module
@pytest.mark.parametrize(
    "clothes",
    [
        "{%s}",
        "urn:uuid:%s",
        "%%7B%s%%7D",
        "%s%%0D%%0ASet-Cookie:%%20a",
        "%s%%0A",
        "%%20%s",
        "%s%%00",
        "'%s'",
        "plain",
        "digits",
    ],
)
async def test_an_id_in_other_clothes_names_nothing_and_gets_into_no_header(common, clothes):
    """Location and Link hold the path: a thing has one address."""
    known = await common.person(LEADER)
    said = {"plain": known.replace("-", ""), "digits": known.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})}
    path = said.get(clothes) or clothes % known
    for answer in (
        await common.http.get(f"/v1/leaders/{path}/profile"),
        await common.http.post(f"/v1/leaders/{path}/self-assessments", json=SELF),
        await common.http.get(f"/v1/initiatives/{path}/groups?limit=1"),
    ):
        assert answer.status_code == 404, answer.text
        assert {"location", "link", "set-cookie"}.isdisjoint(answer.headers)


async def test_a_foreign_id_and_a_made_up_one_are_refused_in_the_same_words(service, district):
    """Nobody learns that something is there by asking for it."""
    other = await service.district("Other")
    theirs, nobody = await other.person(LEADER), "01900000-0000-7000-8000-000000000000"
    said = []
    for one in (theirs, nobody):
        answers = [
            await district.http.get(f"/v1/leaders/{one}/profile"),
            await district.http.get(f"/v1/people/{one}"),
            await district.http.post(f"/v1/leaders/{one}/self-assessments", json=SELF),
            await district.http.post("/v1/observations", json=VISIT | {"leader": {"id": one}}),
            await district.http.post("/v1/initiatives", json=PLAN | {"leader": {"id": one}}),
        ]
        said.append([(a.status_code, a.text.replace(one, "").replace(a.json()["request_id"], "")) for a in answers])
    assert said[0] == said[1]
    assert {status for status, _ in said[0]} == {404, 422}


# Rosters made to hurt


def roster(**files):
    return zipped(CLEAN | {f"{name}.csv": content for name, content in files.items()})


async def sent(district, package):
    return await district.http.post("/v1/roster-imports", content=package, headers={"Content-Type": "application/zip"})


def endless(rows):
    """Lines that pack well, but not as well as a bomb."""
    return "sourcedId,status\n" + "".join(f"{n * 7919 % 104729}\n" for n in range(rows))


@pytest.mark.parametrize(
    "name", ["../users.csv", "/etc/passwd", "a\\b.csv", "C:\\x.csv", "..\x00.csv", "=cmd|'/c calc'!A1/.csv"]
)
async def test_paths_in_a_package_lead_nowhere(district, name):
    out = io.BytesIO(roster())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo("x"), "x")
        archive.filelist[-1].filename = name
    answer = await sent(district, out.getvalue())
    assert answer.status_code in {409, 422}
    assert "\x00" not in answer.text


def spoiled(cell):
    return CLEAN["users.csv"].replace("Ann,", f"{cell},", 1).replace("true,apple", f"{cell},apple", 1)


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "@SUM(A1)", "+1+1", "x\x00y", "\u202eevil", "\x1b[31m", "M" * 10_000, "<script>alert(1)</script>"]
)
async def test_a_report_never_gives_a_cell_back(service, cell):
    """Nor do formulas, bidirectional marks and controls reach whoever opens a report, or the log."""
    district = await service.district(roster=False)
    answer = await sent(district, roster(users=spoiled(cell)))
    assert (answer.status_code, answer.json()["code"]) == (422, "roster_faulty")
    assert cell not in json.loads(answer.text).__str__()
    assert cell not in answer.text
    assert (await district.http.get("/v1/people")).json()["items"] == []


async def test_a_file_that_goes_on_for_ever_is_not_read_to_its_end(district, monkeypatch):
    monkeypatch.setattr("domain.roster.tables.MOST_ROWS", 2_000)
    answer = await sent(district, roster(users=endless(20_000)))
    counts = {(c["file"], c["code"]): c["n"] for c in answer.json()["report"]["counts"]}
    assert counts["users.csv", "package_too_large"] == 1
    assert counts["users.csv", "row_length"] <= 2_002
    assert len(answer.content) < 1_000_000


async def test_a_header_that_goes_on_for_ever_is_refused_at_once(district):
    begun = asyncio.get_running_loop().time()
    answer = await sent(district, roster(users=",".join(f"h{n}" for n in range(300_000)) + ",sourcedId\n"))
    assert answer.status_code == 422
    assert "300001 columns" in answer.text
    assert asyncio.get_running_loop().time() - begun < 5


async def test_schools_times_people_do_not_multiply(district):
    schools = [f"s{n}" for n in range(5_000)]
    orgs = CLEAN["orgs.csv"] + "".join(f"{s}x,,,School,school,,d\n" for s in schools)
    listed = ",".join(f"{s}x" for s in schools)
    users = f"{USERS_1_1}\n" + "".join(f'u{n},,,true,"{listed}",teacher,a{n},,A,B,,,,,,,,\n' for n in range(200))
    manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,absent\nfile.orgs,bulk\nfile.users,bulk\n"
    begun = asyncio.get_running_loop().time()
    answer = await sent(district, zipped({"manifest.csv": manifest, "orgs.csv": orgs, "users.csv": users}))
    assert answer.status_code == 422
    assert {c["code"] for c in answer.json()["report"]["counts"]} == {"value_too_long"}
    assert asyncio.get_running_loop().time() - begun < 5


# Queries made to hurt


async def test_graphql_that_nests_repeats_or_goes_in_circles_costs_nothing(district):
    bombs = (
        ("{ leaders { edges { node { ...f } } } } fragment f on Leader { ...g } fragment g on Leader { ...f }", {}),
        ("query($x: ReadProfileInput!) { profile(input: $x) { asOf } }", {"x": {"leaderId": {"a": [[[]]] * 50_000}}}),
        ("query($x: Int) { leaders(first: $x) { edges { cursor } } }", {"x": 10**30}),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(400)) + " }", {}),
        (
            "{ leaders(first: 100) { edges { node { profile { scores { sources { source } } } } } } " * 1
            + "x: leaders(first: 101) { edges { cursor } } }",
            {},
        ),
        ("{ __typename " + "@skip(if: false) " * 500 + "}", {}),
    )
    for query, variables in bombs:
        begun = asyncio.get_running_loop().time()
        answer = await district.http.post("/graphql", json={"query": query, "variables": variables})
        assert answer.json()["errors"], query[:80]
        assert answer.json().get("data") in ({}, None) or not any(answer.json()["data"].values())
        assert asyncio.get_running_loop().time() - begun < 2


# Logs


SECRETS = (
    "Quokkawright",
    "quokka@example.org",
    "tell-nobody",
    "walk-secret-id",
    "Wombat plan",
    "key-of-the-kiosk",
    "kiosk-group",
)


async def test_no_line_of_the_log_holds_a_name_a_text_or_a_token(service, district, caplog):
    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            if not record.name.startswith(("httpx", "httpcore")):  # the client's own
                lines.append(JsonLines().format(record))

    handler = Kept(level=logging.DEBUG)
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    noisy = {
        "Authorization": district.http.headers["authorization"],
        "Idempotency-Key": "key-of-the-kiosk",
        "X-Request-Id": "a\r\nforged tell-nobody",
    }
    told = VISIT | {
        "external_id": "walk-secret-id",
        "feedback": [{"type": "note", "text": "tell-nobody"}],
        "observer": {"external_name": "Quokkawright"},
    }
    try:
        http = district.http
        answers = [
            await http.post("/v1/observations", json=told, headers=noisy),
            await http.post("/v1/observations", json=told | {"setting": "tell-nobody", "Quokkawright": 1}),
            await http.post(
                "/v1/observations:batch", json={"items": [told, told | {"leader": {"email": "quokka@example.org"}}]}
            ),
            await http.get("/v1/people", params={"email": "quokka@example.org"}),
            await http.get("/v1/Quokkawright/tell-nobody?x=tell-nobody"),
            await http.post("/v1/initiatives", json=PLAN | {"title": "Wombat plan", "leader": {"username": "Quokkawright"}}),
            await http.post("/graphql", json={"query": '{ people(filter: {email: "quokka@example.org"}) { nothing } }'}),
            await http.post("/graphql", json={"query": "query($x: Int) { __typename }", "variables": {"x": "tell-nobody"}}),
            await sent(district, roster(users=spoiled("Quokkawright"))),
            await service.anonymous().get("/v1/people", headers={"Authorization": "Bearer tell-nobody.tell-nobody.x"}),
            await service.anonymous().post(
                "/oauth/token", data={"grant_type": "client_credentials"}, auth=("tell-nobody", "tell-nobody")
            ),
        ]
        async with admin(service.database) as connection:
            await connection.execute("alter table feedback add constraint never check (text <> 'tell-nobody') not valid")
        answers.append(await http.post("/v1/observations", json=told | {"external_id": "walk-secret-id-2"}))
    finally:
        root.removeHandler(handler)
    assert [a.status_code for a in answers] == [201, 422, 200, 200, 404, 422, 200, 200, 422, 401, 401, 500]
    assert len(lines) > len(answers)
    token = noisy["Authorization"].split()[1]
    for line in lines:
        assert token not in line
        assert not [secret for secret in SECRETS if secret in line], line
        assert json.loads(line)["event"].isprintable()
