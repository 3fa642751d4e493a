"""One question to a database, over a connection of its own."""

import asyncpg

OWNER, APP = "evenkeel_owner", "evenkeel_app"


async def fetch_rows(url, query, *values):
    """The rows."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


async def fetch_column(url, query, *values):
    """The first column."""
    return [row[0] for row in await fetch_rows(url, query, *values)]
