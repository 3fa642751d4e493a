"""Seal the audit log every half minute, and verify it against its blocks on demand."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from api.execution.runner import Environment, UseCaseRunner
from domain.audit.commands import SealTrail
from domain.audit.model import AuditBlock, PositionedEvent, Signer
from domain.audit.ports import AuditLogStore, UnsealedTail
from domain.audit.usecases import NO_LIMIT, cut_trail, seal_trail
from domain.audit.verification import IntegrityViolation, chain_violations, row_violations
from domain.audit.views import SealResult
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.errors import DomainError
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.repositories.districts import district_ids

SEAL_INTERVAL_SECONDS = 30.0
"""Between two rounds of sealing, so that every row is sealed within a minute of becoming final."""

MAX_UNSEALED_AGE = timedelta(minutes=10)
"""An unsealed row older than this means that no process seals."""

log = logging.getLogger("evenkeel.audit")


async def seal_all_districts(pool: ConnectionPool, environment: Environment, signer: Signer) -> dict[DistrictId, SealResult]:
    """Seal the final rows of every district and return the new blocks; a district that fails does not stop the others.

    The newest digest is logged as well: against a copy of the log elsewhere, an audit log that was truncated or rewritten
    can be detected.
    """
    results: dict[DistrictId, SealResult] = {}
    for district_id in await district_ids(pool):
        runner = UseCaseRunner(actor=operator_actor("sealer", district_id), environment=environment, request_id="sealer")
        try:
            result = await runner.run(seal_trail, SealTrail(signer=signer))
        except DomainError as error:
            log.warning("audit_not_sealed", extra={"district": str(district_id), "code": str(error.code)})
            continue
        if result is not None:
            results[district_id] = result
            block = {"block": result.number, "digest": result.digest, "events": result.events}
            log.info("audit_sealed", extra={"district": str(district_id)} | block)
    return results


async def run_sealer(
    pool: ConnectionPool, environment: Environment, signer: Signer, interval: float = SEAL_INTERVAL_SECONDS
) -> None:
    """Seal at once, and then every `interval` seconds until cancelled; errors are logged, and the next round tries again.

    The first round comes before the first pause, so that a process that ends sooner has sealed as well.
    """
    while True:
        try:
            await seal_all_districts(pool, environment, signer)
        except Exception as error:  # noqa: BLE001 - the next round may succeed; the doctor reports a tail that stays unsealed
            log.warning("audit_not_sealed", extra={"kind": type(error).__name__})
        await asyncio.sleep(interval)


async def verify_district(
    district_id: DistrictId, audit_log: AuditLogStore, signer: Signer
) -> tuple[int, list[IntegrityViolation], UnsealedTail]:
    """Return how many blocks a district has, the violations in its audit log, and what is not sealed yet."""
    violations: list[IntegrityViolation] = []
    last: AuditBlock | None = None
    cut: list[AuditBlock] = []
    async for block in _blocks(audit_log):
        violations += chain_violations(district_id, block, last, signer)
        rows = [row.event for row in await audit_log.rows(block.from_position, block.until_position, NO_LIMIT)]
        if block.cut_at is None or rows:
            violations += row_violations(district_id, block, rows)
        else:
            cut.append(block)
        last = block
    if last is not None and not signer.has_key(last.key_id):
        detail = (
            "is the newest and signed with a key that this installation does not have; its next block will cover all before"
        )
        violations.append(IntegrityViolation(block=last.number, detail=detail))
    return (
        0 if last is None else last.number,
        violations + [v async for v in _unrecorded_cuts(cut, audit_log)],
        await audit_log.tail(),
    )


async def _blocks(audit_log: AuditLogStore) -> AsyncIterator[AuditBlock]:
    number = 0
    while blocks := await audit_log.blocks(number + 1, 1):
        yield blocks[0]
        number = blocks[0].number


async def _unrecorded_cuts(cut_blocks: Sequence[AuditBlock], audit_log: AuditLogStore) -> AsyncIterator[IntegrityViolation]:
    """Yield the cuts that the audit log does not record, though it goes back that far."""
    if not cut_blocks:
        return
    recorded = {
        (row.event.at, row.event.count)
        async for row in _rows_after(cut_blocks[-1], audit_log)
        if row.event.action == cut_trail.__name__
    }
    for at in sorted({block.cut_at for block in cut_blocks if block.cut_at is not None}):
        blocks = [block for block in cut_blocks if block.cut_at == at]
        if at >= cut_blocks[-1].last_at and (at, sum(block.count for block in blocks)) not in recorded:
            yield IntegrityViolation(
                block=blocks[0].number, detail="its rows were removed, and the audit log does not record that"
            )


async def _rows_after(block: AuditBlock, audit_log: AuditLogStore) -> AsyncIterator[PositionedEvent]:
    start = block.until_position
    while rows := await audit_log.rows(start, 2**62, 10_000):
        for row in rows:
            yield row
        start = rows[-1].position + 1
