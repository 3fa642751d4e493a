"""One transaction, fenced to one district, on the driver's own connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from uuid import UUID

from asyncpg.exceptions import (
    DeadlockDetectedError,
    InterfaceError,
    InternalClientError,
    LockNotAvailableError,
    OperatorInterventionError,
    PostgresConnectionError,
    SerializationError,
    TooManyConnectionsError,
    UniqueViolationError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.shared.context import Actor
from domain.shared.errors import Contended, Unavailable
from persistence.change import PgInitiatives, PgStanceAnswers
from persistence.directory import PgPeople, PgReferences
from persistence.erasing import PgErasures
from persistence.holds import PgHolds
from persistence.idempotency import PgIdempotency
from persistence.observations import PgInstruments, PgObservations
from persistence.portability import PgPortability
from persistence.pushes import PgPushes
from persistence.raw import Raw, driver_of, give_back, lend
from persistence.registry import PgRegistry
from persistence.retiring import PgRetention
from persistence.roster import PgRoster
from persistence.scoring import PgAssessments, PgConfigurations, PgScores, PgTallies

AWAY = "the database is busy or away; try again in a few seconds"


class PgUnit:
    """Satisfies every part's unit. What it opens is undone unless ``commit`` is reached."""

    def __init__(self, raw: Raw, actor: Actor) -> None:
        self.raw = raw
        self.actor = actor
        self.district_id = actor.district_id

    async def commit(self) -> None:
        """Keep what was done. Nothing more can be done in this unit."""
        await self.raw.execute("COMMIT")

    @cached_property
    def registry(self) -> PgRegistry:
        return PgRegistry(self.raw)

    @cached_property
    def references(self) -> PgReferences:
        return PgReferences(self.raw, self.district_id)

    @cached_property
    def people(self) -> PgPeople:
        return PgPeople(self.raw, self.district_id)

    @cached_property
    def roster(self) -> PgRoster:
        return PgRoster(self.raw, self.district_id)

    @cached_property
    def pushes(self) -> PgPushes:
        return PgPushes(self.raw, self.district_id, self.actor.origin)

    @cached_property
    def instruments(self) -> PgInstruments:
        return PgInstruments(self.raw, self.district_id)

    @cached_property
    def observations(self) -> PgObservations:
        return PgObservations(self.raw, self.district_id)

    @cached_property
    def assessments(self) -> PgAssessments:
        return PgAssessments(self.raw, self.district_id)

    @cached_property
    def tallies(self) -> PgTallies:
        return PgTallies(self.raw, self.district_id)

    @cached_property
    def scores(self) -> PgScores:
        return PgScores(self.raw, self.district_id)

    @cached_property
    def configurations(self) -> PgConfigurations:
        return PgConfigurations(self.raw, self.district_id)

    @cached_property
    def initiatives(self) -> PgInitiatives:
        return PgInitiatives(self.raw, self.district_id)

    @cached_property
    def stance_answers(self) -> PgStanceAnswers:
        return PgStanceAnswers(self.raw, self.district_id)

    @cached_property
    def idempotency(self) -> PgIdempotency:
        return PgIdempotency(self.raw, self.district_id)

    @cached_property
    def portability(self) -> PgPortability:
        return PgPortability(self.raw, self.district_id)

    @cached_property
    def holds(self) -> PgHolds:
        return PgHolds(self.raw, self.district_id)

    @cached_property
    def erasures(self) -> PgErasures:
        return PgErasures(self.raw, self.district_id)

    @cached_property
    def retention(self) -> PgRetention:
        return PgRetention(self.raw, self.district_id)


@asynccontextmanager
async def open_unit(engine: AsyncEngine, actor: Actor, *, read_only: bool = False) -> AsyncIterator[PgUnit]:
    """A unit behind the fence of ``actor``'s district, in one round trip.

    ``SET LOCAL`` rather than ``set_config``: a sharded PostgreSQL hands only SET on to its workers. It takes no bind
    parameter; ``UUID()`` lets nothing but a uuid through.
    """
    begin = "BEGIN READ ONLY" if read_only else "BEGIN"
    try:
        lent = await lend(engine)
        raw, begun = driver_of(lent), False
        try:
            await raw.execute(f"{begin}; SET LOCAL app.district_id = '{UUID(str(actor.district_id))}'")
            begun = True
            try:
                yield PgUnit(raw, actor)
            finally:
                # SQLAlchemy does not know of this BEGIN: left open, the next borrower would stand inside this fence.
                if raw.is_in_transaction() and not raw.is_closed():
                    await raw.execute("ROLLBACK")
        except (InterfaceError, InternalClientError) as error:
            # The driver says the second where the server hung up between two requests and it has not noticed yet.
            if raw.is_closed() or not begun:
                raise Unavailable(AWAY) from error
            raise
        finally:
            # Cut off in the middle of BEGIN, not even the driver knows whether the fence stands open.
            give_back(lent, sound=begun)
    except (SerializationError, DeadlockDetectedError, LockNotAvailableError, UniqueViolationError) as error:
        raise Contended("somebody else changed the same rows; the same request again will do") from error
    except (PoolTimeout, PostgresConnectionError, OperatorInterventionError, TooManyConnectionsError, OSError) as error:
        raise Unavailable(AWAY) from error
