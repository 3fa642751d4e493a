"""Whether the trail is as it was sealed: every way in which it is not has its sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.audit.model import LEAF, START, AuditEvent, Block, Signer, block_digest, leaf
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What does not fit, and in which block."""

    block: int
    what: str


def wrong_in_chain(district_id: DistrictId, block: Block, before: Block | None, signer: Signer) -> Iterator[Wrong]:
    """What is wrong with ``block`` itself and where it follows ``before`` (None: it must be the first)."""
    expected = 1 if before is None else before.number + 1
    follows = block.previous == (START if before is None else before.digest)
    if block.number != expected:
        yield Wrong(block=expected, what=f"missing: after block {expected - 1} comes block {block.number}")
    elif not follows:
        yield Wrong(block=block.number, what="does not follow the block before it: one of the two was replaced or swapped")
    if before is not None and block.from_position != before.until_position:
        yield Wrong(block=block.number, what="does not begin where the block before it ends")
    if len(block.leaves) != LEAF * block.count or block_digest(district_id, block) != block.digest:
        yield Wrong(block=block.number, what="was changed: its digest is of something else")
    elif signer.knows(block.key_id) and not signer.signed(block.key_id, block.digest, block.signature):
        yield Wrong(block=block.number, what="was not sealed by this installation: its signature is none of ours")


def wrong_in_rows(district_id: DistrictId, block: Block, rows: Sequence[AuditEvent]) -> Iterator[Wrong]:
    """Which of the rows now held in the place of ``block`` are not those that were sealed, and how many of those are gone."""
    leaves = [block.leaves[i : i + LEAF] for i in range(0, len(block.leaves), LEAF)]
    held, found = set(leaves), [leaf(district_id, event) for event in rows]
    strange = [event for digest, event in zip(found, rows, strict=True) if digest not in held]
    lost = len(held - set(found))
    for event in strange[:lost]:
        yield Wrong(block=block.number, what=f"row {event.id} was changed, or put in the place of another")
    for event in strange[lost:]:
        yield Wrong(block=block.number, what=f"row {event.id} was added after the block was sealed")
    if lost > len(strange):
        yield Wrong(block=block.number, what=f"{lost - len(strange)} of its {block.count} rows are gone")
    if not strange and not lost and found != leaves:
        yield Wrong(block=block.number, what="its rows stand in another order")
