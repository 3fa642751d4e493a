"""Time as values: nothing here asks a clock."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.shared.errors import Code, Invalid

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of our clock a sender's may be (openapi/README.md 1.2)."""


DATE_FORMAT = re.compile(r"\d{4}-\d{2}-\d{2}")

MIN_YEAR, MAX_YEAR = 1900, 9998
"""Years that a moment may be of: anything else is a mistake, and the last moments of time mean infinity to PostgreSQL."""


def utc_instant(value: datetime, pointer: str) -> datetime:
    """``value`` in UTC, cut to milliseconds as the wire shows it; refused without offset (``naive_time``) or in another age."""
    if value.tzinfo is None:
        raise Invalid.at(pointer, Code.NAIVE_TIME, "give the offset, as in 2026-03-02T08:30:00-05:00 or …Z")
    if not MIN_YEAR <= value.year <= MAX_YEAR:
        raise Invalid.at(pointer, Code.OUT_OF_RANGE, f"check the year: it is one of {MIN_YEAR} to {MAX_YEAR}")
    return truncate_to_milliseconds(value.astimezone(UTC))


def truncate_to_milliseconds(value: datetime) -> datetime:
    """`value` cut to whole milliseconds, as the wire shows it and the audit log stores it."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def not_in_future(value: datetime, now: datetime, pointer: str) -> datetime:
    """``value``, refused (``in_future``) when more than five minutes ahead of ``now``."""
    if value > now + CLOCK_SKEW:
        raise Invalid.at(pointer, Code.IN_FUTURE, "this lies in the future; check the clock and the offset of the sender")
    return value


def hour_of(now: datetime) -> datetime:
    """``now`` cut to the UTC hour: the default moment a profile is read at."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def parse_moment(at: str, now: datetime) -> datetime:
    """What ``?at=`` means: an instant with its offset, or a date as its start in UTC.

    Refused: what is neither (``malformed``), an instant without offset (``naive_time``), and what lies more than five minutes
    ahead (``in_future``).
    """
    try:
        # Python reads more forms than we promise: weeks, and dates without their hyphens.
        read = datetime.fromisoformat(at if DATE_FORMAT.match(at) else "")
        if DATE_FORMAT.fullmatch(at):
            read = read.replace(tzinfo=UTC)
    except ValueError:
        detail = "give a date as 2026-11-01, or an instant as 2026-11-01T08:00:00Z"
        raise Invalid.at("/at", Code.MALFORMED, detail) from None
    return not_in_future(utc_instant(read, "/at"), now, "/at")


def local_date(at: datetime, zone: str) -> date:
    """The calendar date of ``at`` in the IANA ``zone`` of the district."""
    return at.astimezone(ZoneInfo(zone)).date()
