"""What the checks found at one moment, as a recording keeps it. Pure values."""

from dataclasses import dataclass

from ovltui.checks.cases import Case, Change


@dataclass(frozen=True, slots=True)
class Judged:
    """All that was wrong then, and what changed before."""

    cases: tuple[Case, ...] = ()
    """The worst first, what settles last."""
    log: tuple[Change, ...] = ()
    """The newest changes, the oldest first."""
