"""How many examples a property is tried with."""

import os

from hypothesis import settings

ALL = os.environ.get("EVENKEEL_TEST_EXAMPLES") == "all"
SHARE = 4


def examples(count: int, **more: object) -> settings:
    """Return Hypothesis settings for ``count`` examples with ``make test-all``, and for a quarter of them with ``make test``.

    The examples are the same in every run, and no example has a time limit.
    """
    return settings(max_examples=count if ALL else count // SHARE, derandomize=True, deadline=None, **more)
