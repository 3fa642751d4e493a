"""What every ``RosterStore`` must keep, as functions over ``rosters`` (``open`` and ``read``): the fake and PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from domain.roster.diff import diff_rosters
from domain.roster.model import CurrentRoster, IncomingRoster
from domain.roster.package_reader import read_package
from domain.roster.ports import RosterStore
from domain.roster.role_mapping import NO_OVERRIDES, RoleCount, RoleMapping, RoleMappingEntry, with_roles
from domain.shared.roles import Role
from tests.support.roster_packages import clean

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
KINDS = ("orgs", "people", "assignments", "sessions")
FULL = with_roles(read_package(clean()).roster, NO_OVERRIDES)  # type: ignore[arg-type]  # the package is clean
LESS = replace(FULL, orgs=FULL.orgs[:2], people=FULL.people[:1], assignments=FULL.assignments[:1])


async def apply_roster(store: RosterStore, incoming: IncomingRoster, first_id: int) -> CurrentRoster:
    """Plan and apply ``incoming``; what is held then, each kind by sourcedId."""
    ids = iter(range(first_id, first_id + 1000))
    await store.lock()
    await store.apply(diff_rosters(await store.load_current(), incoming), AT, lambda: UUID(int=next(ids)))
    return await current_roster(store)


async def current_roster(store: RosterStore) -> CurrentRoster:
    """What is held, each kind by sourcedId."""
    now = await store.load_current()
    return CurrentRoster(**{k: tuple(sorted(getattr(now, k), key=lambda h: h.record.identity)) for k in KINDS})


async def check_rows_come_back_as_they_went_in(rosters):
    async with rosters.open() as unit:
        now = await apply_roster(unit.roster, FULL, 1)
        assert [tuple(h.record for h in getattr(now, k)) for k in KINDS] == [getattr(FULL, k) for k in KINDS]
        assert all(h.active for k in KINDS for h in getattr(now, k))
        assert [h.id for h in now.orgs] == [UUID(int=n) for n in (1, 2, 3)]


async def check_ended_rows_stay_and_come_back_under_their_id(rosters):
    async with rosters.open() as unit:
        before = await apply_roster(unit.roster, FULL, 1)
        gone = await apply_roster(unit.roster, LESS, 1001)
        assert [[h.active for h in getattr(gone, k)] for k in KINDS] == [
            [True, True, False],
            [True, False],
            [True, False],
            [True],
        ]
        assert await apply_roster(unit.roster, FULL, 2001) == before


async def check_a_role_row_handed_on_leaves_the_old_assignment(rosters):
    handed_on = replace(FULL, assignments=(replace(FULL.assignments[0], person_sourced_id="u2"), FULL.assignments[1]))
    async with rosters.open() as unit:
        await apply_roster(unit.roster, FULL, 1)
        now = await apply_roster(unit.roster, handed_on, 1001)
        assert [(h.record.sourced_id, h.record.person_sourced_id, h.active) for h in now.assignments] == [
            ("r1", "u1", False),
            ("r1", "u2", True),
            ("r2", "u2", True),
        ]


async def check_a_remap_reaches_ended_assignments_too(rosters):
    async with rosters.open() as unit:
        await apply_roster(unit.roster, FULL, 1)
        await apply_roster(unit.roster, LESS, 1001)
        assert list(await unit.roster.role_counts()) == [
            RoleCount(roster_role="principal", rows=1),
            RoleCount(roster_role="teacher", rows=0),
        ]
        await unit.roster.remap([RoleMappingEntry(roster_role="teacher", role=Role.TEACHER_LEADER)])
        assert [h.record.role for h in (await current_roster(unit.roster)).assignments] == [Role.PRINCIPAL, Role.TEACHER_LEADER]
        await unit.roster.remap([RoleMappingEntry(roster_role="teacher", role=None)])
        assert [h.record.role for h in (await current_roster(unit.roster)).assignments] == [Role.PRINCIPAL, None]


async def check_the_mapping_is_stored_whole_with_its_version(rosters):
    mapping = RoleMapping(
        version=1,
        entries=(
            RoleMappingEntry(roster_role="counselor", role=None),
            RoleMappingEntry(roster_role="ext:dean", role=Role.STAFF),
        ),
    )
    async with rosters.open() as unit:
        assert await unit.roster.role_mapping() == NO_OVERRIDES
        await unit.roster.lock()
        await unit.roster.save_role_mapping(mapping)
        await unit.commit()
    async with rosters.read() as unit:
        assert await unit.roster.role_mapping() == mapping


async def check_what_is_not_committed_is_gone(rosters):
    async with rosters.open() as unit:
        await apply_roster(unit.roster, FULL, 1)
    async with rosters.read() as unit:
        assert (await current_roster(unit.roster)).people == ()


CHECKS = [value for name, value in sorted(globals().items()) if name.startswith("check_")]
