"""Playing a year of pushes into a district of its own, over REST or GraphQL, and reading what came of it."""

import json

import asyncpg
import pytest

from api.wire.observation_batch import push_batch
from domain.assessments.usecases import assess_as_supervisor, assess_self
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse
from domain.change.usecases.phases import put_phases
from domain.directory.usecases.people_and_schools import list_people
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.roster.usecases import import_roster, put_role_mapping
from domain.scoring.usecases.profile import read_profile
from tests.support.reference_material import sample
from tests.support.service import GRAND_BEND


def loaded(name: str):
    """The content of a file of the partner year."""
    text = (sample("partner-year") / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if name.endswith("ndjson") else json.loads(text)


async def person(driver, sourced_id: str) -> str:
    """The id of the person whom the roster calls so."""
    found = await driver.made(list_people, {"sourced_id": sourced_id})
    return found["items"][0]["id"]


async def prepare(driver) -> None:
    """The roster, what its roles mean, the instrument, its crosswalk and the assessments."""
    await driver.made(import_roster, {"package": GRAND_BEND.read_bytes()})
    await driver.made(put_role_mapping, loaded("role-mapping.json"))
    await driver.made(create_instrument, loaded("instrument.json"))
    await driver.made(create_crosswalk, loaded("crosswalk.json"))


async def assess(driver, assessments) -> None:
    """The assessments; their kind says by which operation, their leader stands in the path."""
    ids: dict[str, str] = {}
    for assessment in assessments:
        sent = dict(assessment)
        kind, named = sent.pop("kind"), sent.pop("leader")["sourced_id"]
        ids[named] = ids.get(named) or await person(driver, named)
        by = assess_as_supervisor if kind == "supervisor" else assess_self
        receipt = await driver.made(by, sent | {"leader_id": ids[named]})
        assert receipt["outcome"] == "created"


async def push(driver, items, atomicity="each") -> list[dict]:
    """The results of one batch, also those inside the refusal when all items are refused."""
    answer = await driver.do(push_batch, {"atomicity": atomicity, "items": items})
    return (answer.data or answer.error)["results"]


async def start(driver, initiative) -> tuple[str, list[str]]:
    """The initiative with its groups, estimates, pulses and phases: its id and theirs."""
    sent = dict(initiative)
    groups = sent.pop("groups")
    receipt = await driver.made(create_initiative, sent)
    return receipt["id"], [await _group(driver, receipt["id"], group) for group in groups]


async def _group(driver, initiative_id: str, group) -> str:
    sent = dict(group)
    estimate, answers, phases = sent.pop("estimate"), sent.pop("answers"), sent.pop("phases")
    made = await driver.made(create_group, sent | {"initiative_id": initiative_id})
    at = {"initiative_id": initiative_id, "group_id": made["id"]}
    version = made["group"]["version"]
    held = await driver.made(put_estimate, at | {"items": estimate}, version=version)
    if answers is not None:
        await driver.made(put_pulse, at | {"on": "2026-10-20", "answers": answers})
    await driver.made(put_phases, at | phases, version=held["version"])
    return made["id"]


async def profiles(driver, leaders, at=None) -> dict[str, dict]:
    """The profiles of ``leaders`` by their sourced ids, without the district's own id of each."""
    found = {}
    for named in leaders:
        asked = {"leader_id": await person(driver, named)} | ({} if at is None else {"at": at})
        found[named] = await driver.made(read_profile, asked)
        del found[named]["leader_id"]
    return found


async def tally_rows(database, district_id: str) -> list[tuple]:
    """The tallies of a district as they are kept, with the roster's names for its leaders."""
    connection = await asyncpg.connect(database.admin_url)
    try:
        rows = await connection.fetch(
            "select p.sourced_id, t.responsibility, t.source, t.fw, t.fwx, t.n, t.sum_x, t.sum_xx, t.newest_at"
            " from tally t join person p on p.district_id = t.district_id and p.id = t.leader_id"
            " where t.district_id = $1 order by 1, 2, 3",
            district_id,
        )
    finally:
        await connection.close()
    return [tuple(row) for row in rows]


def assert_like(expected, actual, path="") -> None:
    """Everything that ``expected`` has is in ``found``, numbers to 0.0001."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert name in actual, f"{path}/{name}"
            assert_like(value, actual[name], f"{path}/{name}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), path
        for i, value in enumerate(expected):
            assert_like(value, actual[i], f"{path}/{i}")
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, abs=0.0001), path
    else:
        assert actual == expected, path
