"""A remembered consent is to the client as it was described."""

import pytest

from tests.support.oauth_app import BACK, HANDLE, App, redirect_params, web_app
from tests.support.oauth_registration import create_initial_token, manage, register
from tests.support.oauth_server import OAuthServer

OTHER_BACK = "https://elsewhere.example.org/back"


async def asks_for_consent(app: App) -> bool:
    answer = await app.ask(scope="scores:read")
    return answer.status_code == 200


async def change(oauth_server: OAuthServer, app: App, assignments: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(oauth_server.database.owner_url)
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
async def test_a_client_that_is_described_otherwise_asks_again_and_then_no_more(oauth_server: OAuthServer, assignments: str):
    app, _ = await web_app(oauth_server)
    await app.answer(await app.ask(scope="scores:read"))
    assert not await asks_for_consent(app)
    await change(oauth_server, app, assignments)
    assert await asks_for_consent(app)
    await app.answer(await app.ask(scope="scores:read"))
    assert not await asks_for_consent(app)


async def test_what_was_allowed_the_client_as_it_was_is_not_added_to_what_is_allowed_now(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    await app.answer(await app.ask(scope="directory:read"))
    await change(oauth_server, app, "name = 'Walks 2'")
    await app.answer(await app.ask(scope="scores:read"))
    assert (await app.ask(scope="directory:read")).status_code == 200


async def test_an_answer_to_a_page_that_described_the_client_otherwise_does_not_count(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask(scope="scores:read")
    await change(oauth_server, app, "name = 'Walks 2'")
    refused = await app.answer(page)
    assert (refused.status_code, "location" in refused.headers) == (400, False)
    assert HANDLE.search((await app.ask(scope="scores:read")).text)


async def test_a_client_that_changes_its_own_registration_asks_again(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    made = (await register(oauth_server, (await create_initial_token(oauth_server, ada.district_id)).token)).json()
    object.__setattr__(app.client.client, "client_id", made["client_id"])
    object.__setattr__(app.client, "client_secret", made["client_secret"])
    assert "code" in redirect_params(await app.answer(await app.ask(scope="scores:read")))
    assert not await asks_for_consent(app)
    said = {"client_name": "Walks", "redirect_uris": [BACK, OTHER_BACK], "scope": "scores:read"}
    assert (await manage(oauth_server, made, "PUT", client_id=made["client_id"], **said)).status_code == 200
    assert await asks_for_consent(app)


async def test_an_app_that_says_that_it_evaluates_is_registered_so_and_stays_so(oauth_server: OAuthServer):
    district = await oauth_server.district()
    made = (await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token, evaluates=True)).json()
    assert made["evaluates"] is True
    said = {"client_name": "Walks", "redirect_uris": [BACK], "scope": "scores:read"}
    for more in ({}, {"evaluates": False}):
        answer = await manage(oauth_server, made, "PUT", client_id=made["client_id"], **said, **more)
        assert (answer.status_code, answer.json()["evaluates"]) == (200, True)
    plain = (await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token)).json()
    assert plain["evaluates"] is False
    answer = await manage(oauth_server, plain, "PUT", client_id=plain["client_id"], **said, evaluates=True)
    assert answer.json()["evaluates"] is True
    refused = await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token, evaluates="yes")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
