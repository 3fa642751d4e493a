"""Parse single cells: each method returns a typed value and reports what is wrong, without quoting the cell."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from domain.directory.model import UserId
from domain.roster.csv_tables import CsvRow
from domain.roster.validation_report import FindingCode, ReportBuilder, actual_value_text

MAX_LENGTH = 200
MAX_LENGTHS = {"email": 320, "name": 500, "title": 500}
UNKNOWN_DATE = date.min
"""Placeholder for a date that could not be parsed; a package with such a date is never imported."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(T[\d:.]+Z?)?")
_EXTENDED = re.compile(r"ext:[A-Za-z0-9.\-_]+")
_USER_ID = re.compile(r"\{([^:{}]+):([^{}]+)\}")
_USER_IDS = re.compile(rf"{_USER_ID.pattern}(?:\s*,\s*{_USER_ID.pattern})*")


def is_like_a_date(value: str) -> bool:
    """Return whether a report may print `value`: a date in some notation, not a telephone number."""
    return _DATE_LIKE.fullmatch(value) is not None


@dataclass(frozen=True, kw_only=True)
class CellReader:
    """The cells of one row. Never raises: an invalid cell is reported and read as empty, false or `UNKNOWN_DATE`."""

    file: str
    row: CsvRow
    notes: ReportBuilder

    def optional(self, column: str) -> str | None:
        """Return the text, or null when the cell is empty."""
        value = self.row.cells.get(column, "")
        longest = MAX_LENGTHS.get(column, MAX_LENGTH)
        if len(value) > longest:
            self.add_error(FindingCode.VALUE_TOO_LONG, column, f"at most {longest} characters")
        if not value.isprintable():
            self.add_error(FindingCode.VALUE_MALFORMED, column, "contains a line break or a control character; remove it")
        return value or None

    def required(self, column: str) -> str:
        """Return the text of a cell that must not be empty."""
        value = self.optional(column)
        if value is None and column in self.row.cells:
            self.add_error(FindingCode.VALUE_MISSING, column, "must not be empty")
        return value or ""

    def one_of(self, column: str, allowed: tuple[str, ...], *, extensible: bool) -> str:
        """Return a value of `allowed`, or `ext:…` if `extensible`."""
        value = self.required(column)
        if value and value not in allowed and not (extensible and _EXTENDED.fullmatch(value)):
            meant = (
                _suggestion(value, allowed) if self.notes.has_room_for(FindingCode.VALUE_NOT_ALLOWED, self.file, column) else ""
            )
            also = " or an extension ext:…" if extensible else ""
            self.add_error(FindingCode.VALUE_NOT_ALLOWED, column, f"must be one of {', '.join(allowed)}{also}{meant}")
        return value

    def flag(self, column: str) -> bool:
        """Return whether the cell is `true`; another letter case is accepted with a warning."""
        value = self.required(column)
        if value not in {"true", "false", ""}:
            if value.lower() not in {"true", "false"}:
                self.add_error(FindingCode.VALUE_NOT_ALLOWED, column, "must be true or false")
            else:
                detail = f"{value} was read as {value.lower()}; OneRoster writes it in lower case"
                self.notes.warn(FindingCode.VALUE_NOT_ALLOWED, detail, self.file, self.row.line, column)
        return value.lower() == "true"

    def optional_date(self, column: str) -> date | None:
        """Return a calendar date, or null when the cell is empty."""
        value = self.row.cells.get(column, "")
        return self._date(column, value) if value else None

    def required_date(self, column: str) -> date:
        """Return a calendar date; an empty cell is an error."""
        value = self.required(column)
        return self._date(column, value) if value else UNKNOWN_DATE

    def _date(self, column: str, value: str) -> date:
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # for example 30 February
        actual = actual_value_text(value) if is_like_a_date(value) else ""
        self.add_error(FindingCode.VALUE_MALFORMED, column, f"must be a date such as 2026-08-17{actual}")
        return UNKNOWN_DATE

    def year(self, column: str) -> int:
        """Return a year of four digits, or 0 when it is invalid."""
        value = self.required(column)
        if re.fullmatch(r"[12]\d{3}", value, re.ASCII):
            return int(value)
        if value:
            self.add_error(FindingCode.VALUE_MALFORMED, column, "must be the year in which the school year ends, such as 2027")
        return 0

    def user_ids(self, column: str) -> tuple[UserId, ...]:
        """Return the ids in other systems, written `{type:id},{type:id}`, sorted and without duplicates."""
        value = self.row.cells.get(column, "")
        if value and not _USER_IDS.fullmatch(value):
            self.add_error(FindingCode.VALUE_MALFORMED, column, "must be written {type:id},{type:id}")
        pairs = _USER_ID.findall(value)
        if any(len(part) > MAX_LENGTH for pair in pairs for part in pair):
            self.add_error(FindingCode.VALUE_TOO_LONG, column, f"at most {MAX_LENGTH} characters in each type and id")
        ids = sorted({(kind.strip(), user_id.strip()) for kind, user_id in pairs})
        return tuple(UserId(type=kind, value=user_id) for kind, user_id in ids)

    def ids(self, column: str) -> tuple[str, ...]:
        """Return sourcedIds separated by commas, at least one; empty for a list that is too long."""
        value = self.required(column)
        values = value.split(",") if len(value) <= MAX_LENGTH else ()
        return tuple(dict.fromkeys(each.strip() for each in values if each.strip()))

    def add_error(self, code: FindingCode, column: str, detail: str) -> None:
        """Report an error in `column`, unless the row has too many or too few cells, which was reported already."""
        if self.row.well_formed:
            self.notes.error(code, f"{column} {detail}", self.file, self.row.line, column)


def _suggestion(value: str, allowed: tuple[str, ...]) -> str:
    """Return a question with the value of `allowed` that resembles `value`, or an empty string."""
    near = get_close_matches(value[:MAX_LENGTH].lower(), [each.lower() for each in allowed], n=1, cutoff=0.8)
    return next((f"; do you mean {each}?" for each in allowed if each.lower() in near), "")
