"""Commands by hand are typed here: for a namespace of another machine they begin with the way there."""

import pytest

from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.typed import typed, way_in

OWN_MNTNS = 1
PATH = "/run/netns/blue"
BLUE = Netns(NetnsKey("node2", 20), 4026530020, 7, False, (Mount(OWN_MNTNS, 1, PATH),), ())
NUMBER = Netns(NetnsKey("node2", -8), 0, 7, False, (), ())
HERE = HostStatus("node1", "", HostState.LIVE)
ROOT = HostStatus("node2", "ssh://root@node2", HostState.LIVE)
USER = HostStatus("node2", "ssh://ann@node2", HostState.LIVE)
NATS = HostStatus("node2", "nats://hub/node2", HostState.LIVE)


@pytest.mark.parametrize(
    ("host", "command"),
    [
        (None, f"nsenter --net={PATH}"),
        (HERE, f"nsenter --net={PATH}"),
        (ROOT, f"ssh root@node2 nsenter --net={PATH}"),
        (USER, f"ssh -t ann@node2 sudo nsenter --net={PATH}"),
    ],
)
def test_the_way_into_a_namespace_leads_over_ssh_where_it_is_another_machines(
    host: HostStatus | None, command: str
) -> None:
    assert way_in(BLUE, OWN_MNTNS, host) == (command, True)


def test_what_cannot_be_reached_by_hand_is_no_command() -> None:
    assert way_in(BLUE, OWN_MNTNS, NATS) == ("not to be entered from here", False)
    assert way_in(NUMBER, OWN_MNTNS, ROOT) == ("not to be entered", False)
    assert typed(NATS, ("ip link",)) == ()
