"""Responses stored under an Idempotency-Key, and the lock that allows one request at a time for a key."""

from datetime import datetime, timedelta

from persistence.repositories.repository import Repository

KEPT = timedelta(hours=24)

TRY = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))"
FIND = """
select fingerprint, answer from idempotency
where district_id = $1 and actor = $2 and operation = $3 and key = $4 and created_at > $5
"""
FORGET = "delete from idempotency where district_id = $1 and created_at <= $2"
KEEP = """
insert into idempotency (district_id, actor, operation, key, fingerprint, answer, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""


class PgIdempotency(Repository):
    """The stored responses of one district."""

    async def lock(self, actor: str, operation: str, key: str) -> bool:
        """Lock the key until the transaction ends; False when another request has it."""
        name = "\x1f".join((str(self.district_id), actor, operation, key))
        return bool(await self.connection.fetchval(TRY, name))

    async def find(self, actor: str, operation: str, key: str, now: datetime) -> tuple[bytes, bytes] | None:
        """Return the fingerprint and the response stored under the key in the last 24 hours."""
        row = await self.fetchrow(FIND, actor, operation, key, now - KEPT)
        return None if row is None else (row["fingerprint"], row["answer"])

    async def forget(self, now: datetime) -> None:
        """Delete responses older than 24 hours."""
        await self.execute(FORGET, now - KEPT)

    async def save(self, name: tuple[str, str, str], fingerprint: bytes, answer: bytes, now: datetime) -> None:
        """Store `answer` under (actor, operation, key), and delete responses older than 24 hours."""
        await self.forget(now)
        await self.execute(KEEP, *name, fingerprint, answer, now)
