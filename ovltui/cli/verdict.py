"""A finding on stdout: a few lines for people, or an object for programs.

Source: ``checks.finding`` and ``checks.cases``. Pure but for the output. Incomplete: a finding of one look has no time
and no event; ``ovltui check --watch`` has.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ovltui.checks.cases import Case, Change, Standing
from ovltui.checks.finding import Finding, Severity
from ovltui.cli.output import Output, Style
from ovltui.events.line import as_text, clock, line
from ovltui.events.tojson import iso_time
from ovltui.session.session import Session
from ovltui.session.whereabouts import netns_name, where
from ovltui.topology.model import Topology

_STYLES = {Severity.ERROR: Style.LOST, Severity.WARNING: Style.CHANGED, Severity.NOTE: Style.PLAIN}
_WIDTH = max(map(len, Severity))
_STANDING_WIDTH = max(map(len, Standing))


class Verdicts:
    """Prints findings.

    Args:
        out: where to.
        session: names what died.
        json: whether programs read it.
    """

    def __init__(self, out: Output, session: Session, *, json: bool) -> None:
        self._out = out
        self._session = session
        self._json = json

    def print(self, finding: Finding, topology: Topology, case: Case | None = None) -> None:
        """Print a finding: of one look, or as it stood at a moment; errors as in ``Output.line``."""
        if self._json:
            found = as_json(finding, topology, self._session, case)
            self._out.json({"standing": str(case.standing), **found} if case else found)
            return
        place = where(finding, topology, self._session)
        self._out.line(f"{finding.severity:<{_WIDTH}} {finding.check} {place}", _STYLES[finding.severity])
        for text in (*_details(finding), *self._history(case), *_remedies(finding)):
            self._out.line(f"  {text}")

    def print_changes(self, changes: Iterable[Change], topology: Topology) -> None:
        """Print that cases began, opened or were mended; errors as in ``Output.line``."""
        for change in changes:
            self._print_change(change, topology)
        self._out.flush()

    def _print_change(self, change: Change, topology: Topology) -> None:
        finding, case = change.case.finding, change.case
        if self._json:
            found = as_json(finding, topology, self._session, case)
            self._out.json({"time": iso_time(change.time_ns), "standing": str(case.standing), **found})
            return
        mended = case.standing is Standing.MENDED
        style = (
            Style.NEW if mended else Style.FAINT if case.standing is Standing.SETTLING else _STYLES[finding.severity]
        )
        words = f"{case.standing:<{_STANDING_WIDTH}} {finding.severity:<{_WIDTH}} {finding.check}"
        place = where(finding, topology, self._session)
        self._out.line(f"{clock(change.time_ns)} {words} {place}: {finding.says}", style)
        event = self._event(case.mend if mended else case.cause)
        if event:
            self._out.line(f"{' ' * len(clock(change.time_ns))} {'mended' if mended else 'caused'} by: {event}")

    def _history(self, case: Case | None) -> Iterator[str]:
        if case is None:
            yield "since: not known, it was so at the first look"
            return
        settling = ", and may still mend itself" if case.standing is Standing.SETTLING else ""
        yield f"since: {iso_time(case.since_ns)}{settling}"
        if event := self._event(case.cause):
            yield f"caused by: {event}"

    def _event(self, seq: int | None) -> str:
        """Return the line of a record; empty where there is none."""
        try:
            return "" if seq is None else as_text(line(self._session.ring[seq], self._session.names), 0)
        except KeyError:  # dropped meanwhile
            return ""


def _details(finding: Finding) -> Iterator[str]:
    yield finding.says
    yield finding.consequence
    for row in finding.evidence:
        yield f"evidence: {row.source}: {row.text}"


def _remedies(finding: Finding) -> Iterator[str]:
    for remedy in finding.remedies:
        yield "would mend it:"
        for command in remedy.commands:
            yield f"  {command}"
        yield f"  risk: {remedy.risk}"


def as_json(finding: Finding, topology: Topology, session: Session, case: Case | None = None) -> dict[str, Any]:
    """Return a finding under the keys that ``check --json`` promises.

    Args:
        finding: what is wrong.
        topology: where.
        session: names what died.
        case: since when; None where it was looked but once.
    """
    return {
        "check": finding.check,
        "severity": str(finding.severity),
        "netns": netns_name(finding, topology, session),
        "where": where(finding, topology, session),
        "subject": finding.subject,
        "since": iso_time(case.since_ns) if case else None,
        "says": finding.says,
        "consequence": finding.consequence,
        "evidence": [{"source": row.source, "text": row.text} for row in finding.evidence],
        "event": case.cause if case else None,
        "remedy": [command for remedy in finding.remedies[:1] for command in remedy.commands],
        "remedies": [{"commands": list(remedy.commands), "risk": remedy.risk} for remedy in finding.remedies],
    }
