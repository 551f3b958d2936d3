"""One machine's stream in the session's words."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.inputs import Bound, Read, Sighted
from ovltui.events.record import OWN_NSID
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.translate import Numbers, Seqs, Translation

MANY = 10_000


def translation(number: int = 1, first: int = 100, here: int = 1000) -> Translation:
    """Return one that begins at record ``first`` there, which is ``here`` in the session."""
    numbers, seqs = Numbers(count(50).__next__), Seqs(first, here)
    return Translation(f"node{number}", number, "vm", numbers, seqs, lambda: here + 7, lambda time_ns: time_ns - 5)


def test_a_number_means_the_same_until_its_holder_died() -> None:
    numbers = Numbers(count().__next__)
    first = numbers.of(7)
    assert numbers.of(7) == first
    assert numbers.of(8) != first
    numbers.end(7)
    assert numbers.is_new(7)
    second = numbers.of(7)
    assert second not in (first, numbers.of(8))
    assert (numbers.there[first], numbers.there[second]) == (7, 7)
    assert [there for there, _ in numbers.news] == [7, 8, 7]


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 9), st.integers(0, 500))
def test_records_keep_their_order_whatever_of_others_comes_between(ours: list[bool], first: int, here: int) -> None:
    seqs, end = Seqs(first, here), here
    for own in ours:
        if own:
            seqs.add(end)
        end += 1
    there = range(max(0, first - 5), seqs.next + 3)
    shown = [seqs.here(seq, end) for seq in there]
    assert shown == sorted(shown)
    assert all(seqs.here(seq, end) < here for seq in there if seq < first)
    assert all(seqs.here(seq, end) == end for seq in there if seq >= seqs.next)
    assert len({seqs.here(seq, end) for seq in range(first, seqs.next)}) == seqs.next - first


def test_what_the_ring_dropped_is_forgotten_and_still_older_than_all_else() -> None:
    seqs = Seqs(0, 0)
    for here in range(0, 2 * MANY, 2):
        seqs.add(here)
    seqs.prune(MANY)
    assert not seqs.has(0)
    assert seqs.has(MANY - 1)
    assert seqs.here(MANY - 1, 99_999) == 2 * (MANY - 1)
    before = seqs.here(MANY // 2 - 1, 99_999)
    assert before == MANY - 2
    assert seqs.here(3, 99_999) < before


def test_a_namespace_has_the_numbers_of_no_other_machine() -> None:
    netns = Netns(NetnsKey("node", 3), 4026532000, 7, True, (Mount(4026531841, 1, "/run/netns/a"),), (12,))
    one, other = translation(1).netns(netns), translation(2).netns(netns)
    assert one.key != other.key
    assert one.mounts[0].mntns != other.mounts[0].mntns
    assert one.mounts[0].inode == other.mounts[0].inode == 4026531841
    assert not one.own
    assert (one.inode, one.pids) == (netns.inode, netns.pids)


def test_the_own_namespace_of_a_machine_has_a_number_too() -> None:
    known = translation()
    own = Netns(NetnsKey("node", 1), 1, None, True, (), ())
    bound = known.bound(Bound(OWN_NSID, own.key, 0))
    assert bound.home
    assert bound.nsid == known.netns(own).nsid == known.numbers.of(OWN_NSID)
    assert not known.bound(Bound(4, NetnsKey("node", 9), 0)).home


def test_of_a_namespace_of_which_only_the_number_is_known_the_key_says_the_sessions() -> None:
    known = translation()
    key = known.key(NetnsKey("node", -1 - 4))
    assert key == NetnsKey("vm", -1 - known.numbers.of(4))


def test_numbers_inside_of_a_namespace_mean_the_sessions() -> None:
    known = translation()
    sighted = known.sighted(Sighted(4, 0, 9, 100, OWN_NSID))
    assert (sighted.there, sighted.here) == (9, known.numbers.of(OWN_NSID))


def test_times_are_ours_and_what_was_never_read_stays_so() -> None:
    known = translation()
    netns = Netns(NetnsKey("node", 3), 1, 4, False, (), ())
    assert known.read(Read(4, 0, netns, (), (), 100, 50)).read_ns == 45
    never = known.read(Read(4, 0, netns, (), (), -1, None))
    assert (never.read, never.read_ns) == (-1, None)
