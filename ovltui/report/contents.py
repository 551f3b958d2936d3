"""What stands in a report: the machine, its engines and namespaces, the drawing, what is wrong, what is not known.

Source: a session at one moment. Pure but for the time zone of the machine. Incomplete: what could not be seen stands at
the end; a report of one look at the living machine knows of no events, and so of no causes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ovltui.checks.cases import Case, Change, Standing
from ovltui.checks.finding import Finding
from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.report.blocks import Block, Bullets, Heading, Listing, Paragraph, Picture, Table
from ovltui.report.problems import Problem, Problems
from ovltui.session.moments import moment
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.whereabouts import where
from ovltui.topology.draw.layout import View
from ovltui.topology.draw.sections import draw_all
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import LinkKey
from ovltui.topology.model import Topology

_WIDTH, _HEIGHT = 120, 60
"""Columns of the drawings, and lines from which they are drawn densely."""
_NAMESPACES = ("name", "kind", "network", "nsid", "id", "links", "addresses", "wrong")
_MENDED = ("check", "where", "since", "mended", "what")
_NO_EVENTS = (
    "This is one look at the living machine: since when something is wrong, and by which event, only a recording knows."
)


@dataclass(frozen=True, slots=True)
class Matter:
    """Of what to report."""

    session: Session
    """At that moment."""
    topology: Topology
    endpoints: Endpoints
    facts: tuple[tuple[str, str], ...]
    """What there is to say first, each with its name: the machine, its kernel."""
    cases: tuple[Case, ...] = ()
    """What was wrong, over time; of a recording."""
    log: tuple[Change, ...] = ()
    """What changed before."""
    findings: tuple[Finding, ...] = ()
    """What is wrong, of one look."""
    gaps: tuple[str, ...] = ()
    """What could not be known beside the gaps of the session, each a sentence."""

    @property
    def title(self) -> str:
        """A heading for all of it."""
        return f"ovltui report of {self.session.host or 'a recording'}"

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong, the worst first."""
        return (*((case.finding, case) for case in self.cases), *((finding, None) for finding in self.findings))


def blocks_of(matter: Matter) -> Iterator[Block]:
    """Yield the whole report."""
    snapshot = matter.session.snapshot()
    problems = matter.problems()
    yield Heading(1, matter.title)
    yield Table(("", ""), matter.facts)
    yield Heading(2, "What is wrong")
    yield from _wrong(matter, problems)
    yield from _mended(matter)
    yield from _drawing(matter, [finding for finding, _ in problems])
    yield Heading(2, "Namespaces")
    yield Table(_NAMESPACES, tuple(_row(row, matter, problems) for row in snapshot.rows))
    yield Heading(2, "Docker Engines")
    engines = tuple((one.label, one.url, one.version, one.says or "answers") for one in snapshot.engines)
    yield Table(("engine", "address", "version", "says"), engines) if engines else Paragraph("None was found.")
    yield Heading(2, "What is not known")
    gaps = tuple(dict.fromkeys((*snapshot.gaps, *matter.gaps)))
    yield Bullets(gaps) if gaps else Paragraph("Nothing was hidden.")


def _wrong(matter: Matter, problems: tuple[Problem, ...]) -> Iterator[Block]:
    if not problems:
        yield Paragraph("Nothing wrong was found.")
    elif not matter.session.recorded:
        yield Paragraph(_NO_EVENTS)
    yield from Problems(matter.session, matter.topology).blocks(problems)


def _mended(matter: Matter) -> Iterator[Block]:
    opened = {change.case.finding.key for change in matter.log if change.case.standing is Standing.OPEN}
    mended = [change.case for change in matter.log if change.case.standing is Standing.MENDED]
    ended = [case for case in mended if case.finding.key in opened]  # all else Docker mended within moments
    if ended:
        yield Heading(2, "What was wrong before")
        yield Paragraph("Mended by then; with --at a report tells of the time when it was not.")
        yield Table(_MENDED, tuple(_mended_row(case, matter) for case in ended))


def _mended_row(case: Case, matter: Matter) -> tuple[str, ...]:
    finding = case.finding
    place = where(finding, matter.topology, matter.session)
    return (finding.check, place, moment(case.since_ns), moment(case.mended_ns or 0), finding.says)


def _drawing(matter: Matter, findings: list[Finding]) -> Iterator[Block]:
    yield Heading(2, "Topology")
    view = View(_WIDTH, _HEIGHT, marks=_marks(findings))
    drawing = draw_all(matter.topology, matter.endpoints, view)
    if drawing.rows:
        yield Picture(drawing, matter.title)
    else:
        yield Listing(("no network has members",))


def _marks(findings: Iterable[Finding]) -> dict[NetnsKey | LinkKey, str]:
    places = ((place, one.check) for one in findings for place in (one.netns, one.link))
    return {place: check for place, check in places if place}


def _row(row: Row, matter: Matter, problems: Iterable[Problem]) -> tuple[str, ...]:
    netns, identity = row.netns, row.identity
    node = matter.topology.node(netns.key)
    kind = str(identity.kind)
    if identity.kind in (Kind.OVERLAY, Kind.INGRESS) and identity.vni is not None:
        kind = f"{kind} {identity.vni}"
    places = [(one.netns or (one.link.netns if one.link else None), one.check) for one, _ in problems]
    return (
        identity.name,
        kind,
        identity.network or "-",
        "-" if netns.nsid is None else str(netns.nsid),
        "-" if netns.is_number else str(netns.key.id),
        " ".join(link.ifname for link in node.links.values()) if node and node.links else "not known",
        " ".join(row.addresses) or "-",
        " ".join(dict.fromkeys(check for place, check in places if place == netns.key)) or "-",
    )
