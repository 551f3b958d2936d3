"""A record that only says again what a row says is counted there, and nothing else is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events import ring as ring_module
from ovltui.events.record import OWN_NSID, Kind
from ovltui.events.repeat import ROWS_BACK, SPAN_NS, Repeats
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane, pane_of
from ovltui.kernel import wire
from tests.events.samples import SAMPLES
from tests.session.made import nsid_event
from tests.state.rows import addr
from tests.tui.world import link, neigh, route

NSID, OTHER = 7, 8
_NDMSG = struct.Struct("=BxxxiHBB")
_IFINFOMSG = struct.Struct("=BxHiII")
_IFLA_IFNAME, _IFLA_STATS64, _IFLA_OPERSTATE = 3, 23, 16
_NDA_DST, _NDA_LLADDR, _NDA_CACHEINFO = 1, 2, 3


def miss(address: bytes, age: int = 0, *, kind: int = _NDA_LLADDR, flags: int = 0) -> bytes:
    """Return a lookup that missed, as a vxlan device tells it: its ages differ each time."""
    body = _NDMSG.pack(2, 5, 4, 0, 0) + wire.attribute(kind, address)
    return wire.message(
        wire.Rtm.GETNEIGH, flags, 0, body + wire.attribute(_NDA_CACHEINFO, struct.pack("=4I", *[age] * 4))
    )


def counted(raw: bytes, seq: int, pid: int) -> bytes:
    """Return a message as somebody's request caused it."""
    return raw[:8] + struct.pack("=II", seq, pid) + raw[16:]


def with_counters(count: int, *, flags: int = 1, name: str = "eth0", operstate: int = 6, ifindex: int = 2) -> bytes:
    """Return the message of a link that has sent ``count`` bytes."""
    body = _IFINFOMSG.pack(0, 1, ifindex, flags, 0) + wire.attribute(_IFLA_IFNAME, name.encode() + b"\0")
    body += wire.attribute(_IFLA_OPERSTATE, bytes([operstate]))
    return wire.message(wire.Rtm.NEWLINK, 0, 0, body + wire.attribute(_IFLA_STATS64, struct.pack("=Q", count) * 24))


class Told:
    """A ring that hears messages a millisecond apart."""

    def __init__(self) -> None:
        self.ring = Ring(100_000)

    def hear(self, *messages: bytes, nsid: int = NSID, at_ns: int | None = None) -> None:
        for raw in messages:
            time_ns = self.ring.end * 1_000_000 if at_ns is None else at_ns
            pane = pane_of(int.from_bytes(raw[4:6], "little"))
            self.ring.append(time_ns, nsid, Kind.MESSAGE, raw, (pane,))

    @property
    def rows(self) -> list[tuple[int, int]]:
        """Leader and count of each row."""
        return [(seq, self.ring.count(seq)) for seq in self.ring.seqs(None, 0, self.ring.end)]


MAC_A, MAC_B = bytes.fromhex("02420a0d1103"), bytes.fromhex("02420a0d1104")
A, B = route(2, "10.1.0.0", 24), route(2, "10.2.0.0", 24)


@pytest.mark.parametrize(
    ("messages", "rows"),
    [
        ((A, A, A), [(0, 3)]),
        ((A, B, A), [(0, 1), (1, 1), (2, 1)]),
        ((A, counted(A, 5, 4711), counted(A, 6, 4712)), [(0, 3)]),
        ((A, A[:4] + struct.pack("=H", wire.Rtm.DELROUTE) + A[6:], A), [(0, 1), (1, 1), (2, 1)]),
        ((A, A[:6] + struct.pack("=H", wire.NLM_F_REPLACE) + A[8:]), [(0, 1), (1, 1)]),
        ((neigh(3, "10.0.0.1"), route(3, "10.1.0.0", 24), neigh(3, "10.0.0.1")), [(0, 2), (1, 1)]),
        ((miss(MAC_A, 1), miss(MAC_A, 2), miss(MAC_A, 99)), [(0, 3)]),
        ((miss(MAC_A), miss(MAC_B, 1), miss(MAC_A, 2), miss(MAC_B, 3)), [(0, 2), (1, 2)]),
        ((miss(MAC_A), neigh(5, "10.0.0.1"), miss(MAC_A)), [(0, 1), (1, 1), (2, 1)]),
        ((neigh(5, "10.0.0.1"), miss(MAC_A), neigh(5, "10.0.0.1")), [(0, 1), (1, 1), (2, 1)]),
        ((miss(b"\x0a\0\0\1", kind=_NDA_DST), miss(b"\x0a\0\0\2", kind=_NDA_DST)), [(0, 1), (1, 1)]),
        ((miss(b"\x0a\0\0\1", kind=_NDA_DST), miss(b"\x0a\0\0\1", kind=_NDA_DST, flags=1)), [(0, 1), (1, 1)]),
        ((with_counters(1), with_counters(2), with_counters(3)), [(0, 3)]),
        ((with_counters(1), with_counters(2, name="eth9")), [(0, 1), (1, 1)]),
        ((with_counters(1), with_counters(1, operstate=2)), [(0, 1), (1, 1)]),
        ((with_counters(1), with_counters(2, flags=0)), [(0, 1), (1, 1)]),
        ((with_counters(1), with_counters(2, ifindex=3)), [(0, 1), (1, 1)]),
        ((with_counters(1)[:-40] + bytes(4), with_counters(2)[:-40] + bytes(4)), [(0, 1), (1, 1)]),
    ],
)
def test_what_says_the_same_is_counted_in_one_row(messages: tuple[bytes, ...], rows: list[tuple[int, int]]) -> None:
    told = Told()
    told.hear(*messages)
    assert told.rows == rows


def test_each_namespace_has_rows_of_its_own() -> None:
    told = Told()
    for _ in range(3):
        told.hear(A, nsid=NSID)
        told.hear(A, nsid=OTHER)
    assert told.rows == [(0, 3), (1, 3)]


@pytest.mark.parametrize("kind", [wire.Rtm.DELNSID, wire.Rtm.NEWNSID])
def test_an_nsid_that_comes_or_goes_ends_the_rows_of_its_namespace_alone(kind: wire.Rtm) -> None:
    told = Told()
    for nsid in (NSID, OTHER):
        told.hear(A, miss(MAC_A), nsid=nsid)
    told.hear(nsid_event(kind, NSID), nsid=OWN_NSID)
    for nsid in (NSID, OTHER):
        told.hear(A, miss(MAC_A), nsid=nsid)
    assert told.rows == [(0, 1), (1, 1), (2, 2), (3, 2), (4, 1), (5, 1), (6, 1)]


def test_a_number_inside_another_namespace_ends_no_row() -> None:
    told = Told()
    told.hear(A)
    told.hear(nsid_event(wire.Rtm.DELNSID, NSID), nsid=OTHER)
    told.hear(A)
    assert told.rows == [(0, 2), (1, 1)]


@pytest.mark.parametrize("kind", [Kind.GAP, Kind.DOCKER, Kind.RESYNC])
def test_what_is_no_message_of_the_kernel_leads_a_row_and_ends_the_others(kind: Kind) -> None:
    told = Told()
    told.hear(A, miss(MAC_A))
    told.ring.append(0, NSID, kind, A, tuple(Pane))
    told.hear(A, miss(MAC_A))
    assert [count for _, count in told.rows] == [1] * 5


def test_a_row_that_has_scrolled_away_counts_no_more() -> None:
    for between, folded in ((ROWS_BACK - 1, True), (ROWS_BACK, False)):
        told = Told()
        told.hear(A)
        told.hear(*(route(2, f"10.9.{number}.0", 24) for number in range(between)), nsid=OTHER)
        told.hear(A)
        assert (told.rows[0] == (0, 2)) is folded


@pytest.mark.parametrize(("later", "folded"), [(SPAN_NS - 1, True), (SPAN_NS, False), (-SPAN_NS, False), (-5, True)])
def test_a_row_counts_for_a_minute_whichever_way_the_clock_jumps(later: int, folded: bool) -> None:
    told = Told()
    told.hear(A, miss(MAC_A), at_ns=SPAN_NS)
    told.hear(miss(MAC_A), A, at_ns=SPAN_NS + later)
    assert (told.rows[1] == (1, 2)) is folded


def test_many_addresses_in_turn_are_rows_of_their_own_and_cost_no_memory() -> None:
    repeats = Repeats()
    macs = [number.to_bytes(6, "big") for number in range(1000)]
    assert [repeats.leader(Pane.NEIGH, seq, 0, NSID, miss(mac)) for seq, mac in enumerate(macs)] == list(range(1000))
    rows = repeats._panes[Pane.NEIGH]
    assert len(rows.misses[NSID]) <= 2 * ROWS_BACK


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_no_bytes_break_it(raws: list[bytes]) -> None:
    told = Told()
    for raw in raws:
        told.ring.append(0, NSID, Kind.MESSAGE, raw, (Pane.LINK,))
        told.ring.append(0, NSID, Kind.MESSAGE, bytes(4) + b"\x1e\0" + raw, (Pane.NEIGH,))
    assert sum(count for _, count in told.rows) == told.ring.end


CHOICES = [A, B, miss(MAC_A, 1), miss(MAC_A, 2), miss(MAC_B), neigh(5, "10.0.0.1"), link(2, "eth0")]


@given(st.lists(st.tuples(st.sampled_from(CHOICES), st.sampled_from([NSID, OTHER])), max_size=60))
def test_counts_add_up_and_every_record_is_in_one_row_of_its_kind(told_in: list[tuple[bytes, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ring_module, "BLOCK", 16)
        told = Told()
        for raw, nsid in told_in:
            told.hear(raw, nsid=nsid)
        ring = told.ring
        assert sum(count for _, count in told.rows) == len(told_in)
        assert ring.repeats == len(told_in) - len(told.rows)
        beneath: dict[int, list[int]] = {}
        for seq, (raw, nsid) in enumerate(told_in):
            leader = ring.leader(seq)
            beneath.setdefault(leader, []).append(seq)
            assert (told_in[leader][0][:30], told_in[leader][1]) == (raw[:30], nsid)
        for leader, seqs in beneath.items():
            assert leader == seqs[0]
            assert (ring.count(leader), ring.last(leader)) == (len(seqs), seqs[-1])
            for end in range(leader + 1, len(told_in) + 1):
                before = [seq for seq in seqs if seq < end]
                assert (ring.count(leader, end), ring.last(leader, end)) == (len(before), before[-1])


MIXED = [
    *(A, B, A[:4] + struct.pack("=H", wire.Rtm.DELROUTE) + A[6:], counted(A, 5, 4711), A[:16], A[:4], b""),
    *(
        with_counters(1),
        with_counters(2),
        with_counters(2, flags=0),
        with_counters(1, name="eth9"),
        addr(2, "10.0.0.1"),
    ),
    *(neigh(5, "10.0.0.1"), miss(MAC_A, 1), miss(MAC_A, 2), miss(MAC_B), nsid_event(wire.Rtm.DELNSID, NSID)),
    bytes(4) + b"\x18\x01" + A[6:],
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Kind.MESSAGE, Kind.MESSAGE, Kind.RESYNC]),
            st.lists(
                st.tuples(st.sampled_from([NSID, NSID, NSID, OTHER, OWN_NSID]), st.sampled_from(MIXED)), max_size=9
            ),
        ),
        max_size=9,
    )
)
def test_messages_taken_in_together_stand_in_the_same_rows_as_one_by_one(
    told_in: list[tuple[Kind, list[tuple[int, bytes]]]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ring_module, "BLOCK", 16)
        singly, together = Ring(1_000), Ring(1_000)
        for kind, messages in told_in:
            times = range(together.end, together.end + len(messages))
            together.extend(times, [nsid for nsid, _ in messages], kind, [raw for _, raw in messages])
            for time_ns, (nsid, raw) in zip(times, messages, strict=True):
                singly.append(time_ns, nsid, kind, raw, (pane_of(int.from_bytes(raw[4:6], "little")),))
        assert (together.end, together.repeats) == (singly.end, singly.repeats)
        assert together.sorts() == singly.sorts()
        for seq in range(singly.end):
            assert together[seq] == singly[seq]
            assert (together.leader(seq), together.count(seq)) == (singly.leader(seq), singly.count(seq))
        for pane in Pane:
            assert together.seqs(pane, 0, singly.end) == singly.seqs(pane, 0, singly.end)


def test_every_message_of_the_samples_repeats_itself_and_no_other() -> None:
    raws = {sample.raw for sample in SAMPLES.values()}
    for raw in raws:
        told = Told()
        told.hear(raw, raw)
        assert told.rows == [(0, 2)]
        for other in raws - {raw}:
            assert len(_heard(raw, other)) == 2, (raw.hex(), other.hex())


def _heard(*messages: bytes) -> list[tuple[int, int]]:
    told = Told()
    told.hear(*messages)
    return told.rows
