"""The pool of connections, from a DSN."""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool
from sqlalchemy.pool.base import _ConnectionRecord

SHORTEST_WAIT = 0.01
"""Seconds; whoever has waited long enough still gets a connection that is free."""


@dataclass
class _Patience:
    """What is left of the seconds that a request may wait."""

    seconds: float


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)


def limit_waits(seconds: float) -> None:
    """From here on whoever asks for connections in this context waits for ``seconds`` at most, all waits together."""
    _patience.set(_Patience(seconds))


class Pool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, in which nobody waits for a connection that could not be made, and nobody gets one that has ended.

    The driver knows of most connections that the server closed (a restart) before anybody asks for them. They are marked as
    they leave the pool, and connect anew: whoever borrows finds out at most once, whatever they do about it.

    SQLAlchemy's own connects before there is an entry. When that fails (the server ends, or somebody ends all its
    connections), the number of entries goes down and nobody is told: whoever waits in line then waits out ``pool_timeout``,
    though there is room. Here an entry is made first and connects when it is lent; one that fails goes back, and the next in
    line tries.
    """

    def _create_connection(self) -> ConnectionPoolEntry:
        return _ConnectionRecord(self, connect=False)

    @property
    def _timeout(self) -> float:
        """How long SQLAlchemy waits for an entry: what is left to the request, where its waits are limited."""
        patience = _patience.get()
        return self._longest if patience is None else min(self._longest, max(patience.seconds, SHORTEST_WAIT))

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._longest = seconds

    def recreate(self) -> QueuePool:
        """A pool like this one, whoever asks for it: what is left to a request is not the pool's own."""
        made = super().recreate()
        made._timeout = self._longest  # noqa: SLF001 - SQLAlchemy's own
        return made

    def _do_get(self) -> ConnectionPoolEntry:
        patience, begun = _patience.get(), time.monotonic()
        try:
            entry = super()._do_get()
        finally:
            if patience is not None:
                patience.seconds -= time.monotonic() - begun
        held: Any = entry.driver_connection
        if held is not None and held.is_closed():
            # Softly: nothing is waited for here, where being cancelled would lose the entry.
            entry.invalidate(soft=True)
        return entry


def dsn(url: str) -> URL:
    """``url`` for the asyncpg driver; ``postgres://`` and ``postgresql://`` are taken as well."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return parsed.set(drivername="postgresql+asyncpg")


def make_engine(url: str, *, pool_size: int = 10, **options: Any) -> AsyncEngine:
    """A pool of at most ``pool_size`` connections; a caller waits up to ten seconds for one, or as ``limit_waits`` says."""
    return create_async_engine(
        dsn(url),
        poolclass=Pool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={"server_settings": {"application_name": "evenkeel", "timezone": "UTC"}, "timeout": 10},
        **options,
    )
