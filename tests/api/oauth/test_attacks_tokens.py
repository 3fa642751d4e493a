"""Attacks with codes, verifiers and refresh tokens: each serves its client, once, as it was meant."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.oauth.opaque_tokens import token_digest
from tests.support.oauth_app import App, native_app, web_app
from tests.support.oauth_server import OAuthServer


def assert_oauth_error(answer: httpx.Response, error: str = "invalid_grant") -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text


async def sibling(app: App, oauth_server: OAuthServer, **changes: Any) -> App:
    """Another client of the same district and kind."""
    held = app.client.client
    district_id = oauth_server.sign_in.known[app.browser.cookies["pretended"]].district_id
    made = await oauth_server.register(district_id, held.kind, redirect_uris=held.redirect_uris, **changes)
    return App(oauth_server, made, app.browser, app.back)


# Codes


async def test_a_code_serves_once_and_a_second_use_ends_what_the_first_began(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    code = await app.code(scope="directory:read offline_access")
    first = (await app.exchange(code)).json()
    assert (await app.whoami(first["access_token"])).status_code == 200
    assert_oauth_error(await app.exchange(code))
    assert (await app.whoami(first["access_token"])).status_code == 401
    assert_oauth_error(await app.refresh(first["refresh_token"]))


async def test_of_ten_uses_of_a_code_at_once_one_is_answered_and_the_others_end_it(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    code = await app.code(scope="directory:read offline_access")
    await asyncio.gather(*(app.refresh("warms the pool") for _ in range(10)))
    answers = await asyncio.gather(*(app.exchange(code) for _ in range(10)))
    [won] = [a.json() for a in answers if a.status_code == 200]
    assert (await app.whoami(won["access_token"])).status_code == 401


@pytest.mark.parametrize(
    "verifier", ["b" * 54, "short", "", ..., "é" * 50, "a-verifier-that-is-long-enough-for-rfc-7636-it-says-4"]
)
async def test_a_code_without_its_verifier_is_worth_nothing(oauth_server: OAuthServer, verifier: str):
    for app, _ in (await web_app(oauth_server), await native_app(oauth_server)):
        code = await app.code()
        answer = await app.exchange(code, code_verifier=verifier)
        assert (answer.status_code, answer.json()["error"]) in {(400, "invalid_grant"), (400, "invalid_request")}
        if answer.json()["error"] == "invalid_grant":
            assert_oauth_error(await app.exchange(code))


async def test_a_code_is_worth_nothing_to_another_client_and_still_serves_its_own(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    code = await app.code()
    assert_oauth_error(await (await sibling(app, oauth_server)).exchange(code))
    stranger, _ = await web_app(oauth_server)
    assert_oauth_error(await stranger.exchange(code))
    assert (await app.exchange(code)).status_code == 200


@pytest.mark.parametrize("uri", ["https://walks.example.org/other", "", ...])
async def test_a_code_is_exchanged_at_the_address_it_was_sent_to(oauth_server: OAuthServer, uri: str):
    app, _ = await web_app(oauth_server)
    assert_oauth_error(await app.exchange(await app.code(), redirect_uri=uri))


async def test_a_code_lapses_after_a_minute(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    code = await app.code()
    oauth_server.clock.at += 60
    assert_oauth_error(await app.exchange(code))


@pytest.mark.parametrize("code", ["x", "evkc_" + "0" * 32 + "A" * 43, "evkc_", "a\x00b", "' or 1=1 --", "evkr_" + "0" * 75])
async def test_a_code_nobody_issued_is_refused(oauth_server: OAuthServer, code: str):
    app, _ = await web_app(oauth_server)
    answer = await app.exchange(code)
    assert (answer.status_code, answer.json()["error"]) in {(400, "invalid_grant"), (400, "invalid_request")}


async def test_a_code_with_another_district_written_in_is_refused(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    _, eve = await web_app(oauth_server)
    code = await app.code()
    assert_oauth_error(await app.exchange(code.replace(ada.district_id.hex, eve.district_id.hex)))
    assert (await app.exchange(code)).status_code == 200


async def test_a_client_that_has_a_secret_must_prove_it(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    code = await app.code()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.back, "client_id": app.client_id}
    assert (await oauth_server.http.post("/oauth/token", data=form)).status_code == 401
    assert (await oauth_server.http.post("/oauth/token", data=form | {"client_secret": "guessed"})).status_code == 401


async def test_a_machine_has_no_codes_and_an_app_no_client_credentials(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    machine = await oauth_server.client(ada.district_id)
    answer = await oauth_server.ask(machine, grant_type="authorization_code", code="x", redirect_uri=app.back)
    assert_oauth_error(answer, "unauthorized_client")
    assert_oauth_error(await app.post("/oauth/token", grant_type="client_credentials"), "unauthorized_client")


async def test_what_is_kept_of_codes_and_tokens_is_their_digest(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    code = await app.code(scope="directory:read offline_access")
    token = (await app.exchange(code)).json()["refresh_token"]
    kept = await oauth_server.do(ada.district_id, "select row_to_json(c)::text from authorization_code c")
    kept += await oauth_server.do(ada.district_id, "select row_to_json(t)::text from refresh_token t")
    text = " ".join(row[0] for row in kept)
    assert token_digest(code).hex() in text
    assert token_digest(token).hex() in text
    assert code[-43:] not in text
    assert token[-43:] not in text


# Refresh tokens


async def test_a_refresh_token_comes_with_offline_access_alone(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    assert "refresh_token" not in await app.tokens("directory:read")
    assert "refresh_token" in await app.tokens("directory:read offline_access")


async def test_a_refresh_token_serves_once_and_its_answer_can_be_had_again_for_a_minute(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    second = (await app.refresh(first)).json()["refresh_token"]
    assert second != first
    oauth_server.clock.at += 60
    again = await app.refresh(first)
    assert again.json()["refresh_token"] == second
    assert (await app.whoami(again.json()["access_token"])).status_code == 200
    assert (await app.refresh(second)).status_code == 200


async def test_a_refresh_token_used_again_later_ends_the_family(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    second = (await app.refresh(first)).json()
    oauth_server.clock.at += 61
    assert_oauth_error(await app.refresh(first))
    assert_oauth_error(await app.refresh(second["refresh_token"]))
    assert (await app.whoami(second["access_token"])).status_code == 401


async def test_one_used_again_after_its_successor_was_used_ends_the_family_at_once(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    second = (await app.refresh(first)).json()["refresh_token"]
    third = (await app.refresh(second)).json()["refresh_token"]
    assert_oauth_error(await app.refresh(first))
    assert_oauth_error(await app.refresh(third))


async def test_ten_refreshes_at_once_have_one_outcome(oauth_server: OAuthServer):
    app, ada = await native_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    await asyncio.gather(*(app.refresh("warms the pool") for _ in range(10)))
    answers = await asyncio.gather(*(app.refresh(first) for _ in range(10)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["refresh_token"] for a in answers}) == 1
    [kept] = await oauth_server.do(ada.district_id, "select count(*) from refresh_token where replaced_at is null")
    assert kept[0] == 1


async def test_a_refresh_token_is_worth_nothing_to_another_client(oauth_server: OAuthServer):
    app, _ = await native_app(oauth_server)
    token = (await app.tokens())["refresh_token"]
    assert_oauth_error(await (await sibling(app, oauth_server)).refresh(token))
    stranger, _ = await native_app(oauth_server)
    assert_oauth_error(await stranger.refresh(token))
    assert (await app.refresh(token)).status_code == 200


async def test_another_client_can_not_end_a_family_with_an_old_token(oauth_server: OAuthServer):
    app, _ = await native_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    second = (await app.refresh(first)).json()["refresh_token"]
    oauth_server.clock.at += 61
    assert_oauth_error(await (await sibling(app, oauth_server)).refresh(first))
    assert (await app.refresh(second)).status_code == 200


async def test_a_refresh_token_idles_for_30_days_and_ends_after_180(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    token = (await app.tokens())["refresh_token"]
    began = oauth_server.clock.at
    while oauth_server.clock.at - began < timedelta(days=174).total_seconds():
        oauth_server.clock.at += timedelta(days=29).total_seconds()
        token = (await app.refresh(token)).json()["refresh_token"]
    oauth_server.clock.at = began + timedelta(days=180).total_seconds()
    assert_oauth_error(await app.refresh(token))
    oauth_server.clock.at = began
    idle = (await App(oauth_server, app.client, app.browser).tokens())["refresh_token"]
    oauth_server.clock.at += timedelta(days=30).total_seconds()
    assert_oauth_error(await app.refresh(idle))


async def test_a_narrower_token_does_not_narrow_the_grant(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    body = await app.tokens("directory:read scores:read offline_access")
    narrow = (await app.refresh(body["refresh_token"], scope="scores:read")).json()
    assert narrow["scope"] == "scores:read"
    wide = (await app.refresh(narrow["refresh_token"])).json()
    assert wide["scope"] == "directory:read offline_access scores:read"


@pytest.mark.parametrize("scope", ["roster:write", "scores:read wishes", "scores:read directory:read"])
async def test_a_refresh_never_widens_the_grant(oauth_server: OAuthServer, scope: str):
    app, _ = await web_app(oauth_server)
    body = await app.tokens("directory:read offline_access")
    assert_oauth_error(await app.refresh(body["refresh_token"], scope=scope), "invalid_scope")
    assert (await app.refresh(body["refresh_token"])).json()["scope"] == "directory:read offline_access"


async def test_a_person_who_was_deactivated_is_out_at_once(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    body = await app.tokens()
    assert (await app.whoami(body["access_token"])).status_code == 200
    await oauth_server.do(ada.district_id, "update person set active = false, ended_at = now() where id = $1", ada.person_id)
    assert (await app.whoami(body["access_token"])).status_code == 401
    assert_oauth_error(await app.refresh(body["refresh_token"]))


async def test_a_revoked_app_gets_nothing_and_its_tokens_end_in_half_a_minute(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    body = await app.tokens()
    assert (await app.whoami(body["access_token"])).status_code == 200
    await oauth_server.revoke(ada.district_id, app.client_id)
    assert (await app.refresh(body["refresh_token"])).status_code == 401
    oauth_server.clock.at += 30
    assert (await app.whoami(body["access_token"])).status_code == 401


async def test_an_access_token_is_no_refresh_token_and_a_code_neither(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    body = await app.tokens()
    assert_oauth_error(await app.refresh(body["access_token"]))
    assert_oauth_error(await app.refresh(await app.code()))
    assert (await app.whoami(body["refresh_token"])).status_code == 401


async def test_no_token_code_or_secret_is_logged(oauth_server: OAuthServer, caplog: pytest.LogCaptureFixture):
    app, _ = await web_app(oauth_server)
    logging.getLogger("authlib").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        code = await app.code(scope="directory:read offline_access openid")
        body = (await app.exchange(code)).json()
        body |= (await app.refresh(body["refresh_token"])).json()
    said = [code, app.client.client_secret or "", *(str(body[n]) for n in ("access_token", "refresh_token", "id_token"))]
    assert [text for text in said if text in caplog.text.replace("httpx", "")] == []
