"""A ZIP that somebody sent, looked at with distrust before anything of it is unpacked.

``zipfile`` reads of an entry no more than the size that its directory declares; so what is declared is what is judged.
"""

import io
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
ENTRY_SIGNATURE = b"PK\x01\x02"
"""What an entry of a ZIP's directory begins with."""
SPARE_SIGNATURES = 16
"""So often these four bytes may also stand in what is packed; 32 MiB hold them by chance once in a hundred packages."""
RATIO_FROM = 2**20
"""A small file of one letter shrinks beyond every ratio."""


class ZipErrorCode(StrEnum):
    """What can be wrong with a ZIP."""

    NOT_A_ZIP = "not_a_zip"
    TOO_LARGE = "too_large"
    NAME = "name"
    ENCRYPTED = "encrypted"
    DUPLICATE = "twice"


@dataclass(frozen=True, kw_only=True)
class ZipLimits:
    """How much a ZIP may hold: files, bytes of one and of all (unpacked), and how many times its size a file may unpack to."""

    entries: int
    each_bytes: int
    total_bytes: int
    ratio: int = 250
    folders: bool = False


class ZipError(NamedTuple):
    """One thing that is wrong: what, where (null: the ZIP itself), and what to do."""

    code: ZipErrorCode
    name: str | None
    detail: str


ZIP_EXCEPTIONS = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError)
"""What the library raises of an archive that is none, or lies; ValueError: an entry begins before the archive does."""


class DamagedEntry(Exception):
    """An entry that can't be unpacked."""


def open_zip(package: bytes, limits: ZipLimits) -> tuple[zipfile.ZipFile | None, tuple[ZipError, ...]]:
    """The archive and what is wrong with it; null when it can't be read at all."""
    if (n := package.count(ENTRY_SIGNATURE)) > limits.entries + SPARE_SIGNATURES:
        # Before the directory is read: one of 32 MiB would hold 700,000 entries, of half a kilobyte each in memory.
        return None, (_too_many(n, limits),)
    try:
        archive = zipfile.ZipFile(io.BytesIO(package))
    except ZIP_EXCEPTIONS:
        return None, (ZipError(ZipErrorCode.NOT_A_ZIP, None, "this is no ZIP file; pack the files together in one ZIP"),)
    return archive, tuple(_errors(archive.infolist(), limits))


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of one entry of an archive without faults. Raises ``Damaged``."""
    try:
        return archive.read(name)
    except ZIP_EXCEPTIONS:
        raise DamagedEntry(printable_name(name)) from None


def printable_name(name: str) -> str:
    """An entry's name as a report may print it."""
    return "".join(c if c.isprintable() else "?" for c in name)[:100]


def _too_many(n: int, limits: ZipLimits) -> ZipError:
    return ZipError(
        ZipErrorCode.TOO_LARGE, None, f"the ZIP holds {n} files, at most {limits.entries} are read; leave out the others"
    )


def _errors(entries: list[zipfile.ZipInfo], limits: ZipLimits) -> Iterator[ZipError]:
    if len(entries) > limits.entries:
        yield _too_many(len(entries), limits)
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        most = limits.total_bytes // 2**20
        detail = f"unpacked this would be {total // 2**20} MiB, at most {most} are read; leave out what is not needed"
        yield ZipError(ZipErrorCode.TOO_LARGE, None, detail)
    for entry in entries:
        yield from _entry_errors(entry, limits)
    for name, n in Counter(entry.filename.lower() for entry in entries).items():
        if n > 1:
            yield ZipError(ZipErrorCode.DUPLICATE, printable_name(name), f"the ZIP holds this file {n} times; send it once")


def _entry_errors(entry: zipfile.ZipInfo, limits: ZipLimits) -> Iterator[ZipError]:
    name = printable_name(entry.filename)
    if not limits.folders and ("/" in entry.filename or "\\" in entry.filename):
        yield ZipError(ZipErrorCode.NAME, name, "folders are not allowed in the ZIP; put all files at its top")
    elif not _stays_inside(entry):
        yield ZipError(ZipErrorCode.NAME, name, "this name leads out of the ZIP; give each file a plain name")
    if entry.flag_bits & ENCRYPTED:
        yield ZipError(ZipErrorCode.ENCRYPTED, name, "this file is encrypted; send the ZIP without a password")
    elif entry.compress_type not in METHODS:
        yield ZipError(ZipErrorCode.NOT_A_ZIP, name, "this file is packed in a way we do not read; use plain ZIP (deflate)")
    if entry.file_size > limits.each_bytes:
        detail = f"unpacked this is over {limits.each_bytes // 2**20} MiB, more than is read of one file; send less"
        yield ZipError(ZipErrorCode.TOO_LARGE, name, detail)
    if entry.file_size > RATIO_FROM and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        yield ZipError(ZipErrorCode.TOO_LARGE, name, f"this unpacks to over {limits.ratio} times its size; no real file does")


def _stays_inside(entry: zipfile.ZipInfo) -> bool:
    """Whether the name is one of a file below where it would be put; links point wherever they like."""
    name = entry.orig_filename.replace("\\", "/")
    parts = name.rstrip("/").split("/")
    plain = all(part not in {"", ".", ".."} for part in parts) and ":" not in parts[0]
    return plain and name.isprintable() and not stat.S_ISLNK(entry.external_attr >> 16)
