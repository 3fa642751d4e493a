"""The OWASP API Security Top 10 (2023), by number: for each at least one attack of its own, and where the others stand.

| | attacked here | and in |
|---|---|---|
| API1 | ids and global ids of another district, in every operation and node | `test_tenant_isolation`, `test_withheld_numbers`, `persistence/test_row_level_security*` |
| API2 | tokens altered or in other places | `test_bearer_tokens`, `oauth/test_*` |
| API3 | members that are not one's own to write, columns that are not ours to show | `test_requests` |
| API4 | pages, bodies, costs | `middleware/test_rate_limit_http`, `graphql/test_limits`, `graphql/test_query_cost`, `domain/shared/test_safe_zip` |
| API5 | every operation with the scopes of a reader, and with none | `test_scopes` |
| API6 | the same evidence a hundred times, a group's answers twice | `rest/test_push_versions`, `rest/test_magnitude` |
| API7 | no module asks outward but through the guard | `outbound/test_ssrf_guard` |
| API8 | what a fault tells, methods nobody needs | `middleware/test_security_headers_cors`, `middleware/test_logging`, `cli/test_serve` |
| API9 | what is served is what is documented | `documents/test_openapi` |
| API10 | what a roster may bring | `test_rosters`, `domain/roster/*`, `outbound/test_ssrf_guard` |
"""

import ast
import asyncio
import base64
import json
import socket
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY
from tests.support.attacks import post_roster
from tests.support.example_bodies import example_body
from tests.support.permission_walk import OF_PEOPLE
from tests.support.roster_packages import CLEAN, zipped
from tests.support.service import serving
from tests.support.sign_in import PAGES

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[3]
LEADER = "207267"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(module_database):
    """Two districts with the same roster; the first has an initiative, a group and a visit."""
    async with serving(module_database) as running:
        mine, theirs = await running.district("Mine"), await running.district("Theirs")
        running.leader = await mine.person(LEADER)
        running.visit = (await mine.http.post("/v1/observations", json=OBSERVATION_BODY)).json()["id"]
        running.initiative = (await mine.http.post("/v1/initiatives", json=INITIATIVE_BODY)).json()["id"]
        made = await mine.http.post(f"/v1/initiatives/{running.initiative}/groups", json=GROUP_BODY)
        running.group = made.json()["id"]
        running.mine, running.theirs = mine, theirs
        yield running


class Places(dict):
    """Ids by their names in paths; whatever else is asked for is an id of another kind of thing."""

    def __missing__(self, name):
        return "2026-10-12" if name == "on" else "x" if name == "code" else self["leader_id"]


def places(running):
    return Places(
        leader_id=running.leader,
        person_id=running.leader,
        initiative_id=running.initiative,
        group_id=running.group,
        observation_id=running.visit,
    )


class TestApi1BrokenObjectLevelAuthorization:
    async def test_an_id_of_another_district_is_not_found_by_any_operation(self, two):
        asked = 0
        for path, operation in two.app.state.operations:
            if operation.method != "GET" or not any(f"{{{name}}}" in path for name in places(two)):
                continue
            url = path.format_map(places(two))
            found, hidden = await two.mine.http.get(url), await two.theirs.http.get(url)
            assert (found.status_code, hidden.status_code) in {(200, 404), (404, 404)}, url
            asked += found.status_code == 200
        assert asked >= 8

    async def test_a_global_id_of_another_district_is_not_found(self, two):
        query = """query($i: UUID!, $g: UUID!, $o: UUID!, $p: UUID!) {
          initiative(input: {initiativeId: $i}) { id } group(input: {initiativeId: $i, groupId: $g}) { id }
          observation(input: {observationId: $o}) { id } leader(input: {leaderId: $p}) { id } person(input: {personId: $p}) { id } }"""
        variables = {"i": two.initiative, "g": two.group, "o": two.visit, "p": two.leader}
        shown = (await two.mine.http.post("/graphql", json={"query": query, "variables": variables})).json()["data"]
        for name, thing in shown.items():
            said = {"query": "query($n: ID!) { node(id: $n) { id } }", "variables": {"n": thing["id"]}}
            assert (await two.mine.http.post("/graphql", json=said)).json()["data"]["node"] == thing
            hidden = (await two.theirs.http.post("/graphql", json=said)).json()
            assert hidden["data"]["node"] is None, name
            assert hidden["errors"][0]["extensions"]["code"] in {"not_found", "observation_not_found"}, name


class TestApi2BrokenAuthentication:
    async def test_a_token_that_was_altered_or_stands_elsewhere_lets_nobody_in(self, two):
        header, claims, signature = two.mine.http.headers["authorization"].removeprefix("Bearer ").split(".")
        token = f"{header}.{claims}.{signature}"
        none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
        told = json.loads(base64.urlsafe_b64decode(claims + "=="))
        more = base64.urlsafe_b64encode(json.dumps(told | {"exp": told["exp"] + 9}).encode()).decode().rstrip("=")
        stranger = two.anonymous()
        for altered in (
            f"{none}.{claims}.",
            f"{none}.{claims}.{signature}",
            f"{header}.{more}.{signature}",
            f"{header}.{claims}.",
        ):
            bearer = {"Authorization": f"Bearer {altered}"}
            assert (await stranger.get("/v1/people", headers=bearer)).status_code == 401
            answer = await stranger.post("/graphql", json={"query": "{ people { edges { cursor } } }"}, headers=bearer)
            assert answer.json()["errors"][0]["extensions"]["code"] == "unauthenticated"
        elsewhere = (
            {"params": {"access_token": token}},
            {"headers": {"Authorization": f"Basic {token}"}},
            {"headers": {"Authorization": token}},
            {"headers": {"Cookie": f"access_token={token}"}},
            {"headers": {"X-Authorization": f"Bearer {token}"}},
        )
        for way in elsewhere:
            assert (await stranger.get("/v1/people", **way)).status_code == 401, way
        assert (await stranger.get("/v1/people", headers={"Authorization": f"Bearer {token}"})).status_code == 200


class TestApi3BrokenObjectPropertyLevelAuthorization:
    async def test_nobody_writes_members_that_are_not_theirs_over_graphql_either(self, two):
        mutation = "mutation($i: CreateInitiativeInput!) { createInitiative(input: $i) { outcome } }"
        plan = {
            "leader": {"sourcedId": LEADER},
            "title": "x",
            "goalTiedToStudentLearning": True,
            "aboutTeachingAndLearning": True,
            "stakes": None,
        }
        for member in ("districtId", "origin", "version", "createdAt", "id", "__proto__"):
            said = {"query": mutation, "variables": {"i": plan | {member: 1}}}
            errors = (await two.mine.http.post("/graphql", json=said)).json()["errors"]
            assert errors[0]["extensions"]["code"] in {"unknown_member", "malformed"}, member
        taken = (await two.mine.http.post("/graphql", json={"query": mutation, "variables": {"i": plan}})).json()
        assert taken["data"]["createInitiative"]["outcome"] == "created"

    async def test_what_a_roster_says_beyond_our_needs_is_nowhere_to_be_read(self, two):
        district = await two.district("Small", roster=False)
        assert (await post_roster(district, zipped(CLEAN))).status_code == 201
        shown = ""
        for path in ("/v1/people", "/v1/leaders", "/v1/schools"):
            shown += (await district.http.get(path)).text
        person = (await district.http.get("/v1/people")).json()["items"][0]["id"]
        shown += (await district.http.get(f"/v1/people/{person}")).text
        assert "Apple" in shown
        for never in ("555-0100", "555-0101", "Secret-1", "Secret-2", "Pupilwright", "paula@", "u3"):
            assert never not in shown


class TestApi4UnrestrictedResourceConsumption:
    async def test_no_list_is_read_without_an_end(self, two):
        lists = [
            path
            for path, op in two.app.state.operations
            if op.command and "cursor" in op.command.__dataclass_fields__ and op.use_case not in OF_PEOPLE
        ]
        assert len(lists) >= 7
        for path in lists:
            url = path.format_map(places(two))
            for limit in ("101", "0", "-1", "1000000000", "1e9"):
                assert (await two.mine.http.get(url, params={"limit": limit})).status_code == 422, url
            most = await two.mine.http.get(url, params={"limit": "100"})
            # What is listed of a job that nobody asked for is not there.
            assert most.status_code == 404 or len(most.json()["items"]) <= 100

    async def test_no_body_is_read_without_an_end(self, two):
        read = 0

        async def endless():
            nonlocal read
            while read < 64 << 20:
                read += 1 << 16
                yield b" " * (1 << 16)

        for path, most in (("/v1/observations", 1 << 20), ("/v1/observations:batch", 8 << 20), ("/graphql", 1 << 20)):
            read = 0
            answer = await two.mine.http.post(path, content=endless(), headers={"Content-Type": "application/json"})
            assert (answer.status_code, read <= most + (2 << 16)) == (413, True), path


class TestApi5BrokenFunctionLevelAuthorization:
    async def test_a_reader_changes_nothing_and_nobody_reads_nothing(self, two):
        reader = await two.mine.client(["directory:read"], "reader")
        stranger, refused = two.anonymous(), 0
        for path, operation in two.app.state.operations:
            if operation.public:
                continue
            url = path.format_map(places(two))
            body = next((example_body(e.body) for e in operation.examples if e.status < 300), None)
            said = {} if operation.method == "GET" else {"content": body if isinstance(body, bytes) else json.dumps(body or {})}
            media = {"Content-Type": operation.media_type, "If-Match": '"1"'}
            assert (await stranger.request(operation.method, url, headers=media, **said)).status_code == 401, url
            if operation.method != "GET":
                answer = await reader.request(operation.method, url, headers=media, **said)
                refused += answer.status_code == 403
                assert answer.status_code in {403, 404, 422}, (url, answer.text)
        assert refused >= 12

    async def test_a_method_that_is_not_offered_does_nothing(self, two):
        for path, _ in two.app.state.operations:
            url = path.format_map(places(two))
            for method in ("DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"):
                assert (await two.mine.http.request(method, url)).status_code in {404, 405}, (method, url)
            override = await two.mine.http.get(url, headers={"X-HTTP-Method-Override": "DELETE"})
            assert override.status_code < 500


class TestApi6UnrestrictedAccessToSensitiveBusinessFlows:
    async def test_a_score_is_not_moved_by_saying_the_same_again(self, two):
        district = await two.district("Stuffed")
        leader = await district.person(LEADER)
        for _ in range(2):
            for _ in range(20):
                assert (await district.http.post("/v1/observations", json=OBSERVATION_BODY)).status_code in {200, 201}
            scores = (await district.http.get(f"/v1/leaders/{leader}/profile")).json()["scores"]
            assert {source["n"] for score in scores for source in score["sources"]} == {1}

    async def test_a_groups_answers_of_a_day_are_one_set_however_often_they_are_sent(self, two):
        pulses = f"/v1/initiatives/{two.initiative}/groups/{two.group}/magnitude"
        seen = set()
        for _ in range(5):
            await two.mine.http.put(f"{pulses}/pulses/2026-10-12", json={"answers": PULSE})
            seen.add(json.dumps((await two.mine.http.get(pulses)).json(), sort_keys=True))
        assert len(seen) == 1
        few = await two.mine.http.put(f"{pulses}/pulses/2026-10-13", json={"answers": PULSE[:4]})
        assert few.status_code == 422


ASKING = ("httpx", "httpx2", "httpcore", "requests", "urllib.request", "urllib3", "aiohttp", "http.client")
AUTHLIBS = (
    "authlib.integrations.httpx_client",
    "authlib.integrations.starlette_client",
    "authlib.integrations.requests_client",
)


def unguarded(source):
    """What a module with ``source`` asks outward with, unless the guard is in its hands."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {name for name in names for known in (*ASKING, *AUTHLIBS) if name == known or name.startswith(f"{known}.")}
    return set() if any(name.startswith("api.outbound.http_client") for name in names) else found


class TestApi7ServerSideRequestForgery:
    async def test_no_module_asks_outward_but_through_the_guard(self):
        found = {
            str(path.relative_to(ROOT)): unguarded(path.read_text())
            for folder in ("api", "domain", "persistence")
            for path in (ROOT / folder).rglob("*.py")
            if path not in {ROOT / "api/outbound/http_client.py", ROOT / "api/outbound/public_addresses.py"}
        }
        assert {path: names for path, names in found.items() if names} == {}
        assert unguarded("import httpx2") == {"httpx2"}
        assert unguarded("from authlib.integrations.starlette_client import OAuth") != set()
        assert unguarded("import httpx2\nfrom api.outbound.http_client import BoundedTransport") == set()

    async def test_no_url_in_a_body_is_asked(self, two, monkeypatch):
        asked = []

        async def noted(_loop, host, *_args, **_more):
            asked.append(host)
            return []

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", noted)
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_args, **_more: asked.append(host) or [])
        url = "http://169.254.169.254/latest/meta-data"
        for path, body in (
            ("/v1/observations", OBSERVATION_BODY | {"external_id": url, "observer": {"external_name": url}}),
            ("/v1/initiatives", INITIATIVE_BODY | {"title": url}),
            ("/graphql", {"query": f'{{ person(input: {{personId: "{url}"}}) {{ id }} }}'}),
        ):
            assert (await two.mine.http.post(path, json=body)).status_code < 500
        assert asked == []


class TestApi8SecurityMisconfiguration:
    async def test_a_fault_tells_nothing_of_its_cause(self, two):
        async def failing(_request):
            raise RuntimeError("password=hunter2 at /srv/evenkeel/api/x.py")

        two.app.state.get_runner, kept = failing, two.app.state.get_runner
        try:
            answer = await two.mine.http.get("/v1/people")
        finally:
            two.app.state.get_runner = kept
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        for word in ("hunter2", "/srv", "Traceback", "RuntimeError", ".py"):
            assert word not in answer.text
        assert {"server", "x-powered-by"}.isdisjoint(answer.headers)
        assert two.app.debug is False


UNLISTED = {
    "/oauth/register/{client_id}",
    *("/healthz", "/readyz", "/metrics", "/graphql", "/v1/openapi.json", "/.well-known/oauth-protected-resource"),
}
"""Served beside the document, each for a reason: for machines that watch, GraphQL's own document, this document, an alias."""


class TestApi9ImproperInventoryManagement:
    async def test_what_is_served_is_in_the_document_and_nothing_else_is_there(self, two):
        documented = set((await two.mine.http.get("/v1/openapi.json")).json()["paths"])
        served = {context.path_format for context in iter_route_contexts(two.app.routes)}
        assert served - documented - PAGES == UNLISTED
        assert documented <= served

    async def test_no_other_version_and_no_page_of_tools_is_left_open(self, two):
        left = ("/v0", "/v1.1", "/v2", "/v2/people", "/v1/v1/people", "/redoc", "/openapi.json", "/swagger", "/graphiql", "/graphql/", "/admin",
                "/debug", "/.env", "/.git/config", "/v1/people/", "//v1/people", "/V1/people")  # fmt: skip
        for path in left:
            assert (await two.mine.http.get(path)).status_code == 404, path


class TestApi10UnsafeConsumptionOfApis:
    async def test_a_roster_that_is_a_bomb_or_hostile_changes_nothing(self, two):
        before = (await two.theirs.http.get("/v1/people")).json()
        entry = b"PK\x01\x02" + bytes(42)
        hostile = (
            zipped(CLEAN | {"notes.csv": bytes(20_000_000)}),
            zipped(CLEAN | {"../../etc/passwd": "x"}),
            zipped(CLEAN | {f"{n}.csv": "x" for n in range(200)}),
            entry * 100_000 + b"PK\x05\x06" + bytes(18),
            zipped(CLEAN | {"users.csv": CLEAN["users.csv"].replace("Ann", "A\x00nn")}),
            zipped(CLEAN | {"users.csv": CLEAN["users.csv"].encode("utf-16")}),
        )
        for package in hostile:
            begun = asyncio.get_running_loop().time()
            answer = await post_roster(two.theirs, package)
            assert answer.status_code == 422, answer.text
            assert asyncio.get_running_loop().time() - begun < 30
        assert (await two.theirs.http.get("/v1/people")).json()["items"] == before["items"]
