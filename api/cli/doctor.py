"""What ``evenkeel doctor`` looks at, from settings and roles to scores and the trail, and what to do about each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.oauth.signing_keys import KeyRing
from api.runtime.audit_sealer import LATE, check
from api.security.audit_signer import TrailSigner
from api.security.encryption import Keys
from api.settings import Misconfigured
from domain.audit.ports import UnsealedTail
from domain.audit.verification import IntegrityViolation
from domain.directory.usecases.districts_and_clients import operator
from domain.permissions.rules import authorize
from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool
from persistence.database.schema_revision import head
from persistence.database.startup_checks import role_faults, schema_version
from persistence.queue.entries import look
from persistence.repositories.districts import districts
from persistence.repositories.oauth.store import PgOAuth
from persistence.repositories.score_check import Deviation, deviations
from persistence.unit_of_work import open_unit

SEEN_LATELY = timedelta(minutes=2)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and what to do where it isn't."""

    name: str
    well: bool
    seen: str
    remedy: str | None


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is looked at."""

    app_url: str
    owner_url: str
    secret: Keys


async def examine(patient: Patient, *, scores: bool, tended: bool = True, audit: bool = False) -> list[Finding]:
    """Every finding, in the order in which things have to be mended.

    ``tended``: also whether somebody works and seals there now. A service may start where nobody does, and nobody does in
    what was just restored, however old.
    """
    found = [await _reached(patient)]
    if not found[0].well:
        return found
    found += [await look(patient) for look in (_roles, _migrations)]
    if all(f.well for f in found):
        found.append(await _keys(patient))
        found += [await _queue(patient)] if tended else []
    if scores and all(f.well for f in found):
        found += await _scores(patient)
    if audit and all(f.well for f in found if f.name != "scores"):
        found += await _audit(patient, tended=tended)
    return found


async def _reached(patient: Patient) -> Finding:
    pool = ConnectionPool(patient.app_url, size=1)
    try:
        async with pool.connection():
            return Finding(name="database", well=True, seen="reached as the role that serves", remedy=None)
    except Exception as error:  # noqa: BLE001 - whatever keeps us out is what is reported
        remedy = "check that PostgreSQL runs and that DATABASE_URL names host, port, database, role and password rightly"
        return Finding(
            name="database", well=False, seen=f"not reached: {type(error.__cause__ or error).__name__}", remedy=remedy
        )
    finally:
        await pool.close()


async def _roles(patient: Patient) -> Finding:
    async with ConnectionPool(patient.app_url, size=1) as pool:
        faults = await role_faults(pool)
    if faults:
        return Finding(name="roles", well=False, seen="; ".join(faults), remedy="give DATABASE_URL the role evenkeel_app")
    return Finding(name="roles", well=True, seen="the role that serves can't get past the fence", remedy=None)


async def _migrations(patient: Patient) -> Finding:
    async with ConnectionPool(patient.app_url, size=1) as pool:
        held = await schema_version(pool)
    well = held == head()
    return Finding(
        name="migrations",
        well=well,
        seen=f"at {held or 'none'}, this release needs {head()}",
        remedy=None if well else "run evenkeel migrate",
    )


async def _keys(patient: Patient) -> Finding:
    pool = ConnectionPool(patient.app_url, size=1)
    try:
        await KeyRing(store=PgOAuth(pool), secret=patient.secret).start()
    except (Misconfigured, Unavailable) as error:
        return Finding(
            name="signing keys", well=False, seen=str(error), remedy="start with the SECRET_KEY they were made under"
        )
    finally:
        await pool.close()
    return Finding(name="signing keys", well=True, seen="opened with this SECRET_KEY", remedy=None)


async def _queue(patient: Patient) -> Finding:
    """A queue that nobody works at is ill once something has waited in it for longer than a job takes to be begun."""
    async with ConnectionPool(patient.app_url, size=1) as pool:
        state = await look(pool)
    now = datetime.now(UTC)
    lately = state.seen_at is not None and now - state.seen_at < SEEN_LATELY
    waited = timedelta(0) if state.waiting_since is None else now - state.waiting_since
    waits = f"{state.waiting} jobs wait, the oldest for {waited.total_seconds():.0f} s" if state.waiting else "nothing waits"
    return Finding(
        name="jobs",
        well=waited < LONGEST_WAIT,
        seen=f"{'a worker was seen lately' if lately else 'no worker was seen lately'}; {waits}",
        remedy=None if waited < LONGEST_WAIT else "start evenkeel worker, or more of them",
    )


async def _scores(patient: Patient) -> list[Finding]:
    """Every district's tallies against the evidence, by a path of its own."""
    found: list[Finding] = []
    async with ConnectionPool(patient.owner_url, size=1) as owner, ConnectionPool(patient.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            async with open_unit(app, operator("doctor", district_id), read_only=True) as unit:
                compared, off = await deviations(unit.connection, district_id)
            found += [_deviation(name, d) for d in off]
            if not off:
                seen = f"{compared} tallies of {name} equal the evidence to 1e-9"
                found.append(Finding(name="scores", well=True, seen=seen, remedy=None))
    return found


async def _audit(patient: Patient, *, tended: bool) -> list[Finding]:
    """Every district's trail against its blocks, and (``tended``) what no block holds yet."""
    current, *before = [patient.secret] if isinstance(patient.secret, str) else patient.secret
    signer = TrailSigner(current, before)
    found: list[Finding] = []
    async with ConnectionPool(patient.owner_url, size=1) as owner, ConnectionPool(patient.app_url, size=1) as app:
        for district_id, name in await districts(owner):
            doctor = operator("doctor", district_id)
            permission = authorize(doctor, "examine_district")
            async with open_unit(app, doctor, permission=permission, read_only=True) as unit:
                blocks, wrong, tail = await check(district_id, unit.audit_store, signer)
            found += [_broken(name, w) for w in wrong]
            if not wrong:
                found.append(Finding(name="audit", well=True, seen=f"{blocks} blocks of {name} are as sealed", remedy=None))
            found += [_tail(name, tail)] if tended else []
    return found


def _broken(district: str, w: IntegrityViolation) -> Finding:
    remedy = "somebody wrote to the database past the service: keep a copy as it is, and compare with your last export"
    return Finding(name="audit", well=False, seen=f"{district}: block {w.block}: {w.detail}", remedy=remedy)


def _tail(district: str, tail: UnsealedTail) -> Finding:
    if tail.oldest is None:
        return Finding(name="audit", well=True, seen=f"nothing of {district} is unsealed", remedy=None)
    age = datetime.now(UTC) - tail.oldest
    seen = f"{tail.events} events of {district} are not sealed yet, the oldest for {max(0, round(age.total_seconds()))} s"
    remedy = "nobody seals: see that the service or its worker runs, or run evenkeel audit seal"
    return Finding(name="audit", well=age < LATE, seen=seen, remedy=None if age < LATE else remedy)


def _deviation(district: str, d: Deviation) -> Finding:
    which = f"{district}: leader {d.leader_id}, {d.responsibility}, {d.source}"
    return Finding(
        name="scores",
        well=False,
        seen=f"{which}: {d.what} is {d.held}, the evidence makes {d.expected}",
        remedy="run evenkeel rebuild --district …, and report it: this must not happen",
    )
