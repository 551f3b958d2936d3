"""What is remembered of lines never lets another message pass than the line itself would, whatever names become."""

import random
import struct
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ovltui.events.filter import parse
from ovltui.events.line import line
from ovltui.events.matching import MADE, REMEMBERED, Matching
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.view import View
from ovltui.kernel.wire import Rtm, attribute
from ovltui.session.session import Session
from ovltui.tui.widgets.choice import Choice
from tests.events.samples import SAMPLES
from tests.session.made import OWN, born, died, link, message, named, nsid_event, own, route
from tests.state.rows import OFF, RUNNING, addr, fdb, neigh
from tests.state.rows import link as flagged

NSIDS = (-1, 5, 6)
FILTERS = (
    "blue",
    "!blue",
    "netns:red",
    "dev:eth",
    "/eth[12]/",
    "veth7",
    "10.0.0.2",
    "action:~",
    "DOWN",
    "→",
    "object:neigh 2",
)
LINKS = st.builds(
    link,
    st.integers(1, 3),
    st.sampled_from([b"eth0", b"eth1", b"veth7"]),
    st.sampled_from([Rtm.NEWLINK, Rtm.NEWLINK, Rtm.DELLINK]),
    change=st.sampled_from([0, 1, 0xFFFFFFFF]),
    more=st.sampled_from(
        [b"", attribute(5, struct.pack("=I", 2)), attribute(5, struct.pack("=I", 1)) + attribute(37, bytes(4))]
    ),
)
AGES = st.integers(0, 2).map(lambda age: attribute(3, struct.pack("=IIII", age, 2 * age, 0, 0)))


def aged(raw: bytes, ages: bytes, place: int) -> bytes:
    """Return a message about a neighbour with its ages before or behind its other attributes."""
    body = raw[28:] + ages if place else ages + raw[28:]
    return struct.pack("=I", 28 + len(body)) + raw[4:28] + body


NEIGHS = st.builds(
    aged,
    st.builds(neigh, st.sampled_from(["10.0.0.1", "10.0.0.2"]), st.sampled_from(["", "02:00:00:00:00:01"]))
    | st.builds(fdb, st.just("02:00:00:00:00:01"), st.integers(1, 3), master=st.integers(0, 3)),
    AGES,
    st.integers(0, 1),
)
OTHERS = st.builds(route, st.integers(1, 3)) | st.builds(addr, st.integers(1, 3), st.just("10.0.0.2"))
BROKEN = st.sampled_from([raw.raw for raw in SAMPLES.values()]).flatmap(
    lambda raw: st.integers(4, len(raw)).map(lambda end: struct.pack("=I", end) + raw[4:end])
)
MESSAGES = st.tuples(st.sampled_from(NSIDS), LINKS | LINKS | NEIGHS | OTHERS | BROKEN)
HAPPENS: dict[str, Callable[[Session], object]] = {
    "blue": lambda made: made.publish([own(), named(50, "blue", 5)]),
    "red": lambda made: made.publish([own(), named(50, "red", 5), named(60, "blue", 6)]),
    "bind": lambda made: made.stream.bind(5, named(50, "blue").key, made.ring.end),
    "bind another": lambda made: made.stream.bind(6, named(60, "red").key, made.ring.end),
    "birth": lambda made: made.feed(born(5)),
    "death": lambda made: made.feed(died(5)),
    "sight": lambda made: made.stream.tenures.heard(5, made.ring.end).sights.learn(0, made.ring.end, 6),
    "no sight": lambda made: made.feed(message(nsid_event(Rtm.DELNSID, 0), 5)),
    "prune": lambda made: made.stream.tenures.heard(5, made.ring.end).links.prune(made.ring.end),
}


def lines_pass(made: Session, seq: int, wanted: str) -> bool:
    return parse(wanted).matches(line(made.ring[seq], made.names))


@example(["bind", [(OWN_NSID, route(1))], "blue", "death", "bind"], "blue", random.Random(3))
@given(
    st.lists(st.lists(MESSAGES, min_size=1, max_size=6) | st.sampled_from(sorted(HAPPENS)), max_size=25),
    st.sampled_from(FILTERS),
    st.randoms(use_true_random=False),
)
def test_a_message_passes_as_its_line_does_at_that_moment(
    steps: list[list[tuple[int, bytes]] | str], wanted: str, choose: random.Random
) -> None:
    made = Session("vm", OWN)
    matching = Matching(parse(wanted), made.names)
    for step in steps:
        if isinstance(step, str):
            HAPPENS[step](made)
        else:
            made.feed(b"".join(message(raw, nsid) for nsid, raw in step))
        if not made.ring.end:
            continue
        low = choose.randrange(made.ring.end)
        matching.begin(low, made.ring.end - 1)
        for seq in choose.sample(range(low, made.ring.end), min(8, made.ring.end - low)):
            record = made.ring[seq]
            if record.kind is Kind.MESSAGE:
                assert matching.judge(seq, record.nsid, record.raw)[0] == lines_pass(made, seq, wanted)


@given(st.lists(MESSAGES, max_size=40), st.sampled_from(FILTERS), st.integers(1, 5))
@example([(OWN_NSID, struct.pack("=I", 17) + SAMPLES["miss-l2"].raw[4:17])], "action:~", 1)
def test_a_filtered_view_has_the_rows_whose_lines_pass(
    messages: list[tuple[int, bytes]], wanted: str, budget: int
) -> None:
    made = Session("vm", OWN)
    made.publish([own(), named(50, "blue", 5)])
    made.feed(b"".join(message(raw, nsid) for nsid, raw in messages[:20]))
    view = View(made.ring, None, Choice(wanted=parse(wanted)).sieve(made.names))
    made.stream.resync(5, lambda _: [route(3)])
    made.feed(b"".join(message(raw, nsid) for nsid, raw in messages[20:]))
    while view.behind:
        view.step(budget)
    expected = [seq for seq in made.ring.seqs(None, 0, made.ring.end) if lines_pass(made, seq, wanted)]
    assert [view[row] for row in range(len(view))] == expected


def judged(made: Session, matching: Matching, seq: int) -> tuple[bool, int]:
    record: Record = made.ring[seq]
    matching.begin(seq, seq)
    return matching.judge(seq, record.nsid, record.raw)


def test_what_was_said_before_is_remembered_until_a_name_is_another_one() -> None:
    made = Session("vm", OWN)
    ages = [attribute(3, struct.pack("=IIII", age, 0, 0, 0)) for age in (1, 2)]
    made.feed(b"".join(message(aged(neigh("10.0.0.1", ""), age, 1), 5) for age in ages))
    made.feed(message(link(2, b"eth1"), 5) + message(aged(neigh("10.0.0.1", ""), ages[0], 1), 5))
    matching = Matching(parse("eth1"), made.names)
    assert judged(made, matching, 0) == (True, MADE)  # the first name of a link holds for what was before, too
    assert judged(made, matching, 1) == (True, REMEMBERED)
    assert judged(made, matching, 3) == (True, REMEMBERED)
    made.feed(message(link(2, b"eth2"), 5) + message(aged(neigh("10.0.0.1", ""), ages[1], 1), 5))
    assert judged(made, matching, 5) == (False, MADE)
    assert judged(made, matching, 3) == (True, MADE)


@pytest.mark.parametrize("many", [20, 40])
def test_more_lines_than_are_remembered_are_judged_right(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr("ovltui.events.matching._MOST", 16)
    made = Session("vm", OWN)
    made.feed(b"".join(message(neigh(f"10.0.0.{number % many}", ""), 5) for number in range(3 * many)))
    matching = Matching(parse("10.0.0.17"), made.names)
    passing = [seq for seq in range(made.ring.end) if judged(made, matching, seq)[0]]
    assert passing == [seq for seq in range(made.ring.end) if seq % many == 17]


def test_the_same_message_of_a_link_is_another_line_after_another_state() -> None:
    made = Session("vm", OWN)
    up, down = flagged(2, "eth0", RUNNING), flagged(2, "eth0", OFF)
    made.feed(b"".join(message(raw, 5) for raw in (up, down, up, up)))
    matching = Matching(parse("→"), made.names)
    assert [judged(made, matching, seq)[0] for seq in (0, 1, 2, 3)] == [False, True, True, False]
