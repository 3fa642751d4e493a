"""Threads of its own for work that would hold up the common ones, which also look names up."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class ThreadPool:
    """At most ``most`` threads, begun when first needed; a process that was forked begins its own, as it has none of those."""

    def __init__(self, max_threads: int, name: str) -> None:
        self._max_threads = max_threads
        self._name = name
        self._executor: ThreadPoolExecutor | None = None
        os.register_at_fork(after_in_child=self._drop_executor)

    async def run(self, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> T:
        """Do ``work`` in one of them, once one is free. Raises what it raises."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self._max_threads, thread_name_prefix=self._name)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)

    def _drop_executor(self) -> None:
        self._executor = None
