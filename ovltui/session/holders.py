"""Who keeps a namespace alive, and the ways into it by hand: what people look for when a VNI is "in use".

Source: the evidence of a sweep. Pure. Incomplete: what could not be seen is not said here, but among the gaps; a
namespace that the kernel itself keeps has no holder to name.
"""

import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns, Source
from ovltui.session.namer import name_for_ip
from ovltui.text import clean

_TAKES_A_NAME = ("ip", "bridge")
"""Commands that enter a namespace by themselves: ``ip -n blue link``."""


def holders(netns: Netns) -> tuple[str, ...]:
    """Return who keeps a namespace alive, each in a few words; none where only its nsid is known."""
    mounts = Counter(mount.shown for mount in netns.mounts)
    alone = len(mounts) == 1 and netns.sources == (Source.MOUNT,)
    nobody = "" if netns.pids or netns.tasks else ", no process in it"
    says = [] if not netns.pids else [_processes(netns.pids)]
    for path, number in mounts.items():
        where = "" if number == 1 else f" in {number} mount namespaces"
        says.append(f"mount {path}{where}{' alone' if alone else ''}{nobody}")
    return (*says, *netns.held)


def by_hand(netns: Netns, mntns: int | None = None) -> str:
    """Return the command that opens a shell in a namespace, without ovltui where another can; safe to show.

    Arguments as of ``prefix``.
    """
    if netns.own:
        return "any shell"
    way = prefix(netns, mntns)
    return "not to be entered" if way is None else way.removesuffix(" --")


def prefix(netns: Netns, mntns: int | None = None) -> str | None:
    """Return what to write before a command so that it runs in a namespace, safe to show.

    It is empty for our own namespace; None is returned where nothing leads into it.

    Args:
        netns: which.
        mntns: inode of our own mount namespace, whose paths need no way round by ``/proc``; None where not known.
    """
    if netns.own:
        return ""
    if netns.sources == (Source.SOCKET,):  # no file leads there
        return f"ovltui exec 'net:[{netns.inode}]' --"
    # By a mount where there is one: a process in there may be somebody's command that ends in a moment.
    lasting = replace(netns, pids=()) if netns.mounts else netns
    plain = (mount.path for mount in netns.mounts if mount.mntns == mntns)
    way = next((shlex.quote(clean(path)) for path in chain(plain, ways_in(lasting))), None)
    return f"nsenter --net={way}" if way else None


def commands_inside(netns: Netns, commands: Iterable[str], mntns: int | None) -> tuple[str, ...]:
    """Return commands of a namespace as a person types them outside of it, safe to paste; none where no way leads in.

    Args:
        netns: which.
        commands: as they are typed inside.
        mntns: inode of our own mount namespace, where names for ``ip netns`` are looked up.
    """
    way, named = prefix(netns, mntns), name_for_ip(netns, mntns)
    if netns.own or way is None:
        return tuple(commands) if netns.own else ()
    return tuple(_inside(command, way, named) for command in commands)


def _inside(command: str, way: str, named: str | None) -> str:
    word, _, rest = command.partition(" ")
    return f"{word} -n {named} {rest}" if named and word in _TAKES_A_NAME else f"{way} {command}"


def _processes(pids: tuple[int, ...]) -> str:
    return f"process {pids[0]}" if len(pids) == 1 else f"{len(pids)} processes, the first {pids[0]}"
