"""Child processes that do not outlive us, whatever ends us."""

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
# Nothing of our own environment: PGOPTIONS and the like would reach the server; the C locale keeps its messages stable.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(kw_only=True)
class ChildProcess:
    """A process, and the one that watches us for it where the kernel does not."""

    process: subprocess.Popen[bytes]
    watcher: subprocess.Popen[bytes] | None = None

    def release(self) -> None:
        """The process has ended: nothing is left to watch for, and its number may soon be another's."""
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
    """Start a process as `account` that gets `farewell` when we die, be it by SIGKILL.

    On Linux the kernel sends it, and does so when the *thread* that started the process ends: hence only the main
    thread may. Elsewhere a small watcher reads a pipe from us (`by_kernel=False`; it runs on Linux too).
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the embedded PostgreSQL is started from the main thread only")
    with warnings.catch_warnings():
        # Python warns of a fork beside other threads; the child makes three system calls, and takes no lock for them.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        process = subprocess.Popen(  # noqa: S603 - our own list
            arguments,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the service only, which then stops the server in order
            pass_fds=inherited,
            preexec_fn=_set_parent_death_signal(death_signal) if by_kernel else None,  # noqa: PLW1509 - it makes system calls only
            **account.popen_arguments(),
        )
    return ChildProcess(process=process, watcher=None if by_kernel else _watcher(process.pid, death_signal))


def _set_parent_death_signal(death_signal: signal.Signals) -> Callable[[], None]:
    # Runs between setuid, which would clear it, and exec. Everything is looked up before the fork.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # we died before the kernel knew
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
