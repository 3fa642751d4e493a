"""Hashes of passwords: argon2id, in threads, a few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.shared.errors import Unavailable

T = TypeVar("T")

THREADS = 2
"""Each hash takes 64 MiB and all of a processor for some hundredths of a second."""
MAX_WAITING = 64
"""Waiting hashes above which further requests get an error at once."""


@cache
def _unknown_hash(time_cost: int, memory_cost: int, parallelism: int) -> str:
    """Return the hash of a password that cannot be typed, at these costs, with which unknown user names are compared."""
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism).hash("\x00 nobody")


class Argon2:
    """Implements `domain.accounts.ports.PasswordHashing`."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # Their own threads: the loop's common ones serve name look-ups and files.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        # Computed now, not at first use: an unknown name must not take longer than a known one.
        self._unknown = _unknown_hash(self._hasher.time_cost, self._hasher.memory_cost, self._hasher.parallelism)

    async def hash(self, password: str) -> str:
        """Return the hash of a password."""
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether `password` matches the hash; None takes the same time and is False."""
        against = self._unknown if password_hash is None else password_hash
        return await self._in_thread(lambda: self._matches(against, password)) and password_hash is not None

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING:
            raise Unavailable("many people are signing in; try again in a few seconds")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
