"""Units lock in one order, and never more of what they share: the mistake is found when it is made, not when two meet."""

import pytest

from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.errors import Contended
from persistence.database import locks
from persistence.database.locks import Lock
from tests.support.districts import new_district
from tests.support.units import unit_of


@pytest.fixture
async def unit(database):
    district = await new_district(database)
    async with unit_of(database.app_url, operator_actor("tests", district.id)) as opened:
        yield opened


async def test_a_unit_that_goes_back_in_the_order_is_refused(unit):
    await unit.holds.all()
    await unit.tallies.basis()
    await unit.tallies.basis()
    with pytest.raises(AssertionError, match="DIRECTORY is asked for after BASIS"):
        await unit.merging.begin()


async def test_a_lock_that_is_shared_is_not_asked_for_alone_later(unit):
    await unit.tallies.basis()
    with pytest.raises(AssertionError, match="BASIS is shared already"):
        await unit.tallies.lock_basis()


async def test_who_has_it_alone_has_it_shared_as_well(unit):
    alone = await unit.tallies.lock_basis()
    assert await unit.tallies.basis() == alone


async def test_leaders_are_locked_by_rising_id(unit):
    locks.ask(unit.connection, Lock.LEADER, "b")
    with pytest.raises(AssertionError):
        locks.ask(unit.connection, Lock.LEADER, "a")


async def test_a_new_transaction_begins_with_nothing(unit):
    await unit.tallies.basis()
    with locks.ordered(unit.connection):
        await unit.merging.begin()


async def test_the_basis_of_a_district_that_was_erased_meanwhile_is_asked_for_again(unit):
    await unit.connection.execute("delete from scoring_basis where district_id = $1", unit.district_id)
    with pytest.raises(Contended):
        await unit.tallies.basis()
