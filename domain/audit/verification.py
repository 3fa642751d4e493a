"""Verify that the audit log is as it was sealed; every violation has a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.audit.model import GENESIS_DIGEST, HASH_SIZE, AuditBlock, AuditEvent, Signer, block_digest, event_hash
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class IntegrityViolation:
    """What is wrong, and in which block."""

    block: int
    detail: str


def chain_violations(
    district_id: DistrictId, block: AuditBlock, before: AuditBlock | None, signer: Signer
) -> Iterator[IntegrityViolation]:
    """Yield what is wrong with `block` itself and with its link to `before` (None: it must be the first block)."""
    expected = 1 if before is None else before.number + 1
    follows = block.previous == (GENESIS_DIGEST if before is None else before.digest)
    if block.number != expected:
        yield IntegrityViolation(block=expected, detail=f"missing: after block {expected - 1} comes block {block.number}")
    elif not follows:
        yield IntegrityViolation(
            block=block.number, detail="does not follow the block before it: one of the two was replaced or swapped"
        )
    if before is not None and block.from_position != before.until_position:
        yield IntegrityViolation(block=block.number, detail="does not start where the block before it ends")
    if len(block.leaves) != HASH_SIZE * block.count or block_digest(district_id, block) != block.digest:
        yield IntegrityViolation(block=block.number, detail="was changed: its digest does not match its content")
    elif signer.has_key(block.key_id) and not signer.verify(block.key_id, block.digest, block.signature):
        yield IntegrityViolation(
            block=block.number, detail="was not sealed by this installation: its signature does not match our key"
        )


def row_violations(district_id: DistrictId, block: AuditBlock, rows: Sequence[AuditEvent]) -> Iterator[IntegrityViolation]:
    """Yield which of the stored `rows` of `block` are not those that were sealed, and how many sealed rows are missing."""
    leaves = [block.leaves[i : i + HASH_SIZE] for i in range(0, len(block.leaves), HASH_SIZE)]
    sealed, stored = set(leaves), [event_hash(district_id, event) for event in rows]
    unsealed = [event for digest, event in zip(stored, rows, strict=True) if digest not in sealed]
    missing = len(sealed - set(stored))
    for event in unsealed[:missing]:
        yield IntegrityViolation(block=block.number, detail=f"row {event.id} was changed, or replaced another row")
    for event in unsealed[missing:]:
        yield IntegrityViolation(block=block.number, detail=f"row {event.id} was added after the block was sealed")
    if missing > len(unsealed):
        yield IntegrityViolation(block=block.number, detail=f"{missing - len(unsealed)} of its {block.count} rows are missing")
    if not unsealed and not missing and stored != leaves:
        yield IntegrityViolation(block=block.number, detail="its rows are in another order")
