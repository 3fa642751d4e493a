"""A district with people, its sign-in pages, and somebody in a browser."""

import pytest

from tests.support.fake_oidc_provider import FakeProvider
from tests.support.sign_in import start_sign_in_app
from tests.support.sign_in_with_provider import ProviderSignIn


@pytest.fixture
async def sign_in_app(database):
    async with start_sign_in_app(database) as made:
        yield made


@pytest.fixture
async def provider_sign_in(database):
    provider = FakeProvider()
    async with start_sign_in_app(database, outbound=provider) as sign_in_app:
        made = ProviderSignIn(sign_in_app, provider)
        await made.configure(issuer=provider.issuer)
        made.ada = await sign_in_app.person("Ada", "Lopez", identifier="E-100", email="ada@grandbend.k12.tx.us")
        provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
        yield made
