"""Who keeps a namespace alive, and the way into it by hand: what people look for when a VNI is "in use".

Source: the evidence of a sweep. Pure. Incomplete: what could not be seen is not said here, but among the gaps; a
namespace that the kernel itself keeps has no holder to name.
"""

import shlex
from collections import Counter

from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns, Source
from ovltui.text import clean


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


def by_hand(netns: Netns) -> str:
    """Return the command that opens a shell in a namespace, without ovltui where another can; safe to show."""
    if netns.own:
        return "any shell"
    if netns.sources == (Source.SOCKET,):  # no file leads there
        return f"ovltui exec 'net:[{netns.inode}]'"
    way = next((shlex.quote(clean(path)) for path in ways_in(netns)), None)
    return f"nsenter --net={way}" if way else "not to be entered"


def _processes(pids: tuple[int, ...]) -> str:
    return f"process {pids[0]}" if len(pids) == 1 else f"{len(pids)} processes, the first {pids[0]}"
