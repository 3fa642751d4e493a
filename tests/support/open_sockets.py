"""The sockets of this process, so that a test which leaves one open is named itself and not the test during which it is collected."""

from pathlib import Path

DESCRIPTORS = Path("/proc/self/fd")


def open_sockets() -> frozenset[str]:
    """Return the kernel's names of this process's open sockets, as in ``socket:[4026]``; none where there is no ``/proc``."""
    if not DESCRIPTORS.is_dir():
        return frozenset()
    return frozenset(target for target in map(_target, DESCRIPTORS.iterdir()) if target.startswith("socket:"))


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # the descriptor of this very listing
        return ""
