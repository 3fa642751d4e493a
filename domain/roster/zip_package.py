"""The ZIP around a roster: opened with distrust, because anybody with a token can send one."""

import zipfile

from domain.roster.validation_report import FindingCode, ReportBuilder
from domain.shared.safe_zip import DamagedEntry, ZipErrorCode, ZipLimits, open_zip, printable_name, read_entry

ROSTER_ZIP_LIMITS = ZipLimits(entries=100, each_bytes=150 * 2**20, total_bytes=200 * 2**20, ratio=250)
"""A district of 500,000 users has about 100 MiB, and shrinks to a tenth; only a bomb shrinks to a thousandth."""

FINDING_CODES = {
    ZipErrorCode.NOT_A_ZIP: FindingCode.NOT_A_ZIP,
    ZipErrorCode.TOO_LARGE: FindingCode.PACKAGE_TOO_LARGE,
    ZipErrorCode.NAME: FindingCode.FOLDER,
    ZipErrorCode.ENCRYPTED: FindingCode.ENCRYPTED,
    ZipErrorCode.DUPLICATE: FindingCode.FILE_TWICE,
}
REMEDIES = {
    ZipErrorCode.NOT_A_ZIP: "this is no ZIP file; send the CSV files and manifest.csv together in one ZIP",
    ZipErrorCode.TOO_LARGE: "send orgs, academicSessions, users and roles alone (and say absent of the others in the manifest)",
}
"""What else is to be said of a roster's ZIP as a whole."""


def open_archive(package: bytes, notes: ReportBuilder) -> zipfile.ZipFile | None:
    """The archive, or null when it can't be read safely; ``notes`` then says why and what to send instead."""
    archive, faults = open_zip(package, ROSTER_ZIP_LIMITS)
    for trouble, name, detail in faults:
        remedy = REMEDIES.get(trouble) if name is None else None
        said = remedy if trouble is ZipErrorCode.NOT_A_ZIP and remedy else f"{detail}; {remedy}" if remedy else detail
        notes.error(FINDING_CODES[trouble], said, name)
    return archive if not faults else None


def unpack(archive: zipfile.ZipFile, name: str, notes: ReportBuilder) -> bytes | None:
    """The content of one entry, or null with a note."""
    try:
        return read_entry(archive, name)
    except DamagedEntry:
        notes.error(FindingCode.NOT_A_ZIP, "this file is damaged inside the ZIP; pack and send it again", printable_name(name))
        return None
