"""What `evenkeel doctor` looks at, from settings and roles to scores and the trail, and what to do about each."""

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
    """One thing looked at: whether it is well, what was seen, and what to do where it isn't."""

    name: str
    ok: bool
    detail: str
    remedy: str | None


@dataclass(frozen=True, kw_only=True)
class CheckTarget:
    """What is looked at."""

    app_url: str
    owner_url: str
    secret: Keys


async def run_checks(target: CheckTarget, *, scores: bool, running: bool = True, audit: bool = False) -> list[CheckResult]:
    """Every finding, in the order in which things have to be mended.

    `tended`: also whether somebody works and seals there now. A service may start where nobody does, and nobody does in
    what was just restored, however old.
    """
    found = [await _database(target)]
    if not found[0].ok:
        return found
    found += [await look(target) for look in (_roles, _migrations)]
    if all(f.ok for f in found):
        found.append(await _keys(target))
        found += [await _queue(target)] if running else []
    if scores and all(f.ok for f in found):
        found += await _scores(target)
    if audit and all(f.ok for f in found if f.name != "scores"):
        found += await _audit(target, running=running)
    return found


async def _database(target: CheckTarget) -> CheckResult:
    pool = ConnectionPool(target.app_url, size=1)
    try:
        async with pool.connection():
            return CheckResult(name="database", ok=True, detail="reached as the role that serves", remedy=None)
    except Exception as error:  # noqa: BLE001 - whatever keeps us out is what is reported
        remedy = "check that PostgreSQL runs and that DATABASE_URL names host, port, database, role and password rightly"
        return CheckResult(
            name="database", ok=False, detail=f"not reached: {type(error.__cause__ or error).__name__}", remedy=remedy
        )
    finally:
        await pool.close()


async def _roles(target: CheckTarget) -> CheckResult:
    async with ConnectionPool(target.app_url, size=1) as pool:
        faults = await role_errors(pool)
    if faults:
        return CheckResult(name="roles", ok=False, detail="; ".join(faults), remedy="give DATABASE_URL the role evenkeel_app")
    return CheckResult(name="roles", ok=True, detail="the role that serves can't get past the fence", remedy=None)


async def _migrations(target: CheckTarget) -> CheckResult:
    async with ConnectionPool(target.app_url, size=1) as pool:
        held = await schema_version(pool)
    well = held == head()
    return CheckResult(
        name="migrations",
        ok=well,
        detail=f"at {held or 'none'}, this release needs {head()}",
        remedy=None if well else "run evenkeel migrate",
    )


async def _keys(target: CheckTarget) -> CheckResult:
    pool = ConnectionPool(target.app_url, size=1)
    try:
        await KeyRing(store=PgOAuth(pool), secret=target.secret).start()
    except (Misconfigured, Unavailable) as error:
        return CheckResult(
            name="signing keys", ok=False, detail=str(error), remedy="start with the SECRET_KEY they were made under"
        )
    finally:
        await pool.close()
    return CheckResult(name="signing keys", ok=True, detail="opened with this SECRET_KEY", remedy=None)


async def _queue(target: CheckTarget) -> CheckResult:
    """A queue that nobody works at is ill once something has waited in it for longer than a job takes to be begun."""
    async with ConnectionPool(target.app_url, size=1) as pool:
        state = await read_queue_state(pool)
    now = datetime.now(UTC)
    lately = state.seen_at is not None and now - state.seen_at < WORKER_ACTIVE_WITHIN
    waited = timedelta(0) if state.waiting_since is None else now - state.waiting_since
    waits = f"{state.waiting} jobs wait, the oldest for {waited.total_seconds():.0f} s" if state.waiting else "nothing waits"
    return CheckResult(
        name="jobs",
        ok=waited < MAX_QUEUE_WAIT,
        detail=f"{'a worker was seen lately' if lately else 'no worker was seen lately'}; {waits}",
        remedy=None if waited < MAX_QUEUE_WAIT else "start evenkeel worker, or more of them",
    )


async def _scores(target: CheckTarget) -> list[CheckResult]:
    """Every district's tallies against the evidence, by a path of its own."""
    found: list[CheckResult] = []
    async with ConnectionPool(target.owner_url, size=1) as owner, ConnectionPool(target.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            async with begin_unit_of_work(app, operator_actor("doctor", district_id), read_only=True) as unit:
                compared, off = await deviations(unit.connection, district_id)
            found += [_tally_deviation(name, d) for d in off]
            if not off:
                seen = f"{compared} tallies of {name} equal the evidence to 1e-9"
                found.append(CheckResult(name="scores", ok=True, detail=seen, remedy=None))
    return found


async def _audit(target: CheckTarget, *, running: bool) -> list[CheckResult]:
    """Every district's trail against its blocks, and (`tended`) what no block holds yet."""
    current, *before = [target.secret] if isinstance(target.secret, str) else target.secret
    signer = AuditSigner(current, before)
    found: list[CheckResult] = []
    async with ConnectionPool(target.owner_url, size=1) as owner, ConnectionPool(target.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            doctor = operator_actor("doctor", district_id)
            permission = authorize(doctor, "examine_district")
            async with begin_unit_of_work(app, doctor, permission=permission, read_only=True) as unit:
                blocks, wrong, tail = await verify_district(district_id, unit.audit_store, signer)
            found += [_audit_error(name, w) for w in wrong]
            if not wrong:
                found.append(CheckResult(name="audit", ok=True, detail=f"{blocks} blocks of {name} are as sealed", remedy=None))
            found += [_unsealed_events(name, tail)] if running else []
    return found


def _audit_error(district: str, w: IntegrityViolation) -> CheckResult:
    remedy = "somebody wrote to the database past the service: keep a copy as it is, and compare with your last export"
    return CheckResult(name="audit", ok=False, detail=f"{district}: block {w.block}: {w.detail}", remedy=remedy)


def _unsealed_events(district: str, tail: UnsealedTail) -> CheckResult:
    if tail.oldest is None:
        return CheckResult(name="audit", ok=True, detail=f"nothing of {district} is unsealed", remedy=None)
    age = datetime.now(UTC) - tail.oldest
    seen = f"{tail.events} events of {district} are not sealed yet, the oldest for {max(0, round(age.total_seconds()))} s"
    remedy = "nobody seals: see that the service or its worker runs, or run evenkeel audit seal"
    return CheckResult(name="audit", ok=age < MAX_UNSEALED_AGE, detail=seen, remedy=None if age < MAX_UNSEALED_AGE else remedy)


def _tally_deviation(district: str, d: Deviation) -> CheckResult:
    which = f"{district}: leader {d.leader_id}, {d.responsibility}, {d.source}"
    return CheckResult(
        name="scores",
        ok=False,
        detail=f"{which}: {d.what} is {d.stored}, the evidence makes {d.expected}",
        remedy="run evenkeel rebuild --district …, and report it: this must not happen",
    )
