"""Bringing an installation up to this release: its tables, and what only the installation's key can change in them."""

import asyncio

from api.execution.content_hash import key_plain
from api.runtime.environment import CONTENTS
from api.security.encryption import derived_key
from persistence.database.pool import ConnectionPool
from persistence.operations.digest_upgrade import key_plain_digests
from persistence.operations.migrate import upgrade


def bring_up(owner_url: str, keys: tuple[str, ...]) -> None:
    """Migrate, then key what was stored without a key, under the first of ``keys``. Blocks; call it outside an event loop.

    Without ``keys`` the second is left for a start that has them.
    """
    upgrade(owner_url)
    if keys:
        asyncio.run(_key(owner_url, keys[0]))


async def _key(owner_url: str, secret: str) -> None:
    async with ConnectionPool(owner_url, size=1) as owner:
        await key_plain_digests(owner, key_plain(derived_key(secret, CONTENTS)))
