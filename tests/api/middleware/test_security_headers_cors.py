"""What browsers are told, and what pages of other origins get: headers of every answer, CORS, GraphQL's own checks."""

import pytest

from api.app import AppConfig, create_app
from api.middleware.cors import EXPOSED_HEADERS
from tests.support.service import PUBLIC_URL, SECRET, asgi, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
APP, EVIL = "https://app.example.org", "https://evil.example"
QUESTION = {"query": "{ framework { notice } }"}


@pytest.fixture(scope="module")
def web():
    values = AppConfig(
        database_url="postgresql://nobody@127.0.0.1:1/none", public_url=PUBLIC_URL, secret=SECRET, cors_origins=frozenset({APP})
    )
    return create_app(values)


async def send_request(app, method, path, **more):
    async with asgi(app) as http:
        return await http.request(method, path, **more)


PATHS = ("/v1", "/v1/people", "/v1/nothing", "/graphql", "/oauth/token", "/oauth/jwks", "/.well-known/oauth-authorization-server",
         "/v1/openapi.json", "/healthz", "/readyz", "/metrics", "/", "/v1/framework/responsibilities")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
async def test_every_answer_tells_a_browser_to_do_nothing_with_it(web, method, path):
    headers = (await send_request(web, method, path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"]
    assert "strict-transport-security" not in headers
    assert len(headers.get_list("cache-control")) == 1


async def test_where_the_service_is_reached_by_https_a_browser_never_asks_by_http():
    app = create_app(
        AppConfig(database_url="postgresql://nobody@127.0.0.1:1/none", public_url="https://x.example", secret=SECRET)
    )
    for path in PATHS:
        assert (await send_request(app, "GET", path)).headers["strict-transport-security"].startswith("max-age=31536000")


async def test_a_registered_origin_may_ask_and_read_what_a_client_needs(web):
    asks = {
        "Origin": APP,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match,idempotency-key,content-type",
    }
    for path in ("/v1/initiatives", "/graphql", "/oauth/token"):
        preflight = await send_request(web, "OPTIONS", path, headers=asks)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, APP)
    answer = await send_request(web, "GET", "/v1", headers={"Origin": APP})
    assert answer.headers["access-control-allow-origin"] == APP
    assert set(EXPOSED_HEADERS) <= {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "origin", [EVIL, "null", APP + ".evil.example", "http://app.example.org", APP + ":8443", APP.upper(), "*", ""]
)
@pytest.mark.parametrize("path", ["/v1", "/v1/people", "/oauth/token", "/graphql"])
async def test_no_other_origin_may_read_anything(web, origin, path):
    asks = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    answers = [
        await send_request(web, "OPTIONS", path, headers=asks),
        await send_request(web, "GET", path, headers={"Origin": origin}),
    ]
    for answer in answers:
        assert "access-control-allow-origin" not in answer.headers


async def test_credentials_are_never_asked_for_and_a_star_is_never_said(web):
    for origin in (APP, EVIL):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            answer = await send_request(web, method, "/v1", headers=headers)
            assert "access-control-allow-credentials" not in answer.headers
            assert answer.headers.get("access-control-allow-origin") != "*"


async def test_pages_of_signing_in_are_read_by_no_application(web):
    for path in ("/sign-in", "/oauth/authorize"):
        answer = await send_request(web, "GET", path, headers={"Origin": APP})
        assert "access-control-allow-origin" not in answer.headers


async def test_graphql_is_not_asked_by_pages_of_other_origins(web):
    for origin, status in ((EVIL, 403), ("null", 403), (APP, 200), (PUBLIC_URL, 200)):
        answer = await send_request(web, "POST", "/graphql", json=QUESTION, headers={"Origin": origin})
        assert answer.status_code == status, origin
    refused = await send_request(web, "POST", "/graphql", json=QUESTION, headers={"Origin": EVIL})
    assert refused.json()["errors"][0]["extensions"]["code"] == "origin_not_allowed"


@pytest.mark.parametrize(
    "media",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
    ],
)
async def test_graphql_takes_json_that_says_so_which_no_form_can(web, media):
    headers = {} if media is None else {"Content-Type": media}
    answer = await send_request(web, "POST", "/graphql", content=b'{"query": "{ framework { notice } }"}', headers=headers)
    assert answer.status_code == 415


async def test_a_browser_gets_no_page_at_graphql(web):
    answer = await send_request(web, "GET", "/graphql", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (405, "application/json")


async def test_a_socket_to_graphql_is_refused_from_every_origin(web):
    for origin in (EVIL, APP, PUBLIC_URL):
        sent = []

        async def send(message, sent=sent):
            sent.append(message["type"])

        headers = [(b"origin", origin.encode()), (b"sec-websocket-protocol", b"graphql-transport-ws")]
        scope = {"type": "websocket", "path": "/graphql", "headers": headers, "query_string": b"", "subprotocols": []}
        await web(scope, None, send)
        assert sent == ["websocket.close"]


async def test_an_error_that_nobody_expected_has_the_headers_too(module_database):
    async with serving(module_database) as running:
        district = await running.district(roster=False)

        async def fail(_request):
            raise RuntimeError("Quokkawright")

        running.app.state.get_runner = fail
        answer = await district.http.get("/v1/districts/current")
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")
    assert "Quokkawright" not in answer.text
