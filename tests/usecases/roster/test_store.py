"""The in-memory store keeps what every roster store must."""

import pytest

from tests.fakes_roster import FakeRosters
from tests.usecases.roster.store_contract import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_fake_store(check):
    await check(FakeRosters())
