import random

import pytest

from ovltui.capture import blocks
from ovltui.capture.notes import Note, NoteKind, pack, unpack
from ovltui.events.record import Kind
from ovltui.remote.nats_follow import Follower
from ovltui.remote.nats_subjects import Class
from ovltui.remote.nats_ticks import Head, beat, divided, head_of, merged, messages, packed
from tests.capture.made import neigh
from tests.session import made

_RUN = 1_700_000_000 * 10**9
_NOW = 5_000_000_000, 2_000_000


def _section() -> bytes:
    return blocks.section("", "", "", "")


def _start(first: int) -> bytes:
    return pack(Note(NoteKind.START, first, 0, {"first": first}))


def _state(size: int = 0) -> bytes:
    return pack(Note(NoteKind.STATE, 0, 0, {}, (random.Random(size).randbytes(size),)))


def _link(number: int = 0) -> bytes:
    return blocks.packet(0, number, made.link(3, b"eth0"))


def _neigh(number: int = 0) -> bytes:
    return blocks.packet(0, number, neigh("10.0.0.1", "02:00:00:00:00:01"))


def _route(number: int = 0) -> bytes:
    return blocks.packet(0, number, made.route(3))


def _frame(first: int = 0) -> bytes:
    return _section() + _start(first) + _state()


def _sent(data: bytes, number: int, *, run: int = _RUN, most: int = 1 << 18, anew: bool = False) -> list[bytes]:
    return [message for _, message in messages(packed(divided(data)), run, number, _NOW, most, anew=anew)]


def _taken(follower: Follower, sent: list[bytes]) -> bytes:
    return b"".join(follower.take(message, _NOW[0]) for message in sent)


def test_a_tick_comes_back_as_it_stood_whatever_the_order_of_its_classes() -> None:
    data = _frame() + _neigh(1) + _link(2) + _route(3) + _neigh(4) + blocks.interface("a", "") + _link(5)
    kinds = [kind for kind, _ in messages(packed(divided(data)), _RUN, 0, _NOW, 1 << 18)]
    assert kinds == [Class.FRAME, Class.NOTE, Class.LINK, Class.ROUTE, Class.NEIGH]
    assert _taken(Follower(), _sent(data, 0)) == data


def test_events_of_docker_have_a_class_of_their_own_and_gaps_are_notes() -> None:
    docker = pack(Note(NoteKind.RECORD, 0, 0, {"kind": int(Kind.DOCKER), "nsid": -1}, (b"{}",)))
    gap = pack(Note(NoteKind.RECORD, 1, 0, {"kind": int(Kind.GAP), "nsid": -1}, (b"",)))
    assert {kind: len(found[1]) for kind, found in divided(docker + gap).groups.items()} == {
        Class.DOCKER: 1,
        Class.NOTE: 1,
    }


def test_what_only_files_need_is_not_sent() -> None:
    columns = pack(Note(NoteKind.COLUMNS, 0, 0, [1, 0], (b"x",)))
    assert _taken(Follower(), _sent(_frame() + columns + _link(), 0)) == _frame() + _link()


def test_a_large_frame_is_cut_and_only_its_first_message_is_one_to_begin_at() -> None:
    data = _section() + _start(0) + _state(10_000) + _link()
    found = messages(packed(divided(data)), _RUN, 0, _NOW, 1000)
    kinds = [kind for kind, _ in found]
    assert kinds.count(Class.FRAME) == 1
    assert kinds[0] is Class.FRAME
    assert kinds.count(Class.STATE) >= 9
    assert max(len(message) for _, message in found) < 1100
    assert _taken(Follower(), [message for _, message in found]) == data


def test_messages_of_one_tick_may_come_in_any_order_behind_the_first() -> None:
    data = _section() + _start(0) + _state(5000) + _link() + _neigh()
    first, *others = _sent(data, 0, most=1000)
    random.Random(1).shuffle(others)
    assert _taken(Follower(), [first, *others]) == data


def test_a_reader_begins_at_a_frame_and_not_before() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_link(), 4)) == b""
    assert follower.torn
    assert _taken(follower, _sent(_frame(9), 5)) == _frame(9)
    assert not follower.torn


def test_what_is_published_twice_comes_once() -> None:
    follower = Follower()
    found = _sent(_frame() + _link(), 0)
    assert _taken(follower, found + found + _sent(_neigh(), 1) + found) == _frame() + _link() + _neigh()


def test_a_new_part_says_nothing_new_to_whoever_followed() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame() + _link(), 0))
    assert _taken(follower, _sent(_frame(1) + _link(1), 1)) == _section() + _link(1)


def test_a_part_that_begins_anew_says_everything_to_whoever_followed() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame() + _link(), 0))
    assert _taken(follower, _sent(_frame(7), 1, anew=True)) == _frame(7)


def test_behind_a_missing_tick_all_waits_for_the_next_frame() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame(), 0))
    assert _taken(follower, _sent(_link(), 2) + _sent(_link(), 3)) == b""
    assert follower.torn
    assert _taken(follower, _sent(_frame(9), 4)) == _frame(9)


def test_half_a_tick_is_none() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame(), 0))
    assert _taken(follower, _sent(_link() + _neigh(), 1)[:1]) == b""
    assert _taken(follower, _sent(_link(), 2)) == b""
    assert follower.torn


def test_a_newer_run_ends_the_line_and_an_older_one_is_passed_over() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame(), 3))
    assert _taken(follower, _sent(_frame(), 9, run=_RUN - 1)) == b""
    assert not follower.over
    assert _taken(follower, _sent(_frame(), 0, run=_RUN + 1)) == b""
    assert follower.over


@pytest.mark.parametrize("cut", [0, 3, 40, 60, -1])
def test_a_message_that_breaks_off_is_refused(cut: int) -> None:
    message = _sent(_frame(), 0)[0][:cut]
    with pytest.raises(ValueError, match=r"breaks off|damaged|format"):
        Follower().take(message, 0)


def test_after_a_damaged_message_the_next_frame_is_awaited() -> None:
    follower = Follower()
    assert _taken(follower, _sent(_frame(), 0))
    (message,) = _sent(_link(), 1)
    with pytest.raises(ValueError, match="damaged"):
        follower.take(message[:-20] + bytes(20), 0)
    assert follower.torn
    assert _taken(follower, _sent(_link(), 2)) == b""
    assert _taken(follower, _sent(_frame(5), 3)) == _frame(5)


def test_a_message_is_small_where_nothing_happens() -> None:
    assert len(beat(_RUN, 7, _NOW)) < 64
    head = head_of(beat(_RUN, 7, _NOW))
    assert head == Head(Class.BEAT, False, False, 0, _RUN, 7, 0, 0, *_NOW)


def test_places_that_contradict_each_other_are_refused() -> None:
    (link,), (other,) = _sent(_link(), 0), _sent(_link(), 0)
    with pytest.raises(ValueError, match="lacks"):
        merged([(head_of(link), link), (Head(Class.NEIGH, False, False, 1, _RUN, 0, 1, 2, *_NOW), other)])


def test_the_clock_of_a_host_is_measured_against_the_servers() -> None:
    ahead, rtt = 90 * 10**9, 4_000_000
    follower = Follower()
    for number, way in enumerate((3_000_000, 1_000_000, 2_500_000)):
        there = 10**12 + number * 10**9
        (message, *_) = [
            one for _, one in messages(packed(divided(_frame())), _RUN, number, (there + ahead, rtt), 1 << 18)
        ]
        follower.take(message, there + way)
    now = 5 * 10**12
    value = unpack(follower.skew.note(now)[8:-4]).value
    half = (now - value["token"]) // 2
    offset = value["time_ns"] - value["token"] - half
    assert half == rtt // 2
    assert abs(offset - ahead) <= half
