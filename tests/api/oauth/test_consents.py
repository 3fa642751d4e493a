"""A remembered consent is to the client as it was described."""

import pytest

from tests.support.oauth_app import BACK, HANDLE, App, told, web_app
from tests.support.oauth_registration import let, manage, register
from tests.support.oauth_server import House

OTHER_BACK = "https://elsewhere.example.org/back"


async def asks_again(app: App) -> bool:
    answer = await app.ask(scope="scores:read")
    return answer.status_code == 200


async def change(house: House, app: App, assignments: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(house.database.owner_url)
    try:
        await connection.execute(f"update control.client set {assignments} where client_id = $1", app.client_id)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "assignments",
    [
        "name = 'Walks 2'",
        f"redirect_uris = array['{BACK}', '{OTHER_BACK}']",
        "evaluates = true",
        "name = 'Walks 2', scopes = scopes || array['roster:write']",
    ],
)
async def test_a_client_that_is_described_otherwise_asks_again_and_then_no_more(house: House, assignments: str):
    app, _ = await web_app(house)
    await app.answer(await app.ask(scope="scores:read"))
    assert not await asks_again(app)
    await change(house, app, assignments)
    assert await asks_again(app)
    await app.answer(await app.ask(scope="scores:read"))
    assert not await asks_again(app)


async def test_what_was_allowed_the_client_as_it_was_is_not_added_to_what_is_allowed_now(house: House):
    app, _ = await web_app(house)
    await app.answer(await app.ask(scope="directory:read"))
    await change(house, app, "name = 'Walks 2'")
    await app.answer(await app.ask(scope="scores:read"))
    assert (await app.ask(scope="directory:read")).status_code == 200


async def test_an_answer_to_a_page_that_described_the_client_otherwise_does_not_count(house: House):
    app, _ = await web_app(house)
    page = await app.ask(scope="scores:read")
    await change(house, app, "name = 'Walks 2'")
    refused = await app.answer(page)
    assert (refused.status_code, "location" in refused.headers) == (400, False)
    assert HANDLE.search((await app.ask(scope="scores:read")).text)


async def test_a_client_that_changes_its_own_registration_asks_again(house: House):
    app, ada = await web_app(house)
    made = (await register(house, (await let(house, ada.district_id)).token)).json()
    object.__setattr__(app.client.client, "client_id", made["client_id"])
    object.__setattr__(app.client, "client_secret", made["client_secret"])
    assert "code" in told(await app.answer(await app.ask(scope="scores:read")))
    assert not await asks_again(app)
    said = {"client_name": "Walks", "redirect_uris": [BACK, OTHER_BACK], "scope": "scores:read"}
    assert (await manage(house, made, "PUT", client_id=made["client_id"], **said)).status_code == 200
    assert await asks_again(app)


async def test_an_app_that_says_that_it_evaluates_is_registered_so_and_stays_so(house: House):
    district = await house.district()
    made = (await register(house, (await let(house, district.id)).token, evaluates=True)).json()
    assert made["evaluates"] is True
    said = {"client_name": "Walks", "redirect_uris": [BACK], "scope": "scores:read"}
    for more in ({}, {"evaluates": False}):
        answer = await manage(house, made, "PUT", client_id=made["client_id"], **said, **more)
        assert (answer.status_code, answer.json()["evaluates"]) == (200, True)
    plain = (await register(house, (await let(house, district.id)).token)).json()
    assert plain["evaluates"] is False
    answer = await manage(house, plain, "PUT", client_id=plain["client_id"], **said, evaluates=True)
    assert answer.json()["evaluates"] is True
    refused = await register(house, (await let(house, district.id)).token, evaluates="yes")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
