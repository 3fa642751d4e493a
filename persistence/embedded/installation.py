"""An installation on the embedded server, with its roles: start the server, or use a running one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded import EmbeddedPostgres, StartError, running_admin_url
from persistence.embedded.roles import Urls, provision, urls


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The database URLs; `server` is None when another process runs the server."""

    urls: Urls
    server: EmbeddedPostgres | None


@contextmanager
def start_installation(
    home: Path, *, port: int = 0, run_as: str = "nobody", pg_bin: Path | None = None
) -> Iterator[Installation]:
    """Run the embedded server on `home` for the duration of the block, for the service. Not inside an event loop.

    Raises:
        StartError: another process uses `home`, or the server cannot run here.
    """
    with EmbeddedPostgres(home, port=port, run_as=run_as, pg_bin=pg_bin) as server:
        yield Installation(urls=asyncio.run(provision(server.admin_url, server.home)), server=server)


@contextmanager
def join_installation(home: Path, *, run_as: str = "nobody", pg_bin: Path | None = None) -> Iterator[Installation]:
    """Use the running server of `home`, else run one for the duration of the block: for commands beside the service."""
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
        raise StartError(f"the service on {home} is still creating its database roles: try again in a moment") from None
