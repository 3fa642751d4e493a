"""An installation without a database of its own: the embedded server with its roles, started or joined."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded import EmbeddedPostgres, StartError, running_admin_url
from persistence.embedded.roles import Urls, provision, urls


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The ways into the database; `server` when this process started it, None when another one runs it."""

    urls: Urls
    server: EmbeddedPostgres | None


@contextmanager
def start_installation(
    home: Path, *, port: int = 0, run_as: str = "nobody", pg_bin: Path | None = None
) -> Iterator[Installation]:
    """The embedded server over `home` for as long as the block lasts: for whoever serves. Not inside an event loop.

    Raises:
        CannotStart: another process has it, or it cannot run here.
    """
    with EmbeddedPostgres(home, port=port, run_as=run_as, pg_bin=pg_bin) as server:
        yield Installation(urls=asyncio.run(provision(server.admin_url, server.home)), server=server)


@contextmanager
def join_installation(home: Path, *, run_as: str = "nobody", pg_bin: Path | None = None) -> Iterator[Installation]:
    """The server that serves `home` already, else one for this block alone: for a command beside the service."""
    admin_url = running_admin_url(home)
    if admin_url is None:
        with start_installation(home, run_as=run_as, pg_bin=pg_bin) as installation:
            yield installation
        return
    yield Installation(urls=_urls_of_running(admin_url, home), server=None)


def _urls_of_running(admin_url: str, home: Path) -> Urls:
    try:
        return urls(admin_url, home)
    except FileNotFoundError:
        raise StartError(f"the service over {home} is still making its roles: try again in a moment") from None
