"""The outside world of use cases, for the service, the commands and the worker: what needs no HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from api.execution.content_hash import content_digests, keyed
from api.execution.cursors import SealedCursors
from api.execution.ids import NewIds
from api.execution.runner import World
from api.security.encryption import Box, Keys, derived_key, keyed_by
from domain.shared.context import UrlCheck, accept_url
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import open_unit

CONTENTS = "content digests"
"""The purpose of the keys under which what was pushed and asked is recognised again."""


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def world_of(
    pool: ConnectionPool,
    keys: Keys,
    *,
    clock: Callable[[], datetime] = now,
    new_id: Callable[[], UUID] | None = None,
    told: bool = True,
    vet: UrlCheck = accept_url,
) -> World:
    """The outside world of use cases that work on ``pool``.

    ``keys``: the installation's, the current one first. ``told``: whether they leave a trail. ``vet``: judges the
    addresses that somebody enters, by the guard through which they are asked; absent where nobody does.
    """
    secrets = (keys,) if isinstance(keys, str) else tuple(keys)
    secret = secrets[0]
    key, box = derived_key(secret, "cursors"), Box(keys)
    return World(
        open_unit=lambda actor, permission, read_only, trail: open_unit(
            pool, actor, permission=permission, read_only=read_only, trail=trail, secrets=box
        ),
        now=clock,
        new_id=new_id or NewIds(clock),
        random_id=uuid4,
        cursors=lru_cache(maxsize=1024)(lambda district: SealedCursors(key, district)),
        trail_id=NewIds(now),
        state_digest=keyed(derived_key(secret, "audit states")),
        content_digest=content_digests(*(derived_key(each, CONTENTS) for each in secrets)),
        told=told,
        vet=vet,
        keyed=keyed_by(*secrets),
    )
