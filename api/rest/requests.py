"""From a request to a command: its body, path, query and If-Match, within the limits (openapi/README.md 1.1, 2.2 and 4.2)."""

import re
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from starlette.requests import ClientDisconnect, Request

from api.wire.idempotency_key import read_key
from api.wire.limits import BODY_BYTES, QUERY_PARAMETERS
from api.wire.problem_details import TooLarge
from api.wire.query_validation import read_texts
from api.wire.request_faults import escape
from api.wire.request_validation import read, with_members
from domain.shared.errors import Code, DomainError, Fault, Invalid

ETAG = re.compile(r'"([0-9]{1,9})"')
JSON_TYPES = ("application/json", "application/problem+json", "")
"""Media types that are read, the usual one first; a body without any is taken for what it should be."""


class UnsupportedMedia(DomainError):
    """The body is in no form that is read here."""

    code = Code.UNSUPPORTED_MEDIA_TYPE


async def body_of(request: Request, limit: int, media_types: tuple[str, ...] = JSON_TYPES) -> bytes:
    """The whole body, unpacked; counted while it is read, chunked or not."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in media_types and not (media.endswith("+json") and media_types is JSON_TYPES):
        raise UnsupportedMedia(f"send Content-Type: {media_types[0]}")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise UnsupportedMedia("send the body as it is, or with Content-Encoding: gzip")
    chunks = request.stream()
    try:
        return await _joined(_unzipped(chunks, limit) if encoding == "gzip" else chunks, limit)
    except ClientDisconnect:
        raise Invalid("the body ended early; send it again", code=Code.MALFORMED) from None


async def _joined(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"the body is over {limit:,} bytes, unpacked; send less at a time", more={"limit": limit})
        parts.append(chunk)
    return b"".join(parts)


async def _unzipped(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """Unpacked piece by piece: a bomb is refused once ``limit`` is passed, not when it has gone off.

    What is packed is counted as well: a stream may go on for ever and unpack to nothing.
    """
    unpack, packed = zlib.decompressobj(wbits=31), 0
    try:
        async for chunk in chunks:
            packed += len(chunk)
            yield unpack.decompress(chunk, limit + 1)
            if unpack.unconsumed_tail or packed > limit:
                raise TooLarge(f"the body is over {limit:,} bytes, unpacked; send less at a time", more={"limit": limit})
            if unpack.unused_data:
                raise Invalid("something follows the gzip stream; send one stream and nothing else", code=Code.MALFORMED)
        if not unpack.eof:
            raise Invalid("the gzip stream ends early; send it again", code=Code.MALFORMED)
    except zlib.error:
        raise Invalid("this is not gzip, though Content-Encoding says so", code=Code.MALFORMED) from None


async def hear_body(command: type, request: Request, *, versioned: bool, query: bool = False) -> Any:
    """``command`` from the JSON body, with what stands in the path and in If-Match; ``query``: somebody else reads that."""
    members: dict[str, Any] = path_members(command, request)
    if not query:
        refuse_query(request)
    if versioned:
        expected = if_match(request)
        if expected is None and _is_required(command, "expected_version"):
            raise Invalid("say which version you change: If-Match with its ETag, from reading it", code=Code.IF_MATCH_MISSING)
        members |= {} if expected is None else {"expected_version": expected}
    body = await body_of(request, BODY_BYTES)
    faults: list[Fault] = []
    if versioned or members or not body.strip():
        # The version stands in If-Match only; null is what leaving it out means.
        told = members | {"expected_version": members.get("expected_version")} if versioned else members
        body, faults = with_members(body.strip(), told)
    return read(command, body, faults)


def _is_required(command: type, name: str) -> bool:
    return any(f.name == name and f.default is MISSING for f in fields(command))


def hear_query(command: type, request: Request) -> Any:
    """``command`` from path and query; unknown and repeated names are refused."""
    members = path_members(command, request)
    if not request.scope["query_string"]:
        return read_texts(command, members)
    known = {f.name for f in fields(command)} - set(members)
    faults: list[Fault] = []
    seen: set[str] = set()
    for name, value in _parameters(request):
        if name not in known:
            detail = f"there is no such parameter; there are: {', '.join(sorted(known)) or 'none'}"
            faults.append(Fault(pointer=f"/{escape(name)}", code=Code.UNKNOWN_MEMBER, detail=detail))
        elif name in seen:
            faults.append(Fault(pointer=f"/{escape(name)}", code=Code.DUPLICATE, detail="this parameter stands once"))
        elif "\x00" in value:
            faults.append(Fault(pointer=f"/{escape(name)}", code=Code.MALFORMED, detail="a text holds no NUL character"))
        elif name not in seen:
            members[name] = value
        seen.add(name)
    return read_texts(command, members, faults)


def refuse_query(request: Request, known: frozenset[str] = frozenset()) -> None:
    """Refuse parameters of the query that an operation does not have."""
    detail = "there is no such parameter; leave it out"
    unknown = [name for name, _ in _parameters(request) if name not in known]
    if unknown:
        raise Invalid.of(Fault(pointer=f"/{escape(name)}", code=Code.UNKNOWN_MEMBER, detail=detail) for name in unknown)


def _parameters(request: Request) -> list[tuple[str, str]]:
    """The parameters of the query, in its order; they are counted before they are read."""
    if request.scope["query_string"].count(b"&") >= QUERY_PARAMETERS:
        detail = f"a query has at most {QUERY_PARAMETERS} parameters; send those that the documentation names"
        raise TooLarge(detail, more={"limit": QUERY_PARAMETERS})
    return request.query_params.multi_items()


def path_members(command: type, request: Request) -> dict[str, str]:
    """Return the members of `command` that stand in the path."""
    names = {f.name for f in fields(command)}
    return {name: str(value) for name, value in request.path_params.items() if name in names}


def if_match(request: Request) -> int | None:
    """The version that If-Match names; None without the header."""
    said = request.headers.get("if-match")
    if said is None:
        return None
    match = ETAG.fullmatch(said.strip())
    if match is None:
        raise Invalid('If-Match takes the ETag as it was given, as in "3"', code=Code.MALFORMED)
    return int(match[1])


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """The Idempotency-Key, quoted or not; refused when it is empty, over 255 characters or not printable."""
    return read_key(headers.get("idempotency-key"))
