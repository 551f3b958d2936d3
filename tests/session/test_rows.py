"""What was found in the kernel and not received stands in the stream at its place, named and marked."""

import io
import json

from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.events.filter import parse
from ovltui.events.line import line
from ovltui.events.record import Kind
from ovltui.events.vocabulary import Pane
from ovltui.kernel import wire
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from tests.session.made import HOST, OWN, died, link, message, named, own, route

A = NetnsKey(HOST, 11)


def session() -> Session:
    made = Session(HOST, OWN, 10_000)
    made.publish([own(), named(11, "blue", 5)])
    made.stream.bind(5, A, 0)
    made.feed(message(link(2, b"eth0"), 5) + message(route(2), 5))
    return made


def printed(of: Session, **form: bool) -> list[str]:
    data = io.StringIO()
    printer = Printer(Output(data, None), of.names, frozenset(), parse(""), **form)
    for seq in range(of.ring.end):
        printer.print(of.ring[seq])
    return data.getvalue().splitlines()


def test_rows_follow_the_last_record_in_the_pane_of_their_kind() -> None:
    made = session()
    asked: list[int] = []

    def find(end: int) -> list[bytes]:
        asked.append(end)
        return [link(3, b"eth1"), route(3)]

    assert made.stream.resync(5, find) == 2
    assert asked == [2]
    assert [made.ring[seq].kind for seq in (2, 3)] == [Kind.RESYNC, Kind.RESYNC]
    assert list(made.ring.seqs(Pane.LINK, 0, 9)) == [0, 2]
    assert list(made.ring.seqs(Pane.ROUTE, 0, 9)) == [1, 3]
    assert made.netns_of(made.ring[3]) == A
    assert not made.is_in(made.ring[3], frozenset((OWN,)))
    assert list(made.ring.sift(made.ring.seqs(Pane.ROUTE, 0, 9), lambda nsid, _: nsid != 5)) == []


def test_links_have_the_names_of_the_rows_from_there_on() -> None:
    made = session()
    made.stream.resync(5, lambda _: [link(2, b"late"), link(2, b"late", wire.Rtm.DELLINK), link(4, b"new4"), route(4)])
    assert [line(made.ring[seq], made.names).text for seq in (1, 5)] == [
        "default dev eth0",
        "default dev new4 (resync)",
    ]
    row = made.snapshot().row("blue")
    assert row is not None
    assert [one.ifname for one in row.links] == ["new4"]


def test_what_was_not_received_is_not_handed_out_as_received() -> None:
    made = session()
    made.stream.resync(5, lambda _: [route(3)])
    made.feed(message(route(9), 5) + message(route(9)) + died(5))
    found = list(made.ring.received(0, 99, (5,)))
    assert [(seq, nsid, raw == route(9)) for seq, nsid, raw in found] == [(0, 5, False), (1, 5, False), (3, 5, True)]
    assert list(made.ring.received(2, 3, (5,))) == []


def test_what_may_go_with_silent_changes_and_a_gap_raise_a_doubt() -> None:
    made, doubts = session(), []
    made.stream._on_doubt = lambda: doubts.append(made.ring.end)
    made.feed(message(route(9), 5))
    assert doubts == []
    made.feed(message(link(2, b"eth0"), 5))
    made.feed(message(link(2, b"eth0", wire.Rtm.DELLINK), 5))
    assert doubts == [4, 5]


def test_a_row_can_be_filtered_and_programs_can_tell_it() -> None:
    made = session()
    made.stream.resync(5, lambda _: [route(3)])
    objects = [json.loads(row) for row in printed(made, json=True)]
    assert [row.get("resync") for row in objects] == [None, None, True]
    assert parse("resync").matches(line(made.ring[2], made.names))
    assert parse("!resync").matches(line(made.ring[1], made.names))
    assert not parse("!resync").matches(line(made.ring[2], made.names))


def test_among_the_lines_of_ip_monitor_it_has_none() -> None:
    made = session()
    made.stream.resync(5, lambda _: [route(3)])
    assert sum("default" in row for row in printed(made, ip=True)) == 1
