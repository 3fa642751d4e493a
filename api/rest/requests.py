"""One request of REST: its body within the limits, the names of its query (openapi/README.md 1.1, 2.2 and 4.2)."""

import re
import zlib
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from api.wire.idempotency_key import read_key
from api.wire.json_size import check_size
from api.wire.limits import BODY_BYTES, QUERY_PARAMETERS
from api.wire.problem_details import TooLarge
from api.wire.request_errors import escape_pointer
from api.wire.request_validation import parse_json
from domain.shared.errors import Code, DomainError, FieldError, Invalid

ETAG = re.compile(r'"([0-9]{1,9})"')
JSON_TYPES = ("application/json", "application/problem+json", "")
"""Media types that are read, the usual one first; a body without any is taken for what it should be."""


class UnsupportedMedia(DomainError):
    """The body is in no form that is read here."""

    code = Code.UNSUPPORTED_MEDIA_TYPE


class JsonRequest(Request):
    """A request whose JSON body is read within the limits before FastAPI asks for it."""

    async def load(self, most: int) -> bytes:
        """Read and parse the body, of at most `most` values; return its bytes. No body at all is an empty object.

        Raises `TooLarge`, `UnsupportedMedia`, or `Invalid` when it is no JSON.
        """
        body = await read_body(self, BODY_BYTES)
        self._body = body if body.strip() else b"{}"
        check_size(self._body, most)
        self._json = parse_json(self._body)
        return self._body


async def read_body(request: Request, limit: int, media_types: tuple[str, ...] = JSON_TYPES) -> bytes:
    """Return the whole body, unpacked; its bytes are counted while they are read, chunked or not.

    Raises `TooLarge` above `limit` bytes, `UnsupportedMedia` for another media type or encoding, `Invalid` when it ends early.
    """
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in media_types and not (media.endswith("+json") and media_types is JSON_TYPES):
        raise UnsupportedMedia(f"send Content-Type: {media_types[0]}")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise UnsupportedMedia("send the body as it is, or with Content-Encoding: gzip")
    chunks = request.stream()
    try:
        return await _read_limited(_gunzip(chunks, limit) if encoding == "gzip" else chunks, limit)
    except ClientDisconnect:
        raise Invalid("the body ended early; send it again", code=Code.MALFORMED) from None


async def _read_limited(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"the body is over {limit:,} bytes, unpacked; send less at a time", extensions={"limit": limit})
        parts.append(chunk)
    return b"".join(parts)


async def _gunzip(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """Unpack piece by piece: a bomb is refused once `limit` is passed, not when it has gone off.

    What is packed is counted as well: a stream may go on for ever and unpack to nothing.
    """
    unpack, packed = zlib.decompressobj(wbits=31), 0
    try:
        async for chunk in chunks:
            packed += len(chunk)
            yield unpack.decompress(chunk, limit + 1)
            if unpack.unconsumed_tail or packed > limit:
                raise TooLarge(f"the body is over {limit:,} bytes, unpacked; send less at a time", extensions={"limit": limit})
            if unpack.unused_data:
                raise Invalid("something follows the gzip stream; send one stream and nothing else", code=Code.MALFORMED)
        if not unpack.eof:
            raise Invalid("the gzip stream ends early; send it again", code=Code.MALFORMED)
    except zlib.error:
        raise Invalid("this is not gzip, though Content-Encoding says so", code=Code.MALFORMED) from None


def query_errors(request: Request, allowed: Collection[str]) -> list[FieldError]:
    """Return the faults of the query beside its values: names that are not `known`, repeated names, NUL characters.

    Raises `TooLarge` for more than `QUERY_PARAMETERS` parameters, before they are parsed.
    """
    query: bytes = request.scope["query_string"]
    if not query:
        return []
    if query.count(b"&") >= QUERY_PARAMETERS:
        detail = f"a query has at most {QUERY_PARAMETERS} parameters; send those that the documentation names"
        raise TooLarge(detail, extensions={"limit": QUERY_PARAMETERS})
    faults: list[FieldError] = []
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        fault = _query_error(name, value, allowed, seen)
        if fault is not None:
            faults.append(FieldError(pointer=f"/{escape_pointer(name)}", code=fault[0], detail=fault[1]))
        seen.add(name)
    return faults


def _query_error(name: str, value: str, allowed: Collection[str], earlier: Collection[str]) -> tuple[Code, str] | None:
    if name not in allowed:
        return Code.UNKNOWN_MEMBER, f"there is no such parameter; there are: {', '.join(sorted(allowed)) or 'none'}"
    if name in earlier:
        return Code.DUPLICATE, "this parameter stands once"
    return (Code.MALFORMED, "a text holds no NUL character") if "\x00" in value else None


def if_match(request: Request) -> int | None:
    """Return the version that If-Match names; None without the header. Raises `Invalid` for what is no ETag of ours."""
    value = request.headers.get("if-match")
    if value is None:
        return None
    match = ETAG.fullmatch(value.strip())
    if match is None:
        raise Invalid('If-Match takes the ETag as it was given, as in "3"', code=Code.MALFORMED)
    return int(match[1])


def required_if_match(request: Request) -> int:
    """Return the version that If-Match names. Raises `Invalid` (`if_match_missing`) without the header."""
    version = if_match(request)
    if version is None:
        raise Invalid("say which version you change: If-Match with its ETag, from reading it", code=Code.IF_MATCH_MISSING)
    return version


def prefers_async(request: Request) -> bool:
    """Whether Prefer names respond-async; other preferences, and what stands beside it, change nothing (RFC 7240 2)."""
    preferences = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(re.split(r"[;=]", preference, maxsplit=1)[0].strip() == "respond-async" for preference in preferences)


def if_none_match(etag: str, request: Request) -> bool:
    """Whether If-None-Match names `etag`, alone, in a list, as a weak one, or by a star (RFC 9110 13.1.2)."""
    given: Any = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag in given


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the Idempotency-Key, quoted or not. Raises `Invalid` for one that is empty, too long or not printable."""
    return read_key(headers.get("idempotency-key"))
