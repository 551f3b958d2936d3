"""A session names every record as of its moment, keeps namespaces apart, and shows what lives."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovltui.events.line import Line, line
from ovltui.events.record import Kind
from ovltui.events.vocabulary import Pane
from ovltui.kernel import frames, wire
from ovltui.kernel.frames import UNCOUNTED, FrameKind
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from tests.events.samples import SAMPLES
from tests.session.made import (
    BRIDGE,
    HOST,
    OWN,
    address,
    born,
    died,
    link,
    message,
    named,
    own,
    route,
)

A, B = NetnsKey(HOST, 11), NetnsKey(HOST, 12)


def session(limit: int = 10_000) -> Session:
    return Session(HOST, OWN, limit)


def lines(of: Session) -> list[Line]:
    return [line(of.ring[seq], of.names) for seq in range(of.ring.first, of.ring.end)]


def netnses(of: Session) -> list[str]:
    return [one.netns for one in lines(of)]


def test_a_new_session_is_empty() -> None:
    made = session()
    snapshot = made.snapshot()
    assert (snapshot.version, snapshot.host, snapshot.rows, snapshot.gaps, made.ended) == (0, HOST, (), (), "")


def test_rows_are_the_living_namespaces_with_their_links_and_addresses() -> None:
    made = session()
    made.publish([own(), named(11, "blue", 5)])
    made.stream.bind(5, A, made.ring.end)
    made.feed(message(link(2, b"eth0")) + message(address(2, "192.0.2.1")))
    made.feed(message(link(2, b"vx0"), 5) + message(address(2, "10.0.0.7"), 5) + message(address(2, "127.0.0.1", 8), 5))
    snapshot = made.snapshot()
    shown = [(row.identity.name, [one.ifname for one in row.links], row.addresses) for row in snapshot.rows]
    assert shown == [("host", ["eth0"], ("192.0.2.1/24",)), ("blue", ["vx0"], ("10.0.0.7/24",))]
    row = snapshot.row("blue")
    assert row is not None
    assert row.netns.key == A
    assert snapshot.row("red") is None
    made.feed(message(address(2, "10.0.0.7", 24, wire.Rtm.DELADDR), 5) + message(link(2, b"vx0", wire.Rtm.DELLINK), 5))
    gone = made.snapshot().row("blue")
    assert gone is not None
    assert (gone.links, gone.addresses) == ((), ())


def test_a_record_of_a_newborn_gets_its_name_when_it_is_found() -> None:
    made = session()
    made.publish([own()])
    made.feed(born(5) + message(route(2), 5))
    assert netnses(made) == ["host", "nsid 5"]
    assert not made.names.settled(5, 1)
    made.stream.bind(5, A, made.ring.end)
    made.publish([own(), named(11, "blue", 5)])
    assert netnses(made) == ["host", "blue"]
    assert made.names.settled(5, 1)
    assert made.netns_of(made.ring[1]) == A


def test_names_of_dead_namespaces_stay_and_a_new_holder_of_the_nsid_has_its_own() -> None:
    made = session()
    made.publish([own(), named(11, "blue", 5)])
    made.feed(born(5))
    made.stream.bind(5, A, made.ring.end)
    made.feed(message(link(2, b"old"), 5) + message(route(2), 5) + died(5))
    made.publish([own()])
    made.feed(born(5) + message(link(2, b"new"), 5))
    made.stream.bind(5, B, made.ring.end)
    made.publish([own(), named(12, "green", 5)])
    made.feed(message(route(2), 5))
    assert netnses(made) == ["host", "blue", "blue", "host", "host", "green", "green"]
    shown = [one.text for one in lines(made)]
    assert "old" in shown[2]
    assert "new" in shown[6]
    assert [row.identity.name for row in made.snapshot().rows] == ["host", "green"]


def test_links_of_two_namespaces_with_the_same_ifindex_are_not_mixed() -> None:
    made = session()
    for nsid, key in ((5, A), (6, B)):
        made.stream.bind(nsid, key, 0)
    made.publish([own(), named(11, "blue", 5), named(12, "green", 6)])
    made.feed(message(link(7, b"in-blue"), 5) + message(link(7, b"in-green"), 6) + message(link(7, b"in-host")))
    made.feed(message(route(7), 5) + message(route(7), 6) + message(route(7)))
    made.feed(message(link(7, b"in-green", wire.Rtm.DELLINK), 6) + message(route(7), 6))
    shown = [(one.netns, one.text.split("dev ")[1].split()[0]) for one in lines(made) if one.object == "route"]
    assert shown == [("blue", "in-blue"), ("green", "in-green"), ("host", "in-host"), ("green", "in-green")]


def test_a_record_from_before_a_rename_keeps_the_old_name() -> None:
    made = session()
    made.feed(message(link(7, b"veth0")) + message(route(7)) + message(link(7, b"eth0")) + message(route(7)))
    shown = [one.text.split("dev ")[1].split()[0] for one in lines(made) if one.object == "route"]
    assert shown == ["veth0", "eth0"]


def test_a_port_that_leaves_its_bridge_does_not_leave_its_namespace() -> None:
    made = session()
    made.publish([own()])
    made.feed(message(link(7, b"veth0")) + message(link(7, b"veth0", wire.Rtm.DELLINK, family=BRIDGE)))
    assert [one.ifname for one in made.snapshot().rows[0].links] == ["veth0"]
    made.feed(message(link(7, b"veth0", wire.Rtm.DELLINK)) + message(link(7, b"veth0", family=BRIDGE)))
    assert made.snapshot().rows[0].links == ()


def test_a_link_that_moves_away_is_gone_here() -> None:
    made = session()
    made.publish([own()])
    move = wire.attribute(45, struct.pack("=i", 5)) + wire.attribute(49, struct.pack("=i", 2))
    made.feed(message(link(7, b"veth0")) + message(link(7, b"veth0", wire.Rtm.DELLINK, more=move)))
    assert made.snapshot().rows[0].links == ()


def test_nsid_events_of_other_namespaces_speak_of_their_own_numbers() -> None:
    made = session()
    made.stream.bind(5, A, 0)
    made.stream.bind(6, B, 0)
    made.feed(message(died(6)[frames.HEADER.size :], 5))
    tenure = made.tenures.of(B)
    assert tenure is not None
    assert tenure.died is None


@pytest.mark.parametrize("name", [b"\x1b[31mx", b"[red]x", b"n" * 255, b"\xff\xfe", "\u202eevil".encode(), b"a\nb"])
def test_hostile_names_come_out_clean_everywhere(name: bytes) -> None:
    made = session()
    made.feed(message(link(7, name)) + message(route(7)))
    made.publish([own(), named(11, name.decode("utf-8", "surrogateescape"))])
    texts = [part for one in lines(made) for part in (one.netns, one.text)]
    for row in made.snapshot().rows:
        texts += [row.identity.name, row.identity.why, *(one.ifname for one in row.links)]
    for text in texts:
        assert text.isprintable()
        text.encode()
    assert any("[red]x" in text for text in texts) == (name == b"[red]x")


def test_a_gap_stands_in_every_pane_and_is_counted() -> None:
    made = session()
    made.feed(message(route(7)) + frames.gap(5, 17, 2_000_000) + frames.gap(6, UNCOUNTED, 0))
    assert made.stream.lost == 18
    assert [list(made.ring.seqs(pane, 0, 9)) for pane in Pane] == [[1, 2], [0, 1, 2], [1, 2]]
    assert made.ring[1].kind is Kind.GAP
    assert [(one.netns, one.text) for one in lines(made)[1:]] == [
        ("*", "LOST 17 events within 2 ms"),
        ("*", "LOST an unknown number of events"),
    ]


def test_what_the_reader_cannot_hear_is_a_gap_of_the_snapshot() -> None:
    made = session()
    hello = b'{"all_nsid": false, "rcvbuf": 4096, "says": ["events of other namespaces are not heard (x)"]}'
    made.feed(frames.frame(FrameKind.HELLO, 1, -1, hello))
    assert made.stream.hearing is not None
    assert (made.stream.hearing.all_nsid, made.stream.hearing.rcvbuf) == (False, 4096)
    assert made.snapshot().gaps == ("events of other namespaces are not heard (x)",)
    assert made.ring.end == 0


def test_gaps_of_the_sweep_are_gaps_of_the_snapshot() -> None:
    made = session()
    made.publish([own()], gaps=("2 mount tables may not be read",))
    assert made.snapshot().gaps == ("2 mount tables may not be read",)


ALL_SAMPLES = b"".join(message(sample.raw, sample.nsid) for sample in SAMPLES.values())


@given(st.lists(st.integers(0, len(ALL_SAMPLES)), max_size=6))
@settings(max_examples=30, deadline=None)
def test_frames_may_be_cut_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ALL_SAMPLES)]
    made = session()
    for start, end in pairwise(edges):
        made.feed(ALL_SAMPLES[start:end])
    found = [made.ring[seq] for seq in range(made.ring.end)]
    assert [(record.nsid, record.raw) for record in found] == [(one.nsid, one.raw) for one in SAMPLES.values()]


@given(
    st.lists(
        st.tuples(st.sampled_from([16, 17, 20, 21, 24, 28, 88, 89, 77]), st.integers(-1, 3), st.binary(max_size=80)),
        max_size=12,
    )
)
@settings(deadline=None)
def test_no_bytes_in_messages_end_the_session(parts: list[tuple[int, int, bytes]]) -> None:
    made = session()
    made.publish([own(), named(11, "blue", 1)])
    made.stream.bind(1, A, 0)
    for kind, nsid, body in parts:
        made.feed(message(wire.message(kind, 0, 0, body), nsid))
    assert len(lines(made)) == len(parts)
    assert len(made.snapshot().rows) == 2


def test_several_messages_in_one_datagram_are_several_records() -> None:
    made = session()
    raw = link(7, b"abc")
    made.feed(message(raw + bytes(-len(raw) % 4) + route(7)))
    assert [one.object for one in lines(made)] == ["link", "route"]


def test_listeners_are_told_of_records_and_of_changed_lists_only() -> None:
    made = session()
    told: list[int] = []
    made.on_change(lambda: told.append(made.ring.end))
    made.feed(message(route(7))[:10])
    assert told == []
    made.feed(message(route(7))[10:])
    made.publish([own()])
    made.publish([own()])
    assert told == [1, 1]


def test_a_snapshot_stays_as_it_was() -> None:
    made = session()
    made.publish([own()])
    before = made.snapshot()
    made.feed(message(link(2, b"eth0")))
    made.publish([own(), named(11, "blue")])
    assert [row.links for row in before.rows] == [()]
    after = made.snapshot()
    assert after.version > before.version
    assert len(after.rows) == 2


def test_names_of_the_dead_are_forgotten_with_their_last_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ovltui.events.ring.BLOCK", 4)
    made = session(4)
    made.publish([own(), named(11, "blue", 5), named(12, "silent")])
    made.stream.bind(5, A, 0)
    made.feed(message(route(7), 5) + died(5))
    made.publish([own()])
    assert made._identities.keys() == {OWN, A}
    made.feed(message(route(7)) * 20)
    made.publish([own(), named(13, "red")])
    assert made._identities.keys() == {OWN, NetnsKey(HOST, 13)}
    assert made.tenures.of(A) is None


def test_find_knows_the_names_that_a_person_types() -> None:
    made = session()
    made.publish([own(), named(11, "blue", 5), named(12, "green")])
    assert [row.identity.name for row in made.find("blue")] == ["blue"]
    assert [row.identity.name for row in made.find("host")] == ["host"]
    assert made.find("nothing") == ()
