"""Threads of its own for work that would hold up the common ones, which also look names up."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Threads:
    """At most ``most`` threads, begun when first needed; a process that was forked begins its own, as it has none of those."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._held: ThreadPoolExecutor | None = None
        os.register_at_fork(after_in_child=self._forget)

    async def run(self, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> T:
        """Do ``work`` in one of them, once one is free. Raises what it raises."""
        if self._held is None:
            self._held = ThreadPoolExecutor(self._most, thread_name_prefix=self._name)
        return await asyncio.get_running_loop().run_in_executor(self._held, work, *arguments)

    def _forget(self) -> None:
        self._held = None
