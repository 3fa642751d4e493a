"""Each path and method matches exactly one route, and what matches none is answered as before."""

import re

import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts
from starlette.routing import Match

from api.app import AppConfig, create_app
from api.rest.example_ids import UNKNOWN_ID
from tests.support.service import serving

APP = create_app(AppConfig(database_url="postgresql://x@127.0.0.1/x", public_url="http://localhost", secret="x" * 32))
OPERATIONS = [(operation.method, path) for path, operation in APP.state.operations]
KNOWN = {"on": "2026-10-12", "code": "change_agent"}


def concrete(path):
    return re.sub(r"\{(\w+)\}", lambda m: KNOWN.get(m[1], UNKNOWN_ID), path)


def matching(method, path):
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    contexts = iter_route_contexts(APP.router.routes)
    return [context.path for context in contexts if context.matches(dict(scope))[0] is Match.FULL]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_path_and_method_match_exactly_one_route(method, path):
    [found] = matching(method, concrete(path))
    assert re.sub(r":\w+\}", "}", found) == path


@pytest.mark.parametrize(("method", "path"), [o for o in OPERATIONS if "{" in o[1]])
def test_what_is_no_id_or_code_matches_no_route(method, path):
    for name in re.findall(r"\{(\w+)\}", path):
        for other in ("a/b", "a:b", ""):
            text = path.replace(f"{{{name}}}", other)
            assert matching(method, concrete(text)) == [], text
    if "_id}" in path:
        assert matching(method, re.sub(r"\{\w+\}", "x", path)) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def district(module_database):
    async with serving(module_database) as running:
        yield await running.district()


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_no_id_is_not_found_and_another_method_names_those_there_are(district):
    for path in ("/v1/people/x", "/v1/leaders/1/profile", "/v1/people/x:erase", f"/v1/people/{UNKNOWN_ID}:x", "/v1/nothing"):
        for method in ("GET", "POST"):
            answer = await district.http.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
    for path, allowed in (("/v1/observations", "GET, HEAD, POST"), (f"/v1/people/{UNKNOWN_ID}:erase", "POST")):
        answer = await district.http.delete(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
