"""The unit of work: one transaction inside one district's tenant isolation (row-level security)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from uuid import UUID

from asyncpg.exceptions import (
    DeadlockDetectedError,
    ForeignKeyViolationError,
    InterfaceError,
    InternalClientError,
    LockNotAvailableError,
    OperatorInterventionError,
    PostgresConnectionError,
    SerializationError,
    TooManyConnectionsError,
    UniqueViolationError,
)

from domain.shared.access_scope import NO_PERMISSION, Permission
from domain.shared.audit import AuditLog, no_audit
from domain.shared.context import Actor
from domain.shared.errors import Contended, Unavailable
from domain.shared.secret_box import SecretBox
from persistence.database import locks
from persistence.database.connection import Connection, is_lost
from persistence.database.pool import ConnectionPool
from persistence.repositories.accounts import PgAccounts, PgBrowserSessions, PgLoginAttempts, PgProviders
from persistence.repositories.assessments import PgAssessments
from persistence.repositories.audit.events import PgAuditLog
from persistence.repositories.audit.writer import write_events_and_commit
from persistence.repositories.configurations import PgConfigurations
from persistence.repositories.directory import PgPeople, PgReferences
from persistence.repositories.districts import PgDistricts
from persistence.repositories.external_ids import PgExternalIds
from persistence.repositories.idempotency import PgIdempotency
from persistence.repositories.initiatives import PgInitiatives, PgStanceAnswers
from persistence.repositories.instruments import PgInstruments
from persistence.repositories.jobs import PgJobs, PgRunningJobs
from persistence.repositories.notifications import PgNotifications
from persistence.repositories.observations import PgObservations
from persistence.repositories.people import PgManualPeople, PgNotes
from persistence.repositories.permission_guard import require_whole_district
from persistence.repositories.privacy.erasure import PgErasures
from persistence.repositories.privacy.legal_holds import PgLegalHolds
from persistence.repositories.privacy.person_merge import PgPersonMerge
from persistence.repositories.privacy.portability import PgPortability
from persistence.repositories.privacy.retention import PgRetention
from persistence.repositories.role_grants import PgConsents, PgGrants, PgSharing, PgSupervision
from persistence.repositories.roster import PgRoster
from persistence.repositories.scores import PgEvidence, PgScores
from persistence.repositories.sessions import PgInitialAccessTokens, PgSessions
from persistence.repositories.tallies import PgTallies

CONTENTION_ERRORS = (
    SerializationError,
    DeadlockDetectedError,
    LockNotAvailableError,
    UniqueViolationError,
    # A row that was found was deleted meanwhile; the retry reports that it was not found.
    ForeignKeyViolationError,
)

DATABASE_UNAVAILABLE = "the database is busy or unreachable; try again in a few seconds"


class PgUnitOfWork:
    """Implements the unit of work of every part of `domain`. Changes are rolled back unless `commit` is called.

    Its stores are limited to `permission`: rows beyond its scope are not found. Stores of the whole district raise
    `AssertionError` unless the permission covers the whole district.
    """

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        audit_log: AuditLog,
        secrets: SecretBox | None = None,
        permission: Permission = NO_PERMISSION,
    ) -> None:
        self.connection = connection
        self.permission = permission
        self.actor = actor
        self.district_id = actor.district_id
        self.audit = audit_log
        self._secrets = secrets

    def with_permission(self, permission: Permission) -> "PgUnitOfWork":
        """Return a unit on the same transaction with another permission: for a use case that runs inside another one's."""
        return PgUnitOfWork(self.connection, self.actor, self.audit, self._secrets, permission)

    @property
    def secrets(self) -> SecretBox:
        """Encrypts and decrypts secrets. Raises `Unavailable` when the process was started without the keys."""
        if self._secrets is None:
            raise Unavailable("this process was started without the keys that encrypt secrets: set SECRET_KEY")
        return self._secrets

    async def commit(self) -> None:
        """Write the audit events and commit. The unit cannot be used afterwards."""
        if self.audit.enabled:
            await write_events_and_commit(self.connection, self.actor, self.audit)
        else:
            await self.connection.execute("COMMIT")

    @cached_property
    def audit_store(self) -> PgAuditLog:
        require_whole_district(self.permission)
        return PgAuditLog(self.connection, self.district_id)

    @cached_property
    def registry(self) -> PgDistricts:
        return PgDistricts(self.connection)

    @cached_property
    def accounts(self) -> PgAccounts:
        require_whole_district(self.permission)
        return PgAccounts(self.connection, self.district_id)

    @cached_property
    def browsers(self) -> PgBrowserSessions:
        return PgBrowserSessions(self.connection, self.district_id)

    @cached_property
    def login_attempts(self) -> PgLoginAttempts:
        return PgLoginAttempts(self.connection, self.district_id)

    @cached_property
    def identity_providers(self) -> PgProviders:
        return PgProviders(self.connection, self.district_id)

    @cached_property
    def references(self) -> PgReferences:
        return PgReferences(self.connection, self.district_id, self.permission)

    @cached_property
    def people(self) -> PgPeople:
        return PgPeople(self.connection, self.district_id, self.permission.directory)

    @cached_property
    def supervision(self) -> PgSupervision:
        return PgSupervision(self.connection, self.district_id, self.permission)

    @cached_property
    def grants(self) -> PgGrants:
        require_whole_district(self.permission)
        return PgGrants(self.connection, self.district_id)

    @cached_property
    def administrators(self) -> PgGrants:
        return PgGrants(self.connection, self.district_id)

    @cached_property
    def sharing(self) -> PgSharing:
        return PgSharing(self.connection, self.district_id)

    @cached_property
    def consents(self) -> PgConsents:
        return PgConsents(self.connection, self.district_id)

    @cached_property
    def notes(self) -> PgNotes:
        return PgNotes(self.connection, self.district_id)

    @cached_property
    def person_merge(self) -> PgPersonMerge:
        require_whole_district(self.permission)
        return PgPersonMerge(self.connection, self.district_id)

    @cached_property
    def manual_people(self) -> PgManualPeople:
        require_whole_district(self.permission)
        return PgManualPeople(self.connection, self.district_id)

    @cached_property
    def roster(self) -> PgRoster:
        require_whole_district(self.permission)
        return PgRoster(self.connection, self.district_id)

    @cached_property
    def pushes(self) -> PgExternalIds:
        return PgExternalIds(self.connection, self.district_id, self.actor.origin)

    @cached_property
    def instruments(self) -> PgInstruments:
        return PgInstruments(self.connection, self.district_id)

    @cached_property
    def observations(self) -> PgObservations:
        return PgObservations(self.connection, self.district_id, self.permission.scope, self.actor.origin)

    @cached_property
    def assessments(self) -> PgAssessments:
        return PgAssessments(self.connection, self.district_id, self.actor.origin)

    @cached_property
    def tallies(self) -> PgTallies:
        return PgTallies(self.connection, self.district_id)

    @cached_property
    def scores(self) -> PgScores:
        return PgScores(self.connection, self.district_id, self.permission.scope)

    @cached_property
    def evidence(self) -> PgEvidence:
        return PgEvidence(self.connection, self.district_id)

    @cached_property
    def configurations(self) -> PgConfigurations:
        return PgConfigurations(self.connection, self.district_id)

    @cached_property
    def initiatives(self) -> PgInitiatives:
        return PgInitiatives(self.connection, self.district_id, self.permission.scope)

    @cached_property
    def stance_answers(self) -> PgStanceAnswers:
        return PgStanceAnswers(self.connection, self.district_id)

    @cached_property
    def jobs(self) -> PgJobs:
        return PgJobs(self.connection, self.actor)

    @cached_property
    def running_jobs(self) -> PgRunningJobs:
        return PgRunningJobs(self.connection, self.district_id)

    @cached_property
    def notifications(self) -> PgNotifications:
        return PgNotifications(self.connection, self.district_id)

    @cached_property
    def sessions(self) -> PgSessions:
        return PgSessions(self.connection, self.district_id)

    @cached_property
    def initial_access_tokens(self) -> PgInitialAccessTokens:
        return PgInitialAccessTokens(self.connection, self.district_id)

    @cached_property
    def idempotency(self) -> PgIdempotency:
        return PgIdempotency(self.connection, self.district_id)

    @cached_property
    def portability(self) -> PgPortability:
        require_whole_district(self.permission)
        return PgPortability(self.connection, self.district_id)

    @cached_property
    def holds(self) -> PgLegalHolds:
        require_whole_district(self.permission)
        return PgLegalHolds(self.connection, self.district_id)

    @cached_property
    def erasures(self) -> PgErasures:
        require_whole_district(self.permission)
        return PgErasures(self.connection, self.district_id)

    @cached_property
    def retention(self) -> PgRetention:
        require_whole_district(self.permission)
        return PgRetention(self.connection, self.district_id)


AUDITED_READ = "BEGIN; SET LOCAL synchronous_commit = off"
"""The commit of a read that writes only audit events does not wait for the disk: a crash may lose the last of these events."""


@asynccontextmanager
async def begin_unit_of_work(
    pool: ConnectionPool,
    actor: Actor,
    *,
    permission: Permission = NO_PERMISSION,
    read_only: bool = False,
    audit_log: AuditLog | None = None,
    secrets: SecretBox | None = None,
) -> AsyncIterator[PgUnitOfWork]:
    """Begin a unit of work inside the tenant isolation of `actor`'s district, in one round trip.

    Without a `permission` it finds no records and no people. `audit_log` holds the events to write; None when the caller is
    no use case. A `read_only` unit with an audit log commits its events at the end, and fails if they cannot be written.

    Raises `Contended` when another transaction changed the same rows, `Unavailable` when the database cannot be reached.

    `SET LOCAL` rather than `set_config`: a sharded PostgreSQL forwards only SET to its workers. It takes no bind
    parameter, so `UUID()` makes sure that the value is a UUID.
    """
    audit = audit_log or no_audit()
    audited_read = read_only and audit.enabled
    begin = AUDITED_READ if audited_read else "BEGIN READ ONLY" if read_only else "BEGIN"
    try:
        connection, begun = await pool.acquire(), False
        try:
            await connection.execute(f"{begin}; SET LOCAL app.district_id = '{UUID(str(actor.district_id))}'")
            begun = True
            try:
                with locks.enforce_order(connection):
                    unit = PgUnitOfWork(connection, actor, audit, secrets, permission)
                    yield unit
                    if audited_read:
                        await unit.commit()
            finally:
                # The driver does not track this BEGIN: without a rollback, the next user would have this tenant.
                if not is_lost(connection) and connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
        except (InterfaceError, InternalClientError) as error:
            # The driver raises InternalClientError if the server closed the connection between two requests, unnoticed.
            if is_lost(connection) or not begun:
                raise Unavailable(DATABASE_UNAVAILABLE) from error
            raise
        finally:
            # After an interruption during BEGIN, nobody knows which tenant is set.
            await pool.release(connection, sound=begun)
    except CONTENTION_ERRORS as error:
        raise Contended("another request changed the same rows; send the same request again") from error
    except (PostgresConnectionError, OperatorInterventionError, TooManyConnectionsError, OSError) as error:
        raise Unavailable(DATABASE_UNAVAILABLE) from error
