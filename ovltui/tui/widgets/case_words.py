"""Words of a finding: where it is, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from ovltui.checks.cases import SETTLE_S, Case, Standing

_NS = 10**9
Key = tuple[object, ...]
"""As ``Finding.key``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is, in words."""

    netns: str
    """Name of the namespace; empty where it is in no one."""
    words: str
    """``mynet01/vxlan0``; ``-`` where it is in no one place."""


def state(case: Case) -> str:
    """Return ``settling``, ``open``, ``mended``, or ``settled`` for what was mended before it was open."""
    if case.standing is not Standing.MENDED or case.mended_ns is None:
        return str(case.standing)
    short = case.mended_ns - case.seen_ns < SETTLE_S * _NS
    return "settled" if short and case.finding.settles else str(case.standing)


def over(cases: Sequence[Case]) -> str:
    """Return how many findings are over: ``mended: 2, settled by themselves: 1``."""
    mended = sum(state(case) == Standing.MENDED for case in cases)
    settled = len(cases) - mended
    counts = ((mended, "mended"), (settled, "settled by itself" if settled == 1 else "settled by themselves"))
    return ", ".join(f"{what}: {count}" for count, what in counts if count)


def cell(text: str, width: int) -> str:
    """Return ``text`` in ``width`` cells; what is cut is marked."""
    if cell_len(text) > width:
        return f"{set_cell_size(text, width - 1)}…"
    return text + " " * (width - cell_len(text))
