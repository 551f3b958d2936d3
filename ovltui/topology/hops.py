"""The hops of a way, and what they say of it.

Source: ``topology.walk``. Pure values. Incomplete: ``unknown`` is a hop of which the tables do not tell.
"""

from dataclasses import dataclass
from enum import StrEnum

from ovltui.netns.model import NetnsKey
from ovltui.topology.links import LinkKey


class Verdict(StrEnum):
    """How a hop stands."""

    OK = "ok"
    MISSING = "missing"
    """An entry that it needs is not there."""
    DOWN = "down"
    """Its link does not carry frames."""
    WRONG = "wrong"
    """An entry is there, and leads astray; or packets do not fit."""
    UNKNOWN = "unknown"
    """It is not visible from here."""


class Way(StrEnum):
    """In which direction."""

    THERE = "there"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: who decided, and by what."""

    way: Way
    key: NetnsKey | None
    """The namespace; None where none is known."""
    netns: str
    """What a person calls it."""
    link: LinkKey | None
    ifname: str
    """Name of the link; empty where none decided."""
    by: str
    """The entry that decided, as a person would see it, or what is the matter."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Path:
    """A way there and back."""

    hops: tuple[Hop, ...]
    of: str
    """Where it begins, as a person calls it."""
    to: str

    @property
    def culprit(self) -> Hop | None:
        """The first hop that is not well: one that stops packets, else one that stops large ones, else one unknown."""
        known = (hop for hop in self.hops if hop.verdict not in (Verdict.OK, Verdict.UNKNOWN))
        return next(known, next((hop for hop in self.hops if hop.verdict is not Verdict.OK), None))

    @property
    def verdict(self) -> Verdict:
        """How the whole stands."""
        return self.culprit.verdict if self.culprit else Verdict.OK

    @property
    def says(self) -> str:
        """The verdict in a sentence."""
        culprit = self.culprit
        if culprit is None:
            return f"ok by all tables: {self.of} to {self.to} and back; only the checks look at packet filters"
        where = f"{culprit.netns}/{culprit.ifname}" if culprit.ifname else culprit.netns
        way = "" if culprit.way is Way.THERE else " on the way back"
        return f"{culprit.verdict}{way}: {where}: {culprit.by}"
