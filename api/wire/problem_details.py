"""Refusals as problems (RFC 9457), once for REST and GraphQL (openapi/README.md 2.1)."""

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
    """More than one request may bring; ``more['limit']`` names the limit."""

    code = Code.TOO_LARGE


class RateLimited(DomainError):
    """More requests than a minute has room for; ``more['headers']`` say when to go on."""

    code = Code.RATE_LIMITED
    retry = "later"


ERROR_KINDS: tuple[tuple[type[DomainError], int, str], ...] = (
    (Invalid, 422, "This cannot be taken as it is"),
    (Unauthenticated, 401, "Nobody we know is asking"),
    (Forbidden, 403, "Not allowed"),
    (NotFound, 404, "Not found"),
    (Gone, 410, "No longer there"),
    (Conflict, 409, "In conflict with what is held"),
    (Stale, 412, "Changed by somebody else meanwhile"),
    (Contended, 503, "Busy"),
    (Unavailable, 503, "Not now"),
    (RateLimited, 429, "Too many requests"),
)
"""Kind of refusal, status, title."""

STATUS_OVERRIDES: Mapping[str, int] = {
    Code.IF_MATCH_MISSING: 428,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_APPLIED: 424,
    Code.TOO_MANY_JOBS: 429,
    Code.INTERNAL: 500,
}
"""Codes whose status is not that of their kind."""

PROBLEM_JSON = "application/problem+json"
NO_STORE = {"Cache-Control": "no-store"}
"""The header of answers that no cache may keep: without it, a cache may keep a 404 (RFC 9111 4.2.2)."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a request was refused; clients switch on ``code``."""

    type: str
    """Names the kind of problem; one for each code."""
    title: str
    """The kind of refusal, in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What to do."""
    instance: str | None
    """The path that was asked."""
    code: Code
    """What is wrong; that of the first of errors."""
    request_id: str | None
    """Name it when you ask about this."""
    retry: Literal["never", "same", "later"]
    """Whether the same request can succeed: never, same (at once), later."""
    errors: tuple[FaultView, ...]
    """The faults found, in document order; at most 100, and 1,000 in all of a batch."""
    current_version: str | None
    """The version held, where the refusal is about versions; null otherwise."""
    errors_omitted: Annotated[int, Examples(0)] = 0
    """How many more faults there are than errors lists."""


def http_status(error: DomainError) -> int:
    """The HTTP status of ``error``."""
    return STATUS_OVERRIDES.get(error.code) or next((status for kind, status, _ in ERROR_KINDS if isinstance(error, kind)), 422)


def to_problem(error: DomainError, instance: str | None, request_id: str | None) -> Problem:
    """``error`` as a problem."""
    held = error.extensions.get("current_version")
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
        current_version=None if held is None else str(held),
        errors_omitted=error.errors_omitted,
    )


def _field_error_view(error: FieldError) -> FaultView:
    return FaultView(pointer=error.pointer, code=Code(error.code), detail=error.detail)


def http_headers(error: DomainError) -> dict[str, str]:
    """What the answer says beside its body."""
    found: dict[str, str] = {}
    if http_status(error) in {429, 503}:
        found["Retry-After"] = "1" if error.retry == "same" else "5"
    if isinstance(error, Stale) and "current_version" in error.extensions:
        found["ETag"] = f'"{error.extensions["current_version"]}"'
    extra: Any = error.extensions.get("headers", {})
    return found | dict(extra)


def extension_members(error: DomainError) -> dict[str, object]:
    """Further members of the problem (RFC 9457 3.2)."""
    return {name: value for name, value in error.extensions.items() if name not in {"headers", "current_version", "rate_limit"}}
