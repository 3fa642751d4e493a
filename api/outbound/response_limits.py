"""What others' servers answer, whole and within bounds, whatever the transport is that asks them."""

import asyncio

import httpx2

from domain.accounts.identity_provider_commands import is_loopback

SECONDS = 10.0
LARGEST = 512 * 1024


Unreachable = httpx2.HTTPError
"""Whatever keeps another server's answer from us."""


class NotAnswered(httpx2.TransportError):
    """The other server could not be asked, or answered what we do not take."""


class Bounded(httpx2.AsyncBaseTransport):
    """Answers of ``inner``, whole: so many bytes, within so many seconds, and as they are (a packed one could be a bomb).

    Over https; ``loopback``: for development, this machine over http, too.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        *,
        loopback: bool = False,
        seconds: float = SECONDS,
        largest: int = LARGEST,
    ) -> None:
        self._inner = inner
        self._loopback = loopback
        self._seconds = seconds
        self._largest = largest

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to ``request``. Raises ``NotAnswered``."""
        plain = request.url.scheme == "http" and self._loopback and is_loopback(request.url.host)
        if request.url.scheme != "https" and not plain:
            raise NotAnswered("only https is asked")
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(self._seconds):
                return await self._whole(request)
        except TimeoutError:
            raise NotAnswered("it took too long") from None

    async def _whole(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        body = bytearray()
        try:
            if answer.headers.get("content-encoding", "identity") != "identity" or answer.is_redirect:
                raise NotAnswered("it is packed, or leads elsewhere")
            stream = answer.stream
            if not isinstance(stream, httpx2.AsyncByteStream):
                raise NotAnswered("it is no stream")
            async for chunk in stream:
                body += chunk
                if len(body) > self._largest:
                    raise NotAnswered("it is too long")
        finally:
            await answer.aclose()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=bytes(body), request=request)

    async def aclose(self) -> None:
        """Nothing: clients come and go, the transport stays."""
