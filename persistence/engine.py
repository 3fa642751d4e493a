"""The pool of connections, from a DSN."""

from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def dsn(url: str) -> URL:
    """``url`` for the asyncpg driver; ``postgres://`` and ``postgresql://`` are taken as well."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return parsed.set(drivername="postgresql+asyncpg")


def make_engine(url: str, *, pool_size: int = 10, **options: Any) -> AsyncEngine:
    """A pool of at most ``pool_size`` connections; a caller waits up to ten seconds for one."""
    return create_async_engine(
        dsn(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={"server_settings": {"application_name": "evenkeel", "timezone": "UTC"}, "timeout": 10},
        **options,
    )
