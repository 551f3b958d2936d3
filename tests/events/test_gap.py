"""What a gap says: how much was lost, and of which machine."""

import json

from ovltui.events.decode import decode
from ovltui.events.explain import tree
from ovltui.events.gap import UNKNOWN_COUNT, Notice, notice_of, pack_gap, unpack_gap
from ovltui.events.line import line
from ovltui.events.meaning import meaning
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.tojson import as_json
from ovltui.session.names import SessionNames
from ovltui.state.tenure import Tenures

LOST = "the line to node2 was lost: cut"


def gap(lost: int, notice: Notice | None = None) -> Record:
    return Record(0, 0, OWN_NSID, Kind.GAP, pack_gap(lost, 2_000_000, notice))


def names() -> SessionNames:
    return SessionNames(Tenures(None), {})


def test_a_gap_of_one_machine_alone_has_the_bytes_that_it_always_had() -> None:
    assert len(pack_gap(5, 7)) == 16
    assert unpack_gap(pack_gap(5, 7)) == (5, 7)
    assert notice_of(pack_gap(5, 7)) is None


def test_what_is_packed_is_read() -> None:
    for notice in (Notice("node2"), Notice("node2", LOST, anew=True), Notice("node2", "", key="node2~2")):
        raw = pack_gap(UNKNOWN_COUNT, 7, notice)
        assert unpack_gap(raw) == (None, 7)
        assert notice_of(raw) == notice
    assert Notice("node2").machine == "node2"
    assert Notice("node2", key="node2~2").machine == "node2~2"


def test_its_line_stands_under_its_host_and_says_what_happened() -> None:
    assert (line(gap(5), names()).netns, line(gap(5), names()).text) == ("*", "LOST 5 events within 2 ms")
    shown = line(gap(5, Notice("node2")), names())
    assert (shown.netns, shown.text) == ("node2", "LOST 5 events within 2 ms")
    shown = line(gap(0, Notice("node2", LOST)), names())
    assert (shown.netns, shown.text) == ("node2", LOST)


def test_its_json_and_its_detail_name_the_host() -> None:
    told = as_json(gap(5, Notice("node2", LOST)), names())
    assert (told["host"], told["says"], told["lost"], told["netns"]) == ("node2", LOST, 5, None)
    assert "host" not in as_json(gap(5), names())
    assert (0, "host", "node2") in tree(gap(5, Notice("node2")))


def test_what_it_means_is_a_sentence() -> None:
    assert "of node2" in str(meaning(gap(5, Notice("node2")), names()))
    assert LOST in str(meaning(gap(0, Notice("node2", LOST)), names()))


def test_nothing_in_it_speaks_to_the_terminal_and_what_is_no_notice_is_none() -> None:
    bad = pack_gap(1, 2) + json.dumps({"host": "a\x1b[31m", "says": "b\n", "key": 5}).encode()
    notice = notice_of(bad)
    assert notice
    assert "\x1b" not in notice.host
    assert "\n" not in notice.says
    for rest in (b"{", b"[]", b"\xff", b"[" * 100_000):
        assert notice_of(pack_gap(1, 2) + rest) is None
        assert decode(Record(0, 0, OWN_NSID, Kind.GAP, pack_gap(1, 2) + rest)).fields["lost"] == 1
