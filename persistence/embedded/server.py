"""Start, watch and stop the embedded PostgreSQL."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from persistence.embedded.address import ADMIN, PORT, Address, status
from persistence.embedded.binaries import Binaries, find_binaries
from persistence.embedded.child_process import ChildProcess, spawn
from persistence.embedded.data_directory import create_home, ensure_cluster, grant_folder_access, lock_home, log_file
from persistence.embedded.errors import StartError
from persistence.embedded.os_account import OsAccount, server_account
from persistence.embedded.sockets import remove_socket_folder, socket_folder
from persistence.embedded.stale_files import remove_stale_pid_file

POLL_SECONDS = 0.02
# What a killed server leaves (a stopping process, a zombie, shared memory) disappears within a second or two.
TRANSIENT_ERRORS = (b'lock file "', b"pre-existing shared memory block")
RECOVERY = 600.0  # seconds for replaying the log after a crash; the server lives and works meanwhile
SETTINGS = {
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "jit": "off",  # short queries: compiling costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # the service reports rejected statements; their values may be personal data
    "log_error_verbosity": "terse",
}
NON_DURABLE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One PostgreSQL server on the data folder `home`, a child of this process that ends with it.

    It listens on a unix socket, and with `port` also on 127.0.0.1. As root it runs as the user `run_as`, or as the owner of
    an existing cluster. `pg_bin` is a folder of other programs than the wheel's. `durable=False` is for tests: a crash of
    the machine loses data. Its user is a superuser: create roles with it (`roles.py`), and never serve as it.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        run_as: str = "nobody",
        pg_bin: Path | None = None,
        durable: bool = True,
        max_connections: int = 100,
    ) -> None:
        self.home = home.absolute()
        self._port = port
        self._run_as = run_as
        self._pg_bin = pg_bin
        self._durable = durable
        self._max_connections = max_connections
        self._home_lock: int | None = None
        self._child: ChildProcess | None = None
        self._address: Address | None = None
        self._password = ""
        self._stopping = threading.Event()

    @property
    def address(self) -> Address:
        """Where it listens. Raises `RuntimeError` before `start`."""
        if self._address is None:
            raise RuntimeError("the embedded PostgreSQL has not been started")
        return self._address

    @property
    def admin_url(self) -> str:
        """The superuser's URL to the database `postgres`: for creating roles and databases, never for serving."""
        return self.address.url(ADMIN, self._password, "postgres")

    @property
    def pid(self) -> int | None:
        """The server's process id; None when it is not running."""
        return self._child.process.pid if self._child and self._child.process.poll() is None else None

    def start(self, timeout: float = 60) -> Self:
        """Start the server and return when it accepts connections; from the main thread only.

        Waits up to `timeout` seconds for a killed server to end.

        Raises:
            StartError: with a message for the operator; nothing is left running.
        """
        if self._home_lock is not None:
            raise RuntimeError("the embedded PostgreSQL has been started already")
        create_home(self.home)
        self._home_lock = lock_home(self.home)
        self._stopping.clear()
        try:
            self._launch(timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, grace: float = 30) -> None:
        """Stop the server; after each `grace` seconds with a harder signal. Idempotent."""
        self._stopping.set()
        if self._child:
            _terminate(self._child.process, grace)
            self._child.release()
            self._child = None
        if self._address:
            remove_socket_folder(self._address.sockets, self.home)
            self._address = None
        if self._home_lock is not None:
            os.close(self._home_lock)
            self._home_lock = None

    def watch(self, on_exit: Callable[[int], None]) -> None:
        """Call `on_exit` with the exit code, from a thread of its own, if the server ends before `stop` is called."""
        child = self._child
        if child is None:
            raise RuntimeError("the embedded PostgreSQL has not been started")

        def wait() -> None:
            code = child.process.wait()
            if not self._stopping.is_set():
                on_exit(code)

        threading.Thread(target=wait, name="postgres-watch", daemon=True).start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _launch(self, timeout: float) -> None:
        data = self.home / "pgdata"
        account = server_account(self._run_as, data)
        grant_folder_access(self.home, account)
        binaries = find_binaries(self._pg_bin, self.home / "programs", account)
        self._password = ensure_cluster(self.home, binaries, account, durable=self._durable)
        self._address = Address(sockets=socket_folder(self.home, self._port or PORT, account), port=self._port or PORT)
        self._start_until_ready(self._arguments(binaries, data), account, time.monotonic() + timeout)

    def _arguments(self, binaries: Binaries, data: Path) -> list[str | Path]:
        settings = {
            "listen_addresses": "127.0.0.1" if self._port else "",
            "unix_socket_directories": str(self.address.sockets),
            "port": str(self.address.port),
            "max_connections": str(self._max_connections),
            **SETTINGS,
            **({} if self._durable else NON_DURABLE_SETTINGS),
        }
        return [
            binaries.postgres,
            "-D",
            data,
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        ]

    def _start_until_ready(self, arguments: list[str | Path], account: OsAccount, deadline: float) -> None:
        log = log_file(self.home)
        while True:
            with log.open("ab") as output:
                begun = output.tell()
                self._child = spawn(arguments, account=account, death_signal=signal.SIGINT, output=output)
            if self._is_ready(self._child.process):
                return
            self._child.release()
            self._child = None
            messages = log.read_bytes()[begun:]
            if not any(sign in messages for sign in TRANSIENT_ERRORS):
                raise StartError(f"PostgreSQL does not start; see {log}:\n{messages.decode(errors='replace')[-2000:]}")
            if time.monotonic() > deadline:
                raise StartError(self._occupied_message())
            remove_stale_pid_file(self.home / "pgdata", account)
            time.sleep(0.3)

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the server accepts connections; False when it ends instead."""
        deadline = time.monotonic() + RECOVERY
        while process.poll() is None:
            found = status(self.home / "pgdata")
            if found and found.pid == process.pid and found.ready:
                return True
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL did not become ready; see {self.home / 'postgres.log'}")
            time.sleep(POLL_SECONDS)
        return False

    def _occupied_message(self) -> str:
        found = status(self.home / "pgdata")
        process = f"process {found.pid}" if found else "another process"
        return (
            f"{process} seems to use {self.home / 'pgdata'} still: stop it and start again; if it is not PostgreSQL, "
            f"remove {self.home / 'pgdata' / 'postmaster.pid'}"
        )


def _terminate(process: subprocess.Popen[bytes], grace: float) -> None:
    for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, last resort
        if process.poll() is not None:
            return
        process.send_signal(stop_signal)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            continue
