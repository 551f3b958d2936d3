"""What is wrong, in a report: evidence, consequence, remedy, and the events round the one that caused it.

Source: findings, and the ring of the session. Pure but for the time zone of the machine. Incomplete: a cause that was
not recorded is not told; events round one that is told already are not repeated.
"""

from collections.abc import Iterable, Iterator

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Finding, Remedy
from ovltui.events.line import as_text, line
from ovltui.report.blocks import Block, Heading, Listing, Paragraph
from ovltui.session.moments import moment
from ovltui.session.session import Session
from ovltui.session.whereabouts import where
from ovltui.topology.model import Topology

AROUND = 10
"""Events before a cause, and behind it."""
_WIDEST = 32
"""Columns that the names of namespaces may take."""
Problem = tuple[Finding, Case | None]
"""What is wrong; and since when, where that is known."""


class Problems:
    """Writes what is wrong at a moment.

    Args:
        session: at that moment.
        topology: where.
    """

    def __init__(self, session: Session, topology: Topology) -> None:
        self._session = session
        self._topology = topology
        self._told: dict[int, int] = {}
        """By record: the number of the finding with which it is shown."""

    def blocks(self, problems: Iterable[Problem]) -> Iterator[Block]:
        """Yield all of them, numbered."""
        for number, (finding, case) in enumerate(problems, 1):
            yield from self._blocks(number, finding, case)

    def _blocks(self, number: int, finding: Finding, case: Case | None) -> Iterator[Block]:
        place = where(finding, self._topology, self._session)
        yield Heading(3, f"{number}: {finding.severity}, {finding.check}, {place}")
        yield Paragraph(finding.says)
        yield Paragraph(finding.consequence)
        if case:
            settling = "; it may still mend itself" if case.standing is Standing.SETTLING else ""
            yield Paragraph(f"Since {moment(case.since_ns)}{settling}.")
        if finding.evidence:
            yield Paragraph("Evidence:")
            yield Listing(tuple(f"{row.source}: {row.text}" if row.source else row.text for row in finding.evidence))
        for remedy in finding.remedies:
            yield from _remedy(remedy)
        if case:
            yield from self._cause(number, case.cause)

    def _cause(self, number: int, seq: int | None) -> Iterator[Block]:
        ring = self._session.ring
        if seq is None or not ring.first <= seq < ring.end:
            yield Paragraph("No event that caused it was recorded.")
        elif seq in self._told:
            yield Paragraph(f"The same event caused it as finding {self._told[seq]}.")
        else:
            self._told[seq] = number
            yield Paragraph("Caused by the event behind the mark:")
            yield Listing(self._around(seq))

    def _around(self, seq: int) -> tuple[str, ...]:
        ring, names = self._session.ring, self._session.names
        seqs = range(max(ring.first, seq - AROUND), min(ring.end, seq + AROUND + 1))
        shown = [line(ring[one], names) for one in seqs]
        width = min(_WIDEST, max(len(one.netns) for one in shown))
        return tuple(f"{'>' if at == seq else ' '} {as_text(one, width)}" for at, one in zip(seqs, shown, strict=True))


def _remedy(remedy: Remedy) -> Iterator[Block]:
    yield Paragraph(f"Would mend it ({remedy.risk}):")
    yield Listing(remedy.commands)
