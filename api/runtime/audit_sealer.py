"""The trail kept and checked: sealed every half minute, and held against its blocks on demand."""

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
"""Seconds between two rounds of sealing: every row is sealed within a minute of becoming final."""

MAX_UNSEALED_AGE = timedelta(minutes=10)
"""An unsealed row older than this means that nobody seals."""

log = logging.getLogger("evenkeel.audit")


async def seal_all_districts(pool: ConnectionPool, environment: Environment, signer: Signer) -> dict[DistrictId, SealResult]:
    """Seal what is final in every district: what was sealed, by district. One that fails does not keep others waiting.

    The newest digest goes into the log as well: who keeps the log elsewhere can tell a trail that was cut off or made anew.
    """
    found: dict[DistrictId, SealResult] = {}
    for district_id in await district_ids(pool):
        call = UseCaseRunner(actor=operator_actor("sealer", district_id), environment=environment, request_id="sealer")
        try:
            made = await call.run(seal_trail, SealTrail(signer=signer))
        except DomainError as error:
            log.warning("audit_not_sealed", extra={"district": str(district_id), "code": str(error.code)})
            continue
        if made is not None:
            found[district_id] = made
            told = {"block": made.number, "digest": made.digest, "events": made.events}
            log.info("audit_sealed", extra={"district": str(district_id)} | told)
    return found


async def run_sealer(
    pool: ConnectionPool, environment: Environment, signer: Signer, interval: float = SEAL_INTERVAL_SECONDS
) -> None:
    """Seal at once, and then every ``every`` seconds until cancelled; a database that is away is tried again.

    The first round comes before the first pause: a process that never lives as long as one pause seals all the same.
    """
    while True:
        try:
            await seal_all_districts(pool, environment, signer)
        except Exception as error:  # noqa: BLE001 - the next round may do better; the doctor names a tail that nobody seals
            log.warning("audit_not_sealed", extra={"kind": type(error).__name__})
        await asyncio.sleep(interval)


async def verify_district(
    district_id: DistrictId, audit_log: AuditLogStore, signer: Signer
) -> tuple[int, list[IntegrityViolation], UnsealedTail]:
    """How many blocks a district has, what is wrong with its trail, and what is not sealed yet."""
    wrong: list[IntegrityViolation] = []
    last: AuditBlock | None = None
    cut: list[AuditBlock] = []
    async for block in _blocks(audit_log):
        wrong += chain_violations(district_id, block, last, signer)
        rows = [row.event for row in await audit_log.rows(block.from_position, block.until_position, NO_LIMIT)]
        if block.cut_at is None or rows:
            wrong += row_violations(district_id, block, rows)
        else:
            cut.append(block)
        last = block
    if last is not None and not signer.has_key(last.key_id):
        what = "is the newest and of a key that this installation does not hold; the next block sealed by it covers all before"
        wrong.append(IntegrityViolation(block=last.number, detail=what))
    return (
        0 if last is None else last.number,
        wrong + [w async for w in _unrecorded_cuts(cut, audit_log)],
        await audit_log.tail(),
    )


async def _blocks(audit_log: AuditLogStore) -> AsyncIterator[AuditBlock]:
    number = 0
    while found := await audit_log.blocks(number + 1, 1):
        yield found[0]
        number = found[0].number


async def _unrecorded_cuts(cut_blocks: Sequence[AuditBlock], audit_log: AuditLogStore) -> AsyncIterator[IntegrityViolation]:
    """Cuts by age that the trail does not tell of, though it goes back that far."""
    if not cut_blocks:
        return
    told = {
        (row.event.at, row.event.count)
        async for row in _rows_after(cut_blocks[-1], audit_log)
        if row.event.action == cut_trail.__name__
    }
    for at in sorted({block.cut_at for block in cut_blocks if block.cut_at is not None}):
        of_then = [block for block in cut_blocks if block.cut_at == at]
        if at >= cut_blocks[-1].last_at and (at, sum(block.count for block in of_then)) not in told:
            yield IntegrityViolation(block=of_then[0].number, detail="its rows were removed, and the trail does not tell of it")


async def _rows_after(block: AuditBlock, audit_log: AuditLogStore) -> AsyncIterator[PositionedEvent]:
    start = block.until_position
    while rows := await audit_log.rows(start, 2**62, 10_000):
        for row in rows:
            yield row
        start = rows[-1].position + 1
