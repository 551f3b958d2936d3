"""What a benchmark prints: each figure as the median of some runs, beside its goal."""

import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

RUNS = 3
"""Runs of each measurement."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one benchmark, collected over its runs."""

    title: str
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    units: dict[str, str] = field(default_factory=dict)
    goals: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str = "", goal: float | None = None) -> None:
        """Take in the value of one run; ``goal`` is the most that it should be."""
        self.values[name].append(value)
        self.units[name] = unit
        if goal is not None:
            self.goals[name] = goal

    def ratio(self, name: str, ours: str, peers: str, goal: float | None = None) -> None:
        """Take in how figure ``ours`` of the last run stands to figure ``peers`` of the same run."""
        self.add(f"{name}: ratio", self.values[ours][-1] / self.values[peers][-1], "", goal)

    def show(self) -> None:
        """Print the medians, each with its runs and its goal."""
        print(f"\n{self.title}")
        for name, values in self.values.items():
            runs = " ".join(f"{value:.4g}" for value in values)
            goal = self.goals.get(name)
            verdict = "" if goal is None else f"  goal {goal:g}: {'met' if median(values) <= goal else 'MISSED'}"
            print(f"  {name:<52} {median(values):>10.4g} {self.units[name]:<7} ({runs}){verdict}", flush=True)


def measure(*parts: Callable[[Figures], None]) -> None:
    """Measure the parts that the command line names, or all, and print their figures."""
    named = {part.__name__: part for part in parts}
    if unknown := set(sys.argv[1:]) - set(named):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; choose from {', '.join(named)}")
    for name in sys.argv[1:] or named:
        figures = Figures(f"{name}: {named[name].__doc__}")
        for _ in range(RUNS):
            named[name](figures)
        figures.show()
