"""Watch the parent of a process that must end with it: for macOS, where the kernel cannot.

Run as a script: `macos_parent_watch.py PID SIGNAL`, standard input a pipe from the parent. The pipe ends when the parent
ends, for whatever reason; then PID gets SIGNAL. Untested on macOS; its logic is tested on Linux.
"""

import contextlib
import os
import sys


def watch_parent(pid: int, signal: int) -> None:
    """Wait for the end of standard input, then send `signal` to `pid` if it still exists."""
    while os.read(0, 1):
        pass
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal)


if __name__ == "__main__":
    watch_parent(int(sys.argv[1]), int(sys.argv[2]))
