"""All that happened in a recording, over its time: how much, what was found, what was marked.

Source: ``session.player``. Pure but for what it reads. Incomplete: findings stand there only where they were recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Severity
from ovltui.session.player import Marked, Player

BINS = 240
"""Parts into which the time of a recording is cut."""
_COUNTED = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Timeline:
    """From the beginning of a recording to its end; times in nanoseconds since the epoch."""

    start_ns: int
    end_ns: int
    counts: tuple[int, ...] = ()
    """Records in each of ``BINS`` parts of that time; none before they were counted."""
    findings: tuple[int, ...] = ()
    """When findings opened, ascending."""
    marks: tuple[Marked, ...] = ()
    """In order."""


def timeline(player: Player) -> Timeline:
    """Return what happened in a recording; takes a tenth of a second."""
    start, end = player.start_ns, player.end_ns
    bounds = [start + (end - start) * part // BINS for part in range(1, BINS)]
    seqs = [player.first, *(player.seq_at(bound) for bound in bounds), player.end]
    found = tuple(max(0, later - earlier) for earlier, later in pairwise(seqs))
    return Timeline(start, end, found, tuple(sorted(set(_found(player)))), player.marks)


def _found(player: Player) -> Iterator[int]:
    """Yield when each finding opened."""
    seen: set[tuple[object, ...]] = set()
    for time_ns, judged in player.judgements():
        now: set[tuple[object, ...]] = {(case.finding.key, case.since_ns) for case in judged.cases if counts(case)}
        if now - seen:
            yield time_ns
        seen = now


def counts(case: Case) -> bool:
    """Return whether a case is to be drawn: open, and more than a note."""
    return case.standing is Standing.OPEN and case.finding.severity in _COUNTED
