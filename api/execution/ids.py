"""UUIDv7: time-ordered ids, generated here and never by the database. Python's `uuid` has them from 3.14 on."""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def uuid7(milliseconds: int, random: bytes) -> UUID:
    """Return the UUIDv7 (RFC 9562 5.7) of a Unix time in milliseconds and 10 random bytes."""
    value = milliseconds << 80 | int.from_bytes(random, "big")
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0x3 << 62) | 2 << 62)


class Uuid7Generator:
    """Generates ids that increase within this process, also within one millisecond. Thread-safe."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> UUID:
        """Return the next id."""
        with self._lock:
            random = os.urandom(10)
            candidate = uuid7(int(self._now().timestamp() * 1000), random).int
            # Within a millisecond the next id is the last one plus a random gap, which keeps it hard to guess.
            self._last = candidate if candidate > self._last else self._last + 1 + int.from_bytes(random[:3], "big")
            return UUID(int=self._last & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)


class SeededIdGenerator:
    """Generates the same ids in every installation: for the demo, whose ids the documents print in examples."""

    def __init__(self, seed: str, now: Callable[[], datetime]) -> None:
        self._seed = seed
        self._now = now
        self._count = 0

    def __call__(self) -> UUID:
        """Return the next id; it increases with each call even at a fixed clock."""
        self._count += 1
        random = sha256(f"{self._seed} {self._count}".encode()).digest()[:10]
        # The count fills the bits after the time, so that ids increase.
        ordered = (self._count << 64 | int.from_bytes(random[2:], "big")).to_bytes(10, "big")
        return uuid7(int(self._now().timestamp() * 1000), ordered)
