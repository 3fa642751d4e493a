"""What can be refused, in words a client can act on. No HTTP here.

Six kinds; ``code`` refines a kind where a client can act on it. Codes are contract (one enum in the OpenAPI document and in
GraphQL), sentences are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

MAX_ERRORS = 100
"""Faults that one problem lists; how many more there are is counted."""


class Code(StrEnum):
    """Every code a problem or one of its faults can carry. Open: new members are not a breaking change."""

    # kinds
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"
    # access and transport
    INSUFFICIENT_SCOPE = "insufficient_scope"
    ROLE_MISSING = "role_missing"
    PURPOSE_LOCKED = "purpose_locked"
    SCORES_NOT_VISIBLE = "scores_not_visible"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    TOO_LARGE = "too_large"
    STALE = "stale"
    IF_MATCH_MISSING = "if_match_missing"
    CURSOR_EXPIRED = "cursor_expired"
    CURSOR_FOREIGN = "cursor_foreign"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    IDEMPOTENCY_KEY_IN_PROGRESS = "idempotency_key_in_progress"
    QUERY_TOO_COMPLEX = "query_too_complex"
    RATE_LIMITED = "rate_limited"
    TOO_MANY_JOBS = "too_many_jobs"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    URL_NOT_ALLOWED = "url_not_allowed"
    NOT_APPLIED = "not_applied"
    # shape
    MALFORMED = "malformed"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_MEMBER = "unknown_member"
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_ALLOWED = "not_allowed"
    OUT_OF_RANGE = "out_of_range"
    EXACTLY_ONE = "exactly_one"
    NAIVE_TIME = "naive_time"
    IN_FUTURE = "in_future"
    # references and rules
    PERSON_NOT_FOUND = "person_not_found"
    PERSON_AMBIGUOUS = "person_ambiguous"
    SUBJECT_NOT_LEADER = "subject_not_leader"
    OBSERVER_IS_LEADER = "observer_is_leader"
    SCHOOL_NOT_FOUND = "school_not_found"
    INSTRUMENT_NOT_FOUND = "instrument_not_found"
    ELEMENT_NOT_FOUND = "element_not_found"
    LEVEL_NOT_FOUND = "level_not_found"
    RESPONSIBILITY_NOT_FOUND = "responsibility_not_found"
    OBSERVATION_NOT_FOUND = "observation_not_found"
    OUT_OF_SCALE = "out_of_scale"
    PURPOSE_NOT_ACCEPTED = "purpose_not_accepted"
    NOT_A_SUPERVISOR = "not_a_supervisor"
    NOT_CONSENTED = "not_consented"
    LAST_ADMIN = "last_admin"
    PERSON_KNOWN = "person_known"
    NOT_YOURSELF = "not_yourself"
    VERSION_REUSED = "version_reused"
    VERSION_OLDER = "version_older"
    WEIGHT_TOO_LARGE = "weight_too_large"
    CROSSWALK_CODE_TAKEN = "crosswalk_code_taken"
    REBUILD_TOO_LARGE = "rebuild_too_large"
    ROSTER_FAULTY = "roster_faulty"
    BRAKE = "brake"
    PULSE_OVERLAPS = "pulse_overlaps"
    LEGAL_HOLD = "legal_hold"
    PACKAGE_FAULTY = "package_faulty"


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One thing wrong with what was sent: where (a JSON Pointer from the root of the body), what, and what to do."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class FaultView:
    """One thing wrong with what was sent."""

    pointer: str
    """JSON Pointer from the root of the body, in a batch from that of the item."""
    code: Code
    """What is wrong."""
    detail: str
    """What to do."""


@dataclass(frozen=True, kw_only=True)
class ReportedError(FieldError):
    """A line of the whole list of what is wrong. ``severity``: an ``error`` is why it was refused, a ``warning`` beside it."""

    severity: str = "error"


class DomainError(Exception):
    """An expected refusal; ``retry`` says whether asking again can help. ``more`` are further members of the problem.

    ``errors`` are the first ``MOST_FAULTS`` faults, ``errors_omitted`` is how many more there are. ``listed`` is everything
    wrong, in document order, where that is more than ``errors``; of a job it is kept to be paged through.
    """

    code: str = Code.INVALID
    retry: Literal["never", "same", "later"] = "never"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Iterable[FieldError] = (),
        extensions: dict[str, object] | None = None,
        all_errors: Iterable[ReportedError] = (),
        errors_omitted: int = 0,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        faults = tuple(errors)
        self.errors = faults[:MAX_ERRORS]
        self.errors_omitted = errors_omitted + len(faults) - len(self.errors)
        self.extensions = extensions or {}
        self.all_errors = tuple(all_errors) or tuple(
            ReportedError(pointer=f.pointer, code=f.code, detail=f.detail) for f in self.errors
        )
        if code is not None:
            self.code = code


class Invalid(DomainError, ValueError):
    """What was sent cannot be taken as it is. Also a ``ValueError``, so that validation collects it beside other faults."""

    code = Code.INVALID

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """One fault at ``pointer``; the problem takes its code."""
        return cls(detail, code=code, errors=(FieldError(pointer=pointer, code=code, detail=detail),))

    @classmethod
    def of(cls, errors: Iterable[FieldError], errors_omitted: int = 0) -> "Invalid":
        """``faults`` (at least one), in the order given; the problem takes the first one's code.

        ``errors_omitted``: how many were found beside them.
        """
        found = tuple(errors)
        return cls(found[0].detail, code=found[0].code, errors=found, errors_omitted=errors_omitted)


class Unauthenticated(DomainError):
    """Nobody we know is asking."""

    code = Code.UNAUTHENTICATED


class Forbidden(DomainError):
    """Known, but not allowed to."""

    code = Code.FORBIDDEN


class NotFound(DomainError):
    """There is no such thing, or none that this actor may see."""

    code = Code.NOT_FOUND


class Gone(DomainError):
    """It was there, and is no more."""

    code = Code.CURSOR_EXPIRED


class Conflict(DomainError):
    """It contradicts what is held."""

    code = Code.CONFLICT


class Stale(DomainError):
    """Somebody else changed it first; ``more['current_version']`` is what is held now."""

    code = Code.STALE


class Contended(DomainError):
    """Somebody else was at the same rows; the same unit, run again, will do. The edge runs it again up to three times."""

    code = Code.UNAVAILABLE
    retry = "same"


class Unavailable(DomainError):
    """Not now; later."""

    code = Code.UNAVAILABLE
    retry = "later"
