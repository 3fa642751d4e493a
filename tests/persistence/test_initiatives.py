"""Initiatives, groups, pulses and stance answers: one contract for the fake and for PostgreSQL as the role that serves."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from types import SimpleNamespace
from uuid import UUID

import asyncpg
import pytest
from asyncpg.exceptions import InsufficientPrivilegeError

from domain.change.model import NO_PHASES, Group, GroupAnswers, GroupRole, Initiative, Intensities, Pulse, PulseAnswer, Stakes
from domain.shared.access_scope import EVERYTHING, NOTHING, AccessScope, Permission
from domain.stance.model import Attribute, AttributeAnswer, DecisionAnswers, Value
from persistence.repositories.initiatives import PgInitiatives, PgStanceAnswers
from tests.support.fakes.change import LEADER, SCHOOL, TEACHER, FakeUnitOfWork, StoredChange

OURS, THEIRS = UUID(int=0xD1), UUID(int=0xD2)
AT = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
EARLY, LATE = date(2026, 9, 14), date(2026, 10, 12)

FULL = Initiative(
    id=UUID(int=1),
    leader_id=LEADER,
    title="Common assessment in every course",
    focus_area="assessment",
    practice="one common task a unit",
    school_id=SCHOOL,
    starts_on=date(2026, 8, 17),
    ends_on=date(2027, 5, 28),
    decide_by=date(2026, 12, 20),
    stakes=Stakes.HIGH,
    goal_tied_to_student_learning=True,
    about_teaching_and_learning=False,
    external_id="i-1",
    created_at=AT,
    version=1,
)
BARE = replace(
    FULL,
    id=UUID(int=2),
    focus_area=None,
    practice=None,
    school_id=None,
    starts_on=None,
    ends_on=None,
    decide_by=None,
    stakes=None,
    external_id=None,
)
CORE = Group(
    id=UUID(int=11),
    initiative_id=FULL.id,
    name="core teachers",
    size=14,
    role=GroupRole.IMPLEMENTING,
    must_change_practice=True,
    estimate=(2, 2, None, 2, 2, 3, 5),
    phases=Intensities(create_demand=0.1, implement=0.7, manage_transitions=1.0, monitor_evaluate=0.0),
    external_id="g-1",
    created_at=AT,
    version=1,
)
OFFICE = replace(
    CORE,
    id=UUID(int=12),
    name="office",
    role=GroupRole.AFFECTED,
    must_change_practice=None,
    estimate=None,
    phases=NO_PHASES,
    external_id=None,
)
ASKED = DecisionAnswers(
    answers=(AttributeAnswer(code=Attribute.GC, value=Value.YES), AttributeAnswer(code=Attribute.QR, value=Value.NO)),
    develop_people=True,
)


def key(of):
    return (str(of.id),)


def lists(seed: int, n: int = 6) -> tuple[PulseAnswer, ...]:
    """``n`` answers under random ids (UUIDv4), in the order of the ids."""
    random = Random(seed)  # noqa: S311 - the same in every run
    rows = [
        PulseAnswer(
            id=UUID(int=random.getrandbits(128), version=4),
            answers=tuple(random.choice((1, 2, 3, 4, 5, None)) for _ in range(7)),
        )
        for _ in range(n)
    ]
    return tuple(sorted(rows, key=lambda a: a.id))


def pulse(on: date, rows: tuple[PulseAnswer, ...]) -> Pulse:
    return Pulse(on=on, answers=tuple(a.answers for a in rows))


class Postgres:
    """One district of a database."""

    def __init__(self, database, district_id: UUID) -> None:
        self.database, self.district_id = database, district_id

    @asynccontextmanager
    async def open(self, scope: AccessScope = EVERYTHING):
        raw = await asyncpg.connect(self.database.app_url)
        try:
            await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{self.district_id}'")
            yield SimpleNamespace(
                connection=raw,
                initiatives=PgInitiatives(raw, self.district_id, scope),
                stance_answers=PgStanceAnswers(raw, self.district_id),
                commit=lambda: raw.execute("COMMIT"),
            )
        finally:
            await raw.close()

    async def settle(self) -> None:
        """The people and the school that initiatives refer to."""
        async with self.open() as unit:
            await unit.connection.executemany(
                "insert into person (district_id, id, given_name, family_name, enabled, active) values ($1, $2, 'A', 'B', true, true)",
                [(self.district_id, LEADER), (self.district_id, TEACHER)],
            )
            await unit.connection.execute(
                "insert into org (district_id, id, name, type, active) values ($1, $2, 'S', 'school', true)",
                self.district_id,
                SCHOOL,
            )
            await unit.commit()


class Fake:
    """The same over dictionaries."""

    def __init__(self) -> None:
        self.stored = StoredChange()

    @asynccontextmanager
    async def open(self, scope: AccessScope = EVERYTHING):
        permission = Permission(action="tests", scope=scope, directory=scope)
        yield FakeUnitOfWork(self.stored, permission, read_only=False)


@pytest.fixture
async def ours(database):
    district = Postgres(database, OURS)
    await district.settle()
    return district


@pytest.fixture(params=["fake", "postgres"])
def district(request):
    return Fake() if request.param == "fake" else request.getfixturevalue("ours")


async def save(district, *things) -> None:
    """Keep initiatives and groups."""
    async with district.open() as unit:
        for thing in things:
            await (unit.initiatives.add(thing) if isinstance(thing, Initiative) else unit.initiatives.add_group(thing))
        await unit.commit()


async def put(district, group: Group, on: date, rows: tuple[PulseAnswer, ...]) -> None:
    async with district.open() as unit:
        await unit.initiatives.put_pulse(group.id, on, rows)
        await unit.commit()


async def test_initiatives_come_back_as_they_went_in(district):
    await save(district, FULL, BARE)
    async with district.open() as unit:
        found = await unit.initiatives.find(FULL.id)
        assert (found, await unit.initiatives.find(BARE.id)) == (FULL, BARE)
        assert type(found.stakes) is Stakes
        assert await unit.initiatives.find(UUID(int=99)) is None
        assert await unit.initiatives.lock(UUID(int=99)) is None


async def test_an_initiative_is_replaced_in_all_its_members(district):
    await save(district, FULL, BARE)
    edited = replace(BARE, id=FULL.id, leader_id=TEACHER, title="Another", goal_tied_to_student_learning=False, version=2)
    async with district.open() as unit:
        assert await unit.initiatives.lock(FULL.id) == FULL
        await unit.initiatives.replace(edited)
        await unit.commit()
    async with district.open() as unit:
        assert await unit.initiatives.find(FULL.id) == edited
        assert await unit.initiatives.find(BARE.id) == BARE


async def test_what_is_not_committed_is_gone(district):
    async with district.open() as unit:
        await unit.initiatives.add(FULL)
    async with district.open() as unit:
        assert await unit.initiatives.find(FULL.id) is None


@pytest.mark.parametrize("scope", [NOTHING, AccessScope(people=frozenset({TEACHER})), AccessScope(origin="app")])
async def test_beyond_the_access_scope_nothing_is_found(district, scope):
    await save(district, FULL, CORE)
    await put(district, CORE, LATE, lists(1))
    async with district.open(scope) as unit:
        store = unit.initiatives
        assert await store.find(FULL.id) is None
        assert await store.lock(FULL.id) is None
        assert await store.find_group(FULL.id, CORE.id) is None
        assert await store.lock_group(FULL.id, CORE.id) is None
        assert await store.newest_of_group(FULL.id, CORE.id) is None
        found = [
            *await store.page(None, 9, None),
            *await store.page(LEADER, 9, None),
            *await store.page_groups(FULL.id, 9, None),
            *await store.newest(FULL.id),
            *await store.newest_of_leader(LEADER),
        ]
        assert found == []


async def test_within_the_access_scope_everything_is_found(district):
    await save(district, FULL, CORE)
    await put(district, CORE, LATE, lists(1))
    async with district.open(AccessScope(people=frozenset({LEADER}))) as unit:
        store = unit.initiatives
        assert await store.find(FULL.id) == FULL
        assert await store.find_group(FULL.id, CORE.id) == CORE
        assert list(await store.page(None, 9, None)) == [FULL]
        assert list(await store.page_groups(FULL.id, 9, None)) == [CORE]
        assert [g.group for g in await store.newest(FULL.id)] == [CORE]
        assert [g.group for g in await store.newest_of_leader(LEADER)] == [CORE]


async def test_initiatives_are_paged_by_falling_id(district):
    made = [replace(FULL, id=UUID(int=n), leader_id=LEADER if n % 2 else TEACHER) for n in range(1, 7)]
    await save(district, *made)
    falling = made[::-1]
    async with district.open() as unit:
        page = unit.initiatives.page
        assert list(await page(None, 4, None)) == falling[:4]
        assert list(await page(None, 4, key(falling[3]))) == falling[4:]
        assert list(await page(LEADER, 2, None)) == [made[4], made[2]]
        assert list(await page(LEADER, 2, key(made[2]))) == [made[0]]
        assert list(await page(SCHOOL, 2, None)) == []


async def test_groups_come_back_as_they_went_in(district):
    await save(district, FULL, BARE, CORE, OFFICE)
    async with district.open() as unit:
        found = await unit.initiatives.find_group(FULL.id, CORE.id)
        assert (found, await unit.initiatives.lock_group(FULL.id, OFFICE.id)) == (CORE, OFFICE)
        assert type(found.role) is GroupRole
        assert type(found.estimate) is tuple


async def test_a_group_is_found_under_its_own_initiative_only(district):
    await save(district, FULL, BARE, CORE)
    async with district.open() as unit:
        assert await unit.initiatives.find_group(BARE.id, CORE.id) is None
        assert await unit.initiatives.lock_group(BARE.id, CORE.id) is None
        assert await unit.initiatives.newest_of_group(BARE.id, CORE.id) is None


async def test_a_group_is_replaced_in_all_its_members(district):
    await save(district, FULL, CORE, OFFICE)
    edited = replace(OFFICE, id=CORE.id, name="everybody", size=30, estimate=(1,) * 7, version=2)
    async with district.open() as unit:
        assert await unit.initiatives.lock_group(FULL.id, CORE.id) == CORE
        await unit.initiatives.replace_group(edited)
        await unit.commit()
    async with district.open() as unit:
        assert list(await unit.initiatives.page_groups(FULL.id, 10, None)) == [edited, OFFICE]


async def test_groups_are_counted_and_paged_by_rising_id(district):
    made = [replace(CORE, id=UUID(int=n)) for n in range(11, 16)]
    await save(district, FULL, BARE, *made, replace(CORE, id=UUID(int=10), initiative_id=BARE.id))
    async with district.open() as unit:
        page = unit.initiatives.page_groups
        assert list(await page(FULL.id, 3, None)) == made[:3]
        assert list(await page(FULL.id, 3, key(made[2]))) == made[3:]
        assert await unit.initiatives.count_groups(FULL.id) == 5
        assert await unit.initiatives.count_groups(UUID(int=99)) == 0


async def test_the_newest_date_counts(district):
    await save(district, FULL, CORE, OFFICE)
    await put(district, CORE, LATE, lists(1))
    await put(district, CORE, EARLY, lists(2))
    held = GroupAnswers(group=CORE, pulse=pulse(LATE, lists(1)))
    async with district.open() as unit:
        assert list(await unit.initiatives.newest(FULL.id)) == [held, GroupAnswers(group=OFFICE, pulse=None)]
        assert await unit.initiatives.newest_of_group(FULL.id, CORE.id) == held
        assert await unit.initiatives.newest_of_group(FULL.id, OFFICE.id) == GroupAnswers(group=OFFICE, pulse=None)


async def test_the_same_date_again_replaces_the_pulse(district):
    await save(district, FULL, CORE, OFFICE)
    await put(district, OFFICE, LATE, lists(3))
    await put(district, CORE, EARLY, lists(4))
    await put(district, CORE, LATE, lists(1, 9))
    await put(district, CORE, LATE, lists(2, 5))
    async with district.open() as unit:
        core, office = await unit.initiatives.newest(FULL.id)
        assert core.pulse == pulse(LATE, lists(2, 5))
        assert office.pulse == pulse(LATE, lists(3))


async def test_a_leaders_groups_need_an_estimate_and_a_pulse(district):
    elsewhere = replace(CORE, id=UUID(int=9), initiative_id=BARE.id)
    silent = replace(CORE, id=UUID(int=13))
    foreign = replace(FULL, id=UUID(int=3), leader_id=TEACHER)
    theirs = replace(CORE, id=UUID(int=14), initiative_id=foreign.id)
    await save(district, FULL, BARE, foreign, CORE, OFFICE, elsewhere, silent, theirs)
    for seed, group in enumerate((CORE, OFFICE, elsewhere, theirs)):
        await put(district, group, EARLY, lists(seed))
    await put(district, CORE, LATE, lists(9))
    async with district.open() as unit:
        assert list(await unit.initiatives.newest_of_leader(LEADER)) == [
            GroupAnswers(group=CORE, pulse=pulse(LATE, lists(9))),
            GroupAnswers(group=elsewhere, pulse=pulse(EARLY, lists(2))),
        ]
        assert list(await unit.initiatives.newest_of_leader(SCHOOL)) == []


async def test_stance_answers_are_kept_with_the_group_and_leave_its_version(district):
    await save(district, FULL, BARE, CORE, OFFICE, replace(CORE, id=UUID(int=13), initiative_id=BARE.id))
    none = DecisionAnswers(answers=(), develop_people=False)
    async with district.open() as unit:
        assert await unit.stance_answers.of(FULL.id) == {}
        await unit.stance_answers.put(CORE.id, none)
        await unit.stance_answers.put(CORE.id, ASKED)
        await unit.stance_answers.put(OFFICE.id, none)
        assert await unit.stance_answers.of(FULL.id) == {CORE.id: ASKED, OFFICE.id: none}
        assert await unit.stance_answers.of(BARE.id) == {}
        assert await unit.initiatives.find_group(FULL.id, CORE.id) == CORE


async def test_an_edit_of_the_group_leaves_the_stance_answers(district):
    await save(district, FULL, CORE)
    async with district.open() as unit:
        await unit.stance_answers.put(CORE.id, ASKED)
        await unit.initiatives.replace_group(replace(CORE, name="all teachers", version=2))
        found = await unit.stance_answers.of(FULL.id)
        assert found == {CORE.id: ASKED}
        assert type(found[CORE.id].answers[0].value) is Value


async def test_another_district_sees_nothing(database, ours):
    await save(ours, FULL, CORE)
    await put(ours, CORE, LATE, lists(1))
    async with Postgres(database, THEIRS).open() as unit:
        store = unit.initiatives
        assert await store.find(FULL.id) is None
        assert await store.lock(FULL.id) is None
        assert await store.find_group(FULL.id, CORE.id) is None
        assert await store.newest_of_group(FULL.id, CORE.id) is None
        assert await store.count_groups(FULL.id) == 0
        for rows in (
            await store.page(None, 9, None),
            await store.page(LEADER, 9, None),
            await store.page_groups(FULL.id, 9, None),
            await store.newest(FULL.id),
            await store.newest_of_leader(LEADER),
            await unit.stance_answers.of(FULL.id),
        ):
            assert not rows


async def test_another_district_changes_nothing(database, ours):
    await save(ours, FULL, CORE)
    async with Postgres(database, THEIRS).open() as unit:
        await unit.initiatives.replace(replace(FULL, title="taken"))
        await unit.initiatives.replace_group(replace(CORE, name="taken"))
        await unit.stance_answers.put(CORE.id, ASKED)
        await unit.commit()
    async with ours.open() as unit:
        assert await unit.initiatives.find(FULL.id) == FULL
        assert await unit.initiatives.find_group(FULL.id, CORE.id) == CORE
        assert await unit.stance_answers.of(FULL.id) == {}


async def test_the_fence_holds_where_a_store_is_given_the_wrong_district(database, ours):
    await save(ours, FULL, CORE)
    await put(ours, CORE, LATE, lists(1))
    async with Postgres(database, THEIRS).open() as unit:
        astray = PgInitiatives(unit.connection, OURS, EVERYTHING)
        assert await astray.find(FULL.id) is None
        assert list(await astray.newest(FULL.id)) == []
        with pytest.raises(InsufficientPrivilegeError):
            await astray.put_pulse(CORE.id, LATE, lists(2))


async def stored(database) -> list[asyncpg.Record]:
    """Every answer as it lies on disk, seen from behind the fence."""
    admin = await asyncpg.connect(database.admin_url)
    try:
        return await admin.fetch("select * from pulse_answer order by ctid")
    finally:
        await admin.close()


async def test_replacing_a_pulse_leaves_no_old_row(database, ours):
    await save(ours, FULL, CORE)
    await put(ours, CORE, LATE, lists(1, 9))
    await put(ours, CORE, LATE, lists(2, 5))
    assert [row["id"] for row in await stored(database)] == [a.id for a in lists(2, 5)]


async def test_stored_answers_tell_neither_who_nor_when(database, ours):
    arrived = list(lists(1, 40))
    Random(7).shuffle(arrived)  # noqa: S311 - the same in every run
    await save(ours, FULL, CORE)
    await put(ours, CORE, LATE, tuple(arrived))
    rows = await stored(database)
    assert list(rows[0].keys()) == ["district_id", "id", "group_id", "answered_on", "answers"]
    assert [row["id"] for row in rows] == sorted(a.id for a in arrived)
    assert {row["id"].version for row in rows} == {4}
    assert {row["answered_on"] for row in rows} == {LATE}


async def test_an_answer_cannot_be_edited(ours):
    async with ours.open() as unit:
        with pytest.raises(InsufficientPrivilegeError):
            await unit.connection.execute("update pulse_answer set answered_on = answered_on + 1")


async def test_a_second_writer_waits_for_the_lock(ours):
    await save(ours, FULL, CORE)
    async with ours.open() as first, ours.open() as second:
        await first.initiatives.lock(FULL.id)
        await first.initiatives.lock_group(FULL.id, CORE.id)
        await second.connection.execute("set local lock_timeout = '50ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await second.initiatives.lock_group(FULL.id, CORE.id)


async def test_the_set_that_is_shown_and_that_of_a_date_come_in_one_look(district):
    await save(district, FULL, CORE, OFFICE)
    early, late = lists(1), lists(2, 7)
    async with district.open() as unit:
        assert await unit.initiatives.pulses(CORE.id, LATE) == (None, None)
        assert await unit.initiatives.pulse_days() == 1096
    await put(district, CORE, EARLY, early)
    await put(district, CORE, LATE, late)
    async with district.open() as unit:
        assert await unit.initiatives.pulses(CORE.id, EARLY) == (pulse(LATE, late), pulse(EARLY, early))
        assert await unit.initiatives.pulses(CORE.id, LATE) == (pulse(LATE, late), pulse(LATE, late))
        assert await unit.initiatives.pulses(CORE.id, date(2026, 10, 1)) == (pulse(LATE, late), None)
        assert await unit.initiatives.pulses(OFFICE.id, LATE) == (None, None)
