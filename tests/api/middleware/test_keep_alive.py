"""What a server and a client see of one connection over which several requests go: nothing is dropped, nothing is logged."""

import asyncio
import logging

import pytest
import uvicorn

from api.app import AppConfig, create_app
from tests.support.service import PUBLIC_URL, SECRET

PATHS = ("/healthz", "/v1/framework", "/v1/leaders", "/v1/nothing", "/sign-in", "/v1/openapi.json", "/oauth/jwks")


@pytest.mark.parametrize("http", ["httptools", "h11"])
@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS", "DELETE"])
async def test_a_kept_connection_goes_on_after_every_answer(database, http, method, caplog):
    app = create_app(AppConfig(database_url=database.app_url, public_url=PUBLIC_URL, secret=SECRET))
    config = uvicorn.Config(app, port=0, http=http, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with caplog.at_level(logging.WARNING):
        for path in PATHS:
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.startswith(b"http/1.1 "), path
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
            if method != "HEAD":
                await reader.readexactly(length)
            assert b"connection: close" not in head, path
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    writer.close()
    server.should_exit = True
    await serving


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
async def test_the_servers_own_scope_is_left_as_it_was(service, method):
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": "/v1/framework",
        "raw_path": b"/v1/framework",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"here"), (b"origin", b"https://elsewhere.example")],
        "client": ("127.0.0.1", 123),
        "server": ("127.0.0.1", 8000),
    }
    before = {name: list(value) if isinstance(value, list) else value for name, value in scope.items()}
    while_answering = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        while_answering.append({name: scope[name] for name in before})

    await service.app(scope, receive, send)
    assert while_answering
    assert all(then == before for then in while_answering)
    assert {name: scope[name] for name in before} == before
