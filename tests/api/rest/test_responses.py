"""What every answer has in common: form, headers, and what is said of paths and methods that are not there."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts

from api.rest.example_ids import OBSERVATION_BODY, UNKNOWN_ID
from api.rest.scoring import SELF_ASSESSMENT_BODY
from api.wire.json_encoding import decode, encode
from tests.support.service import PUBLIC_URL

pytestmark = pytest.mark.asyncio(loop_scope="module")
LEADER = "207267"
HOSTILE = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example",
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True, kw_only=True)
class Inner:
    at: datetime
    word: str


@dataclass(frozen=True, kw_only=True)
class Outer:
    inner: Inner | None
    many: tuple[Inner, ...]
    at: datetime | None
    number: float


def inner(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), word="") -> Inner:
    return Inner(at=at, word=word)


async def test_instants_are_rfc_3339_in_utc_wherever_they_stand():
    fine = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
    said = json.loads(encode(Outer(inner=inner(), many=(inner(fine), inner()), at=fine, number=1)))
    assert said["inner"]["at"] == "2026-01-02T03:04:05Z"
    assert [i["at"] for i in said["many"]] == ["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05Z"]
    assert said["at"] == "2026-01-02T03:04:05.678901Z"


async def test_a_list_at_the_root_is_written_as_its_items_are():
    assert [i["at"] for i in json.loads(encode((inner(), inner())))] == ["2026-01-02T03:04:05Z"] * 2


async def test_what_is_written_is_read_as_it_was():
    view = Outer(inner=inner(word='"at":"2026-01-01T00:00:00Z"'), many=(), at=None, number=1)
    assert decode(Outer, encode(view)) == view


async def test_what_is_no_number_does_not_become_one_that_parsers_choke_on():
    assert json.loads(encode(Outer(inner=None, many=(), at=None, number=float("nan"))))["number"] is None


async def test_keys_are_there_even_where_nothing_is_known():
    assert json.loads(encode(Outer(inner=None, many=(), at=None, number=1))) == {
        "inner": None,
        "many": [],
        "at": None,
        "number": 1.0,
    }


async def test_feedback_that_looks_like_our_own_members_comes_back_unchanged(common):
    text = '"observed_at":"2026-01-01T00:00:00Z" and 2026-01-01T00:00:00Z'
    visit = OBSERVATION_BODY | {"external_id": "looks-alike", "feedback": [{"type": "note", "text": text}]}
    made = (await common.http.post("/v1/observations", json=visit)).json()
    shown = (await common.http.get(f"/v1/observations/{made['id']}")).json()
    assert shown["feedback"][0]["text"] == text
    assert shown["observed_at"] == "2026-03-02T13:41:20Z"


async def test_moments_are_cut_to_milliseconds_and_turned_to_utc(common):
    visit = OBSERVATION_BODY | {"external_id": "moments", "observed_at": "2026-03-02T08:41:20.123999-05:00"}
    made = (await common.http.post("/v1/observations", json=visit)).json()
    shown = (await common.http.get(f"/v1/observations/{made['id']}")).json()
    assert shown["observed_at"] == "2026-03-02T13:41:20.123000Z"
    listed = (await common.http.get("/v1/observations", params={"external_id": "moments"})).json()["items"]
    assert listed[0]["observed_at"] == "2026-03-02T13:41:20.123000Z"


async def test_a_gap_has_its_classification_and_a_profile_all_its_members(common):
    leader = await common.person(LEADER)
    for n in range(4):
        await common.http.post("/v1/observations", json=OBSERVATION_BODY | {"external_id": f"gap-{n}"})
    await common.http.post(f"/v1/leaders/{leader}/self-assessments", json=SELF_ASSESSMENT_BODY)
    profile = (await common.http.get(f"/v1/leaders/{leader}/profile")).json()
    assert set(profile) >= {
        "leader_id", "as_of", "computed_from", "configuration_version", "framework_version", "scores", "notice", "citations",
    }  # fmt: skip
    assert {frozenset(s) for s in profile["scores"]} == {
        frozenset(
            {
                "responsibility", "estimate", "sd", "interval", "p_below_target", "reliability", "evidence", "sources",
                "prior_share", "self_gap", "disagreement",
            }
        )
    }  # fmt: skip
    gap = next(s["self_gap"] for s in profile["scores"] if s["responsibility"] == "visibility")
    assert set(gap) == {"value", "interval", "classification", "flag", "reference"}
    assert INSTANT.fullmatch(profile["as_of"])


async def test_a_read_answer_has_a_strong_etag_and_is_not_sent_again(common):
    for path in ("/v1/districts/current", "/v1/people", "/v1/framework", "/v1/configuration", "/v1/roster/role-mapping"):
        first = await common.http.get(path)
        assert re.fullmatch(r'"[0-9a-f]+"', first.headers["etag"]), path
        again = await common.http.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        changed = await common.http.get(path, headers={"If-None-Match": '"other"'})
        assert (changed.status_code, changed.content) == (200, first.content), path


async def test_what_a_token_may_see_is_kept_by_nobody_else(common):
    assert (await common.http.get("/v1/people")).headers["cache-control"] == "private, no-cache"
    assert (await common.http.get("/v1")).headers["cache-control"] == "private, no-cache"
    assert (await common.http.get("/v1/framework")).headers["cache-control"] == "public, max-age=300"
    assert (await common.http.get("/v1/people/nobody")).headers["cache-control"] == "no-store"


async def test_the_next_page_is_linked_below_the_public_url_whatever_host_was_asked(common):
    answer = await common.http.get("/v1/people", params={"limit": "2"}, headers=HOSTILE)
    assert "evil" not in answer.text + str(answer.headers)
    address, rel = re.fullmatch(r"<([^>]*)>; (.*)", answer.headers["link"]).groups()
    assert rel == 'rel="next"'
    assert address.startswith(f"{PUBLIC_URL}/v1/people?")
    assert parse_qs(urlsplit(address).query) == {"limit": ["2"], "cursor": [answer.json()["next_cursor"]]}
    following = (await common.http.get(address)).json()["items"]
    assert following
    assert not {p["id"] for p in following} & {p["id"] for p in answer.json()["items"]}


async def test_following_the_links_shows_each_person_once_and_ends(common):
    seen, address = [], f"{PUBLIC_URL}/v1/people?limit=25"
    while address:
        answer = await common.http.get(address)
        seen += [p["id"] for p in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
        assert (address is None) == (answer.json()["next_cursor"] is None)
    assert len(seen) == len(set(seen)) == 68


async def test_location_is_below_the_public_url_and_leads_to_what_was_made(common):
    answer = await common.http.post("/v1/observations", json=OBSERVATION_BODY | {"external_id": "placed"}, headers=HOSTILE)
    assert answer.headers["location"] == f"{PUBLIC_URL}/v1/observations/{answer.json()['id']}"
    assert (await common.http.get(answer.headers["location"])).json()["external_id"] == "placed"


async def test_addresses_of_the_service_do_not_come_from_the_host(common):
    for path in ("/v1", "/.well-known/oauth-authorization-server", "/v1/openapi.json"):
        assert "evil" not in (await common.http.get(path, headers=HOSTILE)).text, path


async def test_a_harmless_request_id_is_taken_over(common):
    answer = await common.http.get("/v1/people/nobody", headers={"X-Request-Id": "partner-4711.a_b"})
    assert (answer.headers["x-request-id"], answer.json()["request_id"]) == ("partner-4711.a_b",) * 2


@pytest.mark.parametrize(
    "request_id", [b"short", b"x" * 65, b"two words here", b'{"a":"b"}-----', b"\xe4\xf6\xfc-aaaaaaa", b"", b"1;2;3;4;5"]
)
async def test_a_request_id_that_could_harm_a_log_is_replaced(common, request_id):
    answer = await common.http.get("/v1", headers={"X-Request-Id": request_id})
    assert UUID(answer.headers["x-request-id"]).version == 4


async def test_every_answer_has_one_request_id(common):
    for method, path in (
        ("GET", "/v1"),
        ("GET", "/nowhere"),
        ("DELETE", "/v1"),
        ("POST", "/graphql"),
        ("POST", "/oauth/token"),
    ):
        answer = await common.http.request(method, path)
        assert len(answer.headers.get_list("x-request-id")) == 1, path


async def test_nothing_at_a_path_is_a_problem(common):
    for path in ("/", "/v1/nothing", "/v2", "/docs/nothing", "/v1/leaders/x/y/z", "/v1/Schools"):
        answer = await common.http.get(path)
        assert (answer.status_code, answer.json()["code"], answer.json()["instance"]) == (404, "not_found", path)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_slash_at_the_end_is_another_path_and_never_a_redirect(common):
    for path in ("/v1/", "/v1/schools/", "/v1/openapi.json/", "/oauth/token/", "/graphql/"):
        for method in ("GET", "POST"):
            assert (await common.http.request(method, path)).status_code == 404, path


async def test_a_method_that_is_not_there_is_answered_with_all_that_are(common):
    routes: dict[str, set[str]] = {}
    for route in iter_route_contexts(common.service.app.routes):
        routes.setdefault(route.path_format, set()).update(route.methods)
    assert routes["/v1/observations"] == {"GET", "POST"}
    for path, methods in routes.items():
        if path == "/graphql" or path.startswith("/sign-in/"):
            continue  # the first answers in the words of GraphQL
        answer = await common.http.request("PURGE", re.sub(r"\{[^}]*\}", UNKNOWN_ID, path))
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), path
        assert answer.headers["allow"].split(", ") == sorted(methods | ({"HEAD"} if "GET" in methods else set())), path


async def test_head_is_get_without_its_body(common):
    for path in ("/v1", "/v1/people", "/v1/framework", "/healthz", "/v1/openapi.json"):
        head, get = await common.http.head(path), await common.http.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers.get("content-length") == get.headers.get("content-length")
        if path != "/v1":
            assert head.headers.get("etag") == get.headers.get("etag")
    assert (await common.http.head("/v1/nothing")).status_code == 404
    assert (await common.http.head("/v1/observations:batch")).status_code == 405


async def test_options_is_not_offered_and_says_what_is(common):
    answer = await common.http.options("/v1/people")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_the_service_says_where_things_are_and_its_limits_to_anybody(common):
    said = (await common.service.anonymous().get("/v1")).json()
    assert set(said) == {
        "api_version",
        "build",
        "server_time",
        "token_url",
        "graphql_url",
        "native_client_id",
        "native_redirect_uris",
        "limits",
        "notice",
    }
    assert (said["api_version"], said["token_url"], said["graphql_url"]) == (
        "1",
        f"{PUBLIC_URL}/oauth/token",
        f"{PUBLIC_URL}/graphql",
    )
    assert INSTANT.fullmatch(said["server_time"])
    assert said["limits"]["body_bytes"] == 2**20
    assert said["limits"]["batch_body_bytes"] == 8 * 2**20
    assert said["limits"]["batch_items"] == 1000
    assert (said["limits"]["page_default"], said["limits"]["page_most"]) == (50, 100)
    assert said["limits"]["graphql_depth"] == 10
    assert said["limits"]["graphql_aliases"] == 20
    assert said["limits"]["graphql_tokens"] == 2000
    assert said["limits"]["graphql_first"] == 100
    assert said["limits"]["graphql_nested_first"] == 2000


async def test_a_stored_success_says_that_it_was_stored(common):
    key = {"Idempotency-Key": '"wire-1"'}
    visit = OBSERVATION_BODY | {"external_id": "twice"}
    first = await common.http.post("/v1/observations", json=visit, headers=key)
    again = await common.http.post("/v1/observations", json=visit, headers={"Idempotency-Key": "wire-1"})
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"]
