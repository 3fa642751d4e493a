"""The ZIP around a roster: opened with distrust, because anybody with a token can send one."""

import io
import zipfile
import zlib
from collections import Counter

from domain.roster.findings import FindingCode, Notes

MOST_ENTRIES = 100
MOST_BYTES = 200 * 2**20
"""Of all files together, unpacked: a district of 500,000 users has about 100 MiB."""
MOST_RATIO = 250
"""Real rosters shrink to a tenth; only a bomb shrinks to a thousandth."""
RATIO_FROM = 2**20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1


def open_archive(package: bytes, notes: Notes) -> zipfile.ZipFile | None:
    """The archive, or null when it can't be read safely; ``notes`` then says why and what to send instead."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(package))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        notes.error(FindingCode.NOT_A_ZIP, "this is no ZIP file; send the CSV files and manifest.csv together in one ZIP", None)
        return None
    entries = archive.infolist()
    _check_size(entries, notes)
    for entry in entries:
        _check_entry(entry, notes)
    _check_twice(entries, notes)
    return archive if notes.report().errors == 0 else None


def unpack(archive: zipfile.ZipFile, name: str, notes: Notes) -> bytes | None:
    """The content of one entry; zipfile reads no more than the size it declared, which was checked."""
    try:
        return archive.read(name)
    # ValueError: the archive says that the entry begins before the archive does
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        notes.error(FindingCode.NOT_A_ZIP, "this file is damaged inside the ZIP; pack and send it again", shown(name))
        return None


def shown(name: str) -> str:
    """An entry's name as a report may print it."""
    return "".join(c if c.isprintable() else "?" for c in name)[:100]


def _check_size(entries: list[zipfile.ZipInfo], notes: Notes) -> None:
    if len(entries) > MOST_ENTRIES:
        notes.error(
            FindingCode.PACKAGE_TOO_LARGE,
            f"the ZIP holds {len(entries)} files, at most {MOST_ENTRIES} are read; send the OneRoster files alone",
            None,
        )
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        notes.error(
            FindingCode.PACKAGE_TOO_LARGE,
            f"unpacked this would be {total // 2**20} MiB, at most {MOST_BYTES // 2**20} are read; leave out files other than "
            "orgs, academicSessions, users and roles (and say absent in the manifest)",
            None,
        )


def _check_entry(entry: zipfile.ZipInfo, notes: Notes) -> None:
    name = shown(entry.filename)
    if "/" in entry.filename or "\\" in entry.filename:
        notes.error(FindingCode.FOLDER, "folders are not allowed in the ZIP; put all files at its top", name)
    if entry.flag_bits & ENCRYPTED:
        notes.error(FindingCode.ENCRYPTED, "this file is encrypted; send the ZIP without a password", name)
    elif entry.compress_type not in METHODS:
        notes.error(FindingCode.NOT_A_ZIP, "this file is packed in a way we do not read; use plain ZIP (deflate)", name)
    if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        notes.error(FindingCode.PACKAGE_TOO_LARGE, f"this unpacks to over {MOST_RATIO} times its size; no roster does", name)


def _check_twice(entries: list[zipfile.ZipInfo], notes: Notes) -> None:
    for name, n in Counter(entry.filename.lower() for entry in entries).items():
        if n > 1:
            notes.error(FindingCode.FILE_TWICE, f"the ZIP holds this file {n} times; send it once", shown(name))
