"""How a migration runs: as the owner, one transaction each, one at a time, giving up rather than blocking the service."""

import asyncio
from functools import partial

from alembic import context
from sqlalchemy import Connection, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.database.connection import connect
from persistence.operations.migrate import VERSION_SCHEMA, VERSION_TABLE, reject_before_first_release
from persistence.tables import metadata

LOCK = 6_402_716_051  # any number; the same for every process that migrates


def include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """The queue's tables are no tables of ours: another test holds them against what pgqueuer expects."""
    return not (kind == "table" and (name or "").startswith(("alembic_version", "pgqueuer")))


def run(connection: Connection) -> None:
    connection.execute(text("set lock_timeout = '5s'"))
    connection.execute(text("set statement_timeout = '10min'"))
    connection.execute(text(f"select pg_advisory_lock({LOCK})"))
    connection.execute(text("create schema if not exists control"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        include_schemas=True,
        include_object=include,
        compare_type=True,
        version_table=VERSION_TABLE,
        version_table_schema=VERSION_SCHEMA,
    )
    reject_before_first_release(context.get_context().get_current_revision())
    connection.commit()
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    connection.execute(text(f"select pg_advisory_unlock({LOCK})"))
    connection.commit()


async def main() -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=partial(connect, context.config.attributes["owner_url"])
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)


asyncio.run(main())
