"""What a client may send before the application sees it: heads of a bounded size, and connections that go on."""

import asyncio

import pytest
import uvicorn

from api.middleware import connection_limits
from api.middleware.connection_limits import BODY_SECONDS, HEAD_BYTES, HEAD_SECONDS, BoundedProtocol

GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\n"


async def echo(scope, receive, send):
    """Answers with how many bytes the body had; a client that leaves is remembered."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            LEFT.append(size)
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


LEFT: list[int] = []


class Served:
    """A server with the limits, and a connection to it whose timers are looked at."""

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer

    @property
    def protocol(self):
        [found] = self.server.server_state.connections
        return found

    async def send(self, *pieces):
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.01)

    async def answer(self):
        """Status and body of the next answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        return int(head.split()[1]), await self.reader.readexactly(length)

    async def is_closed(self):
        return await self.reader.read() == b""


@pytest.fixture
async def served():
    LEFT.clear()
    server = uvicorn.Server(
        uvicorn.Config(echo, port=0, http=BoundedProtocol, log_config=None, access_log=False, lifespan="off")
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    await asyncio.sleep(0.02)
    yield Served(server, reader, writer)
    writer.close()
    server.should_exit = True
    await running


def seconds_left(protocol):
    return None if protocol._deadline is None else protocol._deadline.when() - protocol.loop.time()


async def test_a_head_below_the_limit_is_taken_in_one_piece_or_many(served):
    head = GET + b"X-Large: " + b"a" * (HEAD_BYTES - 100) + b"\r\n\r\n"
    await served.send(head)
    assert await served.answer() == (200, b"0")
    await served.send(head[:10], head[10:20_000], head[20_000:-2], head[-2:])
    assert await served.answer() == (200, b"0")


async def test_a_large_body_may_follow_the_head_at_once(served):
    body = b"b" * 500_000
    await served.send(POST + b"Content-Length: 500000\r\n\r\n" + body)
    assert await served.answer() == (200, b"500000")


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X: " + b"a" * HEAD_BYTES,
        GET + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
        GET + b"X: a\r\n" * 10_000,
        b"GET /" + b"a" * HEAD_BYTES,
    ],
    ids=["one header", "one header in one piece", "many headers", "the path"],
)
async def test_a_head_over_the_limit_is_431_and_read_no_further(served, head):
    await served.send(head)
    status, body = await served.answer()
    assert (status, body) == (431, connection_limits.TOO_LARGE)
    assert await served.is_closed()


async def test_a_header_of_sixty_megabytes_is_refused_after_a_fraction_of_it(served):
    served.writer.write(GET + b"X: ")
    sent = 0
    while sent < 60_000_000:
        try:
            served.writer.write(b"a" * 100_000)
            await served.writer.drain()
        except OSError:
            break
        sent += 100_000
    assert sent < 30_000_000


@pytest.mark.parametrize("piece", [b"1;x=" + b"e" * 40_000, b"0\r\nT: " + b"t" * 40_000], ids=["chunk extension", "trailer"])
async def test_what_is_neither_head_nor_body_is_bounded_as_well(served, piece):
    await served.send(POST + b"Transfer-Encoding: chunked\r\n\r\n", piece, b"u" * 40_000)
    assert await served.is_closed()


async def test_a_connection_that_sends_nothing_or_half_a_head_ends(served):
    assert 0 < seconds_left(served.protocol) <= HEAD_SECONDS
    first = served.protocol._deadline
    await served.send(GET, b"X: a\r\n")
    assert served.protocol._deadline is first, "the time for a head is not begun anew by each byte"
    served.protocol._timed_out()
    assert await served.is_closed()


async def test_half_a_head_on_a_kept_connection_ends(served):
    await served.send(GET + b"\r\n")
    await served.answer()
    await asyncio.sleep(0.02)
    assert seconds_left(served.protocol) is None
    await served.send(GET)
    assert 0 < seconds_left(served.protocol) <= HEAD_SECONDS
    served.protocol._timed_out()
    assert await served.is_closed()


async def test_half_a_body_ends_and_the_application_hears_of_it(served):
    await served.send(POST + b"Content-Length: 10\r\n\r\n12345")
    assert HEAD_SECONDS < seconds_left(served.protocol) <= BODY_SECONDS
    served.protocol._timed_out()
    assert await served.is_closed()
    assert LEFT == [5]


async def test_a_body_that_we_do_not_read_is_waited_for(served):
    await served.send(POST + b"Content-Length: 10\r\n\r\n12345")
    protocol = served.protocol
    protocol.flow.pause_reading()
    protocol._timed_out()
    assert seconds_left(protocol) is not None
    protocol.flow.resume_reading()
    await served.send(b"67890")
    assert await served.answer() == (200, b"10")


async def test_no_timer_runs_while_a_whole_request_is_answered_or_after(served):
    for _ in range(3):
        await served.send(POST + b"Content-Length: 2\r\n\r\n12")
        assert seconds_left(served.protocol) is None
        assert await served.answer() == (200, b"2")


async def test_requests_in_one_piece_are_answered_in_turn(served):
    await served.send((POST + b"Content-Length: 2\r\n\r\n12" + GET + b"\r\n") * 3)
    assert [await served.answer() for _ in range(6)] == [(200, b"2"), (200, b"0")] * 3


def test_the_service_is_started_with_these_limits():
    from api.cli.serve import _uvicorn_config
    from api.settings import Settings

    assert _uvicorn_config(Settings(), "api.main:app").http is BoundedProtocol
