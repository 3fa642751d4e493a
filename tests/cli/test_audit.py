"""The operator's side of the trail: sealed, exported, checked by anybody, cut by age, and carried to another server."""

import asyncio
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from api.cli.doctor import CheckTarget, run_checks
from api.execution.runner import UseCaseRunner
from api.runtime.audit_sealer import run_sealer
from api.runtime.environment import build_environment
from api.security.audit_signer import AuditSigner
from domain.audit.commands import CutTrail, ExportAudit, SealTrail
from domain.audit.usecases import cut_trail, export_audit, seal_trail
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.errors import Conflict, Forbidden
from persistence.database.pool import ConnectionPool
from persistence.operations.audit_rebase import rebase
from tests.support.audit import as_admin, audit_rows
from tests.support.audit_sealing import checked, final, seal, some_blocks
from tests.support.cli import error_output, evenkeel, json_output
from tests.support.service import SECRET, serving

README = Path(__file__).parents[2] / "domain" / "audit" / "README.md"
SOON = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
async def service(database):
    async with serving(database) as running:
        yield running


@pytest.fixture
async def district(service):
    return await service.district()


async def run(service, district, use_case, command, *, owner=False):
    """Run a use case as the operator."""
    url = service.database.owner_url if owner else service.database.app_url
    async with ConnectionPool(url, size=2) as pool:
        actor = operator_actor("tests", UUID(str(district.id)))
        return await UseCaseRunner(actor=actor, environment=build_environment(pool, SECRET), request_id="r").run(
            use_case, command
        )


async def exported(service, district, **window):
    lines = []
    await final(service)
    await run(service, district, export_audit, ExportAudit(write=lines.append, **window))
    return lines


def recipe(lines, folder):
    """What the README's program says of an export."""
    program = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL).group(1)
    (folder / "check.py").write_text(program)
    (folder / "trail.jsonl").write_text("".join(f"{line}\n" for line in lines), newline="\n")
    done = subprocess.run([sys.executable, "check.py", "trail.jsonl"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


async def doctor(service):
    patient = CheckTarget(app_url=service.database.app_url, owner_url=service.database.owner_url, secret=SECRET)
    return [(f.ok, f.detail) for f in await run_checks(patient, scores=False, audit=True) if f.name == "audit"]


async def test_an_export_is_checked_by_the_program_of_the_readme(service, district, tmp_path):
    await some_blocks(service, district)
    lines = await exported(service, district)
    assert recipe(lines, tmp_path) == (
        0,
        "3 blocks hold, 0 of them without events (removed by age); 0 events are not sealed yet",
    )


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (lambda lines, at: [*lines[: at - 1], *lines[at:]], "its events are not those that were sealed"),
        (lambda lines, at: [*lines[: at - 1], lines[at - 1].replace("profile", "nothing"), *lines[at:]], "not those that were"),
        (lambda lines, at: [line for n, line in enumerate(lines) if n not in {at - 2, at - 1, at}], "does not follow"),
        (lambda lines, at: [*lines[:at], lines[at].replace('"count":2', '"count":3'), *lines[at + 1 :]], "was changed"),
    ],
)
async def test_a_forged_export_is_refused_by_the_program_of_the_readme(service, district, tmp_path, forge, message):
    await some_blocks(service, district)
    lines = await exported(service, district)
    second = [n for n, line in enumerate(lines) if '"block":' in line][1]
    status, told = recipe(forge(lines, second), tmp_path)
    assert status == 1
    assert message in told


async def test_an_export_of_a_window_has_whole_blocks_of_it_alone(service, district, tmp_path):
    await some_blocks(service, district)
    assert await exported(service, district, since=SOON, until=SOON + timedelta(days=9)) == []
    await as_admin(service.database, "update audit_block set sealed_at = sealed_at - interval '9 days' where number < 3")
    lines = await exported(service, district, since=datetime.now(UTC) - timedelta(days=2))
    assert [json.loads(line)["block"] for line in lines if '"block":' in line] == [3]
    assert len(lines) > 3


async def test_the_doctor_holds_every_trail_against_its_blocks(service, district):
    await some_blocks(service, district, blocks=1)
    assert await doctor(service) == [
        (True, "1 blocks of Grand Bend ISD are unchanged since they were sealed"),
        (True, "all events of Grand Bend ISD are sealed"),
    ]
    leader = await district.person("207267")
    await district.http.get(f"/v1/leaders/{leader}/profile")
    [_, (well, seen)] = await doctor(service)
    assert well
    assert re.fullmatch(r"1 events of Grand Bend ISD are not sealed yet, the oldest for \d s", seen)
    await as_admin(
        service.database,
        "update audit_event set at = at - interval '1 hour' where position = (select max(position) from audit_event)",
    )
    assert [well for well, _ in await doctor(service)] == [True, False]
    await as_admin(service.database, "update audit_event set actor_id = 'x'")
    found = await doctor(service)
    assert any(not well and "was changed" in seen for well, seen in found)


async def test_old_events_go_in_whole_blocks_and_the_rest_still_holds(service, district, tmp_path):
    await some_blocks(service, district)
    made = await run(service, district, cut_trail, CutTrail(before=SOON), owner=True)
    assert made.blocks == 3
    [row] = await audit_rows(service.database, district.id, "cut_trail")
    assert (row["count"], row["object_kind"]) == (made.events, "trail")
    await seal(service)
    assert await checked(service, district) == (4, [], 0)
    status, told = recipe(await exported(service, district), tmp_path)
    assert (status, told.partition(" (")[0]) == (0, "4 blocks hold, 3 of them without events")
    again = await run(service, district, cut_trail, CutTrail(before=datetime(2000, 1, 1, tzinfo=UTC)), owner=True)
    assert (again.blocks, len(await audit_rows(service.database, district.id, "cut_trail"))) == (0, 1)


async def test_only_an_operator_as_the_owner_cuts(service, district):
    await some_blocks(service, district, blocks=1)
    with pytest.raises(Exception, match="permission denied"):
        await run(service, district, cut_trail, CutTrail(before=SOON))
    pool = ConnectionPool(service.database.owner_url, size=1)
    from dataclasses import replace

    from domain.shared.context import ActorKind

    someone = replace(operator_actor("x", UUID(str(district.id))), kind=ActorKind.CLIENT)
    call = UseCaseRunner(actor=someone, environment=build_environment(pool, SECRET), request_id="r")
    for use_case, command in ((seal_trail, SealTrail(signer=AuditSigner(SECRET))), (cut_trail, CutTrail(before=SOON))):
        with pytest.raises(Forbidden):
            await call.run(use_case, command)
    await pool.close()


async def test_in_another_server_the_trail_goes_on_above_what_it_holds(service, district):
    await some_blocks(service, district)
    # as if all of it came from a server that had counted much further
    await as_admin(service.database, "update audit_event set position = position + 1000000")
    await as_admin(
        service.database,
        "update audit_block set until_position = until_position + 1000000, "
        "from_position = case when number = 1 then 0 else from_position + 1000000 end",
    )
    leader = await district.person("207267")
    assert await seal(service, settled=False) == {}
    with pytest.raises(Conflict, match="evenkeel audit rebase"):
        await run(service, district, seal_trail, SealTrail(signer=AuditSigner(SECRET)))
    owner = ConnectionPool(service.database.owner_url, size=1)
    assert await rebase(owner) > 0
    assert await rebase(owner) == 0
    await owner.close()
    await district.http.get(f"/v1/leaders/{leader}/profile")
    await seal(service)
    blocks, wrong, tail = await checked(service, district)
    assert (blocks, wrong, tail) == (4, [], 0)


async def test_the_service_seals_by_itself(service, district):
    import asyncio

    pool = ConnectionPool(service.database.app_url, size=2)
    task = asyncio.create_task(run_sealer(pool, build_environment(pool, SECRET), AuditSigner(SECRET), interval=0.05))
    for _ in range(100):
        await asyncio.sleep(0.05)
        if (await checked(service, district))[2] == 0:
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await pool.close()
    assert (await checked(service, district))[1:] == ([], 0)


async def test_the_first_round_of_sealing_comes_at_the_start_and_not_after_a_pause(service, district):
    import asyncio

    await final(service)
    pool = ConnectionPool(service.database.app_url, size=2)
    rounds, slept = [], []

    async def pause(seconds):
        slept.append(seconds)
        rounds.append(await checked(service, district))
        raise asyncio.CancelledError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.runtime.audit_sealer.asyncio", type("Clock", (), {"sleep": staticmethod(pause)}))
        with pytest.raises(asyncio.CancelledError):
            await run_sealer(pool, build_environment(pool, SECRET), AuditSigner(SECRET))
    await pool.close()
    assert slept == [30.0]
    assert rounds[0][0] >= 1
    assert rounds[0][1:] == ([], 0)


pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def settings(database):
    return {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}


def test_a_trail_is_sealed_exported_cut_and_found_well(settings, database, tmp_path):
    made = json_output("district", "create", "Grand Bend", "--time-zone", "America/Chicago", **settings)["id"]
    asyncio.run(final(SimpleNamespace(database=database)))
    sealed = evenkeel("audit", "seal", **settings)
    assert sealed.stdout.startswith(f"{made}: 1 events, block 1, digest ")
    file = tmp_path / "trail.jsonl"
    told = json_output("audit", "export", "--district", made, file, **settings)
    assert told == {"blocks": 1, "events": 1, "unsealed": 0}
    event, block = [json.loads(line) for line in file.read_text().splitlines()]
    assert (event["action"], event["object_id"], event["actor_kind"]) == ("create_district", made, "operator")
    assert sealed.stdout.strip().endswith(block["digest"])
    assert evenkeel("audit", "key", **settings).stdout.startswith(block["key_id"])
    assert evenkeel("audit", "rebase", **settings).stdout == "nothing to do\n"
    cut = json_output("audit", "cut", "--district", made, "--before", "2999-01-01", **settings)
    assert cut == {"blocks": 1, "events": 1}
    doctor = evenkeel("doctor", "--audit", **settings)
    assert doctor.exit_code == 0
    assert "ok   audit: 1 blocks of Grand Bend are unchanged since they were sealed" in doctor.stdout
    assert "ok   audit: 2 events of Grand Bend are not sealed yet" in doctor.stdout


def test_what_cannot_be_exported_is_refused(settings, tmp_path):
    district = "01900000-0000-7000-8000-000000000000"
    assert evenkeel("audit", "export", "--district", district, tmp_path / "no" / "where.jsonl", **settings).exit_code != 0
    assert evenkeel("audit", "cut", "--district", district, "--before", "yesterday", **settings).exit_code == 2
    assert "DATABASE_URL" in error_output("audit", "seal", **settings | {"MIGRATION_DATABASE_URL": ""})
