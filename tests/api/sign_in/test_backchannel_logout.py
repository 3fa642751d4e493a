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
from tests.support.sign_in_with_provider import SECRET, Town

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


def said(**changes):
    return {name: value for name, value in (SAID | changes).items() if value is not None or name == "nonce"}


@pytest.mark.parametrize("fault", NOT_ONE, ids=str)
def test_what_is_no_logout_token_for_this_client_now_is_told_apart(fault):
    assert logout_token_error(PROVIDER, said(**NOT_ONE[fault]), NOW)


@pytest.mark.parametrize("changes", [{}, {"sub": None, "sid": "x"}, {"sid": "x"}, {"aud": "evenkeel"}, {"exp": AT - 59}])
def test_a_logout_token_for_this_client_is_one(changes):
    assert logout_token_error(PROVIDER, said(**changes), NOW) is None


@pytest.fixture
async def signed_in(town):
    """Ada came by the provider: her browser, and an app. The clock is that of the provider's tokens."""
    town.house.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    town.browser = await town.through()
    town.family = await town.house.let_in(town.ada)
    return town


async def say(town, token, slug="grand-bend", code=None, **more):
    """The provider's request; its status."""
    browser = town.house.browser()
    path = f"/sign-in/{slug}/logout/{code or town.code}"
    answer = await browser.http.post(path, **({"data": {"logout_token": token}} | more))
    assert answer.headers["cache-control"] == "no-store"
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"] == "invalid_request"
        assert "subject-1" not in answer.text
    return answer.status_code


def token(town, **more):
    return town.provider.logout_token(int(town.house.clock.now.timestamp()), **more)


async def gone(town):
    return await town.house.who(town.browser) is None, await town.house.ended(town.family)


async def test_whom_the_provider_names_is_signed_out_of_everything_at_once(signed_in):
    town, house = signed_in, signed_in.house
    bo = await house.person("Bo", "Li", identifier="E-200")
    town.provider.claims = {"sub": "subject-2", "employee_id": "E-200"}
    other, others = await town.through(), await house.let_in(bo)
    assert await say(town, token(town)) == 200
    assert await gone(town) == (True, True)
    assert ((await house.who(other)).person_id, await house.ended(others)) == (bo, False)
    assert await house.told("end_by_provider") == [("person", town.ada, "done")]
    # Unknown: the same answer, and nothing told.
    assert await say(town, token(town, sub="nobody-here", jti="j2")) == 200
    assert len(await house.told("end_by_provider")) == 1
    # What the provider vouched for before counts no more; what it vouches for afterwards does.
    town.provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
    ended = int(house.clock.now.timestamp())
    for issued, inside in ((ended - 1, False), (ended, False), (ended + 1, True)):
        town.provider.twist = lambda claims, at=issued: claims | {"iat": at}
        assert (await house.who(await town.through()) is not None) is inside


async def test_a_session_at_the_provider_names_its_person_too(town):
    town.house.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    town.provider.claims["sid"] = "session-1"
    town.browser, town.family = await town.through(), await town.house.let_in(town.ada)
    assert await say(town, token(town, without=("sub",), sid="session-2")) == 200
    assert await gone(town) == (False, False)
    assert await say(town, token(town, without=("sub",), sid="session-1", jti="j2")) == 200
    assert await gone(town) == (True, True)
    [(sids,)] = await town.house.sql("select sids from identity_link")
    assert sids is None


async def test_no_other_token_ends_anything(signed_in):
    town = signed_in
    forged = {
        "alg none": token(town, sign=unsigned),
        "the client's secret": token(town, sign=with_secret(SECRET)),
        "another key": token(town, sign=with_other_key),
        "another kind of token": token(town, header={"typ": "at+jwt"}),
        "another client's": token(town, aud="another-client"),
        "an ID token": token(town, nonce="n", without=("events",)),
        "an ID token with events": token(town, nonce="n"),
        "no event": token(town, without=("events",)),
        "no id": token(town, without=("jti",)),
        "nothing": "",
        "no token": "x.y.z",
        "letters of no token": "é",
        "a header that is no object": f"{base64_of(['alg'])}.{base64_of({})}.x",
    }
    for what, sent in forged.items():
        assert await say(town, sent) == 400, what
    sent = token(town)
    assert await say(town, sent, data={}, params={"logout_token": sent}) == 400
    assert await say(town, sent, data=None, json={"logout_token": sent}) == 400
    assert await say(town, sent, slug="nowhere") == 400
    assert await say(town, sent, code="nothing") == 400
    assert await gone(town) == (False, False)
    assert await town.house.sql("select 1 from logout_token") == []


async def test_a_token_counts_once(signed_in):
    town = signed_in
    sent = token(town)
    assert await say(town, sent) == 200
    town.house.clock.pass_(seconds=60)
    town.provider.twist = lambda claims: claims | {"iat": int(town.house.clock.now.timestamp())}
    town.browser, town.family = await town.through(), await town.house.let_in(town.ada)
    assert await say(town, sent) == 400
    assert await gone(town) == (False, False)
    town.house.clock.pass_(minutes=10)
    assert await say(town, token(town, jti="j2")) == 200
    assert len(await town.house.sql("select 1 from logout_token")) == 1


async def test_another_district_s_provider_ends_nothing_here(signed_in):
    """The same provider serves both, and calls each by another client; or even by the same."""
    town, house = signed_in, signed_in.house
    there = await house.district("Lakeside", "lakeside")
    here, house.district_id = house.district_id, there
    await Town(house, town.provider).configure(issuer=town.provider.issuer, client_id="lakeside")
    await Town(house, town.provider, "same").configure(issuer=town.provider.issuer)
    house.district_id = here
    theirs = token(town, aud="lakeside")
    assert await say(town, theirs) == 400
    assert await say(town, token(town), slug="lakeside") == 400
    assert await say(town, theirs, slug="lakeside") == 200
    assert await say(town, token(town, jti="j2"), slug="lakeside", code="same") == 200
    assert await gone(town) == (False, False)


async def test_keys_are_looked_at_again_for_an_unknown_one_but_not_for_everybody_s_made_up_one(signed_in):
    town = signed_in
    before = [url for url in town.provider.asked if url.endswith("/jwks")]
    for number in range(5):
        assert await say(town, token(town, header={"kid": f"made-up-{number}"})) == 400
    assert len([url for url in town.provider.asked if url.endswith("/jwks")]) == len(before) + 1


async def test_a_provider_that_can_t_be_asked_ends_nothing_and_says_so(town, monkeypatch):
    async def away(_request):
        raise httpx2.ConnectError("away")

    town.house.clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    monkeypatch.setattr(town.provider, "handle_async_request", away)
    answer = await town.house.browser().http.post("/sign-in/grand-bend/logout/district", data={"logout_token": token(town)})
    assert (answer.status_code, answer.json()["error"]) == (400, "temporarily_unavailable")
