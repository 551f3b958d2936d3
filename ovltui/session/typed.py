"""Commands as a person types them here, also for a namespace of another machine.

Source: how the machine is reached. Pure. Incomplete: a machine that is reached otherwise than by ssh gets none.
"""

from collections.abc import Iterable

from ovltui.netns.model import Netns
from ovltui.session.holders import by_hand
from ovltui.session.hosts import HostStatus
from ovltui.session.translate_checks import command_there

_COMMANDS = ("nsenter ", "ovltui ")


def way_in(netns: Netns, mntns: int | None, host: HostStatus | None) -> tuple[str, bool]:
    """Return how a person enters a namespace, safe to show, and whether that is a command.

    Args:
        netns: which.
        mntns: as of ``holders.prefix``.
        host: the machine that it is of; None for this one.
    """
    way = by_hand(netns, mntns)
    if not way.startswith(_COMMANDS):
        return way, False
    there = typed(host, (way,))
    return (there[0], True) if there else ("not to be entered from here", False)


def typed(host: HostStatus | None, commands: Iterable[str]) -> tuple[str, ...]:
    """Return commands so that they run on a machine, safe to paste.

    Args:
        host: the machine; None for this one.
        commands: as they are typed there.
    """
    if host is None:
        return tuple(commands)
    return tuple(there for command in commands if (there := command_there(host.url, command)) is not None)
