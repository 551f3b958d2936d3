"""Where the kernel tells no lasting id, an inode that comes back is another namespace, and each says so."""

from collections.abc import Callable

import pytest

from ovltui.kernel import namespace, sockets
from ovltui.kernel.namespace import Identified, opened
from ovltui.netns.births import Births
from ovltui.netns.discover import Discoverer
from ovltui.netns.evidence import ways_in
from ovltui.netns.gaps import NO_SOCKETS
from tests.bed.hiding import hidden
from tests.bed.netns import NamedNetns

NewNetns = Callable[[str], NamedNetns]
INODE = 4026532369


def seen(inode: int) -> Identified:
    return Identified(3, inode, inode, lasting=False)


def swept(births: Births, *inodes: int) -> list[int]:
    births.begin()
    return [births.known(seen(inode)).id for inode in inodes]


def test_an_inode_that_stays_keeps_its_id() -> None:
    births = Births()
    assert {swept(births, INODE, INODE)[at] for at in (0, 1)} == set(swept(births, INODE)) == {INODE}


def test_an_inode_that_was_gone_for_a_sweep_comes_back_as_another_namespace() -> None:
    births = Births()
    first = swept(births, INODE)
    swept(births, INODE + 1)
    second = swept(births, INODE, INODE)
    swept(births)
    third = swept(births, INODE)
    assert len({*first, *second, *third}) == 3
    assert all(seen(INODE).is_still(netns_id) for netns_id in (*first, *second, *third))
    assert not seen(INODE + 1).is_still(second[0])


def test_an_id_of_the_kernel_is_left_as_it_is() -> None:
    known = Identified(3, 56447, INODE, lasting=True)
    assert Births().known(known) is known
    assert known.is_still(56447)
    assert not known.is_still(INODE)


@pytest.fixture
def _old_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespace, "_NS_GET_ID", 0xB7FF)
    monkeypatch.setattr(namespace, "SO_NETNS_COOKIE", 9999)
    monkeypatch.setattr(sockets, "SO_NETNS_COOKIE", 9999)


@pytest.mark.usefixtures("_old_kernel")
def test_on_an_old_kernel_all_is_found_but_what_sockets_keep_and_that_is_said(new_netns: NewNetns) -> None:
    made = new_netns("f-old")
    with hidden("descriptor") as descriptor, hidden("socket") as socket:
        found = Discoverer().sweep()
    by_inode = {netns.inode: netns for netns in found.netnses}
    assert by_inode.keys() >= {made.inode, descriptor.inode}
    assert socket.inode not in by_inode
    assert NO_SOCKETS in found.gaps
    netns = by_inode[made.inode]
    assert netns.gaps == ("this kernel tells no lasting id",)
    with opened(next(ways_in(netns))) as there:
        assert there.is_still(netns.key.id)
    assert [other.own for other in found.netnses].count(True) == 1
