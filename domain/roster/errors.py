"""Errors of a roster import: for the sender, and redacted for storing with a job."""

from dataclasses import asdict

from domain.roster.brake import BrakeReason, brake_message, brake_message_without_names
from domain.roster.csv_headers import FILES_READ
from domain.roster.manifest import MANIFEST_FILE
from domain.roster.validation_report import Finding, Report, Severity, without_values
from domain.shared.errors import MAX_ERRORS, Code, Conflict, FieldError, Invalid, ReportedError

PACKAGE_FILES = frozenset(f"{name}.csv".lower() for names in FILES_READ.values() for name in names) | {MANIFEST_FILE.lower()}


def invalid_roster(report: Report, *, redact: bool = False) -> Invalid:
    """Return the error for a package with errors: its report, and the first errors as field errors.

    With `redact` no cell and no unexpected file name is quoted, as the error is stored with a job.
    """
    redacted = without_values(report, PACKAGE_FILES) if redact else report
    errors = [f for f in redacted.findings if f.severity is Severity.ERROR][:MAX_ERRORS]
    return Invalid(
        f"{_location_prefix(errors[0])}{errors[0].detail}. Errors in all: {redacted.errors}, see the report. "
        "Nothing was changed; correct them in the system that the roster comes from and export it again",
        code=Code.ROSTER_FAULTY,
        # The code of a problem is that of its first error; the report has the code of each finding.
        errors=[FieldError(pointer=_finding_pointer(f), code=Code.ROSTER_FAULTY, detail=f.detail) for f in errors],
        errors_omitted=redacted.errors - len(errors),
        extensions={"report": asdict(redacted)},
        all_errors=[
            ReportedError(pointer=_finding_pointer(f), code=f.code, detail=f.detail, severity=f.severity)
            for f in sorted(redacted.findings, key=lambda f: (f.file or "", f.line or 0))
        ],
    )


def brake_error(reasons: tuple[BrakeReason, ...], *, redact: bool = False) -> Conflict:
    """Return the brake's error, with the rows that would end by name; with `redact` only their counts."""
    if not redact:
        return Conflict(brake_message(reasons), code=Code.BRAKE, extensions={"brake": [asdict(reason) for reason in reasons]})
    all_errors = [
        ReportedError(pointer="", code=Code.BRAKE, detail=brake_message_without_names((reason,))) for reason in reasons
    ]
    return Conflict(brake_message_without_names(reasons), code=Code.BRAKE, all_errors=all_errors)


def json_pointer(*parts: str | int | None) -> str:
    """Return the JSON Pointer of `parts`; null parts are left out."""
    tokens = [str(part).replace("~", "~0").replace("/", "~1") for part in parts if part is not None]
    return "".join(f"/{token}" for token in tokens)


def _finding_pointer(finding: Finding) -> str:
    return json_pointer(finding.file, finding.line, finding.column)


def _location_prefix(finding: Finding) -> str:
    line = f" line {finding.line}" if finding.line else ""
    return f"{finding.file}{line}: " if finding.file else ""
