"""Every refusal in the form of OAuth says what to do about it."""

from typing import Any

import httpx
import pytest

from domain.directory.redirect_uris import ClientKind
from tests.support.oauth_app import App, native_app, told, web_app
from tests.support.oauth_registration import WALKS, let, manage, register
from tests.support.oauth_server import FORM, House


def said(answer: httpx.Response) -> str:
    """The sentence beside the code; it is there, and more than a code again."""
    body: dict[str, Any] = answer.json()
    assert answer.status_code in {400, 401}
    assert set(body) >= {"error", "error_description"}, body
    sentence: str = body["error_description"]
    assert len(sentence.split()) > 1
    assert sentence.isascii()
    return sentence


@pytest.mark.parametrize("token", ["x", "evkr_", "evkr_" + "0" * 32 + "A" * 43, "a.b.c", "evkc_" + "0" * 32 + "A" * 43])
async def test_what_is_no_refresh_token_has_the_person_sign_in_again(house: House, token: str):
    for app, _ in (await web_app(house), await native_app(house)):
        answer = await app.refresh(token)
        assert answer.json()["error"] == "invalid_grant"
        assert "sign in again" in said(answer)


async def test_every_way_in_which_a_refresh_token_is_over_has_the_same_sentence(house: House):
    app, ada = await web_app(house)
    other = App(house, await house.register(ada.district_id, ClientKind.WEB, redirect_uris=(app.back,)), app.browser)
    first = (await app.tokens())["refresh_token"]
    sentences = {said(await app.refresh("x")), said(await other.refresh(first))}
    await app.refresh(first)
    house.clock.at += 61
    sentences |= {said(await app.refresh(first)), said(await app.refresh(first))}
    await app.post("/oauth/revoke", token=(fresh := (await app.tokens())["refresh_token"]))
    sentences.add(said(await app.refresh(fresh)))
    lapsed = (await app.tokens())["refresh_token"]
    house.clock.at += 30 * 86_400
    sentences.add(said(await app.refresh(lapsed)))
    assert len(sentences) == 1


async def test_a_scope_or_response_type_that_is_none_says_what_would_do(house: House):
    app, ada = await web_app(house)
    answer = await house.ask(await house.client(ada.district_id), scope="nope")
    assert "that it registered" in said(answer)
    assert "use code" in told(await app.ask(response_type="token"))["error_description"]


async def test_every_refusal_of_the_token_endpoint_is_described(house: House):
    app, ada = await web_app(house)
    machine = await house.client(ada.district_id)
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
        said(await app.post("/oauth/token", **form))
    for form in ({"scope": "admin:write"}, {"grant_type": "refresh_token", "refresh_token": "x"}):
        said(await house.ask(machine, **form))
    for changes in (
        {"code": "x"},
        {"redirect_uri": "https://a.example.org/"},
        {"code_verifier": ...},
        {"code_verifier": "b" * 54},
    ):
        said(await app.exchange(**{"code": await app.code()} | changes))
    for auth in (("nobody", "x"), (app.client_id, "x"), ("", "")):
        said(await house.http.post("/oauth/token", data=FORM, auth=auth))
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": "Basic ="}, {}):
        said(await house.http.post("/oauth/token", data=FORM, headers=headers))
    said(await house.http.post("/oauth/token?grant_type=x", data=FORM))
    said(await house.http.post("/oauth/token", json=FORM))
    said(await house.http.post("/oauth/token", data=FORM | {"scope": "x" * 20_000}))


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
async def test_every_refusal_about_a_token_is_described(house: House, path: str):
    app, ada = await web_app(house)
    native = await house.register(ada.district_id, ClientKind.NATIVE, redirect_uris=("http://127.0.0.1/callback",))
    machine = await house.client(ada.district_id)
    said(await app.post(path))
    said(await house.http.post(path, data={"token": "x"}))
    said(await house.http.post(path, data={"token": "x"}, auth=(app.client_id, "guessed")))
    if path == "/oauth/introspect":
        said(await house.http.post(path, data={"token": "x", "client_id": native.client.client_id}))
    else:
        said(await house.http.post(path, data={"token": (await app.tokens())["refresh_token"]}, auth=machine_auth(machine)))
        said(await house.http.post(path, data={"token": await house.token(machine)}, auth=machine_auth(machine)))


def machine_auth(machine: Any) -> tuple[str, str]:
    return machine.client.client_id, machine.client_secret


async def test_every_refusal_of_a_registration_is_described(house: House):
    token = (await let(house, (await house.district()).id)).token
    made = (await register(house, token)).json()
    said(await register(house, "x"))
    said(await house.http.post("/oauth/register", json=WALKS))
    said(await house.http.post("/oauth/register", content=b"{", headers={"Authorization": f"Bearer {token}"}))
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
        said(await register(house, token, **change))
    for method in ("GET", "PUT", "DELETE"):
        said(await manage(house, made, method, "x", client_id=made["client_id"]))
    said(await manage(house, made, "PUT", **WALKS))
    said(await manage(house, made, "PUT", **WALKS, client_id=made["client_id"], application_type="native"))
