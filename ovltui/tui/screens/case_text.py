"""A finding whole, as text: what is wrong, what that means, by which rows, by which event, and what mends it."""

from collections.abc import Iterable

from rich.text import Text

from ovltui.checks.cases import SETTLE_S, Case, Standing
from ovltui.checks.finding import Evidence, Remedy
from ovltui.events.line import Line, as_text, line
from ovltui.session.session import Session
from ovltui.session.translate_checks import ON
from ovltui.tui.ink import Ink
from ovltui.tui.screens.page import heading
from ovltui.tui.when import moment, span
from ovltui.tui.widgets.case_words import Place, state

_SEVERITIES = {"error": Ink.ERROR, "warning": Ink.WARNING, "note": Ink.NOTE}


def case_text(case: Case, place: Place, session: Session) -> Text:
    """Return all that is known of a finding.

    Args:
        case: the finding, over time.
        place: where it is.
        session: holds the events that caused and mended it.
    """
    finding = case.finding
    text = Text()
    text.append(str(finding.severity), style=_SEVERITIES[finding.severity])
    text.append(f"  {place.words}  ", style=Ink.LEAD)
    text.append(f"{_standing(case)}\n", style=Ink.DIM)
    text.append(f"{finding.says}\n", style="bold")
    text.append(f"{finding.consequence}\n")
    _append_evidence(text, finding.evidence)
    heading(text, "caused by")
    _append_event(text, session, case.cause, "not known: it happened before ovltui listened, or told no event")
    if case.standing is Standing.MENDED:
        heading(text, "mended by")
        _append_event(text, session, case.mend, "not known")
    else:
        _append_remedies(text, finding.remedies)
    return text


def _standing(case: Case) -> str:
    again = f", came {case.times} times" if case.times > 1 else ""
    since = f"since {moment(case.since_ns)}{again}"
    if case.standing is Standing.MENDED and case.mended_ns is not None:
        return f"{state(case)} at {moment(case.mended_ns)}, after {span(case.since_ns, case.mended_ns)}{again}"
    if case.standing is Standing.SETTLING:
        return f"{since}; settling: Docker may mend it by itself within {SETTLE_S:.0f} s"
    return since


def _append_evidence(text: Text, rows: Iterable[Evidence]) -> None:
    heading(text, "seen in")
    source = ""
    for row in rows:
        if row.source != source:
            source = row.source
            text.append(f"  {source}\n", style=Ink.DIM)
        text.append(f"    {row.text}\n")


def _append_event(text: Text, session: Session, seq: int | None, otherwise: str) -> None:
    said = line_of(session, seq)
    if seq is None:
        text.append(f"  {otherwise}\n", style=Ink.DIM)
    elif said is None:
        text.append(f"  event {seq}, which is no longer kept\n", style=Ink.DIM)
    else:
        text.append(f"  {as_text(said, len(said.netns))}\n")


def _append_remedies(text: Text, remedies: tuple[Remedy, ...]) -> None:
    named = any(command.startswith(ON) for remedy in remedies for command in remedy.commands)
    where = "the host that is named" if named else "this host"
    heading(text, f"what mends it, for a shell of root on {where}; never run by ovltui")
    if not remedies:
        text.append("  no command that is known to\n", style=Ink.DIM)
    for number, remedy in enumerate(remedies):
        if number:
            text.append("  or\n", style=Ink.DIM)
        for command in remedy.commands:
            text.append(f"  {command}\n", style=Ink.GOOD)
        text.append(f"  risk: {remedy.risk}\n", style=Ink.DIM)


def line_of(session: Session, seq: int | None) -> Line | None:
    """Return the line of a record, if there is one that is still kept."""
    if seq is None or not session.ring.first <= seq < session.ring.end:
        return None
    return line(session.ring[seq], session.names)
