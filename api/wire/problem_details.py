"""Convert errors to problem details (RFC 9457), for REST and GraphQL (openapi/README.md 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from domain.shared.errors import (
    Code,
    Conflict,
    Contended,
    DomainError,
    FaultView,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Stale,
    Unauthenticated,
    Unavailable,
)
from domain.shared.fields import Examples


class TooLarge(DomainError):
    """The request is larger than a limit, which is `extensions["limit"]`."""

    code = Code.TOO_LARGE


class RateLimited(DomainError):
    """The rate limit is used up; `extensions["headers"]` says when to retry."""

    code = Code.RATE_LIMITED
    retry = "later"


class InternalError(DomainError):
    """An unexpected exception, of which the response reveals nothing."""

    code = Code.INTERNAL
    retry = "later"

    def __init__(self) -> None:
        super().__init__("the server failed unexpectedly; retry later, and report the request_id if it happens again")


ERROR_KINDS: tuple[tuple[type[DomainError], int, str], ...] = (
    (Invalid, 422, "The request is not valid"),
    (Unauthenticated, 401, "Authentication required"),
    (Forbidden, 403, "Not allowed"),
    (NotFound, 404, "Not found"),
    (Gone, 410, "No longer available"),
    (Conflict, 409, "In conflict with stored data"),
    (Stale, 412, "Changed in the meantime"),
    (Contended, 503, "Busy"),
    (Unavailable, 503, "Temporarily unavailable"),
    (RateLimited, 429, "Too many requests"),
    (InternalError, 500, "Internal error"),
)
"""Class of error, HTTP status, title."""

STATUS_OVERRIDES: Mapping[str, int] = {
    Code.IF_MATCH_MISSING: 428,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_APPLIED: 424,
    Code.TOO_MANY_JOBS: 429,
    Code.INTERNAL: 500,
}
"""Codes whose status differs from that of their class."""

PROBLEM_JSON = "application/problem+json"
NO_STORE = {"Cache-Control": "no-store"}
"""The header of responses that may not be cached: without it, a cache may store a 404 (RFC 9111 4.2.2)."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Problem details of a rejected request (RFC 9457); clients switch on `code`."""

    type: str
    """A URN for the type of problem; one for each code."""
    title: str
    """The class of error, in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong and what to do."""
    instance: str | None
    """The path of the request."""
    code: Code
    """What is wrong, for programs; the code of the first of errors."""
    request_id: str | None
    """Quote it when you ask for support."""
    retry: Literal["never", "same", "later"]
    """Whether a retry of the same request can succeed: never, same (at once) or later."""
    errors: tuple[FaultView, ...]
    """The errors found, in document order: at most 100, and at most 1,000 for a whole batch."""
    current_version: str | None
    """The stored version, where the error is about versions; null otherwise."""
    errors_omitted: Annotated[int, Examples(0)] = 0
    """How many further errors are not listed in errors."""


def http_status(error: DomainError) -> int:
    """Return the HTTP status of `error`."""
    return STATUS_OVERRIDES.get(error.code) or next((status for kind, status, _ in ERROR_KINDS if isinstance(error, kind)), 422)


def to_problem(error: DomainError, instance: str | None, request_id: str | None) -> Problem:
    """Return `error` as problem details; `instance` is the path of the request."""
    version = error.extensions.get("current_version")
    title = next((title for kind, _, title in ERROR_KINDS if isinstance(error, kind)), ERROR_KINDS[0][2])
    return Problem(
        type=f"urn:evenkeel:problem:{error.code}",
        title=title,
        status=http_status(error),
        detail=error.detail,
        instance=instance,
        code=Code(error.code),
        request_id=request_id,
        retry=error.retry,
        errors=tuple(_field_error_view(f) for f in error.errors),
        current_version=None if version is None else str(version),
        errors_omitted=error.errors_omitted,
    )


def _field_error_view(error: FieldError) -> FaultView:
    return FaultView(pointer=error.pointer, code=Code(error.code), detail=error.detail)


def http_headers(error: DomainError) -> dict[str, str]:
    """Return the response headers for `error`: Retry-After, ETag, and those in its extensions."""
    headers: dict[str, str] = {}
    if http_status(error) in {429, 503}:
        headers["Retry-After"] = "1" if error.retry == "same" else "5"
    if isinstance(error, Stale) and "current_version" in error.extensions:
        headers["ETag"] = f'"{error.extensions["current_version"]}"'
    extra: Any = error.extensions.get("headers", {})
    return headers | dict(extra)


def extension_members(error: DomainError) -> dict[str, object]:
    """Return the extension members of the problem (RFC 9457 3.2)."""
    return {name: value for name, value in error.extensions.items() if name not in {"headers", "current_version", "rate_limit"}}
