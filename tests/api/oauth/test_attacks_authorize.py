"""Attacks on the authorization endpoint: nobody is sent where the client did not register, nobody is made to answer."""

from datetime import timedelta

import httpx
import pytest

from domain.directory.redirect_uris import ClientKind
from tests.support.oauth_app import BACK, HANDLE, App, native_app, redirect_params, web_app
from tests.support.oauth_server import URL, OAuthServer

STRANGE = {
    "another host": "https://evil.example.org/back",
    "a host behind a user": "https://walks.example.org@evil.example.org/back",
    "a longer path": f"{BACK}/../evil",
    "a longer path in disguise": f"{BACK}%2f..%2fevil",
    "a query more": f"{BACK}?next=https://evil.example.org",
    "a slash more": f"{BACK}/",
    "a fragment": f"{BACK}#",
    "capitals": BACK.upper(),
    "a port": "https://walks.example.org:443/back",
    "no encryption": BACK.replace("https", "http"),
    "a script": "javascript:alert(1)",
    "data": "data:text/html,hello",
    "a quote": 'https://walks.example.org/back"',
    "a backslash": "https://walks.example.org\\@evil.example.org/back",
    "a line end": "https://walks.example.org/back\r\nSet-Cookie: a=b",
    "no scheme": "//walks.example.org/back",
    "nothing": "",
}

STRANGE_LOOPBACK = {
    "a name that may be anybody's": "http://localhost:53117/callback",
    "a port that is a password": "http://localhost:80@attacker.example.org/callback",
    "an address that is a user": "http://127.0.0.1:80@attacker.example.org/callback",
    "an address that is a beginning": "http://127.0.0.1.attacker.example.org/callback",
    "an address that is a port's end": "http://127.0.0.1:53117.attacker.example.org/callback",
    "another path": "http://127.0.0.1:53117/other",
    "a longer path": "http://127.0.0.1:53117/callback/more",
    "a query more": "http://127.0.0.1:53117/callback?x=1",
    "another address": "http://127.0.0.2:53117/callback",
    "any address": "http://0.0.0.0:53117/callback",
    "the address as a number": "http://2130706433:53117/callback",
    "the other family": "http://[::1]:53117/callback",
    "encrypted": "https://127.0.0.1:53117/callback",
    "a port that is none": "http://127.0.0.1:port/callback",
}


def stays(answer: httpx.Response) -> None:
    """A page that says so; nobody is sent anywhere."""
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("uri", STRANGE.values(), ids=STRANGE)
async def test_nobody_is_sent_where_the_client_did_not_register(oauth_server: OAuthServer, uri: str):
    app, _ = await web_app(oauth_server)
    for wrong in ({}, {"code_challenge": ...}, {"scope": "nothing"}, {"response_type": "token"}, {"prompt": "none"}):
        stays(await app.ask(redirect_uri=uri, **wrong))


@pytest.mark.parametrize("uri", STRANGE_LOOPBACK.values(), ids=STRANGE_LOOPBACK)
async def test_a_native_app_is_answered_on_its_own_machine_and_nowhere_else(oauth_server: OAuthServer, uri: str):
    app, _ = await native_app(oauth_server)
    stays(await app.ask(redirect_uri=uri))


async def test_a_web_applications_port_is_part_of_its_address(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server, redirect_uris=("http://127.0.0.1:3000/back",))
    app.back = "http://127.0.0.1:3001/back"
    stays(await app.ask())


@pytest.mark.parametrize("client_id", ["nobody", "", "a\x00b", "é", "' or 1=1 --"])
async def test_an_unknown_client_sends_nobody_anywhere(oauth_server: OAuthServer, client_id: str):
    app, _ = await web_app(oauth_server)
    stays(await app.ask(client_id=client_id))


async def test_a_revoked_client_and_a_machine_ask_nobody(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    machine = await oauth_server.client(ada.district_id)
    stays(await app.ask(client_id=machine.client.client_id))
    await oauth_server.revoke(ada.district_id, app.client_id)
    stays(await app.ask())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": ..., "code_challenge_method": ...}, "invalid_request"),
        ({"code_challenge_method": ...}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "+" * 43}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example.org/request"}, "request_uri_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
    ],
)
@pytest.mark.parametrize("scope", ["directory:read", "openid directory:read"])
async def test_an_error_tells_the_app_who_says_so(oauth_server: OAuthServer, change: dict[str, str], error: str, scope: str):
    app, _ = await web_app(oauth_server)
    back = redirect_params(await app.ask(scope=scope, **change))
    assert (back["error"], back["state"], back["iss"]) == (error, app.state, URL)
    assert "code" not in back


async def test_with_prompt_none_nobody_is_sent_to_sign_in(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    app.browser = oauth_server.browser()
    for scope in ("openid", "directory:read"):
        assert redirect_params(await app.ask(prompt="none", scope=scope))["error"] == "login_required"
    old = await oauth_server.person(ada.district_id)
    app.browser = oauth_server.browser(old)
    assert redirect_params(await app.ask(prompt="none", max_age="30"))["error"] == "login_required"


@pytest.mark.parametrize("change", [{"prompt": "login"}, {"max_age": "30"}, {"max_age": "0"}, {"prompt": "select_account"}])
async def test_whoever_must_sign_in_anew_does_so_once(oauth_server: OAuthServer, change: dict[str, str]):
    app, ada = await web_app(oauth_server)
    sent = redirect_params(await app.ask(**change))
    assert sent["prompt"] == "login"
    again = await app.browser.get(sent["next"])
    assert again.headers["location"].startswith(f"{URL}/sign-in?"), "the old sign-in does not do"
    oauth_server.clock.at += 5
    oauth_server.sign_in.sign_in(type(ada)(ada.district_id, ada.person_id, oauth_server.now()), app.browser)
    assert (await app.browser.get(sent["next"])).status_code == 200


async def test_repeated_parameters_are_refused(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    pairs = [*app.params().items(), ("scope", "directory:read"), ("scope", "scores:read")]
    stays(await app.browser.get("/oauth/authorize", params=pairs))


async def test_state_comes_back_as_it_was_and_never_as_markup(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    app.state = "a b&c=d#e+f/\"<script>'"
    page = await app.ask()
    assert "<script" not in page.text
    assert redirect_params(await app.answer(page))["state"] == app.state


async def test_names_are_never_markup(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server, name="<b>Walks</b>")
    text = (await app.ask()).text
    assert "<b>" not in text
    assert "&lt;b&gt;Walks&lt;/b&gt;" in text


# Cross-site request forgery: only the page that was shown, in the browser and to the person it was shown to, can be answered.


async def test_a_question_is_answered_once(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask()
    redirect_params(await app.answer(page))
    stays(await app.answer(page))
    stays(await app.answer(page, "deny"))


async def test_a_question_is_answered_in_the_browser_that_was_asked(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    page = await app.ask()
    for browser in (oauth_server.browser(ada), oauth_server.browser()):
        elsewhere = App(oauth_server, app.client, browser)
        stays(await elsewhere.answer(page))
    await oauth_server.browser(ada).aclose()
    known = oauth_server.browser(ada)
    await App(oauth_server, app.client, known).ask()
    stays(await App(oauth_server, app.client, known).answer(page))


async def test_a_question_is_answered_by_the_person_who_was_asked(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    page = await app.ask()
    oauth_server.sign_in.sign_in(await oauth_server.person(ada.district_id, "Eve"), app.browser)
    stays(await app.answer(page))


async def test_a_question_of_another_district_can_not_be_answered(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask()
    _, eve = await web_app(oauth_server)
    oauth_server.sign_in.sign_in(eve, app.browser)
    stays(await app.answer(page))


async def test_a_question_lapses(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask()
    oauth_server.clock.at += timedelta(minutes=10).total_seconds()
    stays(await app.answer(page))


async def test_a_form_of_another_site_is_refused(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask()
    for origin in ("https://evil.example.org", "null", f"{URL}.evil.example.org"):
        assert (await app.answer(page, Origin=origin)).status_code == 403
    assert "code" in redirect_params(await app.answer(page, Origin=URL))


@pytest.mark.parametrize("handle", ["", "x", "evkp_" + "0" * 32 + "A" * 43, "evkp_\x00", "' or 1=1 --"])
async def test_a_question_nobody_asked_has_no_answer(oauth_server: OAuthServer, handle: str):
    app, _ = await web_app(oauth_server)
    await app.ask()
    stays(await app.browser.post("/oauth/authorize", data={"request": handle, "decision": "allow"}))


async def test_what_was_asked_is_kept_here_and_not_in_the_page(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.ask(scope="directory:read")
    found = HANDLE.search(page.text)
    assert found
    form = {"request": found[1], "decision": "allow", "scope": "scores:read", "redirect_uri": "https://evil.example.org"}
    answer = await app.browser.post("/oauth/authorize", data=form)
    assert answer.headers["location"].startswith(f"{BACK}?")
    assert (await app.exchange(redirect_params(answer)["code"])).json()["scope"] == "directory:read"


async def test_a_person_who_was_deactivated_meanwhile_lets_nobody_in(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    page = await app.ask()
    await oauth_server.do(ada.district_id, "update person set active = false, ended_at = now() where id = $1", ada.person_id)
    assert redirect_params(await app.answer(page))["error"] == "access_denied"
    assert redirect_params(await app.ask())["error"] == "access_denied"


async def test_an_app_of_another_district_is_not_let_in(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    _, eve = await web_app(oauth_server)
    oauth_server.sign_in.sign_in(eve, app.browser)
    assert redirect_params(await app.ask())["error"] == "access_denied"


async def test_an_application_in_a_browser_has_no_secret_and_exact_addresses(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    app.client = await oauth_server.register(
        ada.district_id, ClientKind.BROWSER, redirect_uris=(BACK,), cors_origins=("https://walks.example.org",)
    )
    assert app.client.client_secret is None
    assert (await app.whoami((await app.tokens())["access_token"])).status_code == 200
    assert await oauth_server.store.allows_origin("https://walks.example.org")
    assert not await oauth_server.store.allows_origin("https://evil.example.org")
