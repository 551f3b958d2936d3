"""Findings made by hand, and who stands for the one that looks for them."""

from dataclasses import dataclass, field
from typing import Any

from ovltui.checks.cases import Case, Change, Standing
from ovltui.checks.finding import Evidence, Finding, Remedy, Severity
from ovltui.netns.model import NetnsKey
from ovltui.session.looking import Looked
from ovltui.session.session import Session
from ovltui.topology.links import LinkKey
from tests.tui.world import BLUE, START_NS


def finding(subject: str = "02:42:0a:0d:11:03", netns: NetnsKey | None = BLUE, **more: Any) -> Finding:
    """Return a finding at link 2 of a namespace."""
    link = LinkKey(netns, 2) if netns else None
    given = {
        "check": "fdb-lost",
        "severity": Severity.ERROR,
        "says": f"vxlan0 has no entry for {subject}",
        "consequence": "docker1n cannot start a connection to docker2n",
        "evidence": (Evidence("bridge fdb in blue", f"no row for {subject}"),),
        "remedies": (Remedy(("nsenter --net=/run/netns/blue true", "echo done"), "none at all"),),
    }
    return Finding(netns=netns, link=link, subject=subject, **(given | more))


def case(found: Finding, *, standing: Standing = Standing.OPEN, cause: int | None = None, **more: Any) -> Case:
    """Return a case that began at the start of the world."""
    return Case(found, standing, more.pop("since_ns", START_NS), cause, **({"seen_ns": START_NS} | more))


def mended(one: Case, after_s: int = 12) -> Case:
    """Return the same case after it was mended."""
    ended = one.since_ns + after_s * 10**9
    return Case(one.finding, Standing.MENDED, one.since_ns, one.cause, mended_ns=ended, seen_ns=one.seen_ns)


@dataclass
class Known:
    """Who looks: says what it is told to say."""

    session: Session
    looked: Looked = field(default_factory=Looked)
    unknown: tuple[str, ...] = ()
    asked: int = 0

    def now(self, *cases: Case, log: tuple[Case, ...] = ()) -> None:
        """Find this from now on, and tell the screens."""
        changes = tuple(Change(number, START_NS, one) for number, one in enumerate(log))
        self.looked = Looked(cases, changes, START_NS)
        self.session.tell()

    def gaps(self) -> tuple[str, ...]:
        """Return what it is told to."""
        return self.unknown

    def ask(self) -> None:
        """Count."""
        self.asked += 1
