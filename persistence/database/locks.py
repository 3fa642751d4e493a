"""The explicit locks of a unit of work, and the one order in which they are requested, so that units never deadlock.

Rows that a statement changes are locked by the statement; the order is about locks taken before a decision.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NamedTuple

from domain.shared.errors import Contended
from domain.shared.ids import DistrictId, PersonId
from persistence.database.connection import Connection, Record


class Lock(IntEnum):
    """The locks, in the order of requesting. A unit skips what it does not need and never goes back."""

    RETENTION = 1
    """The district's retention periods, and their application."""
    DIRECTORY = 2
    """Changes of people by roster, or their removal: imports, role mappings, merges, erasures, retention."""
    SUPERVISION = 3
    """Replacing the supervision set, or removing people who are in it."""
    HOLDS = 4
    """Placing a legal hold, or doing what a hold forbids."""
    BASIS = 5
    """Tallies: shared when adding or retracting evidence, exclusive for merge, erasure, retention and rebuild."""
    PERSON = 6
    """Rows of people, by rising id."""
    GRANTS = 7
    """All grants of a role."""
    HEADS = 8
    """Rows of `push_head`, by external_id."""
    EVIDENCE = 9
    """One observation or assessment without an external_id."""
    LEADER = 10
    """Assessments of one leader, by rising id of the leader."""
    TALLIES = 11
    """Rows of tallies, by key."""


class _Position(NamedTuple):
    lock: Lock
    key: str


_acquired: dict[Connection, dict[_Position, bool]] = {}
"""By connection, the locks its transaction has requested and whether each is exclusive; while `enforce_order` lasts."""

ADVISORY = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
NAMES = {
    Lock.RETENTION: "retention",
    Lock.DIRECTORY: "roster",
    Lock.SUPERVISION: "supervision",
    Lock.HOLDS: "legal holds",
}
"""Names of the advisory locks; earlier releases use the same."""

BASIS = "select basis, configuration_version, half_life_days, landmark from scoring_basis where district_id = $1"


PEOPLE = "select from person where district_id = $1 and id = any($2::uuid[]) order by id for update"


@contextmanager
def enforce_order(connection: Connection) -> Iterator[None]:
    """Check the order of the locks that the transaction on `connection` requests, from its beginning to its end."""
    _acquired[connection] = {}
    try:
        yield
    finally:
        _acquired.pop(connection, None)


def check_order(connection: Connection, lock: Lock, key: object = "", *, exclusive: bool = True) -> None:
    """Record that `connection`'s transaction is about to request `lock`.

    Raises `AssertionError` when that is out of order, or when a shared lock is requested exclusively: two such units could
    deadlock. Requesting a lock again is harmless.
    """
    acquired = _acquired.get(connection, {})
    position = _Position(lock, str(key))
    if position in acquired:
        if exclusive and not acquired[position]:
            raise AssertionError(f"{lock.name} is shared already; a unit that needs it exclusively requests that first")
        return
    if acquired and position < max(acquired):
        raise AssertionError(f"{lock.name} is requested after {max(acquired).lock.name}; the order is in database/locks.py")
    acquired[position] = exclusive


async def lock_district(connection: Connection, district_id: DistrictId, lock: Lock) -> None:
    """Take an advisory lock of the district (one of `NAMES`) until the transaction ends."""
    check_order(connection, lock)
    await connection.execute(ADVISORY, f"{NAMES[lock]}\x1f{district_id}")


async def lock_directory(connection: Connection, district_id: DistrictId) -> None:
    """Lock out roster changes, merges, erasures and retention until the transaction ends."""
    await lock_district(connection, district_id, Lock.DIRECTORY)
    await lock_district(connection, district_id, Lock.SUPERVISION)


async def lock_basis(connection: Connection, district_id: DistrictId, *, exclusive: bool) -> Record:
    """Lock and return the district's basis row. Raises `Contended` when the district was erased meanwhile."""
    check_order(connection, Lock.BASIS, exclusive=exclusive)
    row: Any = await connection.fetchrow(f"{BASIS} for {'update' if exclusive else 'share'}", district_id)
    if row is None:
        raise Contended("the district was changed or erased meanwhile; send the same request again")
    return row


async def lock_people(connection: Connection, district_id: DistrictId, ids: Iterable[PersonId]) -> None:
    """Lock the rows of people, by rising id: no new row can refer to them until the transaction ends."""
    check_order(connection, Lock.PERSON)
    await connection.execute(PEOPLE, district_id, list(ids))
