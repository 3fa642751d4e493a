"""One question to a database, over a connection of its own."""

import asyncpg

OWNER, APP = "evenkeel_owner", "evenkeel_app"


async def asked(url, query, *values):
    """The rows."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


async def names(url, query, *values):
    """The first column."""
    return [row[0] for row in await asked(url, query, *values)]
