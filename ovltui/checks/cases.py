"""Findings over time: since when each stands, whether Docker may still mend it, and when it was mended.

Pure: times come in. ``Cases.take`` is called after each look; a case settles for ``SETTLE_S`` before it is open, for
``BRIEF_S`` where Docker never mends such a thing. What comes back within moments is the same case again and settles
for the rest of its time, so that what flaps opens too; and however often it flaps, the log holds its last time alone.
A finding of several members stands for as long as one of them does: where each comes and goes, it never opens.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ovltui.checks.finding import Finding, Severity

SETTLE_S = 5.0
"""Seconds that Docker is given to mend by itself what its own changes leave for a moment."""
BRIEF_S = 2.0
"""Seconds for which any other finding settles: whoever builds a network has it half built for a moment."""
SLOW_S = 30.0
"""Seconds for a finding that looks so, too, while a container starts."""
PATIENCE_S = 40.0
"""Seconds after which a case is open even though what it rests on was not asked again since."""
RETURN_S = 60.0
"""Seconds after which what was mended is another case when it comes back."""
LOGGED = 500
"""Changes that are remembered."""
_NS = 10**9
_WORST_FIRST = tuple(Severity)


class Standing(StrEnum):
    """How a case stands."""

    SETTLING = "settling"
    """So short that Docker may still be at work."""
    OPEN = "open"
    MENDED = "mended"


@dataclass(frozen=True, slots=True)
class Case:
    """A finding, over time."""

    finding: Finding
    """As it was seen last."""
    standing: Standing
    since_ns: int
    """When its cause happened, else when it was first seen, in nanoseconds since the epoch."""
    cause: int | None
    """Sequence number of the record that caused it, where one was found."""
    mended_ns: int | None = None
    mend: int | None = None
    """Sequence number of the record that mended it, where one was found."""
    seen_ns: int = 0
    """When it was first seen; where it went for moments, that much later: it stands for so long in all."""
    times: int = 1
    """How often it came, a minute apart at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case that began, opened or was mended."""

    number: int
    """Rises with every change."""
    time_ns: int
    """When that was seen, in nanoseconds since the epoch."""
    case: Case
    """As it stood then."""


Event = tuple[int, int]
"""Sequence number and time, in nanoseconds since the epoch, of a record."""
Blame = Callable[[Finding], Event | None]
"""Returns the record that caused a finding."""
Thanks = Callable[[Case], Event | None]
"""Returns the record that mended a case."""
_Key = tuple[object, ...]


def _nobody(_: object) -> None:
    """Know of no record."""


class Cases:
    """All cases; one thread uses it.

    Args:
        blame: finds causes; asked once for each case.
        thanks: finds what mended a case; asked once for each.
    """

    def __init__(self, blame: Blame = _nobody, thanks: Thanks = _nobody) -> None:
        self._blame = blame
        self._thanks = thanks
        self._cases: dict[_Key, Case] = {}
        self._mended: dict[_Key, Case] = {}
        self._parts: dict[_Key, dict[str, int]] = {}
        self._log: dict[tuple[_Key, Standing], Change] = {}
        self._number = 0

    @property
    def settling(self) -> bool:
        """Whether a case may open by time alone."""
        return any(case.standing is Standing.SETTLING for case in self._cases.values())

    def take(self, findings: Iterable[Finding], now_ns: int, asked_ns: int | None = None) -> tuple[Change, ...]:
        """Take in what a look found; return what changed.

        Args:
            findings: all that is wrong now.
            now_ns: when it was looked, in nanoseconds since the epoch.
            asked_ns: when what the findings rest on was last asked, beside the tables; None where that does not count.
        """
        found = {finding.key: finding for finding in findings}
        before = self._number
        for key in [key for key in self._cases if key not in found]:
            self._mend(key, now_ns)
        for key, finding in found.items():
            known = self._cases.get(key)
            if known and _are_others(known.finding, finding):
                self._mend(key, now_ns)
                known = None
            if known is None:
                self._begin(key, finding, now_ns)
            elif known.finding != finding:
                self._cases[key] = replace(known, finding=finding)
            self._age(key, now_ns)
        for key, case in self._cases.items():
            if case.standing is Standing.SETTLING and _is_over(case, now_ns, asked_ns):
                self._note(key, replace(case, standing=Standing.OPEN), now_ns)
        self._forget(now_ns)
        return tuple(change for change in self._log.values() if change.number > before)

    def cases(self) -> tuple[Case, ...]:
        """Return what is wrong now, the worst first, what settles last."""
        return tuple(sorted(self._cases.values(), key=_order))

    def log(self) -> tuple[Change, ...]:
        """Return the newest changes, the oldest first."""
        return tuple(self._log.values())

    def _begin(self, key: _Key, finding: Finding, now_ns: int) -> None:
        again = self._mended.pop(key, None)
        times = again.times + 1 if again else 1
        away_ns = now_ns - (again.mended_ns or 0) if again else None
        if again and away_ns is not None and away_ns <= SETTLE_S * _NS and not _are_others(again.finding, finding):
            case = replace(again, finding=finding, mended_ns=None, seen_ns=again.seen_ns + away_ns, times=times)
        else:
            seq, since_ns = self._blame(finding) or (None, now_ns)
            case = Case(finding, Standing.SETTLING, since_ns, seq, seen_ns=now_ns, times=times)
        self._note(key, case, now_ns)

    def _age(self, key: _Key, now_ns: int) -> None:
        """Note since when each part stands; a case is as old as the oldest of those that it has now."""
        case, before = self._cases[key], self._parts.get(key, {})
        if case.finding.parts:
            # Of a case that is new or back again, none is known.
            new_ns = now_ns if before else case.seen_ns
            parts = {part: before.get(part, new_ns) for part in case.finding.parts}
            self._parts[key] = parts
            self._cases[key] = replace(case, seen_ns=min(parts.values()))

    def _mend(self, key: _Key, now_ns: int) -> None:
        case = self._cases.pop(key)
        self._parts.pop(key, None)
        seq, _ = self._thanks(case) or (None, now_ns)
        mended = replace(case, standing=Standing.MENDED, mended_ns=now_ns, mend=seq)
        self._mended[key] = replace(case, mended_ns=now_ns)
        self._add(key, mended, now_ns)

    def _note(self, key: _Key, case: Case, now_ns: int) -> None:
        self._cases[key] = case
        self._add(key, case, now_ns)

    def _add(self, key: _Key, case: Case, now_ns: int) -> None:
        """Log a change, in the place of the same one of an earlier time."""
        self._number += 1
        self._log.pop((key, case.standing), None)
        self._log[key, case.standing] = Change(self._number, now_ns, case)

    def _forget(self, now_ns: int) -> None:
        for key in [key for key, case in self._mended.items() if now_ns - (case.mended_ns or 0) > RETURN_S * _NS]:
            del self._mended[key]
        while len(self._log) > LOGGED:
            del self._log[next(iter(self._log))]


def _time_s(finding: Finding) -> float:
    return SLOW_S if finding.slow else SETTLE_S if finding.settles else BRIEF_S


def _is_over(case: Case, now_ns: int, asked_ns: int | None) -> bool:
    """Return whether Docker had its time, and was asked since."""
    age, time_ns = now_ns - case.seen_ns, _time_s(case.finding) * _NS
    # Asked before its time was over, an engine may have told what it has learned since.
    asked = asked_ns is None or asked_ns >= case.seen_ns + time_ns
    return age >= time_ns and (asked or age >= PATIENCE_S * _NS)


def _are_others(before: Finding, now: Finding) -> bool:
    """Return whether one finding tells of none of the parts that an earlier one of the same key told of."""
    return bool(before.parts and now.parts) and set(before.parts).isdisjoint(now.parts)


def _order(case: Case) -> tuple[bool, int, int, str]:
    settles = case.standing is Standing.SETTLING
    return settles, _WORST_FIRST.index(case.finding.severity), case.since_ns, str(case.finding.key)
