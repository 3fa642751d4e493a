"""Child processes that end with this process, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from persistence.embedded.os_account import OsAccount

PR_SET_PDEATHSIG = 1
# Not our own environment: PGOPTIONS and others would affect the server. The C locale keeps its messages stable.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(kw_only=True)
class ChildProcess:
    """A child process, and its watcher where the kernel cannot watch the parent."""

    process: subprocess.Popen[bytes]
    watcher: subprocess.Popen[bytes] | None = None

    def release(self) -> None:
        """Stop the watcher once the child has ended: another process may soon get its pid."""
        if self.watcher:
            self.watcher.kill()
            self.watcher.wait()
            if self.watcher.stdin:
                self.watcher.stdin.close()
            self.watcher = None


def spawn(
    arguments: Sequence[str | Path],
    *,
    account: OsAccount,
    death_signal: signal.Signals,
    output: IO[bytes],
    inherited: Sequence[int] = (),
    by_kernel: bool = sys.platform == "linux",
) -> ChildProcess:
    """Start a process as `account` that receives `death_signal` when this process dies, even by SIGKILL.

    On Linux the kernel sends it when the *thread* that started the process ends, so only the main thread may call this.
    Elsewhere a watcher process reads a pipe from us (`by_kernel=False`; it runs on Linux too).
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the embedded PostgreSQL is started from the main thread only")
    with warnings.catch_warnings():
        # Python warns of a fork in a multi-threaded process; the child makes three system calls and takes no lock.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        process = subprocess.Popen(  # noqa: S603 - our own list
            arguments,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only the service, which then stops the server
            pass_fds=inherited,
            preexec_fn=_set_parent_death_signal(death_signal) if by_kernel else None,  # noqa: PLW1509 - it makes system calls only
            **account.popen_arguments(),
        )
    return ChildProcess(process=process, watcher=None if by_kernel else _watcher(process.pid, death_signal))


def _set_parent_death_signal(death_signal: signal.Signals) -> Callable[[], None]:
    # The inner function runs after setuid (which would clear the setting) and before exec; look-ups happen before the fork.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # the parent died before prctl
            os._exit(1)

    return tie


def _watcher(pid: int, death_signal: signal.Signals) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("macos_parent_watch.py")
    return subprocess.Popen(  # noqa: S603 - our own list
        [sys.executable, "-I", "-S", script, str(pid), str(int(death_signal))],
        stdin=subprocess.PIPE,
        cwd="/",
        start_new_session=True,
    )
