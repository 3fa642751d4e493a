"""Serve until stopped, with one process or several; the service ends when its embedded PostgreSQL does."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from api.cli.doctor import CheckTarget, run_checks
from api.cli.session import Connections
from api.logging import configure_logging
from api.middleware.connection_limits import BoundedProtocol
from api.settings import Misconfigured, Settings


class AnnouncingServer(uvicorn.Server):
    """A single server process; calls `ready` once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then call `ready`."""
        await super().startup(sockets)
        if self.started:
            self._ready()


class AnnouncingWorkers(Multiprocess):
    """Several server processes; calls `ready` once all of them listen."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready = ready

    def init_processes(self) -> None:
        """Start the processes, then call `ready`."""
        super().init_processes()
        if all(process.wait_until_ready(60, self.should_exit) for process in self.processes):
            self._ready()


def bind_socket(settings: Settings) -> socket.socket:
    """Return the bound socket to serve on. It is bound before anything is started, so that a used port fails at once.

    Raises `Misconfigured`.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        address = f"port {settings.port} of {settings.host}"
        raise Misconfigured(f"{address} cannot be used ({error.strerror or error}): choose another with PORT=…") from None
    listener.set_inheritable(True)
    return listener


def run_server(
    connections: Connections,
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    application: str = "api.main:app",
) -> None:
    """Serve `application` on `listener` until stopped; status 1 when the embedded PostgreSQL died."""
    _check_health(connections)
    _export_environ(connections)
    database_exits: list[int] = []

    def on_database_exit(code: int) -> None:
        database_exits.append(code)
        os.kill(os.getpid(), signal.SIGTERM)

    def handle_signal(_number: int, _frame: FrameType | None) -> None:
        sys.exit(1 if database_exits else 0)

    # uvicorn raises the signal again after its own shutdown; this handler lets the caller stop the database then.
    signal.signal(signal.SIGTERM, handle_signal)
    signal.signal(signal.SIGINT, handle_signal)
    if connections.server is not None:
        connections.server.watch(on_database_exit)
    configure_logging(connections.settings.log_level)
    config = _uvicorn_config(connections.settings, application)
    if connections.settings.workers > 1:
        AnnouncingWorkers(config, [listener], ready).run()
    else:
        AnnouncingServer(config, ready).run([listener])
    if database_exits:
        raise typer.Exit(1)


def _uvicorn_config(settings: Settings, application: str) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=BoundedProtocol,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
    )


def _check_health(connections: Connections) -> None:
    """Raise `Misconfigured` for what the doctor finds, instead of a traceback in a server process."""
    target = CheckTarget(app_url=connections.app_url, owner_url=connections.owner_url, secret=connections.keys)
    failed = [r for r in asyncio.run(run_checks(target, scores=False, running=False)) if not r.ok]
    if failed:
        raise Misconfigured(*(f"{r.name}: {r.detail}; {r.remedy}" for r in failed))


def _export_environ(connections: Connections) -> None:
    """Set the environment variables that `api.startup` reads, in this process or in another server process."""
    variables: dict[str, Any] = {
        "DATABASE_URL": connections.app_url,
        "MIGRATION_DATABASE_URL": connections.owner_url,
        "SECRET_KEY": connections.secret,
        "DATA": str(connections.settings.data),
        "PORT": str(connections.settings.port),
    }
    os.environ |= variables
