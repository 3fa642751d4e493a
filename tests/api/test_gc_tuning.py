"""What the garbage collector of a serving process leaves lying about has a bound."""

import subprocess
import sys

SERVED = """
import gc
from collections import deque
from api.runtime.gc_tuning import freeze_heap

class Node:
    alive = most = 0
    def __init__(self):
        Node.alive += 1
        Node.most = max(Node.most, Node.alive)
        self.itself = self
    def __del__(self):
        Node.alive -= 1

freeze_heap()
at_once = deque(maxlen={at_once})
for _ in range({requests}):
    at_once.append([Node() for _ in range({nodes})])
print(Node.most)
"""


def most_alive(requests):
    """The most objects that were alive at once: 200 requests at a time, each with a hundred objects in cycles."""
    script = SERVED.format(at_once=200, nodes=100, requests=requests)
    return int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout)


def test_twice_as_many_requests_that_overlap_leave_no_more_garbage():
    assert most_alive(8_000) < 1.1 * most_alive(4_000)
