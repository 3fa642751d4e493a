"""The checks of `evenkeel doctor`, from database and roles to scores and the audit log, each with its remedy."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.oauth.signing_keys import KeyRing
from api.runtime.audit_sealer import MAX_UNSEALED_AGE, verify_district
from api.security.audit_signer import AuditSigner
from api.security.encryption import Keys
from api.settings import Misconfigured
from domain.audit.ports import UnsealedTail
from domain.audit.verification import IntegrityViolation
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.permissions.rules import authorize
from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool
from persistence.database.schema_revision import head
from persistence.database.startup_checks import role_errors, schema_version
from persistence.queue.entries import read_queue_state
from persistence.repositories.districts import districts
from persistence.repositories.oauth.store import PgOAuth
from persistence.repositories.score_check import Deviation, deviations
from persistence.unit_of_work import begin_unit_of_work

WORKER_ACTIVE_WITHIN = timedelta(minutes=2)
MAX_QUEUE_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """The result of one check; `remedy` says how to fix it, and is None when `ok`."""

    name: str
    ok: bool
    detail: str
    remedy: str | None


@dataclass(frozen=True, kw_only=True)
class CheckTarget:
    """The installation to check."""

    app_url: str
    owner_url: str
    secret: Keys


async def run_checks(target: CheckTarget, *, scores: bool, running: bool = True, audit: bool = False) -> list[CheckResult]:
    """Run the checks, and return the results in the order in which failures have to be fixed.

    `running`: also check that workers run jobs and that the audit log is sealed. It is False before a service starts, and
    for a database that was just restored.
    """
    results = [await _database(target)]
    if not results[0].ok:
        return results
    results += [await check(target) for check in (_roles, _migrations)]
    if all(r.ok for r in results):
        results.append(await _keys(target))
        results += [await _queue(target)] if running else []
    if scores and all(r.ok for r in results):
        results += await _scores(target)
    if audit and all(r.ok for r in results if r.name != "scores"):
        results += await _audit(target, running=running)
    return results


async def _database(target: CheckTarget) -> CheckResult:
    pool = ConnectionPool(target.app_url, size=1)
    try:
        async with pool.connection():
            return CheckResult(name="database", ok=True, detail="reached as the role that serves", remedy=None)
    except Exception as error:  # noqa: BLE001 - any error is what this check reports
        remedy = "check that PostgreSQL runs and that host, port, database, role and password in DATABASE_URL are right"
        return CheckResult(
            name="database", ok=False, detail=f"not reached: {type(error.__cause__ or error).__name__}", remedy=remedy
        )
    finally:
        await pool.close()


async def _roles(target: CheckTarget) -> CheckResult:
    async with ConnectionPool(target.app_url, size=1) as pool:
        errors = await role_errors(pool)
    if errors:
        return CheckResult(name="roles", ok=False, detail="; ".join(errors), remedy="use the role evenkeel_app in DATABASE_URL")
    return CheckResult(name="roles", ok=True, detail="the role that serves cannot bypass row-level security", remedy=None)


async def _migrations(target: CheckTarget) -> CheckResult:
    async with ConnectionPool(target.app_url, size=1) as pool:
        current = await schema_version(pool)
    ok = current == head()
    return CheckResult(
        name="migrations",
        ok=ok,
        detail=f"at {current or 'none'}, this release needs {head()}",
        remedy=None if ok else "run evenkeel migrate",
    )


async def _keys(target: CheckTarget) -> CheckResult:
    pool = ConnectionPool(target.app_url, size=1)
    try:
        await KeyRing(store=PgOAuth(pool), secret=target.secret).start()
    except (Misconfigured, Unavailable) as error:
        return CheckResult(
            name="signing keys", ok=False, detail=str(error), remedy="set the SECRET_KEY with which they were encrypted"
        )
    finally:
        await pool.close()
    return CheckResult(name="signing keys", ok=True, detail="decrypted with this SECRET_KEY", remedy=None)


async def _queue(target: CheckTarget) -> CheckResult:
    """Fail when a job has waited in the queue for longer than `MAX_QUEUE_WAIT`."""
    async with ConnectionPool(target.app_url, size=1) as pool:
        state = await read_queue_state(pool)
    now = datetime.now(UTC)
    active = state.seen_at is not None and now - state.seen_at < WORKER_ACTIVE_WITHIN
    waited = timedelta(0) if state.waiting_since is None else now - state.waiting_since
    waiting = f"{state.waiting} jobs wait, the oldest for {waited.total_seconds():.0f} s" if state.waiting else "no job waits"
    return CheckResult(
        name="jobs",
        ok=waited < MAX_QUEUE_WAIT,
        detail=f"{'a worker is active' if active else 'no worker is active'}; {waiting}",
        remedy=None if waited < MAX_QUEUE_WAIT else "start evenkeel worker, or more of them",
    )


async def _scores(target: CheckTarget) -> list[CheckResult]:
    """Compare every district's tallies with the evidence, by a computation of its own."""
    results: list[CheckResult] = []
    async with ConnectionPool(target.owner_url, size=1) as owner, ConnectionPool(target.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            async with begin_unit_of_work(app, operator_actor("doctor", district_id), read_only=True) as unit:
                compared, deviating = await deviations(unit.connection, district_id)
            results += [_tally_deviation(name, d) for d in deviating]
            if not deviating:
                detail = f"{compared} tallies of {name} equal the evidence to 1e-9"
                results.append(CheckResult(name="scores", ok=True, detail=detail, remedy=None))
    return results


async def _audit(target: CheckTarget, *, running: bool) -> list[CheckResult]:
    """Verify every district's audit log against its blocks, and (`running`) the age of its unsealed events."""
    current, *previous = [target.secret] if isinstance(target.secret, str) else target.secret
    signer = AuditSigner(current, previous)
    results: list[CheckResult] = []
    async with ConnectionPool(target.owner_url, size=1) as owner, ConnectionPool(target.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            actor = operator_actor("doctor", district_id)
            permission = authorize(actor, "examine_district")
            async with begin_unit_of_work(app, actor, permission=permission, read_only=True) as unit:
                blocks, violations, tail = await verify_district(district_id, unit.audit_store, signer)
            results += [_audit_error(name, v) for v in violations]
            if not violations:
                detail = f"{blocks} blocks of {name} are unchanged since they were sealed"
                results.append(CheckResult(name="audit", ok=True, detail=detail, remedy=None))
            results += [_unsealed_events(name, tail)] if running else []
    return results


def _audit_error(district: str, violation: IntegrityViolation) -> CheckResult:
    remedy = "the database was changed by other means than the service: keep a copy as it is, and compare with your last export"
    return CheckResult(name="audit", ok=False, detail=f"{district}: block {violation.block}: {violation.detail}", remedy=remedy)


def _unsealed_events(district: str, tail: UnsealedTail) -> CheckResult:
    if tail.oldest is None:
        return CheckResult(name="audit", ok=True, detail=f"all events of {district} are sealed", remedy=None)
    age = datetime.now(UTC) - tail.oldest
    detail = f"{tail.events} events of {district} are not sealed yet, the oldest for {max(0, round(age.total_seconds()))} s"
    remedy = "no process seals the audit log: start the service, or run evenkeel audit seal"
    return CheckResult(
        name="audit", ok=age < MAX_UNSEALED_AGE, detail=detail, remedy=None if age < MAX_UNSEALED_AGE else remedy
    )


def _tally_deviation(district: str, d: Deviation) -> CheckResult:
    tally = f"{district}: leader {d.leader_id}, {d.responsibility}, {d.source}"
    return CheckResult(
        name="scores",
        ok=False,
        detail=f"{tally}: {d.what} is {d.stored}, but {d.expected} by the evidence",
        remedy="run evenkeel rebuild --district …, and report this error: it must not happen",
    )
