"""Quotas over HTTP: who pays for which request, what every answer tells, and how each endpoint refuses."""

import re
from uuid import uuid4

import pytest
import pytest_asyncio

from api.middleware import rate_limit
from api.middleware.rate_limit import RateLimits
from api.rest.example_ids import OBSERVATION_BODY
from tests.api.rest.test_validation import well_formed
from tests.support.service import asgi, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = {
    "purpose": "formative",
    "leader": {"sourcedId": "207267"},
    "observer": {"externalName": "Visiting coach"},
    "school": {"sourcedId": "255901001"},
    "observedAt": "2026-03-02T08:30:00Z",
    "setting": "classroom",
    "ratings": [{"responsibility": "focus", "value": 3}],
}
TOLD = re.compile(r'"(client|person|address)";r=(\d+);t=(\d+)')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def limited(module_database):
    """A service with quotas of 20 a client and 10 an address, its clock at the beginning of a minute."""
    async with serving(module_database, rate_limits=RateLimits(client=20, person=10, address=10)) as running:
        running.meter = running.app.state.rate_limiter
        running.clock = Clock(running.meter)
        running.its = await running.district()
        yield running


class Clock:
    """Moves on by two minutes whenever a test begins anew."""

    def __init__(self, meter):
        self.at = 60_000_000.0
        meter.counts._clock = lambda: self.at

    def anew(self):
        self.at += 120


@pytest.fixture
def its(limited):
    limited.clock.anew()
    return limited.its


def rate_limit_of(answer):
    kind, left, seconds = TOLD.fullmatch(answer.headers["ratelimit"]).groups()
    return kind, int(left), int(seconds)


async def test_every_answer_tells_the_quota_and_what_is_left(limited, its):
    answers = [await its.http.get("/v1/people") for _ in range(2)]
    assert [rate_limit_of(a) for a in answers] == [("client", 19, 60), ("client", 18, 60)]
    assert answers[0].headers["ratelimit-policy"] == '"client";q=20;w=60'
    tag = answers[0].headers["etag"]
    for answer in (
        await its.http.get("/v1/people", headers={"If-None-Match": tag}),
        await its.http.get(f"/v1/people/{uuid4()}"),
        await its.http.post("/v1/observations", json={}),
        await its.http.post("/graphql", json={"query": "{ leaders { edges { cursor } } }"}),
    ):
        assert rate_limit_of(answer)[0] == "client"
    assert rate_limit_of(answer) == ("client", 14, 60)
    for path in ("/v1", "/v1/nothing", "/v1/people/x", "/v1/framework/responsibilities", "/v1/openapi.json"):
        assert rate_limit_of(await asgi(limited.app, "192.0.2.1").get(path))[0] == "address"


async def test_beyond_the_quota_a_problem_says_when_to_go_on(limited, its):
    answers = [await its.http.get("/v1/schools") for _ in range(21)]
    assert [a.status_code for a in answers] == [200] * 20 + [429]
    refusal = answers[-1]
    well_formed(refusal)
    assert (refusal.json()["code"], refusal.json()["retry"]) == ("rate_limited", "later")
    assert set(refusal.json()) == set((await its.http.get("/v1/people/x")).json())
    assert rate_limit_of(refusal) == ("client", 0, int(refusal.headers["retry-after"]))
    limited.clock.at += int(refusal.headers["retry-after"])
    assert (await its.http.get("/v1/schools")).status_code == 200


async def test_another_client_of_the_district_goes_on(its):
    for _ in range(21):
        last = await its.http.get("/v1/schools")
    assert last.status_code == 429
    assert (await (await its.client(origin="other")).get("/v1/schools")).status_code == 200


async def test_a_batch_counts_as_one_request_for_every_hundred_items(its):
    batch = {"items": [OBSERVATION_BODY | {"external_id": f"r{n}"} for n in range(201)]}
    assert rate_limit_of(await its.http.post("/v1/observations:batch", json=batch))[1] == 20 - 3
    assert rate_limit_of(await its.http.post("/v1/observations:batch", json={"items": batch["items"][:1]}))[1] == 16
    query = "mutation($i: PushObservationsInput!) { pushObservations(input: $i) { counts { n } } }"
    pushed = {"items": [{"push": SAID | {"externalId": f"g{n}"}} for n in range(150)]}
    answer = await its.http.post("/graphql", json={"query": query, "variables": {"i": pushed}})
    assert answer.json()["data"]["pushObservations"]["counts"] == [{"n": 150}]
    assert rate_limit_of(answer)[1] == 14


async def test_a_batch_that_is_refused_for_its_weight_keeps_nothing(limited, its):
    for _ in range(18):
        await its.http.get("/v1/schools")
    batch = {"items": [OBSERVATION_BODY | {"external_id": f"w{n}"} for n in range(201)]}
    answer = await its.http.post("/v1/observations:batch", json=batch)
    assert answer.status_code == 429
    limited.clock.anew()
    assert (await its.http.get("/v1/observations", params={"external_id": "w0"})).json()["items"] == []


async def test_graphql_is_refused_as_a_request_before_it_is_read(its):
    for _ in range(20):
        await its.http.get("/v1/schools")
    for query in ("{ leaders { edges { cursor } } }", "{ framework { notice } }", "{ nonsense"):
        answer = await its.http.post("/graphql", json={"query": query})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) > 0


PUBLIC = (
    ("GET", "/v1"),
    ("GET", "/v1/framework/responsibilities"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/oauth/jwks"),
    ("POST", "/oauth/token"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/oauth-protected-resource/v1"),
    ("GET", "/sign-in"),
    ("GET", "/signed-in"),
    ("POST", "/sign-out"),
    ("POST", "/graphql"),
)


@pytest.mark.parametrize(("method", "path"), PUBLIC)
async def test_without_a_token_an_address_has_a_quota(limited, its, method, path):
    stranger, other = asgi(limited.app, "192.0.2.7"), asgi(limited.app, "192.0.2.8")
    for _ in range(10):
        assert (await stranger.request(method, path)).status_code != 429
    refusal = await stranger.request(method, path)
    assert refusal.status_code == 429
    assert int(refusal.headers["retry-after"]) > 0
    assert (await other.request(method, path)).status_code != 429


async def test_a_client_with_a_token_goes_on_where_the_address_is_used_up(limited, its):
    stranger = asgi(limited.app, "127.0.0.1")
    for _ in range(11):
        await stranger.get("/v1")
    assert (await its.http.get("/v1/schools")).status_code == 200


async def test_tokens_that_are_tried_count_against_the_address(limited, its):
    stranger = asgi(limited.app, "192.0.2.9")
    forged = {"Authorization": "Bearer a.b.c"}
    answers = [await stranger.get("/v1/schools", headers=forged) for _ in range(11)]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    asked = await stranger.post("/graphql", json={"query": "{ framework { notice } }"}, headers=forged)
    assert asked.status_code == 429


async def test_a_public_page_asked_with_a_forged_token_is_no_way_around(limited, its):
    stranger = asgi(limited.app, "192.0.2.10")
    forged = {"Authorization": "Bearer a.b.c"}
    for path in ("/v1", "/v1/framework/responsibilities"):
        limited.clock.anew()
        answers = [await stranger.get(path, headers=forged) for _ in range(11)]
        assert answers[-1].status_code == 429


async def test_oauth_refuses_in_its_own_form(limited, its):
    stranger = asgi(limited.app, "192.0.2.11")
    for _ in range(11):
        answer = await stranger.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("a", "b"))
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert answer.headers["cache-control"] == "no-store"


async def test_machines_that_watch_are_not_counted(limited, its):
    watching = asgi(limited.app, "192.0.2.12")
    for path in ("/healthz", "/readyz", "/metrics"):
        answers = [await watching.get(path) for _ in range(12)]
        assert {a.status_code for a in answers} == {200}
        assert "ratelimit" not in answers[0].headers


async def test_the_limits_are_told_to_anybody(limited, its):
    said = (await its.http.get("/v1")).json()["limits"]
    assert [said[f"requests_per_minute_{kind}"] for kind in ("client", "person", "address")] == [20, 10, 10]
    assert (said["request_items"], said["graphql_cost"]) == (100, 1000)
    assert "mutation 10" in said["graphql_cost_formula"]
    assert (said["zip_entries"], said["zip_bytes"], said["zip_ratio"]) == (100, 200 * 2**20, 250)


async def test_counting_costs_microseconds():
    """Beside a use case of a millisecond it is nothing; a store that is asked for each request would double that."""
    import timeit

    meter = rate_limit.RateLimiter(RateLimits(client=10**9), b"k")
    spent = min(timeit.repeat(lambda: meter.hit("client", "walks"), number=2000, repeat=5)) / 2000
    assert spent < 50e-6
