"""The checks on 1,000 namespaces with 50 networks: ``python tests/bench/checks.py [NAME ...]``; needs no privileges.

What the first look at all of them costs, and a look after one forwarding entry was lost. Nothing else should run.
"""

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.checks.table import find_all
from ovltui.topology.names import fields_of
from tests.bench.figures import Figures, measure
from tests.checks.city import changed, places, scene

CHANGES = 40


def checks(figures: Figures) -> None:
    """All checks, first and after a change."""
    found = places()
    one = scene(found)
    fields_of.cache_clear()
    begun = time.thread_time()
    assert find_all(one) == ()
    figures.add("first look, every message decoded: processor", (time.thread_time() - begun) * 1e3, "ms", 150)
    spent = []
    for number in range(CHANGES):
        one = scene(found if number % 2 else changed(found), one)
        begun = time.thread_time()
        find_all(one)
        spent.append(time.thread_time() - begun)
    figures.add("look after one change: processor", median(spent) * 1e3, "ms", 1)


if __name__ == "__main__":
    measure(checks)
