"""The life of a link is followed through namespaces and renames, and never mixed with that of another link."""

import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovltui.events.record import OWN_NSID
from ovltui.kernel import frames, wire
from ovltui.netns.model import NetnsKey
from ovltui.session.life import Life, life_of
from ovltui.session.session import Session
from ovltui.session.trail import BUDGET
from tests.events.samples import NAMES, SAMPLES
from tests.session.made import BRIDGE, HOST, OWN, address, born, died, link, message, named, nsid_event, own, route

A, B = NetnsKey(HOST, 11), NetnsKey(HOST, 12)
BLUE, RED = 5, 6
Make = Callable[[int, bytes], bytes]
MAC = bytes.fromhex("02420a0d1107")


def two_netnses() -> Session:
    """Return a session that knows blue and red, and what they mean to each other: red is 1 in blue, blue 2 in red."""
    made = Session(HOST, OWN)
    made.publish([own(), named(11, "blue", BLUE), named(12, "red", RED)])
    blue, red = made.stream.bind(BLUE, A, 0), made.stream.bind(RED, B, 0)
    assert blue
    assert red
    blue.sights.learn(1, 0, RED)
    red.sights.learn(2, 0, BLUE)
    red.sights.learn(3, 0, OWN_NSID)
    return made


def move(ifindex: int, name: bytes, there: int, new_ifindex: int, more: bytes = b"") -> bytes:
    to = wire.attribute(45, struct.pack("=i", there)) + wire.attribute(49, struct.pack("=i", new_ifindex))
    return link(ifindex, name, wire.Rtm.DELLINK, more=to + more)


def change(ifindex: int, name: bytes, family: int = 0) -> bytes:
    return link(ifindex, name, family=family, change=0)


def gone(ifindex: int, name: bytes) -> bytes:
    return link(ifindex, name, wire.Rtm.DELLINK)


def seqs(session: Session, seq: int) -> list[int]:
    """Return the sequence numbers of the life around a record."""
    life = lived(session, seq)
    return [record.seq for record in life.records]


def lived(session: Session, seq: int) -> Life:
    life = life_of(session, session.ring[seq])
    assert life is not None
    return life


def journey(session: Session) -> list[int]:
    """Feed host -> red -> host -> gone among messages of other links; return the numbers of its records."""
    session.feed(message(link(7, b"other"), BLUE))
    stages = [
        message(link(7, b"veth0")),
        message(change(7, b"veth0")),
        message(move(7, b"veth0", RED, 9)),
        message(link(9, b"veth0"), RED),
        message(change(9, b"eth0"), RED),
        message(move(9, b"eth0", 3, 8), RED),
        message(link(8, b"eth0")),
        message(gone(8, b"eth0")),
    ]
    numbers = []
    for stage in stages:
        session.feed(message(change(7, b"other"), BLUE) + message(change(9, b"else"), BLUE) + message(route(7)))
        numbers.append(session.ring.end)
        session.feed(stage)
    session.feed(message(link(7, b"later")) + message(link(8, b"later")) + message(link(9, b"later"), RED))
    return numbers


@pytest.mark.parametrize("stage", range(8))
def test_every_message_of_a_journey_shows_the_whole_of_it(stage: int) -> None:
    session = two_netnses()
    numbers = journey(session)
    life = lived(session, numbers[stage])
    assert [record.seq for record in life.records] == numbers
    assert (life.begins, life.ends, life.exhausted) == (True, True, False)


def test_links_with_the_same_number_in_two_namespaces_have_lives_of_their_own() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a"), BLUE) + message(link(7, b"b"), RED) + message(link(7, b"c")))
    session.feed(message(change(7, b"a"), BLUE) + message(gone(7, b"b"), RED) + message(change(7, b"c")))
    assert [seqs(session, seq) for seq in range(3)] == [[0, 3], [1, 4], [2, 5]]


def test_a_number_that_is_used_again_is_another_link() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + message(gone(7, b"a")) + message(link(7, b"b")) + message(gone(7, b"b")))
    assert [seqs(session, seq) for seq in range(4)] == [[0, 1], [0, 1], [2, 3], [2, 3]]
    session.feed(message(link(7, b"c")) + frames.gap(1, 9, 0) + message(link(7, b"d")) + message(change(7, b"d")))
    assert [seqs(session, seq) for seq in (4, 6, 7)] == [[4, 5], [6, 7], [6, 7]]


def test_a_number_of_a_namespace_that_died_is_another_link_in_the_next_one() -> None:
    session = Session(HOST, OWN)
    session.feed(born(5) + message(link(7, b"a"), 5) + died(5) + born(5) + message(change(7, b"b"), 5))
    assert seqs(session, 1) == [1, 2]
    assert lived(session, 1).ends
    assert seqs(session, 4) == [4]
    assert not lived(session, 4).begins


def test_what_hangs_on_a_link_leads_to_its_life_and_stands_in_it() -> None:
    session = two_netnses()
    settings = wire.message(
        wire.Rtm.NEWNETCONF, 0, 0, struct.pack("=Bxxx", 2) + wire.attribute(1, struct.pack("=i", 7))
    )
    session.feed(
        message(gone(7, b"old")) + message(settings) + message(link(7, b"a")) + message(address(7, "10.0.0.1"))
    )
    session.feed(message(route(7)) + message(gone(7, b"a")))
    session.feed(message(address(7, "10.0.0.1", kind=wire.Rtm.DELADDR)) + message(link(7, b"new")))
    assert seqs(session, 1) == [1, 2, 5]
    assert seqs(session, 3) == [2, 3, 5]
    assert seqs(session, 4) == [2, 4, 5]
    assert seqs(session, 6) == [2, 5, 6]


def test_a_port_that_leaves_its_bridge_goes_on_living() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + message(change(7, b"a", BRIDGE)))
    session.feed(message(link(7, b"a", wire.Rtm.DELLINK, family=BRIDGE)) + message(change(7, b"a")))
    life = lived(session, 3)
    assert [record.seq for record in life.records] == [0, 1, 2, 3]
    assert not life.ends


def test_a_loss_within_a_life_stands_in_it_and_one_outside_does_not() -> None:
    session = two_netnses()
    session.feed(frames.gap(1, 1, 0) + message(link(7, b"a")) + frames.gap(2, 5, 0) + message(gone(7, b"a")))
    session.feed(frames.gap(3, 2, 0))
    assert seqs(session, 3) == [1, 2, 3]


def test_a_move_to_where_numbers_are_unknown_is_followed_by_the_address_alone() -> None:
    session = two_netnses()
    mac = wire.attribute(1, MAC)
    session.feed(message(link(7, b"a", more=mac), RED) + message(move(7, b"a", 77, 8, mac), RED))
    session.feed(message(link(8, b"x", more=wire.attribute(1, bytes(5) + b"\1")), BLUE) + message(link(8, b"y"), BLUE))
    assert seqs(session, 0) == [0, 1]
    assert not lived(session, 0).ends
    session.feed(message(link(8, b"a", more=mac)) + message(gone(8, b"a")))
    assert seqs(session, 0) == seqs(session, 5) == [0, 1, 4, 5]


@pytest.mark.parametrize("there", [-1, -2])
def test_a_move_to_a_namespace_without_a_number_ends_what_is_known(there: int) -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + message(move(7, b"a", there, 8)) + message(link(8, b"b")))
    assert seqs(session, 0) == [0, 1]
    assert seqs(session, 2) == [2]


def test_what_is_about_no_link_has_no_life() -> None:
    session = two_netnses()
    session.feed(frames.gap(1, 1, 0) + message(nsid_event(wire.Rtm.NEWNSID, 9)) + message(wire.message(16, 0, 0, b"")))
    session.docker_event(1, b"{}")
    assert [life_of(session, session.ring[seq]) for seq in range(4)] == [None] * 4


def test_a_peer_is_named_where_it_is() -> None:
    session = two_netnses()
    veth = wire.attribute(18, wire.attribute(1, b"veth\0"))
    peer = wire.attribute(5, struct.pack("=I", 9)) + wire.attribute(37, struct.pack("=i", 1)) + veth
    session.feed(message(link(9, b"vr"), RED) + message(link(7, b"vb", more=peer), BLUE) + message(route(7), BLUE))
    assert lived(session, 2).peer(2, session.names) == "red/vr"
    assert lived(session, 0).peer(0, session.names) is None
    session.feed(message(link(3, b"v0", more=wire.attribute(5, struct.pack("=I", 4)) + veth)) + message(link(4, b"v1")))
    assert lived(session, 3).peer(9, session.names) == "host/v1"


@given(st.lists(st.tuples(st.sampled_from(["new", "change", "gone", "gap"]), st.integers(7, 8), st.integers(-1, 1))))
def test_lives_partition_the_messages_of_a_link(steps: list[tuple[str, int, int]]) -> None:
    session = two_netnses()
    make: dict[str, Make] = {"new": link, "change": change, "gone": gone}
    for step, ifindex, nsid in steps:
        session.feed(frames.gap(1, 1, 0) if step == "gap" else message(make[step](ifindex, b"x"), nsid))
    leaders = [seq for seq in range(len(steps)) if session.ring.leader(seq) == seq]
    lives = {seq: seqs(session, seq) for seq in leaders if steps[seq][0] != "gap"}
    for seq, life in lives.items():
        assert seq in life
        mine = [one for one in life if steps[one][0] != "gap"]
        assert {steps[one][1:] for one in mine} == {steps[seq][1:]}
        assert all([one for one in lives[other] if steps[one][0] != "gap"] == mine for other in mine)
        words = [steps[one][0] for one in mine]
        assert "new" not in words[1:]
        assert "gone" not in words[:-1]


def test_what_changed_is_told_by_the_message_before_where_memory_does_not_know() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + message(change(7, b"a", BRIDGE)) + message(change(7, b"b")))
    session.feed(frames.gap(1, 9, 0) + message(change(7, b"c")))
    texts = [said.text.split() for said in lived(session, 2).lines(slice(0, 5), NAMES)]
    assert texts[2] == ["b", "was", "called", "a"]
    assert "was" not in texts[4]


def test_what_only_repeats_a_message_is_counted_there() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + message(change(7, b"b")) * 3 + message(gone(7, b"b")))
    life = lived(session, 4)
    assert [(record.seq, count) for record, count in zip(life.records, life.counts, strict=True)] == [
        *((0, 1), (1, 3), (4, 1)),
    ]
    assert seqs(session, 2) == [0, 1, 2, 4]


BROKEN = st.tuples(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.tuples(st.integers(16, 2000), st.integers(0, 255)), max_size=3),
    st.none() | st.sampled_from([16, 17, 28, 89]),
    st.sampled_from([OWN_NSID, BLUE, RED]),
)


@settings(deadline=None)
@given(st.lists(BROKEN, max_size=12))
def test_no_bytes_in_messages_end_a_search(made: list[tuple[str, list[tuple[int, int]], int | None, int]]) -> None:
    session = two_netnses()
    for name, changes, kind, nsid in made:
        raw = bytearray(SAMPLES[name].raw)
        for place, value in changes:
            raw[place % len(raw) if place % len(raw) > 15 else -1] = value
        raw[4] = raw[4] if kind is None else kind
        session.feed(message(bytes(raw), nsid))
    for seq in range(session.ring.end):
        life = life_of(session, session.ring[seq])
        if life:
            numbers = [record.seq for record in life.records]
            assert numbers == sorted(set(numbers))
            assert life.records[life.place(seq)].seq == seq
            assert len(life.lines(slice(None), session.names)) == len(numbers)
            assert life.peer(seq, session.names) != ""


def test_a_clock_that_is_set_back_changes_nothing_of_the_order() -> None:
    session = two_netnses()
    for number, stage in enumerate((link(7, b"a"), change(7, b"b"), gone(7, b"b"))):
        session.feed(message(stage, time_ns=10**18 - number * 10**12))
    assert seqs(session, 1) == [0, 1, 2]


def test_in_a_long_memory_it_ends_early_and_says_so() -> None:
    session = two_netnses()
    session.feed(message(link(7, b"a")) + (message(change(8, b"b")) + message(change(9, b"c"))) * (BUDGET * 2))
    session.feed(message(change(7, b"a")))
    started = time.process_time()
    life = lived(session, session.ring.end - 1)
    cost = time.process_time() - started
    assert life.exhausted
    assert not life.begins
    started = time.process_time()
    for seq in range(session.ring.end - BUDGET, session.ring.end):
        assert session.ring[seq]
    assert cost < 3 * (time.process_time() - started)
