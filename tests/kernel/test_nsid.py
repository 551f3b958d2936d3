"""Nsids are asked for, given once, and never taken from anyone."""

import errno
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.kernel import wire
from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.nsid import FIRST_GIVEN, get_nsid, give_nsid
from ovltui.kernel.rtnl import Rtnl, RtnlError
from tests.bed.netns import NamedNetns
from tests.kernel.hearing import UNPRIVILEGED

NewNetns = Callable[[str], NamedNetns]
pytestmark = pytest.mark.needs_root


NUMBER = FIRST_GIVEN


@pytest.fixture
def vantage(new_netns: NewNetns) -> NamedNetns:
    """A namespace from which the others are numbered: those of the machine's own have their nsids by others."""
    return new_netns("h5-vantage")


@pytest.fixture
def rtnl(vantage: NamedNetns) -> Iterator[Rtnl]:
    with opened(str(vantage.path)) as there, visit(there.fd, Rtnl) as made:
        yield made


def test_a_new_namespace_has_none_and_keeps_the_one_that_it_gets(
    new_netns: NewNetns, vantage: NamedNetns, rtnl: Rtnl
) -> None:
    made = new_netns("h5-nsid")
    with opened(str(made.path)) as there:
        assert get_nsid(rtnl, there.fd) is None
        assert give_nsid(rtnl, there.fd, NUMBER) == NUMBER
        assert get_nsid(rtnl, there.fd) == NUMBER
    assert f"{made.name} (id: {NUMBER})" in vantage.run("ip", "netns", "list").splitlines()


def test_one_that_has_a_number_keeps_it(new_netns: NewNetns, vantage: NamedNetns, rtnl: Rtnl) -> None:
    made = new_netns("h5-nsid")
    vantage.run("ip", "netns", "set", made.name, "7")
    with opened(str(made.path)) as there:
        assert give_nsid(rtnl, there.fd, NUMBER) == 7


def test_a_number_that_is_taken_is_passed_over(new_netns: NewNetns, rtnl: Rtnl) -> None:
    for place in range(3):
        with opened(str(new_netns("h5-nsid").path)) as there:
            assert give_nsid(rtnl, there.fd, NUMBER) == NUMBER + place


def test_the_kernel_says_eexist_for_a_taken_number_and_for_a_second_one(new_netns: NewNetns, rtnl: Rtnl) -> None:
    with opened(str(new_netns("h5-nsid").path)) as first, opened(str(new_netns("h5-nsid").path)) as second:
        give_nsid(rtnl, first.fd, NUMBER)
        refusals = []
        for fd, number in ((second.fd, NUMBER), (first.fd, NUMBER + 1)):
            with pytest.raises(RtnlError) as refusal:
                rtnl.request(wire.Rtm.NEWNSID, newnsid(fd, number))
            refusals.append((refusal.value.errno, refusal.value.strerror or str(refusal.value)))
        assert [code for code, _ in refusals] == [errno.EEXIST, errno.EEXIST]
        assert refusals[0][1] == "The specified nsid is already used"
        assert refusals[1][1] == "Peer netns already has a nsid assigned"


def test_our_own_namespace_has_none(vantage: NamedNetns, rtnl: Rtnl) -> None:
    with opened(str(vantage.path)) as own:
        assert get_nsid(rtnl, own.fd) is None


def test_what_is_no_namespace_is_refused(rtnl: Rtnl) -> None:
    with Path(os.devnull).open() as file:
        with pytest.raises(RtnlError) as asked:
            get_nsid(rtnl, file.fileno())
        with pytest.raises(RtnlError) as given:
            give_nsid(rtnl, file.fileno(), NUMBER)
    assert (asked.value.errno, given.value.errno) == (errno.EINVAL, errno.EINVAL)


def test_an_ordinary_user_may_ask_but_not_give(new_netns: NewNetns, vantage: NamedNetns, rtnl: Rtnl) -> None:
    made, bare = new_netns("h5-nsid"), new_netns("h5-nsid")
    with opened(str(made.path)) as there:
        give_nsid(rtnl, there.fd, NUMBER)
    code = (
        "from ovltui.kernel.namespace import opened\n"
        "from ovltui.kernel.nsid import get_nsid, give_nsid\n"
        "from ovltui.kernel.rtnl import Rtnl, RtnlError\n"
        f"with Rtnl() as rtnl, opened({str(made.path)!r}) as made, opened({str(bare.path)!r}) as bare:\n"
        "    print(get_nsid(rtnl, made.fd), get_nsid(rtnl, bare.fd))\n"
        "    try:\n"
        f"        give_nsid(rtnl, bare.fd, {NUMBER + 1})\n"
        "    except RtnlError as error:\n"
        "        print(error.strerror)\n"
    )
    answer = vantage.run(*UNPRIVILEGED, sys.executable, "-c", code)
    assert answer.splitlines() == [f"{NUMBER} None", "Operation not permitted"]


def newnsid(fd: int, number: int) -> bytes:
    return bytes(4) + wire.attribute(1, struct.pack("=i", number)) + wire.attribute(3, struct.pack("=I", fd))
