"""Every lock that a unit asks for by name, and the order in which units ask: who keeps to it waits, and never for each other.

Rows that a statement changes are locked by the statement; the order is about what is locked before something is decided.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NamedTuple

from domain.shared.errors import Contended
from domain.shared.ids import DistrictId, PersonId
from persistence.database.connection import Connection, Record


class Lock(IntEnum):
    """What is locked, in the order of asking. A unit leaves out what it does not need, and never goes back."""

    RETENTION = 1
    """The district's periods, and their application."""
    DIRECTORY = 2
    """Who adds people by roster, or takes records away: imports, role mappings, merges, erasures, retention."""
    SUPERVISION = 3
    """Who replaces the set of supervision, or takes away people who stand in it."""
    HOLDS = 4
    """Who puts a legal hold, or does what a hold forbids."""
    BASIS = 5
    """The district's tallies: shared by who adds or retracts evidence, alone for merge, erasure, retention and rebuild."""
    PERSON = 6
    """Rows of people, by rising id."""
    GRANTS = 7
    """All grants of a role."""
    HEADS = 8
    """Identities of pushes, by external_id."""
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
"""By connection, what its transaction has asked for; only while ``ordered`` lasts."""

ADVISORY = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
NAMES = {
    Lock.RETENTION: "retention",
    Lock.DIRECTORY: "roster",
    Lock.SUPERVISION: "supervision",
    Lock.HOLDS: "legal holds",
}
"""Names under which releases before this one lock the same."""

BASIS = "select basis, configuration_version, half_life_days, landmark from scoring_basis where district_id = $1"


PEOPLE = "select from person where district_id = $1 and id = any($2::uuid[]) order by id for update"


@contextmanager
def enforce_order(connection: Connection) -> Iterator[None]:
    """Check the order of what the transaction on ``connection`` asks for, from its beginning to its end."""
    _acquired[connection] = {}
    try:
        yield
    finally:
        _acquired.pop(connection, None)


def check_order(connection: Connection, lock: Lock, key: object = "", *, exclusive: bool = True) -> None:
    """Note that ``connection``'s transaction asks for ``lock``, before it does. ``alone``: not shared with others.

    Raises ``AssertionError`` where it asks out of order, or for more of a lock than it has: two such units could wait for
    each other. Asking again for what one has is harmless.
    """
    asked = _acquired.get(connection, {})
    position = _Position(lock, str(key))
    if position in asked:
        if exclusive and not asked[position]:
            raise AssertionError(f"{lock.name} is shared already; a unit that needs it alone asks for that first")
        return
    if asked and position < max(asked):
        raise AssertionError(f"{lock.name} is asked for after {max(asked).lock.name}; the order is in database/locks.py")
    asked[position] = exclusive


async def lock_district(connection: Connection, district_id: DistrictId, lock: Lock) -> None:
    """Take one of the locks that have no row (``NAMES``), until the transaction ends."""
    check_order(connection, lock)
    await connection.execute(ADVISORY, f"{NAMES[lock]}\x1f{district_id}")


async def lock_directory(connection: Connection, district_id: DistrictId) -> None:
    """Let nobody else change by roster who the people are, nor merge, erase or retire any, until the transaction ends."""
    await lock_district(connection, district_id, Lock.DIRECTORY)
    await lock_district(connection, district_id, Lock.SUPERVISION)


async def lock_basis(connection: Connection, district_id: DistrictId, *, exclusive: bool) -> Record:
    """The row of the district's basis, shared or alone. Raises ``Contended`` where the district was erased meanwhile."""
    check_order(connection, Lock.BASIS, exclusive=exclusive)
    row: Any = await connection.fetchrow(f"{BASIS} for {'update' if exclusive else 'share'}", district_id)
    if row is None:
        raise Contended("the district is no more what it was; the same request again will say what became of it")
    return row


async def lock_people(connection: Connection, district_id: DistrictId, ids: Iterable[PersonId]) -> None:
    """Lock the rows of people, by rising id: nothing new refers to them until the transaction ends."""
    check_order(connection, Lock.PERSON)
    await connection.execute(PEOPLE, district_id, list(ids))
