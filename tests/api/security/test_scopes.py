"""Every operation but the public ones asks for a token and for its scope (openapi/README.md 2.3 and 10.2)."""

import msgspec
import pytest

from domain.framework.configuration import PRODUCT
from tests.support.permission_walk import OWN, SCOPES, UNKNOWN_IDS, sample_requests
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.sign_in import PAGES

CONFIGURATION = msgspec.json.decode(msgspec.json.encode(PRODUCT))
PUBLIC = {
    "/v1",
    "/v1/openapi.json",
    "/v1/framework",
    "/v1/framework/responsibilities",
    "/v1/framework/responsibilities/{code}",
    "/v1/framework/phases",
    "/v1/framework/magnitude",
    "/v1/framework/focus-areas",
    "/v1/framework/alignments",
    "/v1/data-map",
    "/oauth/token",
    "/oauth/jwks",
    "/oauth/authorize",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth/userinfo",
    "/oauth/register",
    "/oauth/register/{client_id}",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/v1",
    "/healthz",
    "/readyz",
    "/metrics",
    *PAGES,
    "/graphql",  # each of its fields asks by itself, as the same use cases do
}


def test_each_path_is_public_by_name_or_has_its_scope(service):
    scoped = {use_case for cases in SCOPES.values() for use_case in cases}
    fenced = {path for path, o in service.app.state.operations if o.use_case in scoped and not o.public}
    public = {path for path, o in service.app.state.operations if o.public}
    assert public <= PUBLIC
    operations = [o for _, o in service.app.state.operations if not o.public]
    assert {done for o in operations for done in (o.use_case, o.async_use_case, o.preview) if done} == scoped | set(OWN)
    served = {route.path_format for route in _routes(service.app.routes)}
    own = {path for path, o in service.app.state.operations if o.use_case in OWN}
    assert served - fenced - own == PUBLIC


def _routes(routes):
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if hasattr(route, "path") and not getattr(inner, "routes", None):
            yield route
        elif inner is not None:
            yield from _routes(inner.routes)


@pytest.fixture
def walked():
    """What can be sent to each operation."""
    return list(sample_requests(UNKNOWN_IDS, CONFIGURATION))


async def test_without_a_token_every_operation_says_where_to_get_one(service, walked):
    http = service.anonymous()
    for driver in (Rest(http, service.app), GraphQL(http)):
        for use_case, members, headers in walked:
            answer = await driver.do(use_case, members, **headers)
            assert answer.error_summary[:2] == (401, "unauthenticated"), use_case.__name__
    answer = await http.get("/v1/people")
    assert 'resource_metadata="' in answer.headers["www-authenticate"]


def needed_by(use_case):
    return frozenset(name for name, cases in SCOPES.items() if use_case in cases)


async def code_of(driver, use_case, members, headers):
    answer = await driver.do(use_case, members, **headers)
    return answer.error and answer.error["code"], answer


@pytest.mark.parametrize("scope", SCOPES)
async def test_an_operation_is_refused_to_whoever_holds_every_scope_but_its_own(service, walked, scope):
    district = await service.district(roster=False)
    http = await district.client([s for s in SCOPES if s != scope])
    for use_case, members, headers in walked:
        if scope not in needed_by(use_case):
            continue
        for driver in (Rest(http, service.app), GraphQL(http)):
            code, answer = await code_of(driver, use_case, members, headers)
            assert answer.error_summary == (403, "insufficient_scope", "never", []), (use_case.__name__, code)


async def test_an_operation_needs_no_more_than_its_own_scopes(service, walked):
    district = await service.district(roster=False)
    clients = {frozenset(): await district.client(["directory:read"])}
    for use_case, members, headers in walked:
        needed = needed_by(use_case)
        if needed not in clients:
            clients[needed] = await district.client(sorted(needed))
        for driver in (Rest(clients[needed], service.app), GraphQL(clients[needed])):
            code, _ = await code_of(driver, use_case, members, headers)
            assert code != "insufficient_scope", use_case.__name__


async def test_a_missing_scope_is_named_in_the_header(service, walked):
    district = await service.district(roster=False)
    http = await district.client(["scores:read"])
    seen = []
    http.event_hooks["response"] = [_collect(seen)]
    rest = Rest(http, service.app)
    for use_case, members, headers in walked:
        if use_case in (*SCOPES["scores:read"], *OWN):
            continue
        await rest.do(use_case, members, **headers)
        scope = next(s for s, cases in SCOPES.items() if use_case in cases)
        header = seen.pop()
        assert header.startswith("Bearer ")
        assert 'error="insufficient_scope"' in header
        assert f'scope="{scope}"' in header


def _collect(challenges):
    async def note(response):
        challenges.append(response.headers.get("www-authenticate", ""))

    return note
