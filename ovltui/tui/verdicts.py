"""What is wrong, as the marks and words that all screens show: how much, where, and by which events.

Source: the cases of ``session.findings``. Pure. What still settles is no verdict: Docker may mend it within seconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ovltui.netns.model import NetnsKey

if TYPE_CHECKING:
    from ovltui.checks.cases import Case, Change
    from ovltui.checks.finding import Finding
    from ovltui.topology.links import LinkKey

MARK = "!"
"""Marks whatever a finding is about: its namespace, its link, the event that caused it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much is wrong."""

    errors: int = 0
    warnings: int = 0

    @property
    def words(self) -> str:
        """``1 error, 2 warnings``; empty where nothing is wrong."""
        counts = ((self.errors, "error"), (self.warnings, "warning"))
        return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)

    @property
    def total(self) -> int:
        """Errors and warnings."""
        return self.errors + self.warnings


NOTHING = Tally()
"""Nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All of it, at one moment."""

    tally: Tally = NOTHING
    netnses: Mapping[NetnsKey, Tally] = field(default_factory=dict)
    """Namespaces in which something is wrong."""
    marks: "Mapping[NetnsKey | LinkKey, str]" = field(default_factory=dict)
    """Names of the checks that found something in a namespace or at a link."""
    causes: frozenset[int] = frozenset()
    """Sequence numbers of the records that caused a finding, also one that is mended by now."""


def verdicts(cases: "Iterable[Case]", log: "Iterable[Change]" = ()) -> Verdicts:
    """Return what the cases of now, and the changes that led there, come to."""
    now = [case for case in cases if counts(case)]
    opened = [change.case for change in log if counts(change.case)]
    return Verdicts(
        _tally(now),
        {key: _tally(case for case in now if netns_of(case.finding) == key) for key in _places(now)},
        _marks(now),
        frozenset(case.cause for case in (*now, *opened) if case.cause is not None),
    )


def counts(case: "Case") -> bool:
    """Return whether a case is a verdict: open, and more than a note."""
    from ovltui.checks.cases import Standing  # noqa: PLC0415  (the first screen does not wait for it)
    from ovltui.checks.finding import Severity  # noqa: PLC0415  (as above)

    return case.standing is Standing.OPEN and case.finding.severity in (Severity.ERROR, Severity.WARNING)


def is_error(case: "Case") -> bool:
    """Return whether a case is a verdict, and one of the worst."""
    from ovltui.checks.finding import Severity  # noqa: PLC0415  (as above)

    return counts(case) and case.finding.severity is Severity.ERROR


def netns_of(finding: "Finding") -> NetnsKey | None:
    """Return the namespace that a finding is in; None where it is in no one."""
    return finding.netns or (finding.link.netns if finding.link else None)


def _tally(cases: "Iterable[Case]") -> Tally:
    from ovltui.checks.finding import Severity  # noqa: PLC0415  (as above)

    found = Counter(case.finding.severity for case in cases)
    return Tally(found[Severity.ERROR], found[Severity.WARNING])


def _places(cases: "Iterable[Case]") -> set[NetnsKey]:
    return {key for case in cases if (key := netns_of(case.finding))}


def _marks(cases: "Iterable[Case]") -> "dict[NetnsKey | LinkKey, str]":
    names: dict[NetnsKey | LinkKey, dict[str, None]] = {}
    for case in cases:
        for key in (netns_of(case.finding), case.finding.link):
            if key is not None:
                names.setdefault(key, {})[case.finding.check] = None
    return {key: ", ".join(found) for key, found in names.items()}
