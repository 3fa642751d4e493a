"""The validation report of a package, line by line.

A finding has no personal data: it has file, line and column, and what is expected there.
"""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace
from enum import StrEnum

MAX_FINDINGS = 1_000
MAX_FINDINGS_PER_KIND = 100
"""Limit for one code in one column of one file, so that one systematic error does not hide the others."""


class Severity(StrEnum):
    """An error rejects the whole package; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class FindingCode(StrEnum):
    """What a finding is about. Open enum: new members are not a breaking change."""

    NOT_A_ZIP = "not_a_zip"
    ENCRYPTED = "encrypted"
    FOLDER = "folder"
    PACKAGE_TOO_LARGE = "package_too_large"
    FILE_MISSING = "file_missing"
    FILE_UNEXPECTED = "file_unexpected"
    FILE_NAME = "file_name"
    FILE_TWICE = "file_twice"
    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    MANIFEST = "manifest"
    DELTA = "delta"
    HEADER_MISSING = "header_missing"
    HEADER_UNKNOWN = "header_unknown"
    HEADER_ORDER = "header_order"
    ROW_LENGTH = "row_length"
    NOT_BLANK = "not_blank"
    VALUE_MISSING = "value_missing"
    VALUE_TOO_LONG = "value_too_long"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    VALUE_MALFORMED = "value_malformed"
    DUPLICATE = "duplicate"
    REFERENCE = "reference"
    WITHOUT_ROLE = "without_role"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem of a package. `file` is null when it is the package itself; `line` counts from 1."""

    file: str | None
    line: int | None
    column: str | None
    code: FindingCode
    severity: Severity
    detail: str


@dataclass(frozen=True, kw_only=True)
class FindingCount:
    """How often a code occurred in a file, including findings beyond the limit."""

    file: str | None
    code: FindingCode
    severity: Severity
    n: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """At most 1,000 findings, errors first, and counts of all."""

    errors: int
    warnings: int
    counts: tuple[FindingCount, ...]
    findings: tuple[Finding, ...]


_VALUE = re.compile(r", not \S+?(?=: |$)")


def actual_value_text(value: str) -> str:
    """Return the end of a sentence that quotes `value`, which `without_values` can remove again.

    A value with a space is not quoted, as the quotation ends at the first space.
    """
    return f", not {value}" if value.split() == [value] else ""


def without_values(report: Report, files: Container[str]) -> Report:
    """Return `report` as it may be stored with a job: without quoted cells and without file names other than `files`.

    `files` are in lower case. The sender may see an invalid date or an unexpected file name; stored for weeks they could be
    personal data.
    """
    return replace(
        report,
        counts=tuple(replace(count, file=_expected_file(count.file, files)) for count in report.counts),
        findings=tuple(
            replace(finding, file=_expected_file(finding.file, files), detail=_VALUE.sub("", finding.detail))
            for finding in report.findings
        ),
    )


def _expected_file(file: str | None, files: Container[str]) -> str | None:
    return file if file is not None and file.lower() in files else None


class ReportBuilder:
    """Collects findings while a package is read."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._counts: Counter[tuple[str | None, FindingCode, Severity]] = Counter()
        self._per_kind: Counter[tuple[str | None, FindingCode, str | None]] = Counter()

    def error(
        self, code: FindingCode, detail: str, file: str | None, line: int | None = None, column: str | None = None
    ) -> None:
        """Add an error, which rejects the package."""
        self._add(
            Finding(file=file, line=line, column=column, code=code, severity=Severity.ERROR, detail=detail),
        )

    def warn(
        self, code: FindingCode, detail: str, file: str | None, line: int | None = None, column: str | None = None
    ) -> None:
        """Add a warning."""
        self._add(
            Finding(file=file, line=line, column=column, code=code, severity=Severity.WARNING, detail=detail),
        )

    def has_room_for(self, code: FindingCode, file: str | None, column: str | None) -> bool:
        """Return whether another finding of this kind would be listed, not only counted."""
        return self._per_kind[file, code, column] < MAX_FINDINGS_PER_KIND

    def _add(self, finding: Finding) -> None:
        self._counts[finding.file, finding.code, finding.severity] += 1
        kind = (finding.file, finding.code, finding.column)
        self._per_kind[kind] += 1
        if self._per_kind[kind] <= MAX_FINDINGS_PER_KIND:
            self._findings.append(finding)

    def report(self) -> Report:
        """Return the findings so far: errors before warnings, each by file and line."""
        ordered = sorted(self._findings, key=lambda f: (f.severity is Severity.WARNING, f.file or "", f.line or 0))
        return Report(
            errors=sum(n for (_, _, severity), n in self._counts.items() if severity is Severity.ERROR),
            warnings=sum(n for (_, _, severity), n in self._counts.items() if severity is Severity.WARNING),
            counts=tuple(FindingCount(file=f, code=c, severity=s, n=n) for (f, c, s), n in self._counts.items()),
            findings=tuple(ordered[:MAX_FINDINGS]),
        )
