"""Read an untrusted package: everything is checked before anything is saved."""

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from uuid import UUID

from domain.privacy.package_writer import FORMAT, FORMAT_VERSION, MANIFEST, README, PackageFile, PackageManifest
from domain.shared.errors import Code, Invalid
from domain.shared.safe_zip import ZIP_EXCEPTIONS

MAX_ENTRIES = 200
MAX_BYTES = 8 * 2**30
"""The largest size of all files together, unpacked."""
MAX_RATIO = 250
"""Rows of a district compress to a tenth; only a ZIP bomb compresses to a thousandth."""
RATIO_FROM = 2**20
MAX_MANIFEST = 2**20
MAX_LINE = 16 * 2**20
BATCH_SIZE = 500
ENCRYPTED_FLAG = 0x1


def invalid_package(detail: str) -> Invalid:
    """Return the error for a package."""
    return Invalid(f"{detail}. Nothing was changed", code=Code.PACKAGE_FAULTY)


class PackageReader:
    """A package whose ZIP and manifest are valid; rows are read in batches."""

    def __init__(self, source: BinaryIO) -> None:
        try:
            self._archive = zipfile.ZipFile(source)
        except ZIP_EXCEPTIONS:
            raise invalid_package("this is not a ZIP file; use the file that evenkeel district export wrote") from None
        entries = self._archive.infolist()
        _check_size(entries)
        for entry in entries:
            _check_entry(entry)
        self.manifest = self._manifest()
        self.tables: Mapping[str, PackageFile] = {f.table: f for f in self.manifest.files if f.table}
        _check_names(entries, self.manifest)

    @property
    def district_id(self) -> UUID:
        """The district of the package."""
        return UUID(self.manifest.district_id)

    def check_schema(self, revision: str, columns: Mapping[str, Sequence[str]], optional: Mapping[str, frozenset[str]]) -> None:
        """Raise `Invalid` unless the package has the schema `revision` and these `columns` by table.

        Columns in `optional` may be missing.
        """
        if self.manifest.schema != revision:
            raise invalid_package(
                f"the package has schema revision {self.manifest.schema}, this installation {revision}: "
                f"import it with the release that wrote it ({self.manifest.release}), upgrade there, and export again"
            )
        for table, packed in self.tables.items():
            if table not in columns:
                raise invalid_package(f"the package has rows of {table}, which is never exported")
            allowed_missing = optional.get(table, frozenset()) - set(packed.columns)
            if unknown := sorted((set(packed.columns) ^ set(columns[table])) - allowed_missing):
                raise invalid_package(f"the columns of {table} differ from those of this release: {', '.join(unknown)}")
        if missing := sorted(columns.keys() - self.tables.keys()):
            raise invalid_package(f"the package lacks {', '.join(missing)}")

    def check_content(self) -> None:
        """Read all files once and check digests, numbers of rows and the members of each row."""
        for packed in self.manifest.files:
            digest, size, rows = hashlib.sha256(), 0, 0
            columns = frozenset(packed.columns)
            for line in self._lines(packed):
                digest.update(line)
                size += len(line)
                if packed.table is not None:
                    rows += 1
                    _check_row(line, columns, packed, rows)
            if digest.hexdigest() != packed.sha256 or size != packed.size:
                raise invalid_package(f"{packed.name} was changed: its digest differs from the manifest")
            if packed.table is not None and rows != packed.rows:
                raise invalid_package(f"{packed.name} has {rows} rows, the manifest says {packed.rows}")

    def rows(self, table: str) -> Iterator[list[str]]:
        """Yield the rows of `table` as JSON, in batches of some hundreds."""
        batch: list[str] = []
        for line in self._lines(self.tables[table]):
            batch.append(line.decode())
            if len(batch) == BATCH_SIZE:
                yield batch
                batch = []
        if batch:
            yield batch

    def _lines(self, packed: PackageFile) -> Iterator[bytes]:
        try:
            with self._archive.open(packed.name) as file:
                while line := file.readline(MAX_LINE + 1):
                    if len(line) > MAX_LINE:
                        raise invalid_package(f"{packed.name} has a line over {MAX_LINE:,} bytes, longer than any row")
                    yield line
        except Invalid:
            raise
        except ZIP_EXCEPTIONS:
            raise invalid_package(f"{packed.name} is damaged inside the ZIP; export the district again") from None

    def _manifest(self) -> PackageManifest:
        try:
            if self._archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
                raise invalid_package("manifest.json is too large")
            read: dict[str, Any] = json.loads(self._archive.read(MANIFEST))
            files = tuple(PackageFile(**{**f, "columns": tuple(f["columns"])}) for f in read.pop("files"))
            manifest = PackageManifest(**read, files=files)
            UUID(manifest.district_id)
        except Invalid:
            raise
        except (*ZIP_EXCEPTIONS, KeyError, TypeError, AttributeError):
            raise invalid_package("the ZIP has no valid manifest.json of a district; use the file that export wrote") from None
        if (manifest.format, manifest.format_version) != (FORMAT, FORMAT_VERSION):
            actual = f"{manifest.format} {manifest.format_version}"
            raise invalid_package(f"the package format is {actual}, this release reads {FORMAT} {FORMAT_VERSION}")
        return manifest


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise invalid_package(f"the ZIP has {len(entries)} files, at most {MAX_ENTRIES} are allowed")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        raise invalid_package(f"the ZIP unpacks to {total // 2**20} MiB, at most {MAX_BYTES // 2**20} are allowed")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = "".join(c if c.isprintable() else "?" for c in entry.filename)[:100]
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise invalid_package(f"{name} is encrypted; import the file as export wrote it")
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise invalid_package(f"{name} unpacks to over {MAX_RATIO} times its size, more than any export")


def _check_names(entries: list[zipfile.ZipInfo], manifest: PackageManifest) -> None:
    """Raise `Invalid` unless the ZIP has exactly the files of the manifest, each once, as other files have no digest."""
    actual = Counter(entry.filename for entry in entries)
    expected = Counter([*(f.name for f in manifest.files), MANIFEST, README])
    tables = Counter(f.table for f in manifest.files if f.table)
    if actual != expected or max(tables.values(), default=0) > 1:
        unexpected = sorted((actual - expected) + (expected - actual)) or ["a duplicate table"]
        raise invalid_package(f"the files of the ZIP differ from its manifest: {', '.join(unexpected)[:200]}")


def _check_row(line: bytes, columns: frozenset[str], packed: PackageFile, number: int) -> None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or row.keys() != columns:
        raise invalid_package(f"{packed.name} line {number} is not a row with exactly the columns of the manifest")
