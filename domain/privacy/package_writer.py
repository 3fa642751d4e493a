"""Write a district as one ZIP, in pieces, so that memory is small whatever its size."""

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

FORMAT = "evenkeel-district"
FORMAT_VERSION = 1
MANIFEST, README = "manifest.json", "README.txt"


def table_file_name(table: str) -> str:
    """Return the name of the file of `table`."""
    return f"data/{table}.jsonl"


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """One file: name, unpacked size in bytes and SHA-256; `table` and `columns` for a table's rows."""

    name: str
    sha256: str
    size: int
    rows: int
    table: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PackageManifest:
    """The manifest of a package. `schema`: the schema revision of the export.

    `signature`: an HMAC over all other fields with the key of the exporting installation, which alone can verify it.
    """

    format: str
    format_version: int
    release: str
    schema: str
    district_id: str
    district_name: str
    time_zone: str
    exported_at: str
    files: tuple[PackageFile, ...]
    signature: str = ""

    @property
    def signed_bytes(self) -> bytes:
        """The bytes to sign; as they contain the digest of every file, the signature covers the whole package."""
        return json.dumps(asdict(replace(self, signature="")), sort_keys=True).encode()


class PackageWriter:
    """Writes a package into `target`, with one piece in memory at a time."""

    def __init__(self, target: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self.files: list[PackageFile] = []

    async def rows(self, table: str, columns: Sequence[str], batches: AsyncIterator[Sequence[str]]) -> None:
        """Write the rows of `table`, one JSON object per line."""
        pieces = (("".join(f"{line}\n" for line in lines).encode(), len(lines)) async for lines in batches)
        await self._write(table_file_name(table), pieces, table, tuple(columns))

    async def sheet(self, name: str, pieces: AsyncIterator[tuple[bytes, int]]) -> None:
        """Write a CSV file for people from `pieces`, each with its number of rows."""
        await self._write(name, pieces, None, ())

    def close(self, readme: str, manifest: PackageManifest) -> None:
        """Write README and manifest, and close the ZIP."""
        self._archive.writestr(README, readme)
        self._archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        self._archive.close()

    async def _write(
        self, name: str, pieces: AsyncIterator[tuple[bytes, int]], table: str | None, columns: tuple[str, ...]
    ) -> None:
        digest, size, rows = hashlib.sha256(), 0, 0
        with self._archive.open(_deflated(name), "w", force_zip64=True) as file:
            async for piece, n in pieces:
                file.write(piece)
                digest.update(piece)
                size, rows = size + len(piece), rows + n
        self.files.append(PackageFile(name=name, sha256=digest.hexdigest(), size=size, rows=rows, table=table, columns=columns))


def _deflated(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
