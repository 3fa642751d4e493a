"""Serving until told to stop: one process or several, and a PostgreSQL of our own that takes the service with it."""

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
    """One process that serves; says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


class AnnouncingWorkers(Multiprocess):
    """Several processes that serve; says when all are ready."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready = ready

    def init_processes(self) -> None:
        """Start them, then say so."""
        super().init_processes()
        if all(process.wait_until_ready(60, self.should_exit) for process in self.processes):
            self._ready()


def bind_socket(settings: Settings) -> socket.socket:
    """The socket to serve on, taken before anything is started: who comes second hears it at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        where = f"port {settings.port} of {settings.host}"
        raise Misconfigured(f"{where} cannot be served on ({error.strerror or error}): choose another with PORT=…") from None
    taken.set_inheritable(True)
    return taken


def run_server(
    connections: Connections,
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    application: str = "api.main:app",
) -> None:
    """Serve `application` on `listening`; a PostgreSQL of our own that dies ends the service: status 1."""
    _check_health(connections)
    _export_environ(connections)
    died: list[int] = []

    def on_database_exit(code: int) -> None:
        died.append(code)
        os.kill(os.getpid(), signal.SIGTERM)

    def handle_signal(_number: int, _frame: FrameType | None) -> None:
        sys.exit(1 if died else 0)

    # uvicorn raises the signal again after its own shutdown: without this the database would never be stopped.
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
    if died:
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
    """What the doctor would find is no reason for a trace of a worker's."""
    patient = CheckTarget(app_url=connections.app_url, owner_url=connections.owner_url, secret=connections.keys)
    ill = [f for f in asyncio.run(run_checks(patient, scores=False, running=False)) if not f.ok]
    if ill:
        raise Misconfigured(*(f"{f.name}: {f.detail}; {f.remedy}" for f in ill))


def _export_environ(connections: Connections) -> None:
    """What `api.startup` reads, in this process or in a worker's."""
    handed: dict[str, Any] = {
        "DATABASE_URL": connections.app_url,
        "MIGRATION_DATABASE_URL": connections.owner_url,
        "SECRET_KEY": connections.secret,
        "DATA": str(connections.settings.data),
        "PORT": str(connections.settings.port),
    }
    os.environ |= handed
