"""An nsid means the right namespace at every moment, whatever discovery and the stream learn first."""

from ovltui.events.record import OWN_NSID
from ovltui.netns.model import NetnsKey
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure, Tenures

OWN, A, B = (NetnsKey("vm", number) for number in (1, 2, 3))


def link(ifindex: int, ifname: str) -> Link:
    return Link(ifindex, ifname, "", up=True, master=None, peer=None, peer_nsid=None, vni=None)


def keys(tenures: Tenures, nsid: int, *seqs: int) -> list[NetnsKey | str | None]:
    """Return whose records with these numbers are; ``"nobody"`` where no tenure is known."""
    found = [tenures.at(nsid, seq) for seq in seqs]
    return [tenure.key if tenure else "nobody" for tenure in found]


def bound(tenures: Tenures, nsid: int, key: NetnsKey, seq: int) -> Tenure:
    tenure = tenures.bind(nsid, key, seq)
    assert tenure is not None
    return tenure


def test_our_own_namespace_is_known_from_the_beginning() -> None:
    tenures = Tenures(OWN)
    assert keys(tenures, OWN_NSID, 0, 10**9) == [OWN, OWN]
    assert tenures.of(OWN) is tenures.at(OWN_NSID, 5)
    assert keys(Tenures(None), OWN_NSID, 0) == [None]


def test_one_that_is_announced_and_then_found_has_its_key_from_its_birth() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    assert keys(tenures, 5, 9, 10, 11) == ["nobody", None, None]
    tenure = bound(tenures, 5, A, 20)
    assert keys(tenures, 5, 9, 10, 11) == ["nobody", A, A]
    assert tenures.of(A) is tenure


def test_one_that_is_found_before_it_is_announced_goes_on_when_it_is() -> None:
    tenures = Tenures(OWN)
    tenure = bound(tenures, 5, A, 10)
    tenure.links.learn(10, link(1, "lo"))
    assert tenures.begin(5, 12) is tenure
    assert keys(tenures, 5, 10, 12, 13) == [A, A, A]


def test_one_that_had_its_nsid_before_we_came_owns_the_records_from_before_it_was_found() -> None:
    tenures = Tenures(OWN)
    tenures.heard(5, 3)
    tenure = bound(tenures, 5, A, 7)
    assert keys(tenures, 5, 0, 3, 7, 8) == [A, A, A, A]
    other = Tenures(OWN)
    bound(other, 5, A, 7)
    assert keys(other, 5, 2, 7) == [A, A]
    assert tenures.heard(5, 9) is tenure


def test_a_death_ends_it_and_its_last_record_is_still_its_own() -> None:
    tenures = Tenures(OWN)
    bound(tenures, 5, A, 10)
    tenure = tenures.end(5, 20)
    assert (tenure.key, tenure.died) == (A, 20)
    assert keys(tenures, 5, 20, 21) == [A, "nobody"]
    assert tenures.of(A) is tenure


def test_one_that_died_before_it_was_found_stays_without_a_key() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    tenures.end(5, 20)
    assert keys(tenures, 5, 10, 20, 21) == [None, None, "nobody"]


def test_the_death_of_one_that_was_never_heard_of_owns_what_came_before() -> None:
    tenures = Tenures(OWN)
    tenures.end(5, 20)
    assert keys(tenures, 5, 3, 20, 21) == [None, None, "nobody"]


def test_a_number_that_is_used_again_means_each_holder_in_its_time() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    bound(tenures, 5, A, 11)
    tenures.end(5, 20)
    tenures.begin(5, 21)
    assert keys(tenures, 5, 15, 20, 21, 30) == [A, A, None, None]
    bound(tenures, 5, B, 30)
    assert keys(tenures, 5, 9, 10, 20, 21, 30) == ["nobody", A, A, B, B]


def test_a_reborn_number_found_before_the_stream_tells_the_death_waits_for_it() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    first = bound(tenures, 5, A, 11)
    assert tenures.bind(5, B, 15) is None
    assert keys(tenures, 5, 14, 15, 19) == [A, A, A]
    assert tenures.end(5, 20) is first
    tenures.begin(5, 21)
    bound(tenures, 5, B, 22)
    assert keys(tenures, 5, 15, 20, 21) == [A, A, B]


def test_one_whose_death_was_told_but_whose_successor_was_not_yet_announced_is_not_mistaken() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    bound(tenures, 5, A, 11)
    tenures.end(5, 20)
    tenure = bound(tenures, 5, B, 18)
    assert keys(tenures, 5, 18, 20, 21) == [A, A, B]
    assert tenures.begin(5, 21) is tenure


def test_one_that_was_taken_for_its_dead_predecessor_is_told_from_it_at_the_death() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)  # A, which nobody found
    wrong = bound(tenures, 5, B, 15)  # B, found before the stream tells that A died and B was born
    wrong.links.load(15, [link(1, "lo")])
    tenures.end(5, 20)
    tenures.begin(5, 21)
    right = bound(tenures, 5, B, 22)
    assert keys(tenures, 5, 10, 20, 21, 30) == [None, None, B, B]
    assert tenures.of(B) is right
    assert wrong.links.now == ()
    assert tenures.prune(21) == ()
    assert tenures.of(B) is right


def test_a_birth_under_a_number_that_seems_to_live_means_that_the_death_was_lost() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    bound(tenures, 5, A, 11)
    tenures.begin(5, 30)
    assert keys(tenures, 5, 29, 30) == [A, None]
    bound(tenures, 5, B, 31)
    assert keys(tenures, 5, 29, 30, 40) == [A, B, B]


def test_a_death_and_a_birth_lost_in_a_gap_are_told_by_discovery() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    bound(tenures, 5, A, 15)
    tenures.gap(30)
    bound(tenures, 5, B, 40)
    assert keys(tenures, 5, 15, 29, 30, 41) == [A, A, B, B]


def test_a_gap_from_before_the_holder_was_last_seen_excuses_nothing() -> None:
    tenures = Tenures(OWN)
    tenures.begin(5, 10)
    tenures.gap(12)
    bound(tenures, 5, A, 15)
    assert tenures.bind(5, B, 40) is None
    assert keys(tenures, 5, 41) == [A]


def test_dead_ones_are_forgotten_with_their_last_record() -> None:
    tenures = Tenures(OWN)
    bound(tenures, 5, A, 1)
    tenures.end(5, 20)
    tenures.begin(5, 25)
    assert tenures.prune(20) == ()
    assert tenures.of(A) is not None
    assert tenures.prune(21) == (A,)
    assert tenures.of(A) is None
    assert keys(tenures, 5, 20, 25) == ["nobody", None]
    assert tenures.prune(10**9) == ()
    assert keys(tenures, OWN_NSID, 10**9) == [OWN]


def test_namespaces_with_different_numbers_do_not_meet() -> None:
    tenures = Tenures(OWN)
    bound(tenures, 5, A, 1).links.learn(1, link(7, "in-a"))
    bound(tenures, 6, B, 1).links.learn(1, link(7, "in-b"))
    names = [tenures.heard(nsid, 9).links.name_at(7, 9) for nsid in (5, 6)]
    assert names == ["in-a", "in-b"]
