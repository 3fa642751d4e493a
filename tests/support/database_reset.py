"""A database as it was when it was copied, without copying it again: that takes a twentieth of the time."""

from dataclasses import dataclass

import asyncpg

# Whoever makes, drops, grants or alters anything leaves a newer row in one of these.
CATALOGUES = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_default_acl",
    "pg_index",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_trigger",
    "pg_type",
)
SHAPE = "select " + ", ".join(f"(select (count(*), max(xmin::text::bigint))::text from {name})" for name in CATALOGUES)
SETTINGS = (
    "select coalesce(string_agg((setrole, setconfig)::text, ' ' order by setrole), '') from pg_db_role_setting "
    "where setdatabase = (select oid from pg_database where datname = current_database())"
)
TABLES = (
    "select oid::regclass::text from pg_class where relkind = 'r' and pg_relation_size(oid) > 0 "
    "and relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%' or nspname = 'information_schema')"
)
SEQUENCES = (
    "select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences "
    "where last_value is not null"
)
TO_THE_END = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


class Altered(Exception):
    """Something else than rows was changed: only a new copy is as it was."""


@dataclass(frozen=True)
class Original:
    """What a fresh copy is like: its catalogue, its settings, and the rows that migrations put in (JSON, by table)."""

    shape: tuple[str, ...]
    settings: str
    rows: dict[str, str]

    @classmethod
    async def of(cls, url: str) -> "Original":
        """That of the database at ``url``, read as the superuser before anybody used it."""
        connection = await asyncpg.connect(url)
        try:
            tables = await connection.fetch(TABLES)
            rows = {t: await connection.fetchval(f"select json_agg(t)::text from {t} t") for (t,) in tables}
            shape = tuple(await connection.fetchrow(SHAPE))
            return cls(shape, await connection.fetchval(SETTINGS), {t: found for t, found in rows.items() if found})
        finally:
            await connection.close()

    async def restore(self, url: str) -> None:
        """Make the database at ``url`` like this again. Raises ``Altered`` where that takes more than rows."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(TO_THE_END)
            if (tuple(await connection.fetchrow(SHAPE)), await connection.fetchval(SETTINGS)) != (self.shape, self.settings):
                raise Altered
            tables = [t for (t,) in await connection.fetch(TABLES)]
            # Without triggers, so that the order of tables does not matter.
            again = [f"set local session_replication_role = replica; select pg_stat_reset(); {SEQUENCES}"]
            again += [f"delete from {t}" for t in tables]
            async with connection.transaction():
                await connection.execute("; ".join(again))
                for table, held in self.rows.items():
                    filled = f"insert into {table} select * from json_populate_recordset(null::{table}, $1::json)"
                    await connection.execute(filled, held)
            if tables:
                # Dead rows would make every scan of the next test a little slower than that of the one before.
                await connection.execute(f"vacuum {', '.join(tables)}")
        finally:
            await connection.close()
