"""A provider ends somebody's sign-ins; nobody else does, and not with just any token of the provider's."""

import json
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import httpx2
import pytest

from domain.accounts.logout_tokens import EVENT, logout_token_error
from domain.accounts.model import IdentityProvider, ProviderKind
from tests.support.fake_oidc_provider import unsigned, with_other_key, with_secret
from tests.support.sign_in_with_provider import SECRET, ProviderSignIn

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
AT = int(NOW.timestamp())
PROVIDER = IdentityProvider(
    code="p",
    kind=ProviderKind.ENTRA,
    name="P",
    issuer="https://login.example.net/{tenantid}",
    client_id="evenkeel",
    secret_sealed=b"",
    tenants=("t1", "t2"),
    claim="oid",
    roster_field="identifier",
    exclusive=False,
    active=True,
    version=1,
)
SAID = {
    "iss": "https://login.example.net/t2",
    "aud": ["other", "evenkeel"],
    "iat": AT,
    "exp": AT + 120,
    "jti": "j1",
    "sub": "s1",
    "events": {EVENT: {}},
}
NOT_ONE = {
    "another tenant's issuer": {"iss": "https://login.example.net/t3"},
    "another client": {"aud": "another"},
    "no client": {"aud": None},
    "other clients": {"aud": ["another"]},
    "an ID token's nonce": {"nonce": "n"},
    "a nonce that is none": {"nonce": None},
    "no event": {"events": {}},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is no object": {"events": {EVENT: True}},
    "events as a list": {"events": [EVENT]},
    "no jti": {"jti": None},
    "an empty jti": {"jti": " "},
    "nobody": {"sub": None},
    "a subject that is no text": {"sub": 7},
    "a session that is no text": {"sid": 7},
    "expired": {"exp": AT - 60},
    "not yet": {"iat": AT + 61},
    "good for too long": {"exp": AT + 86_401},
    "no end": {"exp": None},
    "an end that is no number": {"exp": True},
    "an end beyond all years": {"exp": 1e300},
    "no beginning": {"iat": None},
}


def base64_of(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def logout_claims(**changes):
    return {name: value for name, value in (SAID | changes).items() if value is not None or name == "nonce"}


@pytest.mark.parametrize("error", NOT_ONE, ids=str)
def test_what_is_no_logout_token_for_this_client_now_is_told_apart(error):
    assert logout_token_error(PROVIDER, logout_claims(**NOT_ONE[error]), NOW)


@pytest.mark.parametrize("changes", [{}, {"sub": None, "sid": "x"}, {"sid": "x"}, {"aud": "evenkeel"}, {"exp": AT - 59}])
def test_a_logout_token_for_this_client_is_one(changes):
    assert logout_token_error(PROVIDER, logout_claims(**changes), NOW) is None


@pytest.fixture
async def signed_in(provider_sign_in):
    """Ada came by the provider: her browser, and an app. The clock is that of the provider's tokens."""
    provider_sign_in.sign_in_app.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    provider_sign_in.browser = await provider_sign_in.through()
    provider_sign_in.family = await provider_sign_in.sign_in_app.create_app_session(provider_sign_in.ada)
    return provider_sign_in


async def post_logout(provider_sign_in, token, slug="grand-bend", code=None, **more):
    """The provider's request; its status."""
    browser = provider_sign_in.sign_in_app.browser()
    path = f"/sign-in/{slug}/logout/{code or provider_sign_in.code}"
    answer = await browser.http.post(path, **({"data": {"logout_token": token}} | more))
    assert answer.headers["cache-control"] == "no-store"
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"] == "invalid_request"
        assert "subject-1" not in answer.text
    return answer.status_code


def token(provider_sign_in, **more):
    return provider_sign_in.provider.logout_token(int(provider_sign_in.sign_in_app.clock.now.timestamp()), **more)


async def is_signed_out(provider_sign_in):
    return await provider_sign_in.sign_in_app.current_user(
        provider_sign_in.browser
    ) is None, await provider_sign_in.sign_in_app.ended(provider_sign_in.family)


async def test_whom_the_provider_names_is_signed_out_of_everything_at_once(signed_in):
    provider_sign_in, sign_in_app = signed_in, signed_in.sign_in_app
    bo = await sign_in_app.person("Bo", "Li", identifier="E-200")
    provider_sign_in.provider.claims = {"sub": "subject-2", "employee_id": "E-200"}
    other, others = await provider_sign_in.through(), await sign_in_app.create_app_session(bo)
    assert await post_logout(provider_sign_in, token(provider_sign_in)) == 200
    assert await is_signed_out(provider_sign_in) == (True, True)
    assert ((await sign_in_app.current_user(other)).person_id, await sign_in_app.ended(others)) == (bo, False)
    assert await sign_in_app.audit_rows("end_by_provider") == [("person", provider_sign_in.ada, "done")]
    # Unknown: the same answer, and nothing told.
    assert await post_logout(provider_sign_in, token(provider_sign_in, sub="nobody-here", jti="j2")) == 200
    assert len(await sign_in_app.audit_rows("end_by_provider")) == 1
    # What the provider vouched for before counts no more; what it vouches for afterwards does.
    provider_sign_in.provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
    ended = int(sign_in_app.clock.now.timestamp())
    for issued, inside in ((ended - 1, False), (ended, False), (ended + 1, True)):
        provider_sign_in.provider.twist = lambda claims, at=issued: claims | {"iat": at}
        assert (await sign_in_app.current_user(await provider_sign_in.through()) is not None) is inside


async def test_a_session_at_the_provider_names_its_person_too(provider_sign_in):
    provider_sign_in.sign_in_app.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    provider_sign_in.provider.claims["sid"] = "session-1"
    provider_sign_in.browser, provider_sign_in.family = (
        await provider_sign_in.through(),
        await provider_sign_in.sign_in_app.create_app_session(provider_sign_in.ada),
    )
    assert await post_logout(provider_sign_in, token(provider_sign_in, without=("sub",), sid="session-2")) == 200
    assert await is_signed_out(provider_sign_in) == (False, False)
    assert await post_logout(provider_sign_in, token(provider_sign_in, without=("sub",), sid="session-1", jti="j2")) == 200
    assert await is_signed_out(provider_sign_in) == (True, True)
    [(sids,)] = await provider_sign_in.sign_in_app.sql("select sids from identity_link")
    assert sids is None


async def test_no_other_token_ends_anything(signed_in):
    provider_sign_in = signed_in
    forged = {
        "alg none": token(provider_sign_in, sign=unsigned),
        "the client's secret": token(provider_sign_in, sign=with_secret(SECRET)),
        "another key": token(provider_sign_in, sign=with_other_key),
        "another kind of token": token(provider_sign_in, header={"typ": "at+jwt"}),
        "another client's": token(provider_sign_in, aud="another-client"),
        "an ID token": token(provider_sign_in, nonce="n", without=("events",)),
        "an ID token with events": token(provider_sign_in, nonce="n"),
        "no event": token(provider_sign_in, without=("events",)),
        "no id": token(provider_sign_in, without=("jti",)),
        "nothing": "",
        "no token": "x.y.z",
        "letters of no token": "é",
        "a header that is no object": f"{base64_of(['alg'])}.{base64_of({})}.x",
    }
    for what, sent in forged.items():
        assert await post_logout(provider_sign_in, sent) == 400, what
    sent = token(provider_sign_in)
    assert await post_logout(provider_sign_in, sent, data={}, params={"logout_token": sent}) == 400
    assert await post_logout(provider_sign_in, sent, data=None, json={"logout_token": sent}) == 400
    assert await post_logout(provider_sign_in, sent, slug="nowhere") == 400
    assert await post_logout(provider_sign_in, sent, code="nothing") == 400
    assert await is_signed_out(provider_sign_in) == (False, False)
    assert await provider_sign_in.sign_in_app.sql("select 1 from logout_token") == []


async def test_a_token_counts_once(signed_in):
    provider_sign_in = signed_in
    sent = token(provider_sign_in)
    assert await post_logout(provider_sign_in, sent) == 200
    provider_sign_in.sign_in_app.clock.pass_(seconds=60)
    provider_sign_in.provider.twist = lambda claims: claims | {"iat": int(provider_sign_in.sign_in_app.clock.now.timestamp())}
    provider_sign_in.browser, provider_sign_in.family = (
        await provider_sign_in.through(),
        await provider_sign_in.sign_in_app.create_app_session(provider_sign_in.ada),
    )
    assert await post_logout(provider_sign_in, sent) == 400
    assert await is_signed_out(provider_sign_in) == (False, False)
    provider_sign_in.sign_in_app.clock.pass_(minutes=10)
    assert await post_logout(provider_sign_in, token(provider_sign_in, jti="j2")) == 200
    assert len(await provider_sign_in.sign_in_app.sql("select 1 from logout_token")) == 1


async def test_another_district_s_provider_ends_nothing_here(signed_in):
    """The same provider serves both, and calls each by another client; or even by the same."""
    provider_sign_in, sign_in_app = signed_in, signed_in.sign_in_app
    there = await sign_in_app.district("Lakeside", "lakeside")
    here, sign_in_app.district_id = sign_in_app.district_id, there
    await ProviderSignIn(sign_in_app, provider_sign_in.provider).configure(
        issuer=provider_sign_in.provider.issuer, client_id="lakeside"
    )
    await ProviderSignIn(sign_in_app, provider_sign_in.provider, "same").configure(issuer=provider_sign_in.provider.issuer)
    sign_in_app.district_id = here
    theirs = token(provider_sign_in, aud="lakeside")
    assert await post_logout(provider_sign_in, theirs) == 400
    assert await post_logout(provider_sign_in, token(provider_sign_in), slug="lakeside") == 400
    assert await post_logout(provider_sign_in, theirs, slug="lakeside") == 200
    assert await post_logout(provider_sign_in, token(provider_sign_in, jti="j2"), slug="lakeside", code="same") == 200
    assert await is_signed_out(provider_sign_in) == (False, False)


async def test_keys_are_looked_at_again_for_an_unknown_one_but_not_for_everybody_s_made_up_one(signed_in):
    provider_sign_in = signed_in
    before = [url for url in provider_sign_in.provider.requested_urls if url.endswith("/jwks")]
    for number in range(5):
        assert await post_logout(provider_sign_in, token(provider_sign_in, header={"kid": f"made-up-{number}"})) == 400
    assert len([url for url in provider_sign_in.provider.requested_urls if url.endswith("/jwks")]) == len(before) + 1


async def test_a_provider_that_can_t_be_asked_ends_nothing_and_says_so(provider_sign_in, monkeypatch):
    async def away(_request):
        raise httpx2.ConnectError("away")

    provider_sign_in.sign_in_app.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    monkeypatch.setattr(provider_sign_in.provider, "handle_async_request", away)
    answer = await provider_sign_in.sign_in_app.browser().http.post(
        "/sign-in/grand-bend/logout/district", data={"logout_token": token(provider_sign_in)}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "temporarily_unavailable")
