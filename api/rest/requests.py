"""Read a REST request: body within the limits, query names, headers (openapi/README.md 1.1, 2.2 and 4.2)."""

import re
import zlib
from collections.abc import AsyncIterator, Collection, Mapping

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
"""Accepted media types, the preferred one first; a body without Content-Type is read as JSON."""


class UnsupportedMedia(DomainError):
    """The media type or the encoding of the body is not supported."""

    code = Code.UNSUPPORTED_MEDIA_TYPE


class JsonRequest(Request):
    """A request whose JSON body is read within the limits before FastAPI reads it."""

    async def load(self, most: int) -> bytes:
        """Read and parse the body, of at most `most` values, and return its bytes. No body is an empty object.

        Raises `TooLarge`, `UnsupportedMedia`, or `Invalid` when the body is not JSON.
        """
        body = await read_body(self, BODY_BYTES)
        self._body = body if body.strip() else b"{}"
        check_size(self._body, most)
        self._json = parse_json(self._body)
        return self._body


async def read_body(request: Request, limit: int, media_types: tuple[str, ...] = JSON_TYPES) -> bytes:
    """Return the whole body, decompressed.

    Raises `TooLarge` above `limit` bytes (counted while reading, so chunked bodies too), `UnsupportedMedia` for another media
    type or encoding, and `Invalid` when the client disconnects.
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
        raise Invalid("the body ended early; send the request again", code=Code.MALFORMED) from None


async def _read_limited(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"the body is larger than {limit:,} bytes, decompressed; send less at a time", extensions={"limit": limit}
            )
        parts.append(chunk)
    return b"".join(parts)


async def _gunzip(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """Decompress chunk by chunk, so that a decompression bomb is rejected as soon as it passes `limit` bytes.

    Compressed bytes are counted too: an endless stream may decompress to nothing.
    """
    decompressor, compressed_bytes = zlib.decompressobj(wbits=31), 0
    try:
        async for chunk in chunks:
            compressed_bytes += len(chunk)
            yield decompressor.decompress(chunk, limit + 1)
            if decompressor.unconsumed_tail or compressed_bytes > limit:
                raise TooLarge(
                    f"the body is larger than {limit:,} bytes, decompressed; send less at a time", extensions={"limit": limit}
                )
            if decompressor.unused_data:
                raise Invalid("the body has data after the gzip stream; send one gzip stream only", code=Code.MALFORMED)
        if not decompressor.eof:
            raise Invalid("the gzip stream ends early; send it again", code=Code.MALFORMED)
    except zlib.error:
        raise Invalid(
            "the body is not gzip, although Content-Encoding is gzip; correct one of them", code=Code.MALFORMED
        ) from None


def query_errors(request: Request, allowed: Collection[str]) -> list[FieldError]:
    """Return errors of the query string: names that are not `allowed`, repeated names, NUL characters.

    Raises `TooLarge` for more than `QUERY_PARAMETERS` parameters, before they are parsed.
    """
    query: bytes = request.scope["query_string"]
    if not query:
        return []
    if query.count(b"&") >= QUERY_PARAMETERS:
        detail = f"a query string has at most {QUERY_PARAMETERS} parameters; send only documented ones"
        raise TooLarge(detail, extensions={"limit": QUERY_PARAMETERS})
    errors: list[FieldError] = []
    earlier: set[str] = set()
    for name, value in request.query_params.multi_items():
        error = _query_error(name, value, allowed, earlier)
        if error is not None:
            errors.append(FieldError(pointer=f"/{escape_pointer(name)}", code=error[0], detail=error[1]))
        earlier.add(name)
    return errors


def _query_error(name: str, value: str, allowed: Collection[str], earlier: Collection[str]) -> tuple[Code, str] | None:
    if name not in allowed:
        return Code.UNKNOWN_MEMBER, f"unknown parameter; the parameters are: {', '.join(sorted(allowed)) or 'none'}"
    if name in earlier:
        return Code.DUPLICATE, "this parameter is repeated; send it once"
    return (Code.MALFORMED, "a text must not contain a NUL character; leave it out") if "\x00" in value else None


def if_match(request: Request) -> int | None:
    """Return the version in If-Match, or None without the header. Raises `Invalid` for anything but an ETag of ours."""
    value = request.headers.get("if-match")
    if value is None:
        return None
    match = ETAG.fullmatch(value.strip())
    if match is None:
        raise Invalid('If-Match must be an ETag as you received it, such as "3"', code=Code.MALFORMED)
    return int(match[1])


def required_if_match(request: Request) -> int:
    """Return the version in If-Match. Raises `Invalid` (`if_match_missing`) without the header."""
    version = if_match(request)
    if version is None:
        raise Invalid("If-Match is missing; send the ETag of the version that you read", code=Code.IF_MATCH_MISSING)
    return version


def prefers_async(request: Request) -> bool:
    """Return whether Prefer contains `respond-async`; parameters and other preferences are ignored (RFC 7240 2)."""
    preferences = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(re.split(r"[;=]", preference, maxsplit=1)[0].strip() == "respond-async" for preference in preferences)


def if_none_match(etag: str, request: Request) -> bool:
    """Return whether If-None-Match matches `etag`: as a single tag, in a list, as a weak tag, or `*` (RFC 9110 13.1.2)."""
    header: str = request.headers.get("if-none-match", "")
    return header.strip() == "*" or etag in header


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the Idempotency-Key, if any. Raises `Invalid` when it is empty, too long or not printable."""
    return read_key(headers.get("idempotency-key"))
