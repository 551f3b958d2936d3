"""What a sweep could not see, in sentences.

Source: the counts of ``netns.discover``. Pure. Incomplete: where /proc hides processes, their number is not known.
"""

from collections.abc import Iterable

from ovltui.kernel.procfs import Process
from ovltui.netns.held import Held
from ovltui.netns.mounts import MountTable

UNREADABLE = (
    ("process", "{} may not be read: what they alone are in is not listed"),
    ("mount table", "{} may not be read: what is mounted there alone is not listed"),
    ("mount table", "{} can be read through a chroot only: what is mounted outside of it is not listed"),
    ("process", "the descriptors of {} may not be read: what they alone hold is not listed"),
    ("process", "the sockets of {} may not be looked at: what these alone keep is not listed"),
)
"""What is counted, and what it means."""
HIDEPID = "/proc hides processes of other users (hidepid): what they alone are in is not listed"
NO_SOCKETS = "this kernel does not tell where sockets are: what they alone keep is not listed"


def gaps(found: tuple[Process, ...], mounts: MountTable, held: Held, lost: Iterable[str]) -> tuple[str, ...]:
    """Return what a sweep could not see.

    Args:
        found: the processes that /proc lists.
        mounts: the mount tables.
        held: what processes hold.
        lost: sentences about single namespaces.
    """
    hidden = sum(1 for process in found if not process.net)
    counts = (hidden, mounts.unreadable, mounts.partial, held.denied, held.denied_sockets)
    says = [
        meaning.format(_count(number, noun))
        for number, (noun, meaning) in zip(counts, UNREADABLE, strict=True)
        if number
    ]
    if found and found[0].pid != 1:  # every pid namespace has a process 1
        says.append(HIDEPID)
    if not held.sockets_told:
        says.append(NO_SOCKETS)
    return (*says, *sorted(lost))


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
