"""The ZIP around a roster: opened with distrust, because anybody with a token can send one."""

import zipfile

from domain.roster.validation_report import FindingCode, ReportBuilder
from domain.shared.safe_zip import Damaged, Trouble, ZipLimits, opened, shown, unpacked

ROSTER_ZIP_LIMITS = ZipLimits(entries=100, each_bytes=150 * 2**20, total_bytes=200 * 2**20, ratio=250)
"""A district of 500,000 users has about 100 MiB, and shrinks to a tenth; only a bomb shrinks to a thousandth."""

FINDING_CODES = {
    Trouble.NOT_A_ZIP: FindingCode.NOT_A_ZIP,
    Trouble.TOO_LARGE: FindingCode.PACKAGE_TOO_LARGE,
    Trouble.NAME: FindingCode.FOLDER,
    Trouble.ENCRYPTED: FindingCode.ENCRYPTED,
    Trouble.TWICE: FindingCode.FILE_TWICE,
}
REMEDIES = {
    Trouble.NOT_A_ZIP: "this is no ZIP file; send the CSV files and manifest.csv together in one ZIP",
    Trouble.TOO_LARGE: "send orgs, academicSessions, users and roles alone (and say absent of the others in the manifest)",
}
"""What else is to be said of a roster's ZIP as a whole."""


def open_archive(package: bytes, notes: ReportBuilder) -> zipfile.ZipFile | None:
    """The archive, or null when it can't be read safely; ``notes`` then says why and what to send instead."""
    archive, faults = opened(package, ROSTER_ZIP_LIMITS)
    for trouble, name, detail in faults:
        remedy = REMEDIES.get(trouble) if name is None else None
        said = remedy if trouble is Trouble.NOT_A_ZIP and remedy else f"{detail}; {remedy}" if remedy else detail
        notes.error(FINDING_CODES[trouble], said, name)
    return archive if not faults else None


def unpack(archive: zipfile.ZipFile, name: str, notes: ReportBuilder) -> bytes | None:
    """The content of one entry, or null with a note."""
    try:
        return unpacked(archive, name)
    except Damaged:
        notes.error(FindingCode.NOT_A_ZIP, "this file is damaged inside the ZIP; pack and send it again", shown(name))
        return None
