"""What asks for a new sign-in asks for the password once, and for no sign-in that was made before."""

from datetime import UTC, datetime

import pytest

from tests.support.sign_in import PASSWORD
from tests.support.signed_in_app import BuiltInApp

DEMANDS = [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}, {"prompt": "login", "max_age": "0"}]


@pytest.fixture
async def app(sign_in_app):
    sign_in_app.clock.now = datetime.now(UTC)
    await sign_in_app.account("ada")
    return await BuiltInApp(sign_in_app).enable()


@pytest.mark.parametrize("demand", DEMANDS)
async def test_nobody_signed_in_is_asked_for_the_password_once(sign_in_app, app, demand):
    page = await app.send(await app.see(app.address(**demand)), username="ada", password=PASSWORD)
    assert 'value="allow"' in page.text
    assert app.passwords == 1
    assert (await app.tokens(page)).status_code == 200


@pytest.mark.parametrize("demand", DEMANDS)
async def test_somebody_signed_in_is_asked_for_the_password_once_more(sign_in_app, app, demand):
    await app.send(await app.see(app.address()), username="ada", password=PASSWORD)
    sign_in_app.clock.pass_(microseconds=5)
    page = await app.send(await app.see(app.address(**demand)), username="ada", password=PASSWORD)
    assert 'value="allow"' in page.text
    assert app.passwords == 2


async def test_going_back_to_the_request_without_signing_in_is_not_enough(sign_in_app, app):
    await app.send(await app.see(app.address()), username="ada", password=PASSWORD)
    sign_in_app.clock.pass_(microseconds=5)
    page = await app.see(app.address(prompt="login"))
    back = dict(page.url.params)["next"]
    again = await app.see(back)
    assert 'name="password"' in again.text


async def test_max_age_asks_once_whoever_signed_in_too_long_ago(sign_in_app, app):
    await app.send(await app.see(app.address()), username="ada", password=PASSWORD)
    sign_in_app.clock.pass_(minutes=5)
    assert 'value="allow"' in (await app.see(app.address(max_age="600"))).text
    page = await app.send(await app.see(app.address(max_age="60")), username="ada", password=PASSWORD)
    assert 'value="allow"' in page.text
    assert app.passwords == 2
