"""The in-memory store keeps what every roster store must."""

import pytest

from tests.support.contracts.roster_store import CHECKS
from tests.support.fakes.roster import FakeRosters


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_fake_store(check):
    await check(FakeRosters())
