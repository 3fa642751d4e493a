"""Whatever is done to a valid request, it is taken or refused as the contract says: never an answer nobody planned."""

import copy
import json

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY, UNKNOWN_ID
from api.rest.observations import CROSSWALK_BODY, INSTRUMENT_BODY, RETRACTION
from api.rest.scoring import CONFIGURATION_BODY, SELF_ASSESSMENT_BODY, SUPERVISOR_ASSESSMENT_BODY
from domain.shared.errors import Code
from tests.api.rest.test_validation import well_formed
from tests.support.examples import examples
from tests.support.service import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUP = "/v1/initiatives/{initiative}/groups/{group}"
RATED = OBSERVATION_BODY | {
    "instrument": {"code": "walk", "version": "2026.2"},
    "ratings": [{"element": "A1", "value": 2}, {"element": "B1", "level": "yes"}],
}
VALID = (
    ("POST", "/v1/observations", OBSERVATION_BODY),
    ("POST", "/v1/observations", RATED),
    ("POST", "/v1/observations:batch", {"atomicity": "each", "items": [OBSERVATION_BODY, RETRACTION, RATED]}),
    ("POST", "/v1/observations:batch", {"atomicity": "all", "items": [OBSERVATION_BODY | {"op": "push"}, RETRACTION]}),
    ("POST", "/v1/observations/{held}:retract", {"external_version": "9"}),
    ("POST", "/v1/instruments", INSTRUMENT_BODY),
    ("POST", "/v1/crosswalks", CROSSWALK_BODY | {"instrument": RATED["instrument"], "mappings": [{"element": "A1", "responsibility": "focus", "weight": 1}]}),
    ("POST", "/v1/leaders/{leader}/self-assessments", SELF_ASSESSMENT_BODY),
    ("POST", "/v1/leaders/{leader}/supervisor-assessments", SUPERVISOR_ASSESSMENT_BODY),
    ("POST", "/v1/configuration", CONFIGURATION_BODY),
    ("POST", "/v1/initiatives", INITIATIVE_BODY),
    ("PUT", "/v1/initiatives/{initiative}", INITIATIVE_BODY),
    ("POST", "/v1/initiatives/{initiative}/groups", GROUP_BODY),
    ("PUT", GROUP, GROUP_BODY),
    ("PUT", GROUP + "/estimate", {"items": [2, 2, 3, 2, 2, 3, 2]}),
    ("PUT", GROUP + "/phases", {"create_demand": 0.5, "implement": 1}),
    ("PUT", GROUP + "/magnitude/pulses/2026-10-12", {"answers": PULSE}),
    ("PUT", GROUP + "/stance-answers", {"answers": [{"code": "GC", "value": "yes"}]}),
    ("POST", "/v1/stance", {"attributes": [{"code": "QR", "value": "yes"}], "urgent": True}),
    ("PUT", "/v1/roster/role-mapping", {"principal": "principal", "districtAdministrator": None}),
)  # fmt: skip

HARD = st.sampled_from(
    [
        None, True, False, 0, -1, 1e308, -1e308, 5e-324, 10**30, -(10**19), 2**31, 2**63, 0.1, "", " ", "0", "\0", "a\0b", "x" * 5000, "\u202e",
        "😀", "';--", "%00", "../..", "NaN", "1" * 18, "9" * 19, UNKNOWN_ID, "2026-03-02T10:00:00Z", "1900-01-01T00:00:00Z", "9998-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999Z", "2026-02-30", "2026-03-02", "0001-01-01", "9999-12-31", [], {}, [[]], [None], {"": None}, {"id": UNKNOWN_ID},
        {"worst": 1, "best": 1}, {"worst": 5, "best": 1}, {"worst": -1e308, "best": 1e308}, {"worst": 0, "best": 5e-324}, "visibility", "A1", "walk",
    ]
)  # fmt: skip
ANY = HARD | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def nodes(value, path=()):
    """Every place in ``value``, the root left out."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from nodes(part, (*path, name))


def mutated(body, draw):
    """``body`` with something done to one place of it."""
    places = list(nodes(body))
    if not places or draw(st.integers(0, 30)) == 0:
        return copy.deepcopy(draw(ANY))
    *way, last = draw(st.sampled_from(places))
    holder = body
    for step in way:
        holder = holder[step]
    match draw(st.sampled_from(["replace", "replace", "replace", "remove", "add", "repeat"])):
        case "remove":
            del holder[last]
        case "add" if isinstance(holder, dict):
            holder[draw(st.text(max_size=5))] = copy.deepcopy(draw(ANY))
        case "repeat" if isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        case _:
            holder[last] = copy.deepcopy(draw(ANY))
    return body


@st.composite
def requests(draw):
    method, path, body = draw(st.sampled_from(VALID))
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        body = mutated(body, draw)
    match = draw(st.sampled_from([None, '"1"', '"2"', '"0"', "1", "*", '"999999999"']))
    key = draw(st.sampled_from([None, None, "k", '"k"', "x" * 255]))
    given_headers = {"If-Match": match, "Idempotency-Key": key, "Content-Type": "application/json"}
    return method, path, body, {name: value for name, value in given_headers.items() if value is not None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fuzzed(module_database):
    async with serving(module_database) as running:
        district = await running.district()
        http = district.http
        leader = await district.person("207267")
        initiative = (await http.post("/v1/initiatives", json=INITIATIVE_BODY)).json()["id"]
        group = (await http.post(f"/v1/initiatives/{initiative}/groups", json=GROUP_BODY)).json()["id"]
        await http.post("/v1/instruments", json=INSTRUMENT_BODY)
        held = (await http.post("/v1/observations", json=OBSERVATION_BODY)).json()["id"]
        yield http, {"leader": leader, "initiative": initiative, "group": group, "held": held}


@examples(600, database=None, suppress_health_check=list(HealthCheck))
@given(request=requests())
async def test_no_body_makes_the_service_stumble(fuzzed, request):
    http, places = fuzzed
    method, path, body, headers = request
    answer = await http.request(method, path.format_map(places), content=json.dumps(body), headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        well_formed(answer)
    for result in answer.json()["results"] if "results" in answer.text and path.endswith(":batch") else ():
        problem = result["problem"]
        if problem is not None:
            assert problem["code"] in set(Code)
            assert not problem["errors"] or problem["errors"][0]["code"] == problem["code"]


PATHS = (
    "/v1/people", "/v1/leaders", "/v1/schools", "/v1/observations", "/v1/instruments", "/v1/crosswalks", "/v1/initiatives", "/v1/configuration",
    "/v1/leaders/{leader}/profile", "/v1/initiatives/{initiative}/groups", "/v1/initiatives/{initiative}/recommendations",
    "/v1/initiatives/{initiative}/stance", "/v1/initiatives/{initiative}/phases", GROUP + "/magnitude", "/v1/framework/responsibilities/x",
)  # fmt: skip
NAMES = st.sampled_from(["limit", "cursor", "at", "version", "email", "sourced_id", "external_id", "observed_from", "observed_before", "leader_id", "state", "x", ""])  # fmt: skip


@examples(400, database=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(PATHS),
    query=st.lists(st.tuples(NAMES, HARD.map(str) | st.text(max_size=12)), max_size=3),
    tag=st.sampled_from([None, "*", '"x"', "x", '""', "\xff"]),
)
async def test_no_query_makes_the_service_stumble(fuzzed, path, query, tag):
    http, places = fuzzed
    headers = {} if tag is None else {"If-None-Match": tag.encode("latin-1")}
    answer = await http.get(path.format_map(places), params=query, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        well_formed(answer)


@examples(200, database=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=60), path=st.sampled_from([v[1] for v in VALID] + ["/v1/roster-imports"]), gzip=st.booleans())
async def test_no_bytes_make_the_service_stumble(fuzzed, body, path, gzip):
    http, places = fuzzed
    media = "application/zip" if "roster-imports" in path else "application/json"
    headers = {"Content-Type": media, "If-Match": '"1"'} | ({"Content-Encoding": "gzip"} if gzip else {})
    for method in ("POST", "PUT"):
        answer = await http.request(method, path.format_map(places), content=body, headers=headers)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            well_formed(answer)


async def test_after_all_of_it_everything_can_still_be_read(fuzzed):
    http, places = fuzzed
    for path in PATHS:
        assert (await http.get(path.format_map(places))).status_code in {200, 404}, path
    listed = await http.get("/v1/initiatives?limit=100")
    for initiative in listed.json()["items"]:
        for what in ("recommendations", "stance", "phases", "groups"):
            assert (await http.get(f"/v1/initiatives/{initiative['id']}/{what}")).status_code == 200
