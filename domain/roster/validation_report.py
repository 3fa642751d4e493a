"""What is wrong with a package, line by line, in words the sender can act on.

No finding carries a person's data: it names file, line and column and says what is expected there.
"""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace
from enum import StrEnum

MAX_FINDINGS = 1_000
MAX_FINDINGS_PER_KIND = 100
"""Of one code in one column of one file, so that one systematic mistake does not hide the others."""


class Severity(StrEnum):
    """An error keeps the whole package out; a warning is told and the import goes on."""

    ERROR = "error"
    WARNING = "warning"


class FindingCode(StrEnum):
    """What a finding is about. Open: new members are not a breaking change."""

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
    """One thing to mend. ``file`` is null when it is the package itself; ``line`` counts from 1 as an editor shows it."""

    file: str | None
    line: int | None
    column: str | None
    code: FindingCode
    severity: Severity
    detail: str


@dataclass(frozen=True, kw_only=True)
class FindingCount:
    """How often a code occurred in a file, also beyond the findings listed."""

    file: str | None
    code: FindingCode
    severity: Severity
    n: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that was found: at most 1,000 findings, errors first, and counts of everything."""

    errors: int
    warnings: int
    counts: tuple[FindingCount, ...]
    findings: tuple[Finding, ...]


_VALUE = re.compile(r", not \S+?(?=: |$)")


def actual_value_text(value: str) -> str:
    """The end of a sentence that says what stands there instead; ``without_values`` finds it again, whole.

    It ends at the first space, so what has one inside is not shown.
    """
    return f", not {value}" if value.split() == [value] else ""


def without_values(report: Report, files: Container[str]) -> Report:
    """``report`` as it is kept with a job: no cell is quoted, and no file is named but ``files`` (in small letters).

    To whoever sent the package a date may be shown that can't be read; kept for weeks it would be somebody's, and so might
    the name of a strange file.
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
    """Collects findings while a package is read. Lives as long as the reading, and only there."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._counts: Counter[tuple[str | None, FindingCode, Severity]] = Counter()
        self._per_kind: Counter[tuple[str | None, FindingCode, str | None]] = Counter()

    def error(
        self, code: FindingCode, detail: str, file: str | None, line: int | None = None, column: str | None = None
    ) -> None:
        """Something that keeps the package out."""
        self._add(
            Finding(file=file, line=line, column=column, code=code, severity=Severity.ERROR, detail=detail),
        )

    def warn(
        self, code: FindingCode, detail: str, file: str | None, line: int | None = None, column: str | None = None
    ) -> None:
        """Something worth telling."""
        self._add(
            Finding(file=file, line=line, column=column, code=code, severity=Severity.WARNING, detail=detail),
        )

    def has_room_for(self, code: FindingCode, file: str | None, column: str | None) -> bool:
        """Whether one more finding of this kind would be listed, and not only counted: a suggestion is worth its work."""
        return self._per_kind[file, code, column] < MAX_FINDINGS_PER_KIND

    def _add(self, finding: Finding) -> None:
        self._counts[finding.file, finding.code, finding.severity] += 1
        alike = (finding.file, finding.code, finding.column)
        self._per_kind[alike] += 1
        if self._per_kind[alike] <= MAX_FINDINGS_PER_KIND:
            self._findings.append(finding)

    def report(self) -> Report:
        """What was found so far: errors before warnings, each by file and line."""
        listed = sorted(self._findings, key=lambda f: (f.severity is Severity.WARNING, f.file or "", f.line or 0))
        return Report(
            errors=sum(n for (_, _, severity), n in self._counts.items() if severity is Severity.ERROR),
            warnings=sum(n for (_, _, severity), n in self._counts.items() if severity is Severity.WARNING),
            counts=tuple(FindingCount(file=f, code=c, severity=s, n=n) for (f, c, s), n in self._counts.items()),
            findings=tuple(listed[:MAX_FINDINGS]),
        )
