"""A person lets an app in: from the question to tokens that stand for the person."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.oauth_app import BACK, native_app, redirect_params, web_app
from tests.support.oauth_server import URL, OAuthServer
from tests.support.sign_in import ParsedPage, assert_usable


async def keys(oauth_server: OAuthServer) -> KeySet:
    return KeySet.import_key_set((await oauth_server.http.get("/oauth/jwks")).json())


async def test_a_person_lets_a_web_application_in(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    page = await app.ask(scope="directory:read")
    assert page.status_code == 200
    assert "Walks" in page.text
    assert "see schools and members of staff" in page.text
    back = redirect_params(await app.answer(page))
    assert (back["state"], back["iss"]) == (app.state, URL)
    answer = await app.exchange(back["code"])
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "directory:read")
    assert "refresh_token" not in body
    assert "id_token" not in body
    assert answer.headers["cache-control"] == "no-store"
    who = (await app.whoami(body["access_token"])).json()
    assert (who["kind"], who["id"], who["origin"]) == ("person", str(ada.person_id), f"person:{ada.person_id}")
    assert (who["district_id"], who["scopes"], who["roles"]) == (str(ada.district_id), ["directory:read"], [])


async def test_the_token_of_a_person_is_a_jwt_as_rfc_9068_has_it(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    token = (await app.tokens())["access_token"]
    decoded = jwt.decode(token, await keys(oauth_server), algorithms=["ES256"])
    claims = decoded.claims
    assert decoded.header["typ"] == "at+jwt"
    assert (claims["iss"], claims["aud"], claims["sub"]) == (URL, f"{URL}/v1", str(ada.person_id))
    assert (claims["client_id"], claims["district_id"]) == (app.client_id, str(ada.district_id))
    assert claims["exp"] - claims["iat"] == 600
    assert claims["auth_time"] == int(ada.auth_time.timestamp())
    assert len(claims["sid"]) == 36
    assert claims["scope"] == "directory:read offline_access"


async def test_whoever_does_not_allow_it_sends_the_app_away(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    back = redirect_params(await app.answer(await app.ask(), "deny"))
    assert (back["error"], back["state"], back["iss"]) == ("access_denied", app.state, URL)
    assert "code" not in back


async def test_absent_scope_is_what_is_registered_and_unknown_scopes_are_dropped(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    assert (await app.exchange(await app.code())).json()["scope"] == "directory:read scores:read"
    assert (await app.exchange(await app.code(scope="scores:read roster:write wishes"))).json()["scope"] == "scores:read"


@pytest.mark.parametrize("scope", ["roster:write wishes", "   "])
async def test_nothing_granted_never_becomes_everything(oauth_server: OAuthServer, scope: str):
    app, _ = await web_app(oauth_server)
    back = redirect_params(await app.ask(scope=scope))
    assert (back["error"], back["state"], back["iss"]) == ("invalid_scope", app.state, URL)


async def test_nobody_signed_in_goes_to_sign_in_and_comes_back(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    app.browser = oauth_server.browser()
    away = await app.ask(scope="scores:read", login_hint="ada@example.org", district="grand-bend")
    assert away.status_code == 303
    assert away.headers["location"].startswith(f"{URL}/sign-in?")
    sent = redirect_params(away)
    assert (sent["login_hint"], sent["district"]) == ("ada@example.org", "grand-bend")
    assert sent["next"].startswith("/oauth/authorize?")
    oauth_server.sign_in.sign_in(ada, app.browser)
    page = await app.browser.get(sent["next"])
    assert redirect_params(await app.answer(page))["state"] == app.state


async def test_a_native_app_is_answered_on_any_port_of_its_own_machine(oauth_server: OAuthServer):
    app, ada = await native_app(oauth_server)
    body = await app.tokens()
    assert (await app.whoami(body["access_token"])).json()["id"] == str(ada.person_id)


async def test_a_native_app_is_answered_at_a_scheme_of_its_own(oauth_server: OAuthServer):
    back = "org.example.walks:/back"
    app, _ = await native_app(oauth_server, back, redirect_uris=(back,))
    answer = await app.answer(await app.ask())
    assert answer.headers["location"].startswith("org.example.walks:/back?code=evkc_")


async def test_an_app_for_many_districts_is_let_into_that_of_whoever_signs_in(oauth_server: OAuthServer):
    app, _ = await native_app(oauth_server)
    other = await oauth_server.district("Lake")
    bell = await oauth_server.person(other.id)
    oauth_server.sign_in.sign_in(bell, app.browser)
    assert redirect_params(await app.ask())["error"] == "access_denied"
    await oauth_server.enable(other.id, app.client_id)
    token = (await app.tokens())["access_token"]
    assert (await app.whoami(token)).json()["district_id"] == str(other.id)


async def test_the_app_that_comes_with_the_installation_is_let_in_where_it_is_enabled(oauth_server: OAuthServer):
    app, ada = await native_app(oauth_server)
    app.client = await oauth_server.register(
        ada.district_id, app.client.client.kind, redirect_uris=("http://127.0.0.1/callback",)
    )
    object.__setattr__(app.client.client, "client_id", "evenkeel-native")
    assert redirect_params(await app.ask())["error"] == "access_denied"
    await oauth_server.enable(ada.district_id, "evenkeel-native")
    assert (await app.whoami((await app.tokens())["access_token"])).status_code == 200


async def test_the_word_given_to_a_web_application_is_remembered_and_more_is_asked_again(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    await app.answer(await app.ask(scope="directory:read scores:read"))
    assert "code" in redirect_params(await app.ask(scope="scores:read"))
    assert (await app.ask(scope="scores:read", prompt="consent")).status_code == 200
    assert (await app.ask(scope="scores:read openid")).status_code == 200


async def test_a_native_app_asks_every_time_since_any_app_may_call_itself_so(oauth_server: OAuthServer):
    app, _ = await native_app(oauth_server)
    await app.answer(await app.ask())
    assert (await app.ask()).status_code == 200


async def test_an_id_token_says_who_signed_in_and_when(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    body = await app.tokens("openid profile scores:read", nonce="n-0S6_WzA2Mj")
    claims = jwt.decode(body["id_token"], await keys(oauth_server), algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (URL, app.client_id, str(ada.person_id))
    assert (claims["nonce"], claims["auth_time"], claims["amr"]) == ("n-0S6_WzA2Mj", int(ada.auth_time.timestamp()), ["pwd"])
    access = jwt.decode(body["access_token"], await keys(oauth_server), algorithms=["ES256"]).claims
    assert claims["sid"] == access["sid"]
    refused = await app.whoami(body["id_token"])
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("scope", "members"),
    [
        ("openid", {"sub"}),
        ("openid profile", {"sub", "name", "given_name", "family_name"}),
        ("openid email", {"sub", "email"}),
    ],
)
async def test_userinfo_tells_what_was_allowed_and_no_more(oauth_server: OAuthServer, scope: str, members: set[str]):
    app, ada = await web_app(oauth_server)
    token = (await app.tokens(scope))["access_token"]
    answer = await oauth_server.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert set(answer.json()) == members
    assert answer.json()["sub"] == str(ada.person_id)


async def test_userinfo_is_for_people_who_said_who_they_are(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    for token in (await app.tokens())["access_token"], await oauth_server.token(await oauth_server.client(ada.district_id)):
        answer = await oauth_server.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403


async def test_an_app_of_evaluating_staff_is_known_as_one(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server, evaluates=True)
    assert (await app.whoami((await app.tokens())["access_token"])).json()["evaluates"] is True


async def test_the_page_speaks_spanish_and_nobody_may_frame_it(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    page = await app.browser.get("/oauth/authorize", params=app.params(), headers={"Accept-Language": "es-MX,en;q=0.5"})
    assert '<html lang="es">' in page.text
    assert "¿Permitir el acceso?" in page.text
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {BACK.removesuffix('/back')}" in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text


@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_pages_can_be_used_without_eyes_mouse_or_scripts(oauth_server: OAuthServer, language: str):
    app, _ = await web_app(oauth_server)
    headers = {"Accept-Language": language}
    asked = await app.browser.get("/oauth/authorize", params=app.params(), headers=headers)
    refused = await app.browser.get("/oauth/authorize", params=app.params(redirect_uri="https://a.example"), headers=headers)
    for page, status in ((asked, 200), (refused, 400)):
        assert page.status_code == status
        assert_usable(ParsedPage(page.text), language)
        assert "style-src 'self'" in page.headers["content-security-policy"]
    assert "form-action 'none'" in refused.headers["content-security-policy"]


async def test_the_language_that_a_person_chose_at_the_sign_in_holds_for_the_question(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    app.browser.cookies.set("__Host-evenkeel-language", "es")
    assert '<html lang="es">' in (await app.ask(ui_locales="en")).text
    app.browser.cookies.delete("__Host-evenkeel-language")
    assert '<html lang="es">' in (await app.ask(ui_locales="fr es-MX")).text
