"""Parse manifest.csv: the version of the binding and the mode of each file."""

from dataclasses import dataclass
from enum import StrEnum

from domain.roster.csv_headers import FILES_READ, MANIFEST, MANIFEST_HEADER, REQUIRED_FILES, OneRosterVersion
from domain.roster.csv_tables import CsvRow, read_table
from domain.roster.validation_report import FindingCode, ReportBuilder

MANIFEST_FILE = f"{MANIFEST}.csv"
FILE_PROPERTY_PREFIX = "file."


class FileMode(StrEnum):
    """The content of a file: none, all rows, or changed rows."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


@dataclass(frozen=True, kw_only=True)
class RosterManifest:
    """The version of a package, and the files of it that are read and present."""

    version: OneRosterVersion
    bulk: frozenset[str]


def parse_manifest(content: bytes, notes: ReportBuilder) -> RosterManifest | None:
    """Return the manifest, or null when its version is missing or unsupported, which is reported in `notes`."""
    rows = {row.cells.get("propertyName", ""): row for row in _rows(content, notes)}
    version = _version(rows, notes)
    if version is None:
        return None
    _check_modes(rows, version, notes)
    bulk = frozenset(name for name in FILES_READ[version] if _value(rows, FILE_PROPERTY_PREFIX + name) == FileMode.BULK)
    for name in REQUIRED_FILES[version]:
        if FILE_PROPERTY_PREFIX + name not in rows or _value(rows, FILE_PROPERTY_PREFIX + name) == FileMode.ABSENT:
            notes.error(
                FindingCode.FILE_MISSING,
                f"a roster needs {name}.csv: add it, and {FILE_PROPERTY_PREFIX}{name},bulk to the manifest",
                MANIFEST_FILE,
            )
    return RosterManifest(version=version, bulk=bulk)


def _rows(content: bytes, notes: ReportBuilder) -> tuple[CsvRow, ...]:
    rows = read_table(MANIFEST_FILE, content, MANIFEST_HEADER, notes).rows
    names: set[str] = set()
    for row in rows:
        name = row.cells.get("propertyName", "")
        if name in names:
            notes.error(FindingCode.DUPLICATE, "this property occurs twice; keep one", MANIFEST_FILE, row.line, "propertyName")
        names.add(name)
    return rows


def _version(rows: dict[str, CsvRow], notes: ReportBuilder) -> OneRosterVersion | None:
    if _value(rows, "manifest.version") != "1.0":
        notes.error(
            FindingCode.MANIFEST, "manifest.version must be 1.0", MANIFEST_FILE, _line(rows, "manifest.version"), "value"
        )
    version = _value(rows, "oneroster.version")
    if version in set(OneRosterVersion):
        return OneRosterVersion(version)
    line = _line(rows, "oneroster.version")
    notes.error(FindingCode.MANIFEST, "oneroster.version must be 1.2 or 1.1; no file was read", MANIFEST_FILE, line, "value")
    return None


def _check_modes(rows: dict[str, CsvRow], version: OneRosterVersion, notes: ReportBuilder) -> None:
    for key, row in rows.items():
        if key.startswith(FILE_PROPERTY_PREFIX):
            _check_mode(row, key.removeprefix(FILE_PROPERTY_PREFIX) in FILES_READ[version], notes)


def _check_mode(row: CsvRow, read: bool, notes: ReportBuilder) -> None:
    value = row.cells.get("value", "")
    report = notes.error if read else notes.warn
    if value == FileMode.DELTA and read:
        notes.error(
            FindingCode.DELTA,
            "deltas are not supported; send a bulk package of the whole roster",
            MANIFEST_FILE,
            row.line,
            "value",
        )
    elif value not in set(FileMode):
        report(FindingCode.MANIFEST, "the value must be absent or bulk", MANIFEST_FILE, row.line, "value")


def _value(rows: dict[str, CsvRow], name: str) -> str:
    return rows[name].cells.get("value", "") if name in rows else ""


def _line(rows: dict[str, CsvRow], name: str) -> int | None:
    return rows[name].line if name in rows else None
