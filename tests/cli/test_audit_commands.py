"""``evenkeel audit …``: sealed, exported and cut at the command line."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from tests.support.audit_sealing import final
from tests.support.cli import answer, evenkeel, refusal
from tests.support.service import SECRET

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def settings(database):
    return {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}


def test_a_trail_is_sealed_exported_cut_and_found_well(settings, database, tmp_path):
    made = answer("district", "create", "Grand Bend", "--time-zone", "America/Chicago", **settings)["id"]
    asyncio.run(final(SimpleNamespace(database=database)))
    sealed = evenkeel("audit", "seal", **settings)
    assert sealed.stdout.startswith(f"{made}: 1 events, block 1, digest ")
    file = tmp_path / "trail.jsonl"
    told = answer("audit", "export", "--district", made, file, **settings)
    assert told == {"blocks": 1, "events": 1, "unsealed": 0}
    event, block = [json.loads(line) for line in file.read_text().splitlines()]
    assert (event["action"], event["object_id"], event["actor_kind"]) == ("create_district", made, "operator")
    assert sealed.stdout.strip().endswith(block["digest"])
    assert evenkeel("audit", "key", **settings).stdout.startswith(block["key_id"])
    assert evenkeel("audit", "rebase", **settings).stdout == "nothing to do\n"
    cut = answer("audit", "cut", "--district", made, "--before", "2999-01-01", **settings)
    assert cut == {"blocks": 1, "events": 1}
    doctor = evenkeel("doctor", "--audit", **settings)
    assert doctor.exit_code == 0
    assert "ok   audit: 1 blocks of Grand Bend are as sealed" in doctor.stdout
    assert "ok   audit: 2 events of Grand Bend are not sealed yet" in doctor.stdout


def test_what_cannot_be_exported_is_refused(settings, tmp_path):
    district = "01900000-0000-7000-8000-000000000000"
    assert evenkeel("audit", "export", "--district", district, tmp_path / "no" / "where.jsonl", **settings).exit_code != 0
    assert evenkeel("audit", "cut", "--district", district, "--before", "yesterday", **settings).exit_code == 2
    assert "DATABASE_URL" in refusal("audit", "seal", **settings | {"MIGRATION_DATABASE_URL": ""})
