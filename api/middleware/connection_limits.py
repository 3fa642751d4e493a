"""Limits on the size and duration of a request's head and body, which uvicorn does not have."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
"""Largest request line with its headers, and largest run of other bytes outside the body (chunk extensions, trailers)."""
HEAD_SECONDS = 15.0
"""From the connection, or the first byte of a further request, to the end of the headers."""
BODY_SECONDS = 30.0
"""Between two pieces of a body, unless reading is paused."""
LINGER_SECONDS, LINGER_BYTES = 2.0, 1 << 20
"""How much is read and discarded after a 431, so that the client sees it: closing at once would reset the connection."""
END = b"\r\n\r\n"
TOO_LARGE = f"The request line and headers have more than {HEAD_BYTES:,} bytes; send fewer or shorter headers.".encode()


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol over httptools; answers 431 to a head that is too large, and closes stalled connections.

    uvicorn itself closes connections that are idle between two requests (`timeout_keep_alive`).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head, self._in_body, self._progressed = True, False, False
        self._pending = 0
        self._tail = b""
        self._discarded: int | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline for the first head."""
        super().connection_made(transport)
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadline."""
        self._set_deadline(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse `data`, unless it makes the head too large."""
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
        """Handle the first byte of a request."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Handle the end of the head; the body begins."""
        self._in_head, self._in_body, self._progressed = False, True, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Handle a piece of the body."""
        self._progressed = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Handle the end of the request."""
        self._in_body, self._progressed = False, True
        super().on_message_complete()

    def _ends_within(self, data: bytes) -> bool:
        """Return whether the head ends within `data` before it exceeds `HEAD_BYTES`."""
        return (self._tail + data).find(END, 0, HEAD_BYTES - self._pending + len(self._tail)) >= 0

    def _reject(self) -> None:
        """Answer 431 and end the connection; only end it while another response is being sent."""
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
        """Close the connection in `seconds`, unless the deadline is set anew; None cancels it."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._timed_out)

    def _timed_out(self) -> None:
        """Close the stalled connection, unless we paused the reading of its body ourselves."""
        self._deadline = None
        if self._in_body and self.flow.read_paused:
            self._set_deadline(BODY_SECONDS)
        elif not self.transport.is_closing():
            self.transport.close()
