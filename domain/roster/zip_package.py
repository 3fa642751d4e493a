"""Open the ZIP of a roster within strict limits, as its content is untrusted."""

import zipfile

from domain.roster.validation_report import FindingCode, ReportBuilder
from domain.shared.safe_zip import DamagedEntry, ZipErrorCode, ZipLimits, open_zip, printable_name, read_entry

ROSTER_ZIP_LIMITS = ZipLimits(entries=100, each_bytes=150 * 2**20, total_bytes=200 * 2**20, ratio=250)
"""A district of 500,000 users has about 100 MiB, compressed to a tenth; only a ZIP bomb reaches a thousandth."""

FINDING_CODES = {
    ZipErrorCode.NOT_A_ZIP: FindingCode.NOT_A_ZIP,
    ZipErrorCode.TOO_LARGE: FindingCode.PACKAGE_TOO_LARGE,
    ZipErrorCode.NAME: FindingCode.FOLDER,
    ZipErrorCode.ENCRYPTED: FindingCode.ENCRYPTED,
    ZipErrorCode.DUPLICATE: FindingCode.FILE_TWICE,
}
REMEDIES = {
    ZipErrorCode.NOT_A_ZIP: "this is not a ZIP file; send the CSV files and manifest.csv together in one ZIP",
    ZipErrorCode.TOO_LARGE: "send only orgs, academicSessions, users and roles, and mark the others as absent in the manifest",
}
"""Remedies for errors of the ZIP as a whole."""


def open_archive(package: bytes, notes: ReportBuilder) -> zipfile.ZipFile | None:
    """Return the archive, or null when it can't be read safely, which is reported in `notes`."""
    archive, errors = open_zip(package, ROSTER_ZIP_LIMITS)
    for code, name, detail in errors:
        remedy = REMEDIES.get(code) if name is None else None
        text = remedy if code is ZipErrorCode.NOT_A_ZIP and remedy else f"{detail}; {remedy}" if remedy else detail
        notes.error(FINDING_CODES[code], text, name)
    return archive if not errors else None


def unpack(archive: zipfile.ZipFile, name: str, notes: ReportBuilder) -> bytes | None:
    """Return the content of an entry, or null when it is damaged, which is reported in `notes`."""
    try:
        return read_entry(archive, name)
    except DamagedEntry:
        notes.error(FindingCode.NOT_A_ZIP, "is damaged inside the ZIP; create and send the ZIP again", printable_name(name))
        return None
