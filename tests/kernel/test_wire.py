"""No bytes crash the codecs of the wire, the pipe and the mount table; what was packed comes back."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.kernel import frames, wire
from ovltui.kernel.mountinfo import NsfsMount, parse
from tests.events.samples import SAMPLES
from tests.kernel.hearing import Frame, frames_of

MESSAGE = st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.binary(max_size=60))
ATTRIBUTE = st.tuples(st.integers(0, wire.NLA_TYPE_MASK), st.binary(max_size=40))
LINE = b"812 29 0:4 net:[4026532369] %s rw shared:442 - nsfs nsfs rw\n"


def padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % 4)


@given(st.lists(ATTRIBUTE, max_size=8), st.binary(max_size=8))
def test_attributes_come_back_as_they_were_packed(pairs: list[tuple[int, bytes]], head: bytes) -> None:
    data = head + b"".join(wire.attribute(kind, payload) for kind, payload in pairs)
    assert list(wire.attributes(data, len(head))) == pairs


def test_flags_of_an_attribute_are_not_part_of_its_type() -> None:
    assert list(wire.attributes(wire.attribute(0x8000 | 0x4000 | 18, b"x"))) == [(18, b"x")]


@given(st.binary(max_size=64), st.integers(0, 70), st.none() | st.integers(0, 70))
def test_attributes_of_any_bytes_end_inside_them(data: bytes, start: int, end: int | None) -> None:
    found = list(wire.attributes(data, start, end))
    room = max(0, min(len(data), len(data) if end is None else end) - start)
    assert sum(4 + len(payload) for _, payload in found) <= room


def test_a_broken_attribute_ends_the_list_and_keeps_what_came_before() -> None:
    whole = wire.attribute(1, b"abcd")
    for broken in (b"\x03\0\x02\0", b"\0\0\0\0", b"\x09\0\x02\0abcd", b"\x04"):
        assert list(wire.attributes(whole + broken)) == [(1, b"abcd")]


@given(st.lists(MESSAGE, max_size=6))
def test_messages_of_a_datagram_come_back_one_by_one(parts: list[tuple[int, int, int, bytes]]) -> None:
    packed = [wire.message(*part) for part in parts]
    datagram = b"".join(padded(raw) for raw in packed)
    found = list(wire.messages(datagram))
    assert found == packed
    for raw, (kind, flags, seq, body) in zip(found, parts, strict=True):
        assert wire.NLMSG_HEADER.unpack_from(raw) == (16 + len(body), kind, flags, seq, 0)
        assert raw[16:] == body


@given(st.binary(max_size=120))
def test_messages_of_any_bytes_lose_nothing_but_padding(datagram: bytes) -> None:
    found = list(wire.messages(datagram))
    joined = b"".join(map(padded, found))
    assert padded(datagram) == joined
    assert all(found)


def test_a_broken_tail_comes_whole_and_last() -> None:
    whole = wire.message(16, 0, 1, b"abcd")
    for tail in (b"\x01", struct.pack("=IHHII", 15, 16, 0, 0, 0), struct.pack("=IHHII", 99, 16, 0, 0, 0)):
        assert list(wire.messages(whole + tail)) == [whole, tail]


def test_each_sample_of_the_kernel_is_one_message() -> None:
    for sample in SAMPLES.values():
        assert list(wire.messages(sample.raw)) == [sample.raw]


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from([kind for kind in frames.FrameKind if kind is not frames.FrameKind.BATCH]),
    st.binary(max_size=50),
)
def test_a_frame_comes_back_as_it_was_made(time_ns: int, nsid: int, kind: frames.FrameKind, payload: bytes) -> None:
    made = frames.frame(kind, time_ns, nsid, payload)
    assert frames_of(made) == [Frame(time_ns, nsid, kind, payload)]


@given(st.integers(-(2**63), 2**63 - 1), st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), st.binary(max_size=9))))
def test_messages_that_were_received_together_come_back_in_order(
    time_ns: int, messages: list[tuple[int, bytes]]
) -> None:
    nsids, raws = [nsid for nsid, _ in messages], [raw for _, raw in messages]
    made = frames.batch(time_ns, nsids, [len(raw) for raw in raws], map(memoryview, raws))
    assert frames_of(made) == [Frame(time_ns, nsid, frames.FrameKind.MESSAGE, raw) for nsid, raw in messages]
    told, found = frames.messages_in(made[frames.HEADER.size :])
    assert (list(told), found) == (nsids, raws)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_a_gap_says_how_much_was_lost_in_which_time(lost: int, span: int) -> None:
    (made,) = frames_of(frames.gap(5, lost, span))
    assert (made.time_ns, made.nsid, made.kind) == (5, frames.OWN_NSID, frames.FrameKind.GAP)
    assert frames.GAP.unpack(made.payload) == (lost, span)


@pytest.mark.parametrize(
    ("field", "path"),
    [
        (b"/run/netns/blue", "/run/netns/blue"),
        (rb"/run/a\040b\011c\012d\134e\043f", "/run/a b\tc\nd\\e#f"),
        (rb"/run/\303\244", "/run/ä"),
        ("/run/ä".encode(), "/run/ä"),
        (b"/run/\xff", "/run/\udcff"),
        (rb"/run/\134040", r"/run/\040"),
        (rb"/run/\4x\9", r"/run/\4x\9"),
        (b"/run/netns/gone//deleted", "/run/netns/gone//deleted"),
    ],
)
def test_octal_escapes_of_a_mount_point_are_undone(field: bytes, path: str) -> None:
    assert parse(LINE % field) == (NsfsMount(4026532369, path),)


def test_only_mounts_of_network_namespaces_are_listed() -> None:
    table = (
        b"29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        b"30 29 0:4 mnt:[4026531841] /run/ns/mnt rw - nsfs nsfs rw\n"
        b"31 29 0:4 net:[4026532001] /run/netns/a rw shared:5 master:7 - nsfs nsfs rw\n"
        b"32 29 0:4 net:[4026532002] /run/netns/b rw - nsfs nsfs rw\n"
    )
    assert parse(table) == (NsfsMount(4026532001, "/run/netns/a"), NsfsMount(4026532002, "/run/netns/b"))
    assert parse(b"") == ()


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=20), max_size=4))
def test_any_path_comes_back_out_of_the_table(names: list[str]) -> None:
    def escape(path: str) -> bytes:
        return b"".join(b"\\%03o" % byte if byte in b" \t\n\\#" else bytes([byte]) for byte in path.encode())

    paths = [f"/run/{name}" for name in names]
    table = b"".join(LINE % escape(path) for path in paths)
    assert [mount.path for mount in parse(table)] == paths
