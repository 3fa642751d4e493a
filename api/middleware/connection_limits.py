"""How long and how large the parts of a request may be before the application sees it: limits that uvicorn has none of."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
"""Of a request line with its headers, and of whatever else is not body (chunk extensions, trailers) in one piece."""
HEAD_SECONDS = 15.0
"""From the connection, or the first byte of a further request, to the end of the headers."""
BODY_SECONDS = 30.0
"""Between two pieces of a body, while we read."""
LINGER_SECONDS, LINGER_BYTES = 2.0, 1 << 20
"""What is read and thrown away after a refusal, so that the client sees it: closing at once would reset the connection."""
END = b"\r\n\r\n"
TOO_LARGE = f"The request line and headers are over {HEAD_BYTES:,} bytes: send less.".encode()


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over httptools, which refuses a head that is too large and closes connections that stand still.

    Idle connections between two requests are closed by uvicorn itself (``timeout_keep_alive``).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head, self._in_body, self._progressed = True, False, False
        self._pending = 0
        self._tail = b""
        self._discarded: int | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._set_deadline(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse ``data`` unless that makes the head too large."""
        if self._discarded is not None:
            self._discarded += len(data)
            if self._discarded > LINGER_BYTES:
                self.transport.close()
            return
        if self._in_head and self._pending + len(data) > HEAD_BYTES and not self._ends_within(data):
            self._reject()
            return
        before = self._in_head, self._in_body
        self._progressed = False
        super().data_received(data)
        self._pending, self._tail = (0, b"") if self._progressed else (self._pending + len(data), (self._tail + data)[-3:])
        if self.transport.is_closing():
            self._set_deadline(None)
        elif not self._in_head and self._pending > HEAD_BYTES:
            self._reject()
        elif self._in_body:
            self._set_deadline(BODY_SECONDS)
        elif not self._in_head:
            self._set_deadline(None)
        elif self._deadline is None or before != (True, False):
            self._set_deadline(HEAD_SECONDS)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole, the body begins."""
        self._in_head, self._in_body, self._progressed = False, True, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._progressed = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_body, self._progressed = False, True
        super().on_message_complete()

    def _ends_within(self, data: bytes) -> bool:
        """Whether the head ends in ``data`` before it is too large."""
        return (self._tail + data).find(END, 0, HEAD_BYTES - self._pending + len(self._tail)) >= 0

    def _reject(self) -> None:
        """431, and then the end of the connection; only the end where another answer is on its way."""
        if not self._in_head or not getattr(self.cycle, "response_complete", True):
            self.transport.close()
            return
        head = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
        self.transport.write(head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(TOO_LARGE) + TOO_LARGE)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._discarded = 0
        self._unset_keepalive_if_required()
        self._set_deadline(LINGER_SECONDS)

    def _set_deadline(self, seconds: float | None) -> None:
        """Close the connection in ``seconds`` unless something comes that changes that; None: wait as long as it takes."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._timed_out)

    def _timed_out(self) -> None:
        """What stood still ends; a body whose reading we paused ourselves does not stand still."""
        self._deadline = None
        if self._in_body and self.flow.read_paused:
            self._set_deadline(BODY_SECONDS)
        elif not self.transport.is_closing():
            self.transport.close()
