"""The outside world of use cases, for the service, the commands and the worker: what needs no HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from api.context import World
from api.cursors import SealedCursors
from api.ids import NewIds
from api.sealing import derived_key
from persistence.unit import open_unit


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def world_of(
    engine: AsyncEngine, secret: str, *, clock: Callable[[], datetime] = now, new_id: Callable[[], UUID] | None = None
) -> World:
    """The outside world of use cases that work on ``engine``."""
    key = derived_key(secret, "cursors")
    return World(
        open_unit=lambda actor, read_only: open_unit(engine, actor, read_only=read_only),
        now=clock,
        new_id=new_id or NewIds(clock),
        random_id=uuid4,
        cursors=lru_cache(maxsize=1024)(lambda district: SealedCursors(key, district)),
    )
