"""The audit log as it is stored and sealed: rows, their lines, and blocks of rows.

The line of a row is JSON with its members in a fixed order. A block holds the digest of each of its rows' lines (its leaves);
its own digest covers those and the digest of the previous block, and the signature covers that. So one digest, noted
elsewhere, proves everything before it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from domain.shared.ids import DistrictId
from domain.shared.time import truncate_to_milliseconds

BLOCK_FORMAT = "evenkeel audit block 1"
"""The first line of the text that a block's digest is computed from; it names the format."""

HASH_SIZE = 32
GENESIS_DIGEST = b"\x00" * HASH_SIZE
"""The `previous` digest of a district's first block."""


class Signer(Protocol):
    """Signs blocks with a key that the database does not hold."""

    @property
    def key_id(self) -> str:
        """The id of the public key: the first 16 hex digits of its SHA-256."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a block's digest."""
        ...

    def has_key(self, key_id: str) -> bool:
        """Return whether this installation holds the key, as its current key or an earlier one."""
        ...

    def verify(self, key_id: str, digest: bytes, signature: bytes) -> bool:
        """Return whether `signature` of `digest` is by the key `key_id`, which this installation must hold."""
        ...


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """One row of the audit log, as stored."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    client_id: str | None
    session_id: UUID | None
    supporter_id: UUID | None
    action: str
    object_kind: str | None
    object_id: UUID | None
    further_ids: tuple[UUID, ...]
    count: int
    before: bytes | None
    after: bytes | None
    outcome: str
    code: str | None
    request_id: str


EVENT_FIELDS = tuple(f.name for f in fields(AuditEvent))


@dataclass(frozen=True, kw_only=True)
class PositionedEvent:
    """A row with its position, which is the number of its transaction."""

    position: int
    event: AuditEvent


@dataclass(frozen=True, kw_only=True)
class AuditBlock:
    """The sealed rows from `from_position` to before `until_position`.

    `cut_at`: when its rows were deleted for their age; the block itself stays.
    """

    number: int
    from_position: int
    until_position: int
    count: int
    first_at: datetime
    last_at: datetime
    leaves: bytes
    previous: bytes
    digest: bytes
    key_id: str
    signature: bytes
    sealed_at: datetime
    cut_at: datetime | None


def format_instant(at: datetime) -> str:
    """Return `at` as it is written in lines: UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_line(district_id: DistrictId, event: AuditEvent) -> str:
    """Return the line of a row, as it is digested and exported: ASCII, no spaces, members in the order of `AuditEvent`."""
    members = {"district_id": str(district_id)} | {name: _to_json(getattr(event, name)) for name in EVENT_FIELDS}
    return json.dumps(members, separators=(",", ":"))


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return str(value) if isinstance(value, UUID) else value


def event_hash(district_id: DistrictId, event: AuditEvent) -> bytes:
    """Return the SHA-256 of a row's line."""
    return sha256(event_line(district_id, event).encode()).digest()


def block_digest(district_id: DistrictId, block: AuditBlock) -> bytes:
    """Return the digest that the block's signature and the next block cover. Positions are left out: leaves fix the rows."""
    lines = (
        BLOCK_FORMAT,
        str(district_id),
        str(block.number),
        str(block.count),
        format_instant(block.first_at),
        format_instant(block.last_at),
        format_instant(block.sealed_at),
        block.previous.hex(),
        sha256(block.leaves).hexdigest(),
    )
    return sha256("\n".join(lines).encode()).digest()


def block_line(district_id: DistrictId, block: AuditBlock) -> str:
    """Return the line of a block, which follows the lines of its rows: all that its digest covers, and the signature."""
    members = {
        "block": block.number,
        "district_id": str(district_id),
        "count": block.count,
        "first_at": format_instant(block.first_at),
        "last_at": format_instant(block.last_at),
        "sealed_at": format_instant(block.sealed_at),
        "previous": block.previous.hex(),
        "rows": sha256(block.leaves).hexdigest(),
        "digest": block.digest.hex(),
        "key_id": block.key_id,
        "signature": block.signature.hex(),
    }
    return json.dumps(members, separators=(",", ":"))


def seal_block(
    district_id: DistrictId,
    before: AuditBlock | None,
    rows: Sequence[PositionedEvent],
    *,
    until: int,
    at: datetime,
    signer: Signer,
) -> AuditBlock:
    """Return the signed block of `rows`, which are all rows from the end of `before` to before the position `until`."""
    moments = [row.event.at for row in rows]
    draft = AuditBlock(
        number=1 if before is None else before.number + 1,
        from_position=0 if before is None else before.until_position,
        until_position=until,
        count=len(rows),
        first_at=min(moments),
        last_at=max(moments),
        leaves=b"".join(event_hash(district_id, row.event) for row in rows),
        previous=GENESIS_DIGEST if before is None else before.digest,
        digest=b"",
        key_id=signer.key_id,
        signature=b"",
        sealed_at=truncate_to_milliseconds(at),
        cut_at=None,
    )
    digest = block_digest(district_id, draft)
    return replace(draft, digest=digest, signature=signer.sign(digest))
