"""What the authorization server does is told: a row for each act, by the act's own commit, and no secret in any of them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.oauth.grants import AuthorizationCodeGrant
from domain.directory.redirect_uris import ClientKind
from domain.oauth.audit_actions import OAuthAction
from domain.shared.ids import DistrictId
from tests.support.oauth_app import VERIFIER, App, native_app, redirect_params, web_app
from tests.support.oauth_registration import WALKS, create_initial_token, manage, register
from tests.support.oauth_server import OAuthServer, SignedInPerson

ROW = ("actor_kind", "actor_id", "client_id", "session_id", "action", "object_kind", "object_id", "outcome", "code")


async def rows(oauth_server: OAuthServer, district_id: DistrictId) -> list[dict[str, Any]]:
    found = await oauth_server.do(district_id, "select * from audit_event order by position, id")
    return [dict(row) for row in found]


async def one(oauth_server: OAuthServer, district_id: DistrictId, action: str, outcome: str) -> tuple[Any, ...]:
    """The one row of ``action`` that ended so, as (actor kind, actor, client, session, object kind, object, code)."""
    [row] = [r for r in await rows(oauth_server, district_id) if (r["action"], r["outcome"]) == (action, outcome)]
    return tuple(row[name] for name in ROW if name not in {"action", "outcome"})


async def session_of(oauth_server: OAuthServer, somebody: SignedInPerson) -> UUID:
    [row] = await oauth_server.do(somebody.district_id, "select id from session")
    found: UUID = row[0]
    return found


async def consent_given(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    await app.code()
    client = ("client", UUID(app.client_id))
    by_ada = ("person", str(ada.person_id), app.client_id, None)
    assert await one(oauth_server, ada.district_id, "give_consent", "done") == (*by_ada, *client, None)
    await app.code()
    assert await one(oauth_server, ada.district_id, "give_consent", "replayed") == (*by_ada, *client, None)
    assert len(await rows(oauth_server, ada.district_id)) == 2


async def consent_denied(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    answer = await app.answer(await app.ask(), "deny")
    assert redirect_params(answer)["error"] == "access_denied"
    expected = ("person", str(ada.person_id), app.client_id, None, "client", UUID(app.client_id), None)
    assert await one(oauth_server, ada.district_id, "refuse_consent", "done") == expected
    assert len(await rows(oauth_server, ada.district_id)) == 1


async def consent_too_late(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    page = await app.ask()
    await oauth_server.do(ada.district_id, "update person set active = false, ended_at = now() where id = $1", ada.person_id)
    assert redirect_params(await app.answer(page))["error"] == "access_denied"
    expected = ("person", str(ada.person_id), app.client_id, None, "client", UUID(app.client_id), "access_denied")
    assert await one(oauth_server, ada.district_id, "give_consent", "refused") == expected


async def session_begun_used_and_revoked(oauth_server: OAuthServer) -> None:
    app, ada = await native_app(oauth_server)
    tokens = await app.tokens()
    session = await session_of(oauth_server, ada)
    expected = ("person", str(ada.person_id), app.client_id, session, "session", session, None)
    assert await one(oauth_server, ada.district_id, "begin_session", "done") == expected
    first = tokens["refresh_token"]
    second = (await app.refresh(first)).json()["refresh_token"]
    assert await one(oauth_server, ada.district_id, "refresh_session", "done") == expected
    assert (await app.refresh(first)).json()["refresh_token"] == second
    assert await one(oauth_server, ada.district_id, "refresh_session", "replayed") == expected
    for _ in range(2):
        assert (await app.post("/oauth/revoke", token=second)).status_code == 200
    assert await one(oauth_server, ada.district_id, "revoke_session", "done") == expected
    assert len(await rows(oauth_server, ada.district_id)) == 5


async def refresh_token_in_two_hands(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    await app.refresh(first)
    oauth_server.clock.at += 61
    assert (await app.refresh(first)).status_code == 400
    session = await session_of(oauth_server, ada)
    expected = ("client", app.client_id, app.client_id, None, "session", session, "refresh_token_reused")
    assert await one(oauth_server, ada.district_id, "refresh_session", "refused") == expected
    assert (await app.refresh(first)).status_code == 400
    assert len([r for r in await rows(oauth_server, ada.district_id) if r["outcome"] == "refused"]) == 1, "it had ended already"


async def code_in_two_hands(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    code = await app.code()
    await app.exchange(code)
    assert (await app.exchange(code)).status_code == 400
    session = await session_of(oauth_server, ada)
    expected = ("client", app.client_id, app.client_id, None, "session", session, "code_reused")
    assert await one(oauth_server, ada.district_id, "begin_session", "refused") == expected


async def code_exchange_failed(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    assert (await app.exchange(await app.code(), code_verifier="b" * 54)).status_code == 400
    expected = ("client", app.client_id, app.client_id, None, None, None, "invalid_grant")
    assert await one(oauth_server, ada.district_id, "begin_session", "refused") == expected
    assert not [
        r for r in await rows(oauth_server, ada.district_id) if (r["action"], r["outcome"]) == ("begin_session", "done")
    ]


async def what_is_another_clients(oauth_server: OAuthServer) -> None:
    app, ada = await web_app(oauth_server)
    made = await oauth_server.register(ada.district_id, ClientKind.WEB, redirect_uris=(app.back,))
    other = App(oauth_server, made, app.browser, app.back)
    code, tokens = await app.code(), await app.tokens()
    session = await session_of(oauth_server, ada)
    await other.exchange(code)
    await other.refresh(tokens["refresh_token"])
    await other.post("/oauth/revoke", token=tokens["access_token"])
    by_other = ("client", other.client_id, other.client_id, None)
    assert await one(oauth_server, ada.district_id, "begin_session", "refused") == (*by_other, None, None, "of_another_client")
    for action in ("refresh_session", "revoke_session"):
        assert await one(oauth_server, ada.district_id, action, "refused") == (
            *by_other,
            "session",
            session,
            "of_another_client",
        )


async def a_machines_token(oauth_server: OAuthServer) -> None:
    district = await oauth_server.district()
    client = await oauth_server.client(district.id)
    own = client.client.client_id
    await oauth_server.token(client)
    assert await one(oauth_server, district.id, "issue_access_token", "done") == (
        *("client", own, own, None),
        *("client", UUID(own), None),
    )
    assert (await oauth_server.ask(client, scope="admin:write")).json()["error"] == "invalid_scope"
    assert len(await rows(oauth_server, district.id)) == 1


async def a_client_that_is_not_itself(oauth_server: OAuthServer) -> None:
    district = await oauth_server.district()
    client = await oauth_server.client(district.id)
    own = client.client.client_id
    form = {"grant_type": "client_credentials"}
    for path, said in (("/oauth/token", form), ("/oauth/revoke", {"token": "x"}), ("/oauth/introspect", {"token": "x"})):
        assert (await oauth_server.http.post(path, data=said, auth=(own, "guessed"))).status_code == 401
    await oauth_server.revoke(district.id, own)
    assert (await oauth_server.ask(client)).status_code == 401
    found = await rows(oauth_server, district.id)
    assert [tuple(row[name] for name in ROW) for row in found] == [
        ("client", "oauth", None, None, "authenticate_client", "client", UUID(own), "refused", "invalid_client")
    ] * 4


async def a_client_registers_itself(oauth_server: OAuthServer) -> None:
    district = await oauth_server.district()
    let_in = await create_initial_token(oauth_server, district.id)
    made = (await register(oauth_server, let_in.token)).json()
    own = made["client_id"]
    by_itself = ("client", own, own, None, "client", UUID(own), None)
    assert await one(oauth_server, district.id, "register_client", "done") == by_itself
    for _ in range(2):
        assert (await manage(oauth_server, made, "GET")).status_code == 200
    changed = WALKS | {"client_id": own, "client_name": "Walks 2"}
    assert (await manage(oauth_server, made, "PUT", **changed)).status_code == 200
    assert await one(oauth_server, district.id, "update_client", "done") == by_itself
    assert (await manage(oauth_server, made, "DELETE", "guessed")).status_code == 401
    unproven = ("client", "oauth", None, None, "client", UUID(own), "invalid_token")
    assert await one(oauth_server, district.id, "authenticate_client", "refused") == unproven
    assert (await manage(oauth_server, made, "DELETE")).status_code == 204
    assert await one(oauth_server, district.id, "withdraw_client", "done") == by_itself
    registered, updated, *rest = await rows(oauth_server, district.id)
    assert registered["further_ids"] == [let_in.initial_access_token.id]
    assert registered["before"] is None
    assert registered["after"] == updated["before"] != updated["after"]
    assert len(rest) == 2


async def registration_denied(oauth_server: OAuthServer) -> None:
    district = await oauth_server.district()
    over = await create_initial_token(oauth_server, district.id)
    oauth_server.clock.at += 30 * 86_400
    assert (await register(oauth_server, over.token)).status_code == 401
    assert (await register(oauth_server, f"evki_{district.id.hex}{'A' * 43}")).status_code == 401
    assert len(await rows(oauth_server, district.id)) == 1
    named = ("client", "oauth", None, None, "initial_access_token", over.initial_access_token.id, "invalid_token")
    assert await one(oauth_server, district.id, "register_client", "refused") == named


SCENES: tuple[Callable[[OAuthServer], Awaitable[None]], ...] = (
    consent_given,
    consent_denied,
    consent_too_late,
    session_begun_used_and_revoked,
    refresh_token_in_two_hands,
    code_in_two_hands,
    code_exchange_failed,
    what_is_another_clients,
    a_machines_token,
    a_client_that_is_not_itself,
    a_client_registers_itself,
    registration_denied,
)


@pytest.mark.parametrize("scene", SCENES)
async def test_each_act_leaves_one_row(oauth_server: OAuthServer, scene: Callable[[OAuthServer], Awaitable[None]]):
    await scene(oauth_server)


def test_every_act_is_told_somewhere_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [act for act in OAuthAction if f'"{act}"' not in text] == []


async def test_no_secret_and_nothing_that_is_kept_of_one_stands_in_a_row(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    code = await app.code(scope="openid directory:read offline_access", nonce="a-nonce-of-the-app")
    first = (await app.exchange(code)).json()
    second = (await app.refresh(first["refresh_token"])).json()
    oauth_server.clock.at += 61
    await app.refresh(first["refresh_token"])
    await app.exchange(code)
    spent = await app.code()
    await app.exchange(spent, code_verifier="b" * 54)
    machine = await oauth_server.client(ada.district_id)
    token = await oauth_server.token(machine)
    await oauth_server.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(app.client_id, "guessed-by-eve")
    )
    let_in = await create_initial_token(oauth_server, ada.district_id)
    made = (await register(oauth_server, let_in.token, client_name="Walks of Ada Bell")).json()
    await manage(oauth_server, made, "DELETE", "guessed-by-eve")
    secrets = [code, spent, VERIFIER, "b" * 54, "guessed-by-eve", app.state, "a-nonce-of-the-app", token, let_in.token]
    secrets += [first[name] for name in ("access_token", "refresh_token", "id_token")]
    secrets += [second[name] for name in ("access_token", "refresh_token")]
    secrets += [made["client_secret"], made["registration_access_token"], app.client.client_secret, machine.client_secret]
    found = await rows(oauth_server, ada.district_id)
    assert len({row["action"] for row in found}) == 6
    whole = json.dumps(found, default=lambda value: value.hex() if isinstance(value, bytes) else str(value))
    for secret in secrets:
        parts = {secret, secret[-43:], secret.rpartition(".")[2], sha256(secret.encode()).hexdigest()}
        assert [part for part in parts if part in whole] == []
    for word in ("Ada", "Bell", "Walks", "example.org", "openid", "Mozilla", "Firefox"):
        assert word not in whole


async def test_what_is_undone_is_not_told_and_what_can_not_be_told_is_not_done(
    oauth_server: OAuthServer, monkeypatch: pytest.MonkeyPatch
):
    app, ada = await web_app(oauth_server)
    code = await app.code()

    def broken(*_: Any) -> None:
        raise RuntimeError

    for owner, name in ((AuthorizationCodeGrant, "delete_authorization_code"), (type(oauth_server.store), "write_audit")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, broken)
            with pytest.raises(RuntimeError):
                await app.exchange(code)
        assert [row["action"] for row in await rows(oauth_server, ada.district_id)] == ["give_consent"]
        assert await oauth_server.do(ada.district_id, "select from session") == []
    assert (await app.exchange(code)).status_code == 200


async def test_of_ten_refreshes_at_once_each_is_told(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    first = (await app.tokens())["refresh_token"]
    await asyncio.gather(*(app.refresh(first) for _ in range(10)))
    ended = [row["outcome"] for row in await rows(oauth_server, ada.district_id) if row["action"] == "refresh_session"]
    assert sorted(ended) == ["done"] + ["replayed"] * 9


async def test_whoever_guesses_over_and_over_does_not_fill_the_trail(oauth_server: OAuthServer):
    district = await oauth_server.district()
    one_client, other = [(await oauth_server.client(district.id)).client.client_id for _ in range(2)]
    for own in [one_client] * 25 + [other]:
        form = {"grant_type": "client_credentials"}
        assert (await oauth_server.http.post("/oauth/token", data=form, auth=(own, "guessed"))).status_code == 401
    told = [row["object_id"] for row in await rows(oauth_server, district.id)]
    assert told == [UUID(one_client)] * 10 + [UUID(other)]
