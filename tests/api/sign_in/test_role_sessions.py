"""A role applies only in a session that was begun as the role needs it, whenever the role was granted."""

from datetime import UTC, datetime

import pyotp
import pytest

from domain.accounts.commands import WaiveSecondFactor
from domain.accounts.usecases.admin import waive_second_factor
from domain.people.commands import GrantRole, WithdrawRole
from domain.people.usecases.role_grants import grant_role, withdraw_role
from domain.shared.roles import Role
from tests.api.sign_in.test_second_factor import totp_on
from tests.support.sign_in import PASSWORD
from tests.support.signed_in_app import BuiltInApp

AUDIT = "/v1/audit"


@pytest.fixture
async def ada(sign_in_app):
    """Somebody who signed in by password, before anybody granted them anything; their app and its tokens."""
    sign_in_app.clock.now = datetime.now(UTC)
    own = await sign_in_app.account("ada")
    app = await BuiltInApp(sign_in_app).enable()
    page = await app.send(await app.see(app.address()), username="ada", password=PASSWORD)
    tokens = (await app.tokens(page)).json()
    return own, app, tokens


async def grant(sign_in_app, person, role=Role.DISTRICT_ADMIN):
    await sign_in_app.run(grant_role, GrantRole(person_id=person, role=role))


def lacks_second_factor(answer) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "role_missing") and "second factor" in answer.json()["detail"]


async def test_a_role_granted_later_does_not_apply_in_a_session_begun_by_password_alone(sign_in_app, ada):
    own, app, before = ada
    await grant(sign_in_app, own)
    fresh = (await app.refresh(before["refresh_token"])).json()
    for tokens in (before, fresh):
        me = (await app.get("/v1/me", tokens)).json()
        assert (me["roles"], me["withheld_roles"]) == ([], ["district_admin"])
    assert (await app.get(AUDIT, before)).status_code == 403
    assert "audit:read" not in fresh["scope"].split()


async def test_the_refusal_says_to_sign_in_with_the_second_factor(sign_in_app, ada):
    own, app, tokens = ada
    await grant(sign_in_app, own)
    wide = await wider(sign_in_app, app, own, tokens)
    assert lacks_second_factor(await app.get(AUDIT, wide))
    assert lacks_second_factor(await app.get(f"/v1/people/{own}/account", wide))
    assert lacks_second_factor(await app.get("/v1/me", wide, **{"Acting-For": str(own)}))


async def wider(sign_in_app, app, own, tokens):
    """Tokens of the same session with the scopes that it was allowed, as when the role was taken away and given back."""
    await sign_in_app.run(waive_second_factor, WaiveSecondFactor(person_id=own, waived=True))
    made = (await app.refresh(tokens["refresh_token"])).json()
    assert "audit:read" in made["scope"].split()
    assert (await app.get(AUDIT, made)).status_code == 200
    await sign_in_app.sql("update account set second_factor_waived = false where person_id = $1", own)
    return made


async def test_a_waived_second_factor_lets_the_role_apply_and_its_withdrawal_ends_that(sign_in_app, ada):
    own, app, tokens = ada
    await grant(sign_in_app, own)
    await sign_in_app.run(waive_second_factor, WaiveSecondFactor(person_id=own, waived=True))
    assert (await app.get("/v1/me", tokens)).json()["roles"] == ["district_admin"]
    await sign_in_app.run(waive_second_factor, WaiveSecondFactor(person_id=own, waived=False))
    assert (await app.get("/v1/me", tokens)).status_code == 401


async def test_other_roles_apply_in_the_same_session(sign_in_app, ada):
    own, app, tokens = ada
    await grant(sign_in_app, own)
    await grant(sign_in_app, own, Role.RESEARCHER)
    me = (await app.get("/v1/me", tokens)).json()
    assert (me["roles"], me["withheld_roles"]) == (["researcher"], ["district_admin"])
    fresh = (await app.refresh(tokens["refresh_token"])).json()
    assert (await app.get("/v1/configuration", fresh)).status_code == 200


async def test_whoever_supervises_as_an_administrator_alone_supervises_nobody_without_a_second_factor(sign_in_app, ada):
    own, app, tokens = ada
    led = await sign_in_app.person("Bea", "Cole", role="principal")
    await sign_in_app.sql(
        "insert into supervision (district_id, supervisor_id, leader_id, since) values ($1, $2, $3, now())",
        *(sign_in_app.district_id, own, led),
    )
    await grant(sign_in_app, own)
    assert (await app.get("/v1/me", tokens)).json()["supervises"] == []
    await grant(sign_in_app, own, Role.SUPERVISOR)
    assert (await app.get("/v1/me", tokens)).json()["supervises"] == [str(led)]


async def test_the_next_authorization_asks_for_the_second_factor_and_its_session_holds_the_role(sign_in_app, ada):
    own, app, _ = ada
    await grant(sign_in_app, own)
    page = await app.send(await app.see(app.address()), username="ada", password=PASSWORD)
    totp: pyotp.TOTP = totp_on(page.text)
    page = await app.send(page, code=totp.at(sign_in_app.clock.now))
    assert "recovery" in page.text.lower()
    tokens = (await app.tokens(await app.see(app.address()))).json()
    me = (await app.get("/v1/me", tokens)).json()
    assert (me["roles"], me["withheld_roles"]) == (["district_admin"], [])
    assert (await app.get(AUDIT, tokens)).status_code == 200
    again = (await app.refresh(tokens["refresh_token"])).json()
    assert (await app.get(AUDIT, again)).status_code == 200


async def test_a_provider_that_took_one_factor_does_not_satisfy_the_role(provider_sign_in):
    sign_in_app = provider_sign_in.sign_in_app
    sign_in_app.clock.now = datetime.now(UTC)
    for methods, roles in ((["pwd"], []), (["pwd", "mfa"], ["district_admin"])):
        provider_sign_in.provider.claims["amr"] = methods
        app = await BuiltInApp(sign_in_app).enable()
        browser = sign_in_app.browser()
        app.http = browser.http
        await provider_sign_in.through(browser)
        tokens = (await app.tokens(await app.see(app.address()))).json()
        await grant(sign_in_app, provider_sign_in.ada)
        assert (await app.get("/v1/me", tokens)).json()["roles"] == roles
        await sign_in_app.run(withdraw_role, WithdrawRole(person_id=provider_sign_in.ada, role=Role.DISTRICT_ADMIN))


async def test_the_built_in_app_gets_no_scope_that_the_person_can_not_use(sign_in_app, ada):
    own, app, tokens = ada
    told = set(tokens["scope"].split())
    assert {"me:read", "me:write", "directory:read", "offline_access"} <= told
    assert told.isdisjoint({"admin:read", "admin:write", "audit:read", "roster:write", "exports:write", "scores:read"})
    await sign_in_app.sql("update account set second_factor_waived = true where person_id = $1", own)
    await grant(sign_in_app, own)
    more = (await app.refresh(tokens["refresh_token"])).json()
    # an administrator may act in the place of a leader who consents
    assert {"admin:write", "audit:read", "scores:read"} <= set(more["scope"].split())
    await sign_in_app.run(withdraw_role, WithdrawRole(person_id=own, role=Role.DISTRICT_ADMIN))
    assert (await app.refresh(more["refresh_token"])).json()["scope"] == tokens["scope"]


async def test_the_built_in_app_that_asks_for_nothing_usable_is_told_so(ada):
    _, app, tokens = ada
    refused = await app.refresh(tokens["refresh_token"], scope="admin:write")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert "roles" in refused.json()["error_description"]
    assert (await app.refresh(tokens["refresh_token"])).status_code == 200
