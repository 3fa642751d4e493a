"""Units lock in one order, and never more of what they share: the mistake is found when it is made, not when two meet."""

import pytest

from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.errors import Contended
from persistence.database import locks
from persistence.database.locks import Lock
from tests.support.districts import new_district
from tests.support.units import begin_test_transaction


@pytest.fixture
async def transaction(database):
    district = await new_district(database)
    async with begin_test_transaction(database.app_url, operator_actor("tests", district.id)) as opened:
        yield opened


async def test_a_unit_that_goes_back_in_the_order_is_refused(transaction):
    await transaction.holds.all()
    await transaction.tallies.basis()
    await transaction.tallies.basis()
    with pytest.raises(AssertionError, match="DIRECTORY is requested after BASIS"):
        await transaction.person_merge.begin()


async def test_a_lock_that_is_shared_is_not_asked_for_alone_later(transaction):
    await transaction.tallies.basis()
    with pytest.raises(AssertionError, match="BASIS is shared already"):
        await transaction.tallies.lock_basis()


async def test_who_has_it_alone_has_it_shared_as_well(transaction):
    alone = await transaction.tallies.lock_basis()
    assert await transaction.tallies.basis() == alone


async def test_leaders_are_locked_by_rising_id(transaction):
    locks.check_order(transaction.connection, Lock.LEADER, "b")
    with pytest.raises(AssertionError):
        locks.check_order(transaction.connection, Lock.LEADER, "a")


async def test_a_new_transaction_begins_with_nothing(transaction):
    await transaction.tallies.basis()
    with locks.enforce_order(transaction.connection):
        await transaction.person_merge.begin()


async def test_the_basis_of_a_district_that_was_erased_meanwhile_is_asked_for_again(transaction):
    await transaction.connection.execute("delete from scoring_basis where district_id = $1", transaction.district_id)
    with pytest.raises(Contended):
        await transaction.tallies.basis()
