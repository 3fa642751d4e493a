"""Whether the trail is as it was sealed: every way in which it is not has its sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.audit.model import GENESIS_DIGEST, HASH_SIZE, AuditBlock, AuditEvent, Signer, block_digest, event_hash
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class IntegrityViolation:
    """What does not fit, and in which block."""

    block: int
    detail: str


def chain_violations(
    district_id: DistrictId, block: AuditBlock, before: AuditBlock | None, signer: Signer
) -> Iterator[IntegrityViolation]:
    """What is wrong with `block` itself and where it follows `before` (None: it must be the first)."""
    expected = 1 if before is None else before.number + 1
    follows = block.previous == (GENESIS_DIGEST if before is None else before.digest)
    if block.number != expected:
        yield IntegrityViolation(block=expected, detail=f"missing: after block {expected - 1} comes block {block.number}")
    elif not follows:
        yield IntegrityViolation(
            block=block.number, detail="does not follow the block before it: one of the two was replaced or swapped"
        )
    if before is not None and block.from_position != before.until_position:
        yield IntegrityViolation(block=block.number, detail="does not begin where the block before it ends")
    if len(block.leaves) != HASH_SIZE * block.count or block_digest(district_id, block) != block.digest:
        yield IntegrityViolation(block=block.number, detail="was changed: its digest is of something else")
    elif signer.has_key(block.key_id) and not signer.verify(block.key_id, block.digest, block.signature):
        yield IntegrityViolation(
            block=block.number, detail="was not sealed by this installation: its signature is none of ours"
        )


def row_violations(district_id: DistrictId, block: AuditBlock, rows: Sequence[AuditEvent]) -> Iterator[IntegrityViolation]:
    """Which of the rows now held in the place of `block` are not those that were sealed, and how many of those are gone."""
    leaves = [block.leaves[i : i + HASH_SIZE] for i in range(0, len(block.leaves), HASH_SIZE)]
    held, found = set(leaves), [event_hash(district_id, event) for event in rows]
    strange = [event for digest, event in zip(found, rows, strict=True) if digest not in held]
    lost = len(held - set(found))
    for event in strange[:lost]:
        yield IntegrityViolation(block=block.number, detail=f"row {event.id} was changed, or put in the place of another")
    for event in strange[lost:]:
        yield IntegrityViolation(block=block.number, detail=f"row {event.id} was added after the block was sealed")
    if lost > len(strange):
        yield IntegrityViolation(block=block.number, detail=f"{lost - len(strange)} of its {block.count} rows are gone")
    if not strange and not lost and found != leaves:
        yield IntegrityViolation(block=block.number, detail="its rows stand in another order")
