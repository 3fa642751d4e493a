"""The garbage collector of a process that serves one application, and nothing else, until it ends."""

import gc


def settle() -> None:
    """What is loaded now stays: the collector need not walk it at every turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
