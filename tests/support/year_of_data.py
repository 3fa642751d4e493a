"""A district with a year in it, small enough to play often; and what is read of it to compare."""

import io
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from api.version import BUILD
from domain.assessments.usecases import assess_as_supervisor, assess_self
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.change.usecases.magnitude import put_pulse
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.observations.usecases.push import push_observation, retract_observation
from domain.privacy.commands import EraseDistrict, ExportDistrict, ImportDistrict
from domain.privacy.usecases.portability import erase_district, export_district, import_district
from domain.roster.usecases import put_role_mapping
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.repositories.score_check import deviations
from persistence.tables import metadata
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, SUPERVISOR_RATED, visit
from tests.support.rest_graphql_driver import Rest
from tests.support.service import SECRET
from tests.support.units import tenant_connection

AUDIT_TABLES = {"audit_event", "audit_block"}
"""Grows with whatever is done, and holds ids alone."""
TENANT_TABLES = sorted(t.name for t in metadata.tables.values() if not t.schema)
AT = "2026-11-01"


async def fill(driver: Rest, district) -> dict:
    """Rubrics, visits (one replaced, one taken back), assessments of both kinds, a change, a configuration of its own."""
    await driver.made(put_role_mapping, {"systemAdministrator": "supervisor", "districtAdministrator": "supervisor"})
    await driver.made(create_instrument, INSTRUMENT)
    await driver.made(create_crosswalk, CROSSWALK)
    for n, (day, level) in enumerate((("2026-03-02", 3), ("2026-04-11", 4), ("2026-09-20", 2))):
        await driver.made(push_observation, visit(f"v-{n}", "1", f"{day}T14:00:00Z", ("A", level), ("B", "solid")))
    await driver.made(push_observation, visit("v-0", "2", "2026-03-02T14:00:00Z", ("A", 4), ("input", 4.7)))
    gone = await driver.made(push_observation, visit("v-9", "1", "2026-05-05T14:00:00Z", ("A", 1)))
    await driver.made(retract_observation, {"observation_id": gone["id"]})
    ids = {"leader": await district.person("207267")}
    at = {"leader_id": ids["leader"]}
    await driver.made(assess_self, at | SELF | {"ratings": [{"responsibility": "focus", "value": 4}]})
    await driver.made(assess_as_supervisor, at | SUPERVISOR_RATED | {"ratings": [{"responsibility": "focus", "value": 2.5}]})
    ids["initiative"] = (await driver.made(create_initiative, PLAN | {"external_id": "i-1"}))["id"]
    ids["group"] = (await driver.made(create_group, CORE | {"initiative_id": ids["initiative"]}))["id"]
    group = {"initiative_id": ids["initiative"], "group_id": ids["group"]}
    await driver.made(put_pulse, group | {"on": "2026-10-20", "answers": PULSE})
    held = await driver.made(read_configuration)
    fresh = {k: v for k, v in held.items() if k != "version"} | {"target": 4.2, "half_life_days": 200.0}
    await driver.made(put_configuration, fresh, version=1)
    return ids


@dataclass(frozen=True)
class Installation:
    """A database with the operator's way in."""

    database: Any

    async def do(self, use_case, command, district_id=None, *, owner=False, secret=SECRET, now=None):
        async with ConnectionPool(self.database.owner_url if owner else self.database.app_url, size=2) as pool:
            actor = operator_actor("tests", DistrictId(UUID(str(district_id)))) if district_id else operator_actor("tests")
            world = build_environment(pool, secret, **({"clock": lambda: now} if now else {}))
            return await UseCaseRunner(actor=actor, environment=world, request_id="tests").run(use_case, command)

    async def export(self, district_id) -> bytes:
        written = io.BytesIO()
        await self.do(export_district, ExportDistrict(target=written, release=BUILD), district_id)
        return written.getvalue()

    async def import_package(self, package: bytes, district_id, *, accept_rights=True, dry_run=False, secret=SECRET):
        command = ImportDistrict(source=io.BytesIO(package), accept_rights=accept_rights, dry_run=dry_run)
        return await self.do(import_district, command, district_id, owner=True, secret=secret)

    async def erase(self, district_id, *, dry_run=False):
        return await self.do(erase_district, EraseDistrict(dry_run=dry_run), district_id, owner=True)

    async def rows(self, district_id) -> dict[str, list[str]]:
        """Every row of the district, as text, by table."""
        connection = await asyncpg.connect(self.database.admin_url)
        try:
            return {
                name: sorted(
                    row[0]
                    for row in await connection.fetch(
                        f"select t::text from {name} t where district_id = $1", UUID(str(district_id))
                    )
                )
                for name in TENANT_TABLES
                if name not in AUDIT_TABLES
            }
        finally:
            await connection.close()

    async def wrong_scores(self, district_id) -> list:
        """What the doctor would say of the district's scores."""
        async with tenant_connection(self.database.app_url, UUID(str(district_id))) as raw:
            compared, off = await deviations(raw, UUID(str(district_id)))
        assert compared >= 0
        return off


class Filled(NamedTuple):
    """What most tests here begin with."""

    here: Installation
    service: Any
    district: Any
    driver: Rest
    ids: dict
    neighbour: Any
