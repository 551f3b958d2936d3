"""The command that shows by hand, and now, what an event is about.

Source: the record, and the way into its namespace. Privileges: none. Incomplete: the command shows how things are when
it is run, and an event tells how they were.
"""

from ovltui.events.decode import decode
from ovltui.events.record import Record
from ovltui.events.vocabulary import Object
from ovltui.netns.model import Netns
from ovltui.session.holders import commands_inside

_INET6 = "inet6"
_COMMANDS: dict[Object, str] = {
    Object.LINK: "ip -d link",
    Object.ADDR: "ip addr",
    Object.ROUTE: "ip -d route show table all",
    Object.MROUTE: "ip mroute show table all",
    Object.RULE: "ip rule",
    Object.NEIGH: "ip -d neigh show nud all",
    Object.FDB: "bridge fdb",
    Object.NEXTHOP: "ip nexthop",
    Object.NSID: "ip netns list-id",
    Object.NETCONF: "ip netconf show",
    Object.MDB: "bridge -d mdb",
    Object.VLAN: "bridge vlan",
    Object.STATS: "ip stats",
    Object.TUNNEL: "bridge vni",
}
_WITH_FAMILY = (Object.ROUTE, Object.RULE)


def commands_of(record: Record, netns: Netns | None, mntns: int | None) -> tuple[str, ...]:
    """Return commands that show what a record is about, safe to paste; none where there is none.

    Args:
        record: the event.
        netns: where it was; None where that is gone.
        mntns: as of ``commands_inside``.
    """
    event = decode(record)
    command = _COMMANDS.get(event.object)
    if command is None or netns is None:
        return ()
    if event.object in _WITH_FAMILY and event.fields.get("family") == _INET6:
        command = command.replace("ip ", "ip -6 ", 1)
    return commands_inside(netns, (command,), mntns)
