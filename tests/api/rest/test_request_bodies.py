"""No body makes a route fail: too long, malformed, of another type, or cut off, each is refused by the route that it reached.

The routes come from the application itself, so that one that is added is walked as well.
"""

import itertools
import logging
import zlib
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from tests.support.service import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"
NOBODY = "0198c0de-0000-7000-8000-000000000000"
IN_PATH = {"slug": "grand-bend", "provider": "district", "client_id": NOBODY}
BODIES = {
    "nothing": b"",
    "over the limit of a form": b"decision=allow&request=" + b"a" * 20_000,
    "far over the limit of a form": b"x" * 300_000,
    "no UTF-8": b"\xff\xfe\x00\xd8",
    "escapes of no UTF-8": b"request=%ff%fe&token=%ff&csrf=%ff&username=%ff",
    "a NUL": b"request=%00&token=%00&csrf=%00&username=%00&logout_token=%00",
    "the same twice": b"request=1&request=2&token=1&token=2&csrf=1&csrf=2",
    "a thousand parameters": urlencode({f"p{n}": n for n in range(1_000)}).encode(),
    "a number": b"1",
    "a list": b"[]",
    "a text": b'"text"',
    "an object of wrong types": b'{"redirect_uris": 1, "client_name": [], "jwks": "x", "query": 1, "items": {}, "token": []}',
    "an object cut off": b'{"client_name": "a',
    "half a character": b'{"client_name": "\\ud800"}',
    "a number without end": b'{"client_name": 1' + b"0" * 5_000 + b"}",
    "nested a thousand times": b"[" * 1_000,
    "gzip cut off": zlib.compress(b"a" * 1_000, wbits=31)[:-6],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walked(module_database):
    async with serving(module_database) as service:
        await service.district(roster=False)
        token = (await service.district("Lakeside", roster=False)).http.headers["Authorization"].encode()
        yield service.app, token


def routes_with_a_body(app):
    """Method and path of every route that may read a body."""
    found = {(method, route.path_format) for route in iter_route_contexts(app.routes) for method in route.methods or ()}
    return sorted((method, path) for method, path in found if method in {"POST", "PUT", "PATCH", "DELETE"})


async def answered(app, method, path, headers, messages):
    """The status of what ``app`` answers to a request whose body comes in ``messages``."""
    incoming = iter(messages)
    sent = []

    async def receive():
        return next(incoming, {"type": "http.disconnect"})

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), *headers],
        "client": ("127.0.0.1", 123),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    return next(message["status"] for message in sent if message["type"] == "http.response.start")


def concrete(path):
    for name in ("slug", "provider", "client_id"):
        path = path.replace(f"{{{name}}}", IN_PATH[name])
    while "{" in path:
        path = path[: path.index("{")] + NOBODY + path[path.index("}") + 1 :]
    return path


def whole(body):
    """``body`` in two pieces, as a network brings it."""
    return [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.request", "body": body[len(body) // 2 :], "more_body": False},
    ]


async def test_the_walk_reaches_every_kind_of_route(walked):
    app, _ = walked
    found = routes_with_a_body(app)
    for path in (
        "/graphql",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/register",
        "/oauth/userinfo",
        "/sign-in",
        "/sign-in/{slug}",
        "/sign-in/{slug}/code",
        "/sign-in/{slug}/logout/{provider}",
        "/sign-out",
        "/v1/observations",
        "/v1/roster-imports",
    ):
        assert ("POST", path) in found, path
    assert ("PUT", "/oauth/register/{client_id}") in found


@pytest.mark.parametrize("kind", BODIES)
async def test_every_route_refuses_what_is_no_body_of_it(walked, caplog, kind):
    app, token = walked
    outside = [(method, path) for method, path in routes_with_a_body(app) if not path.startswith("/v1")]
    inside = [("POST", "/v1/observations"), ("POST", "/v1/roster-imports"), ("PUT", "/v1/roster/role-mapping")]
    for (method, path), media, known in itertools.product(outside + inside, (FORM, JSON, None), (False, True)):
        headers = [(b"content-type", media)] if media else []
        headers += [(b"authorization", token)] if known else []
        headers += [(b"content-encoding", b"gzip")] if kind.startswith("gzip") else []
        with caplog.at_level(logging.ERROR):
            status = await answered(app, method, concrete(path), headers, whole(BODIES[kind]))
        assert status < 500, (method, path, media, known)
    assert not caplog.records


async def test_every_route_bears_a_client_that_leaves_in_the_middle_of_the_body(walked, caplog):
    app, token = walked
    for method, path in routes_with_a_body(app):
        for media, known in itertools.product((FORM, JSON, b"application/zip"), (False, True)):
            headers = [(b"content-type", media), (b"content-length", b"1000")]
            headers += [(b"authorization", token)] if known else []
            cut = [{"type": "http.request", "body": b'{"a', "more_body": True}]
            with caplog.at_level(logging.ERROR):
                status = await answered(app, method, concrete(path), headers, cut)
            assert status < 500, (method, path, media, known)
    assert not caplog.records


async def test_an_answer_of_a_person_that_is_too_long_is_refused_with_a_page(walked):
    app, _ = walked
    headers = [(b"content-type", FORM)]
    assert await answered(app, "POST", "/oauth/authorize", headers, whole(BODIES["over the limit of a form"])) == 400
