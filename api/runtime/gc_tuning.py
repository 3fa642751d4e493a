"""Garbage collection in a process that only serves one application."""

import gc


def freeze_heap() -> None:
    """Exclude all objects that exist now from garbage collection.

    The collector's thresholds stay Python's: with rarer runs the garbage of concurrent requests grows without bound.
    """
    gc.collect()
    gc.freeze()
