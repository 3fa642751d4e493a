"""Why a roster is refused, for whoever sent it, and what of that may be kept with a job."""

from dataclasses import asdict

from domain.roster.brake import BrakeReason, brake_message, brake_message_without_names
from domain.roster.csv_headers import FILES_READ
from domain.roster.manifest import MANIFEST_FILE
from domain.roster.validation_report import Finding, Report, Severity, without_values
from domain.shared.errors import MAX_ERRORS, Code, Conflict, FieldError, Invalid, ReportedError

PACKAGE_FILES = frozenset(f"{name}.csv".lower() for names in FILES_READ.values() for name in names) | {MANIFEST_FILE.lower()}


def invalid_roster(report: Report, *, redact: bool = False) -> Invalid:
    """The refusal of a package: its whole report, the first errors as faults, and everything found, file by file.

    ``kept``: the refusal stays with a job, so no cell is quoted in it.
    """
    said = without_values(report, PACKAGE_FILES) if redact else report
    errors = [f for f in said.findings if f.severity is Severity.ERROR][:MAX_ERRORS]
    return Invalid(
        f"{_location_prefix(errors[0])}{errors[0].detail}. Errors in all: {said.errors}, see the report. Nothing was changed; "
        "mend them in the system the roster comes from and export it again",
        code=Code.ROSTER_FAULTY,
        # the problem's code is that of its first fault; what each is about says the report
        errors=[FieldError(pointer=_finding_pointer(f), code=Code.ROSTER_FAULTY, detail=f.detail) for f in errors],
        errors_omitted=said.errors - len(errors),
        extensions={"report": asdict(said)},
        all_errors=[
            ReportedError(pointer=_finding_pointer(f), code=f.code, detail=f.detail, severity=f.severity)
            for f in sorted(said.findings, key=lambda f: (f.file or "", f.line or 0))
        ],
    )


def brake_error(reasons: tuple[BrakeReason, ...], *, redact: bool = False) -> Conflict:
    """The refusal by the brake: what would vanish, by name; ``kept`` with a job, by numbers alone."""
    if not redact:
        return Conflict(brake_message(reasons), code=Code.BRAKE, extensions={"brake": [asdict(reason) for reason in reasons]})
    listed = [ReportedError(pointer="", code=Code.BRAKE, detail=brake_message_without_names((reason,))) for reason in reasons]
    return Conflict(brake_message_without_names(reasons), code=Code.BRAKE, all_errors=listed)


def json_pointer(*parts: str | int | None) -> str:
    """A JSON Pointer of ``parts``, without those that are null."""
    said = [str(part).replace("~", "~0").replace("/", "~1") for part in parts if part is not None]
    return "".join(f"/{part}" for part in said)


def _finding_pointer(finding: Finding) -> str:
    return json_pointer(finding.file, finding.line, finding.column)


def _location_prefix(finding: Finding) -> str:
    line = f" line {finding.line}" if finding.line else ""
    return f"{finding.file}{line}: " if finding.file else ""
