"""Work that would hold up the common threads has threads of its own, also after a fork."""

import asyncio
import os
import threading
import time
import warnings

from domain.shared.thread_pool import ThreadPool


async def test_no_more_is_done_at_once_than_there_are_threads():
    running, most = 0, 0

    def work():
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.01)
        running -= 1

    one = ThreadPool(1, "one")
    await asyncio.gather(*(one.run(work) for _ in range(5)))
    assert most == 1
    assert await one.run(lambda: threading.current_thread().name) == "one_0"


def test_a_process_that_was_forked_begins_its_own():
    one = ThreadPool(1, "one")
    assert asyncio.run(one.run(str, 1)) == "1"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        done = threading.Event()
        threading.Thread(target=lambda: asyncio.run(one.run(str, 1)) and done.set(), daemon=True).start()
        os._exit(0 if done.wait(5) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
