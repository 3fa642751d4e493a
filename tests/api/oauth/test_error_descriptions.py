"""Every refusal in the form of OAuth says what to do about it."""

from typing import Any

import httpx
import pytest

from domain.directory.redirect_uris import ClientKind
from tests.support.oauth_app import App, native_app, redirect_params, web_app
from tests.support.oauth_registration import WALKS, create_initial_token, manage, register
from tests.support.oauth_server import FORM, OAuthServer


def error_description(answer: httpx.Response) -> str:
    """The sentence beside the code; it is there, and more than a code again."""
    body: dict[str, Any] = answer.json()
    assert answer.status_code in {400, 401}
    assert set(body) >= {"error", "error_description"}, body
    sentence: str = body["error_description"]
    assert len(sentence.split()) > 1
    assert sentence.isascii()
    return sentence


@pytest.mark.parametrize("token", ["x", "evkr_", "evkr_" + "0" * 32 + "A" * 43, "a.b.c", "evkc_" + "0" * 32 + "A" * 43])
async def test_what_is_no_refresh_token_has_the_person_sign_in_again(oauth_server: OAuthServer, token: str):
    for app, _ in (await web_app(oauth_server), await native_app(oauth_server)):
        answer = await app.refresh(token)
        assert answer.json()["error"] == "invalid_grant"
        assert "sign in again" in error_description(answer)


async def test_every_way_in_which_a_refresh_token_is_over_has_the_same_sentence(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    other = App(
        oauth_server, await oauth_server.register(ada.district_id, ClientKind.WEB, redirect_uris=(app.back,)), app.browser
    )
    first = (await app.tokens())["refresh_token"]
    sentences = {error_description(await app.refresh("x")), error_description(await other.refresh(first))}
    await app.refresh(first)
    oauth_server.clock.at += 61
    sentences |= {error_description(await app.refresh(first)), error_description(await app.refresh(first))}
    await app.post("/oauth/revoke", token=(fresh := (await app.tokens())["refresh_token"]))
    sentences.add(error_description(await app.refresh(fresh)))
    lapsed = (await app.tokens())["refresh_token"]
    oauth_server.clock.at += 30 * 86_400
    sentences.add(error_description(await app.refresh(lapsed)))
    assert len(sentences) == 1


async def test_a_scope_or_response_type_that_is_none_says_what_would_do(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    answer = await oauth_server.ask(await oauth_server.client(ada.district_id), scope="nope")
    assert "that it registered" in error_description(answer)
    assert "use code" in redirect_params(await app.ask(response_type="token"))["error_description"]


async def test_every_refusal_of_the_token_endpoint_is_described(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    machine = await oauth_server.client(ada.district_id)
    tokens = await app.tokens()
    for form in (
        {"grant_type": "password"},
        {"grant_type": "authorization_code"},
        {"grant_type": "refresh_token"},
        {"grant_type": "client_credentials"},
        {"grant_type": "é"},
        {"scope": "x"},
        {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": "admin:write"},
        {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "y"},
    ):
        error_description(await app.post("/oauth/token", **form))
    for form in ({"scope": "admin:write"}, {"grant_type": "refresh_token", "refresh_token": "x"}):
        error_description(await oauth_server.ask(machine, **form))
    for changes in (
        {"code": "x"},
        {"redirect_uri": "https://a.example.org/"},
        {"code_verifier": ...},
        {"code_verifier": "b" * 54},
    ):
        error_description(await app.exchange(**{"code": await app.code()} | changes))
    for auth in (("nobody", "x"), (app.client_id, "x"), ("", "")):
        error_description(await oauth_server.http.post("/oauth/token", data=FORM, auth=auth))
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": "Basic ="}, {}):
        error_description(await oauth_server.http.post("/oauth/token", data=FORM, headers=headers))
    error_description(await oauth_server.http.post("/oauth/token?grant_type=x", data=FORM))
    error_description(await oauth_server.http.post("/oauth/token", json=FORM))
    error_description(await oauth_server.http.post("/oauth/token", data=FORM | {"scope": "x" * 20_000}))


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
async def test_every_refusal_about_a_token_is_described(oauth_server: OAuthServer, path: str):
    app, ada = await web_app(oauth_server)
    native = await oauth_server.register(ada.district_id, ClientKind.NATIVE, redirect_uris=("http://127.0.0.1/callback",))
    machine = await oauth_server.client(ada.district_id)
    error_description(await app.post(path))
    error_description(await oauth_server.http.post(path, data={"token": "x"}))
    error_description(await oauth_server.http.post(path, data={"token": "x"}, auth=(app.client_id, "guessed")))
    if path == "/oauth/introspect":
        error_description(await oauth_server.http.post(path, data={"token": "x", "client_id": native.client.client_id}))
    else:
        error_description(
            await oauth_server.http.post(
                path, data={"token": (await app.tokens())["refresh_token"]}, auth=machine_auth(machine)
            )
        )
        error_description(
            await oauth_server.http.post(path, data={"token": await oauth_server.token(machine)}, auth=machine_auth(machine))
        )


def machine_auth(machine: Any) -> tuple[str, str]:
    return machine.client.client_id, machine.client_secret


async def test_every_refusal_of_a_registration_is_described(oauth_server: OAuthServer):
    token = (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token
    made = (await register(oauth_server, token)).json()
    error_description(await register(oauth_server, "x"))
    error_description(await oauth_server.http.post("/oauth/register", json=WALKS))
    error_description(
        await oauth_server.http.post("/oauth/register", content=b"{", headers={"Authorization": f"Bearer {token}"})
    )
    changes: tuple[dict[str, Any], ...] = (
        {"redirect_uris": []},
        {"scope": "x"},
        {"scope": 7},
        {"jwks": 7},
        {"jwks_uri": "http://x/"},
        {"grant_types": ["x"]},
        {"token_endpoint_auth_method": "x"},
        {"client_name": ""},
    )
    for change in changes:
        error_description(await register(oauth_server, token, **change))
    for method in ("GET", "PUT", "DELETE"):
        error_description(await manage(oauth_server, made, method, "x", client_id=made["client_id"]))
    error_description(await manage(oauth_server, made, "PUT", **WALKS))
    error_description(await manage(oauth_server, made, "PUT", **WALKS, client_id=made["client_id"], application_type="native"))
