"""A district with people, its sign-in pages, and somebody in a browser."""

import pytest

from tests.support.fake_oidc_provider import FakeProvider
from tests.support.sign_in import house_of
from tests.support.sign_in_with_provider import Town


@pytest.fixture
async def house(database):
    async with house_of(database) as made:
        yield made


@pytest.fixture
async def town(database):
    provider = FakeProvider()
    async with house_of(database, outbound=provider) as house:
        made = Town(house, provider)
        await made.configure(issuer=provider.issuer)
        made.ada = await house.person("Ada", "Lopez", identifier="E-100", email="ada@grandbend.k12.tx.us")
        provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
        yield made
