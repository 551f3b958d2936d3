"""A million records: ``python tests/bench/ring.py``; no privileges.

Memory, jumps, and filters that look through all of them, newest first, as a pane does; once where the same things are
said again and again, with other ages and by other askers, and once where each message has addresses of its own.
"""

import gc
import random
import resource
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.events.filter import parse
from ovltui.events.layout import layout_of
from ovltui.events.line import line
from ovltui.events.view import View
from ovltui.events.vocabulary import Object
from ovltui.kernel.frames import FrameKind, frame
from ovltui.kernel.wire import Rtm
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from ovltui.tui.screens.narrowing import InNetns
from ovltui.tui.widgets.choice import Choice
from ovltui.tui.widgets.event_rows import BUDGET
from tests.bench.figures import RUNS, Figures
from tests.events.samples import SAMPLES

RECORDS = 1_000_000
FILTERS = (
    ("object:link", 1),
    ("object:route netns:/7$/", 1),
    ("action:del", 1),
    ("/10\\.1.*dev/", 1),
    ("/never there/", 1),
)
"""With what goal, in seconds, each is to look through everything."""
NETNSES = 50
SCREENFUL = 36
_BATCH = 10_000
_LINK_BYTES = 1400
"""At least so many have the messages of a veth's birth."""
_START_NS = 1_700_000_000 * 10**9
_AGES = struct.pack("=HH", 20, 3)
"""The header of NDA_CACHEINFO."""
_NEIGHS = (Rtm.NEWNEIGH, Rtm.DELNEIGH, Rtm.GETNEIGH)
_MIX = (("route", 45), ("neigh", 35), ("fdb", 15), ("veth", 5))
"""What of a hundred records is about what; that of a link has about 1,500 bytes."""


def messages() -> list[bytes]:
    """Return messages of the kernel to draw from, in the proportions of the mix."""
    drawn: list[bytes] = []
    for kind, share in _MIX:
        raws = [
            sample.raw
            for name, sample in SAMPLES.items()
            if name.startswith(kind) and (kind != "veth" or len(sample.raw) > _LINK_BYTES)
        ]
        assert raws, f"there is no sample of {kind}"
        drawn += [raws[index % len(raws)] for index in range(share)]
    return drawn


def asked_anew(raw: bytes, choose: random.Random) -> bytes:
    """Return a message as another one asks for the same change, at another age."""
    raw = raw[:8] + struct.pack("=II", choose.randrange(1 << 20), 4242) + raw[16:]
    ages = raw.rfind(_AGES, 28) if raw[4] in _NEIGHS else -1
    return raw if ages < 0 else raw[: ages + 4] + choose.randbytes(12) + raw[ages + 16 :]


def all_differ(raw: bytes, choose: random.Random) -> bytes:
    """Return a message with other addresses."""
    for address in layout_of(raw).addresses:
        size = len(address.mark)
        raw = raw[: address.start] + choose.randbytes(size) + raw[address.start + size :]
    return asked_anew(raw, choose)


def filled(vary: Callable[[bytes, random.Random], bytes]) -> Session:
    """Return a session with a million records of fifty namespaces."""
    session = Session("bench", None, RECORDS)
    for nsid in range(NETNSES):
        session.stream.bind(nsid, NetnsKey("bench", nsid), 0)
    choose, drawn = random.Random(1), messages()
    for start in range(0, RECORDS, _BATCH):
        session.feed(
            b"".join(
                frame(
                    FrameKind.MESSAGE, _START_NS + index, choose.randrange(NETNSES), vary(choose.choice(drawn), choose)
                )
                for index in range(start, start + _BATCH)
            )
        )
    return session


def resident() -> int:
    """Return the resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def measure(figures: Figures) -> None:
    """Fill and look."""
    gc.collect()
    before, begun = resident(), time.monotonic()
    session = filled(asked_anew)
    took = time.monotonic() - begun
    gc.collect()
    figures.add("memory", (resident() - before) / 1e6, "MB", 250)
    figures.add("taking one in, with the making of its frame", took / RECORDS * 1e6, "us")
    figures.add("bytes of a message on average", sum(map(len, messages())) / len(messages()), "B")
    measure_jumps(figures, session)
    place = InNetns(session, frozenset([NetnsKey("bench", 7)]))
    there = Choice(place, place.where)
    links = frozenset((Object.LINK,))
    measure_filter(figures, session, "one namespace", there, 1)
    measure_filter(figures, session, "links", Choice(kinds=links), 1)
    measure_filter(figures, session, "links of one namespace", replace(there, kinds=links), 1)
    for text, goal in FILTERS:
        measure_filter(figures, session, text, Choice(wanted=parse(text)), goal)
    del session, place, there, links
    session = filled(all_differ)
    for text, _ in FILTERS:
        measure_filter(figures, session, f"all differ: {text}", Choice(wanted=parse(text)), None)


def measure_jumps(figures: Figures, session: Session) -> None:
    """A row drawn anywhere, in a view of everything."""
    view = View(session.ring, None)
    view.step(BUDGET)
    choose, waits = random.Random(2), []
    for _ in range(1000):
        row = choose.randrange(len(view))
        begun = time.perf_counter()
        line(session.ring[view[row]], session.names)
        waits.append(time.perf_counter() - begun)
    figures.add("jump, worst of 1,000", max(waits) * 1e3, "ms", 50)


def measure_filter(figures: Figures, session: Session, name: str, choice: Choice, goal: float | None) -> None:
    """Look through everything in steps, as a pane does between keys."""
    view = View(session.ring, None, choice.sieve(session.names))
    begun = time.perf_counter()
    longest, first = 0.0, None
    while view.behind:
        step = time.perf_counter()
        view.step(BUDGET)
        now = time.perf_counter()
        longest = max(longest, now - step)
        if first is None and len(view) >= SCREENFUL:
            first = now - begun
    figures.add(f"{name}: found", len(view))
    figures.add(f"{name}: all", time.perf_counter() - begun, "s", goal)
    figures.add(f"{name}: longest step", longest * 1e3, "ms", 50)
    if first is not None:
        figures.add(f"{name}: first screenful", first * 1e3, "ms", 50)


def main() -> None:
    """Measure."""
    figures = Figures(f"{RECORDS} records")
    for _ in range(RUNS):
        measure(figures)
    figures.show()


if __name__ == "__main__":
    main()
