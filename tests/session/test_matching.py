"""What is remembered of lines never lets another message pass than the line itself would, whatever names become."""

import random
import struct
from array import array
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ovltui.events.filter import parse
from ovltui.events.line import line
from ovltui.events.matching import Matching
from ovltui.events.record import OWN_NSID
from ovltui.events.view import View
from ovltui.kernel import wire
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
    "10.0.0.1 netns:blue",
    "!10.0.0.1 !action:del",
    "dev:veth7 via",
    "/^red .*203[.]0[.]113[.]\\d+ dev/",
    "/dev a%s/",
    "2001:db8::1",
    "02:00:5e:00:53:c8",
)
LINKS = st.builds(
    link,
    st.integers(1, 3),
    st.sampled_from([b"eth0", b"eth1", b"veth7", b"a%s", b"203.0.113.200", b"leaves"]),
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


def neigh6(address: str, mac: str) -> bytes:
    """Return a message about a neighbour of IPv6."""
    raw = neigh("10.0.0.1", mac)
    body = b"\x0a" + raw[17:28] + attribute(1, ip_address(address).packed) + raw[36:]
    return struct.pack("=I", 16 + len(body)) + raw[4:16] + body


def routed(kind: int, family: int, length: int, addresses: Sequence[tuple[int, str]], ifindex: int) -> bytes:
    """Return a message about a route with some attributes that are addresses, one of them twice maybe."""
    head = struct.pack("=BBBBBBBBI", family, length, 0, 0, 254, 3, 0, 1, 0)
    attributes = b"".join(attribute(number, ip_address(address).packed) for number, address in addresses)
    return wire.message(kind, 0, 7, head + attributes + attribute(4, struct.pack("=I", ifindex)))


IPV4 = st.sampled_from(["10.0.0.1", "10.0.0.2", "203.0.113.200", "203.0.113.201", "0.0.0.0", "255.255.255.255"])
IPV6 = st.sampled_from(["2001:db8::1", "2001:db8:6f76:6c74:7569::c8", "::", "::ffff:10.0.0.1", "::10.0.0.1"])
MACS = st.sampled_from(["", "02:00:00:00:00:01", "02:00:5e:00:53:c8", "02:00:5e:00:53:c9"])
NEIGHS = st.builds(
    aged,
    st.builds(neigh, IPV4, MACS)
    | st.builds(neigh6, IPV6, MACS)
    | st.builds(fdb, MACS.filter(bool), st.integers(1, 3), dst=st.just("") | IPV4, master=st.integers(0, 3)),
    AGES,
    st.integers(0, 1),
)
ROUTES = st.builds(
    routed,
    st.sampled_from([Rtm.NEWROUTE, Rtm.DELROUTE]),
    st.sampled_from([2, 10, 28, 128]),
    st.sampled_from([0, 24, 32]),
    st.lists(st.tuples(st.sampled_from([1, 1, 2, 5, 7, 18, 19]), IPV4 | IPV6), max_size=4),
    st.integers(1, 3),
)
OTHERS = st.builds(route, st.integers(1, 3)) | st.builds(addr, st.integers(1, 3), st.just("10.0.0.2")) | ROUTES
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


def judged(made: Session, matching: Matching, seqs: Sequence[int], budget: int = 1000) -> tuple[list[bool], int]:
    """Return which of some records pass, as far as the budget reaches, and how many lines were made."""
    matching.left = budget
    found: list[bool] = []
    for excerpt in made.ring.excerpts(array("Q", seqs)):
        found += matching.answers(excerpt, lambda seq: matching.wanted.matches(line(made.ring[seq], made.names)))
    return found, budget - matching.left


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
        seqs = sorted(choose.sample(range(low, made.ring.end), min(8, made.ring.end - low)))
        if choose.random() < 0.5:
            seqs.reverse()
        assert judged(made, matching, seqs)[0] == [lines_pass(made, seq, wanted) for seq in seqs]


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


def test_what_was_said_before_is_remembered_until_a_name_is_another_one() -> None:
    made = Session("vm", OWN)
    ages = [attribute(3, struct.pack("=IIII", age, 0, 0, 0)) for age in (1, 2)]
    made.feed(b"".join(message(aged(neigh("10.0.0.1", ""), age, 1), 5) for age in ages))
    made.feed(message(link(2, b"eth1"), 5) + message(aged(neigh("10.0.0.1", ""), ages[0], 1), 5))
    matching = Matching(parse("eth1"), made.names)
    assert judged(made, matching, [0]) == ([True], 1)  # the first name of a link holds for what was before, too
    assert judged(made, matching, [1]) == ([True], 0)
    assert judged(made, matching, [3]) == ([True], 0)
    made.feed(message(link(2, b"eth2"), 5) + message(aged(neigh("10.0.0.1", ""), ages[1], 1), 5))
    assert judged(made, matching, [5]) == ([False], 1)
    assert judged(made, matching, [3]) == ([True], 1)


def test_of_messages_that_differ_in_addresses_alone_one_line_is_made() -> None:
    made = Session("vm", OWN)
    rows = [f"10.0.{high}.{low}" for high in (0, 1) for low in range(100)]
    made.feed(b"".join(message(neigh(row, f"02:00:00:00:{row[5]}0:{int(row[7:]):02x}"), 5) for row in rows))
    matching = Matching(parse("10.0.1.7 !/00:10:07/ dev:if2"), made.names)
    found, lines = judged(made, matching, range(made.ring.end))
    assert [row for row, passes in zip(rows, found, strict=True) if passes] == [f"10.0.1.7{low}" for low in range(10)]
    assert lines == 1


@pytest.mark.parametrize(("ifname", "netns"), [(b"203.0.113.200", "blue"), (b"eth0", "203.0.113.200")])
def test_a_line_whose_names_hide_an_address_is_made_for_each_message(ifname: bytes, netns: str) -> None:
    made = Session("vm", OWN)
    made.feed(message(link(2, ifname), 5))
    made.stream.bind(5, named(50, netns).key, made.ring.end)
    made.publish([own(), named(50, netns, 5)])
    made.feed(b"".join(message(neigh(f"10.0.0.{last}", ""), 5) for last in range(20)))
    matching = Matching(parse("10.0.0.7"), made.names)
    found, lines = judged(made, matching, range(1, made.ring.end))
    assert [seq for seq, passes in enumerate(found) if passes] == [7]
    assert lines == 21  # one with marks, which is in vain


def test_what_there_are_no_lines_left_for_is_judged_later() -> None:
    made = Session("vm", OWN)
    made.feed(b"".join(message(route(ifindex), 5) for ifindex in range(1, 9)))
    matching = Matching(parse("if5"), made.names)
    assert judged(made, matching, range(8), budget=3) == ([False] * 3, 3)
    assert judged(made, matching, range(8), budget=3) == ([False] * 4 + [True, False], 3)
    assert judged(made, matching, range(8), budget=3) == ([False] * 4 + [True] + [False] * 3, 2)


@pytest.mark.parametrize("many", [20, 40])
@pytest.mark.parametrize("limit", ["_MOST_LINES", "_MOST_ANSWERS"])
def test_more_lines_than_are_remembered_are_judged_right(
    monkeypatch: pytest.MonkeyPatch, many: int, limit: str
) -> None:
    monkeypatch.setattr(f"ovltui.events.alike.{limit}", 16)
    made = Session("vm", OWN)
    made.feed(b"".join(message(neigh(f"10.0.0.{number % many}", ""), 5) for number in range(3 * many)))
    made.feed(b"".join(message(route(number % many), 5) for number in range(3 * many)))
    matching = Matching(parse("/10.0.0.17 |if17$/"), made.names)
    passing = [seq for seq in range(made.ring.end) if judged(made, matching, [seq])[0] == [True]]
    assert passing == [seq for seq in range(made.ring.end) if lines_pass(made, seq, "/10.0.0.17 |if17$/")]
    assert len(passing) == 6


def test_the_same_message_of_a_link_is_another_line_after_another_state() -> None:
    made = Session("vm", OWN)
    up, down = flagged(2, "eth0", RUNNING), flagged(2, "eth0", OFF)
    made.feed(b"".join(message(raw, 5) for raw in (up, down, up, up)))
    matching = Matching(parse("→"), made.names)
    assert judged(made, matching, range(4))[0] == [False, True, True, False]


@pytest.mark.parametrize("wanted", ["netns:blue", "!netns:blue", "netns:red object:route"])
def test_a_number_that_changes_hands_shows_by_the_name_that_it_had(wanted: str) -> None:
    made = Session("vm", OWN)
    made.feed(born(5) + message(route(1), 5) + message(route(2), 6))
    made.stream.bind(5, named(50, "blue").key, made.ring.end)
    made.publish([own(), named(50, "blue", 5)])
    made.feed(died(5) + born(5) + message(route(3), 5))
    made.stream.bind(5, named(60, "red").key, made.ring.end)
    made.publish([own(), named(60, "red", 5)])
    made.feed(message(route(4), 5))
    view = View(made.ring, None, Choice(wanted=parse(wanted)).sieve(made.names))
    while view.behind:
        view.step(100)
    shown = [seq for seq in range(made.ring.end) if lines_pass(made, seq, wanted)]
    assert [view[row] for row in range(len(view))] == shown
    assert 0 < len(shown) < made.ring.end
