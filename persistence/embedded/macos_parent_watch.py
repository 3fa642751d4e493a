"""Stand watch for a process whose parent may be killed: for macOS, where the kernel tells nobody.

Run as a script: `macos_parent_watch.py PID SIGNAL`, standard input a pipe from the parent. The pipe ends when the parent
does, whatever ended it; then PID gets SIGNAL. Untested on macOS; its logic is tested on Linux.
"""

import contextlib
import os
import sys


def watch_parent(pid: int, signal: int) -> None:
    """Wait for the end of standard input, then send `signal` to `pid` unless it is gone."""
    while os.read(0, 1):
        pass
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal)


if __name__ == "__main__":
    watch_parent(int(sys.argv[1]), int(sys.argv[2]))
