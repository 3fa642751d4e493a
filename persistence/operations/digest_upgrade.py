"""Digests of pushes that were stored before they were keyed: they tell who was named to whoever guesses, until this has run."""

from collections.abc import Callable
from uuid import UUID

from persistence.database.pool import ConnectionPool

AT_ONCE = 2_000
PLAIN = 32
"""Bytes of a digest without a key; one with a key is longer."""

FIND = f"""
select origin, thing, external_id, digest from push_head where octet_length(digest) = {PLAIN} limit {AT_ONCE} for update
"""
CHANGE = """
update push_head h set digest = u.keyed
from unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) u(origin, thing, external_id, keyed)
where h.origin = u.origin and h.thing = u.thing and h.external_id = u.external_id
"""


async def key_plain_digests(owner: ConnectionPool, keyed: Callable[[bytes], bytes]) -> int:
    """Put ``keyed(digest)`` in the place of every plain digest, each district behind its fence; how many there were.

    A few thousand rows in a transaction: nobody who pushes meanwhile waits for long. Twice is once.
    """
    count = 0
    async with owner.connection() as connection:
        districts = [row[0] for row in await connection.fetch("select id from control.district order by id")]
        for district in districts:
            while True:
                await connection.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(str(district))}'")
                try:
                    rows = await connection.fetch(FIND)
                    keys = [[row[column] for row in rows] for column in range(3)]
                    await connection.execute(CHANGE, *keys, [keyed(row[3]) for row in rows])
                    await connection.execute("COMMIT")
                finally:
                    if connection.is_in_transaction():
                        await connection.execute("ROLLBACK")
                count += len(rows)
                if len(rows) < AT_ONCE:
                    break
    return count
