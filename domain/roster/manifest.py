"""manifest.csv: which version of the binding the package follows and what each file holds."""

from dataclasses import dataclass
from enum import StrEnum

from domain.roster.csv_headers import MANIFEST, MANIFEST_HEADER, READ, REQUIRED, Version
from domain.roster.csv_tables import Row, table
from domain.roster.validation_report import FindingCode, Notes

FILE = f"{MANIFEST}.csv"
PREFIX = "file."


class Mode(StrEnum):
    """What a file holds: nothing, everything, or what changed."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a package says of itself: the files of it that are read and present."""

    version: Version
    bulk: frozenset[str]


def manifest(content: bytes, notes: Notes) -> Manifest | None:
    """The manifest, or null when it leaves open how to read the rest; ``notes`` then says what to write."""
    rows = {row.cells.get("propertyName", ""): row for row in _rows(content, notes)}
    version = _version(rows, notes)
    if version is None:
        return None
    _check_modes(rows, version, notes)
    bulk = frozenset(name for name in READ[version] if _value(rows, PREFIX + name) == Mode.BULK)
    for name in REQUIRED[version]:
        if PREFIX + name not in rows or _value(rows, PREFIX + name) == Mode.ABSENT:
            notes.error(FindingCode.FILE_MISSING, f"a roster needs {name}.csv: say {PREFIX}{name},bulk and send it", FILE)
    return Manifest(version=version, bulk=bulk)


def _rows(content: bytes, notes: Notes) -> tuple[Row, ...]:
    rows = table(FILE, content, MANIFEST_HEADER, notes).rows
    seen: set[str] = set()
    for row in rows:
        name = row.cells.get("propertyName", "")
        if name in seen:
            notes.error(FindingCode.DUPLICATE, "this property is there twice; keep one", FILE, row.line, "propertyName")
        seen.add(name)
    return rows


def _version(rows: dict[str, Row], notes: Notes) -> Version | None:
    if _value(rows, "manifest.version") != "1.0":
        notes.error(FindingCode.MANIFEST, "manifest.version must be 1.0", FILE, _line(rows, "manifest.version"), "value")
    said = _value(rows, "oneroster.version")
    if said in set(Version):
        return Version(said)
    line = _line(rows, "oneroster.version")
    notes.error(FindingCode.MANIFEST, "oneroster.version must be 1.2 or 1.1; no file was read", FILE, line, "value")
    return None


def _check_modes(rows: dict[str, Row], version: Version, notes: Notes) -> None:
    for key, row in rows.items():
        if key.startswith(PREFIX):
            _check_mode(row, key.removeprefix(PREFIX) in READ[version], notes)


def _check_mode(row: Row, read: bool, notes: Notes) -> None:
    value = row.cells.get("value", "")
    say = notes.error if read else notes.warn
    if value == Mode.DELTA and read:
        notes.error(FindingCode.DELTA, "deltas are not taken; send a bulk package of the whole roster", FILE, row.line, "value")
    elif value not in set(Mode):
        say(FindingCode.MANIFEST, "the value must be absent or bulk", FILE, row.line, "value")


def _value(rows: dict[str, Row], name: str) -> str:
    return rows[name].cells.get("value", "") if name in rows else ""


def _line(rows: dict[str, Row], name: str) -> int | None:
    return rows[name].line if name in rows else None
