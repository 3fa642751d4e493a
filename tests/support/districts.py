"""Districts to test in: registered by the owner, with Grand Bend's roster brought in through the use cases."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.execution.content_hash import content_digester
from api.execution.cursors import EncryptedCursors
from domain.directory.client_commands import CreateDistrict
from domain.directory.commands import ListLeaders, ListPeople, ListSchools
from domain.directory.usecases.districts_and_clients import create_district, operator_actor
from domain.directory.usecases.people_and_schools import list_leaders, list_people, list_schools
from domain.directory.views import LeaderView, PersonView, SchoolView
from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from domain.roster.views import RosterImportView
from domain.shared.context import Actor, Context
from domain.shared.ids import DistrictId, PersonId, SchoolId
from tests.support.postgres import Database
from tests.support.roster_packages import GRAND_BEND, clean
from tests.support.units import begin_test_transaction

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CURSOR_KEY = bytes(range(32))
_ids = (UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + n) for n in itertools.count(1))


@dataclass(frozen=True, kw_only=True)
class District:
    """A district and who asks in it. ``ctx`` is of an operator with every scope, as the role that serves."""

    id: DistrictId
    database: Database
    actor: Actor
    schools: tuple[SchoolView, ...] = ()
    people: tuple[PersonView, ...] = ()
    leaders: tuple[LeaderView, ...] = ()
    now: datetime = field(default=NOW)

    @property
    def ctx(self) -> Context[Any]:
        return context(self.database.app_url, self.actor, self.now)

    def school(self, sourced_id: str) -> SchoolId:
        return next(s.id for s in self.schools if s.sourced_id == sourced_id)

    def person(self, sourced_id: str) -> PersonId:
        return next(p.id for p in self.people if p.sourced_id == sourced_id)


def context(url: str, actor: Actor, now: datetime = NOW) -> Context[Any]:
    """What a use case is handed when ``actor`` asks at ``now``; its units are opened at ``url``."""
    return Context(
        actor=actor,
        open=lambda permission: begin_test_transaction(url, actor, permission=permission),
        read=lambda permission: begin_test_transaction(url, actor, permission=permission, read_only=True),
        now=lambda: now,
        new_id=lambda: next(_ids),
        random_id=lambda: next(_ids),
        cursors=EncryptedCursors(CURSOR_KEY, actor.district_id),
        digest=content_digester(b"key"),
    )


async def new_district(database: Database, name: str = "Lake", time_zone: str = "America/Chicago") -> District:
    """A district without schools or people."""
    ctx = context(database.owner_url, operator_actor("tester"))
    made = await create_district(CreateDistrict(name=name, time_zone=time_zone), ctx)
    return District(id=made.id, database=database, actor=operator_actor("tester", made.id))


async def bring(district: District, package: bytes, **options: bool) -> RosterImportView:
    """Import ``package`` into ``district``."""
    return await import_roster(ImportRoster(package=package, **options), district.ctx)


async def looked_up(district: District) -> District:
    """``district`` with its schools, people and leaders as they are now (up to a hundred of each)."""
    return replace(
        district,
        schools=(await list_schools(ListSchools(limit=100), district.ctx)).items,
        people=(await list_people(ListPeople(limit=100), district.ctx)).items,
        leaders=(await list_leaders(ListLeaders(limit=100), district.ctx)).items,
    )


async def grand_bend(database: Database, name: str = "Grand Bend") -> District:
    """A district with Grand Bend's roster: 3 schools, 68 people, their roles as the roster names them."""
    district = await new_district(database, name)
    await bring(district, GRAND_BEND.read_bytes())
    return await looked_up(district)


async def small(database: Database, **files: str | bytes | None) -> District:
    """A district with the small clean roster, changed as ``packages_roster.clean`` has it."""
    district = await new_district(database)
    await bring(district, clean(**files))
    return await looked_up(district)
