"""A veth is named with its peer in the peer's namespace, from every side, and a link is followed where it goes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.events.line import as_text, line
from ovltui.kernel.namespace import opened
from ovltui.kernel.nsid import FIRST_GIVEN, give_nsid, nsid_in, numbering_of, own_nsid_in
from ovltui.kernel.rtnl import Rtnl
from ovltui.session.live import LiveSession, Options
from tests.bed.netns import NamedNetns, ip

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]


@contextmanager
def live() -> Iterator[LiveSession]:
    session = LiveSession(Options(no_docker=True))
    try:
        session.start()
        yield session
    finally:
        session.close()


def lines(session: LiveSession, *netnses: NamedNetns) -> list[str]:
    """Return namespace, mark and text of each line of these namespaces, single-spaced."""
    names = {netns.name for netns in netnses}
    said = (line(session.ring[seq], session.names) for seq in range(session.ring.first, session.ring.end))
    return [" ".join(as_text(one, 1).split()[1:]) for one in said if one.netns in names]


def wait_for(session: LiveSession, netnses: tuple[NamedNetns, ...], wanted: str) -> None:
    deadline = time.monotonic() + 30
    while not any(wanted in said for said in lines(session, *netnses)):
        assert time.monotonic() < deadline, f"{wanted!r} is not among\n" + "\n".join(lines(session, *netnses))
        time.sleep(0.05)


def test_peers_that_were_there_before_are_named_from_both_sides(new_netns: NewNetns) -> None:
    blue, red = new_netns("sight-b"), new_netns("sight-r")
    blue.ip("link", "add", "vb", "type", "veth", "peer", "name", "vr", "netns", red.name)
    with live() as session:
        blue.ip("link", "set", "vb", "mtu", "1400")
        red.ip("link", "set", "vr", "mtu", "1400")
        wait_for(session, (blue,), f"{blue.name} ~ vb@{red.name}/vr")
        wait_for(session, (red,), f"{red.name} ~ vr@{blue.name}/vb")


def test_peers_with_the_same_ifindex_in_two_namespaces_are_told_apart(new_netns: NewNetns) -> None:
    blue, red = new_netns("sight-b"), new_netns("sight-r")
    blue.ip("link", "add", "vb", "index", "9", "type", "veth", "peer", "name", "vr", "index", "9", "netns", red.name)
    with live() as session:
        blue.ip("link", "set", "vb", "mtu", "1400")
        wait_for(session, (blue,), f"{blue.name} ~ vb@{red.name}/vr")


def test_a_peer_in_our_own_namespace_is_named(new_netns: NewNetns) -> None:
    blue = new_netns("sight-b")
    host = f"vh{blue.name[-6:].replace('-', '')}"
    ip("link", "add", host, "type", "veth", "peer", "name", "vb", "netns", blue.name)
    with live() as session:
        blue.ip("link", "set", "vb", "up")
        wait_for(session, (blue,), f"{blue.name} ~ vb@host/{host}")


def test_a_link_is_followed_through_namespaces_and_names(new_netns: NewNetns) -> None:
    blue, red = new_netns("sight-b"), new_netns("sight-r")
    with live() as session:
        blue.ip("link", "add", "vb", "type", "veth", "peer", "name", "vr")
        blue.ip("link", "set", "vr", "netns", red.name)
        red.ip("link", "set", "vr", "name", "eth0")
        red.ip("link", "set", "eth0", "mtu", "1450", "up")
        wait_for(session, (blue,), f"{blue.name} → vr → {red.name} as if")
        wait_for(session, (red,), f"{red.name} + vr@{blue.name}/vb DOWN mtu 1500")
        wait_for(session, (red,), f"{red.name} ~ eth0@{blue.name}/vb was called vr")
        wait_for(session, (red,), f"{red.name} ~ eth0@{blue.name}/vb mtu 1500 → 1450")
        wait_for(session, (red,), f"{red.name} ~ eth0@{blue.name}/vb DOWN → NO-CARRIER")


def test_a_peer_that_died_keeps_the_name_that_it_had(new_netns: NewNetns) -> None:
    blue, red = new_netns("sight-b"), new_netns("sight-r")
    blue.ip("link", "add", "vb", "type", "veth", "peer", "name", "vr", "netns", red.name)
    with live() as session:
        blue.ip("link", "set", "vb", "mtu", "1400")
        wait_for(session, (blue,), f"vb@{red.name}/vr")
        ip("netns", "delete", red.name)
        wait_for(session, (blue,), f"ends, it was {red.name}")
        assert any(f"vb@{red.name}/vr" in said for said in lines(session, blue))


def test_the_kernel_tells_what_numbers_mean_in_another_namespace(new_netns: NewNetns) -> None:
    blue, red = new_netns("sight-b"), new_netns("sight-r")
    blue.ip("link", "add", "vb", "type", "veth", "peer", "name", "vr", "netns", red.name)
    with Rtnl() as rtnl:
        here = {}
        for netns in (blue, red):
            with opened(str(netns.path)) as namespace:
                here[netns.name] = give_nsid(rtnl, namespace.fd, FIRST_GIVEN + 50_000)
        (link,) = (one for one in blue.json("link") if one["ifname"] == "vb")
        assert numbering_of(rtnl, here[blue.name])[link["link_netnsid"]] == here[red.name]
        assert nsid_in(rtnl, here[red.name], here[blue.name]) == link["link_netnsid"]
        assert own_nsid_in(rtnl, here[blue.name]) is None
