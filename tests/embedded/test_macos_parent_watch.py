"""The watch that macOS needs, run here on what it shares with every other system: a pipe and a signal."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from persistence.embedded.child_process import spawn
from persistence.embedded.os_account import OsAccount
from tests.support.embedded_services import eventually, service, users

ME = OsAccount(name="me", uid=os.geteuid(), gid=os.getegid(), needs_switch=False)


def watched(report: Callable[[str], None]) -> int:
    with Path(os.devnull).open("wb") as output:
        child = spawn(["/bin/sleep", "3600"], account=ME, death_signal=signal.SIGTERM, output=output, by_kernel=False)
    report(str(child.process.pid))
    signal.pause()
    return 0


def lives(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return found != "" and not found.startswith("Z")


def test_watch_ends_the_process_when_its_parent_is_killed() -> None:
    with service(watched, users()[0]) as child:
        pid = int(child.line())
        assert lives(pid)
        child.kill()
        assert eventually(lambda: not lives(pid))


def test_watch_ends_itself_when_it_is_released() -> None:
    with Path(os.devnull).open("wb") as output:
        child = spawn(["/bin/sleep", "3600"], account=ME, death_signal=signal.SIGTERM, output=output, by_kernel=False)
    watcher = child.watcher
    assert watcher is not None
    child.process.kill()
    child.process.wait()
    child.release()
    assert watcher.poll() is not None
