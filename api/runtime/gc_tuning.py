"""The garbage collector of a process that serves one application, and nothing else, until it ends."""

import gc


def freeze_heap() -> None:
    """What is loaded now stays: the collector need not walk it at every turn.

    When it turns is left to Python: with rarer turns the garbage of concurrent requests piles up without a bound.
    """
    gc.collect()
    gc.freeze()
