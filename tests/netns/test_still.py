"""A namespace is as before only where the very same mounts and processes point at it, and nothing else does."""

import pytest

from ovltui.netns.held import Held
from ovltui.netns.kept import Kept
from ovltui.netns.model import Descriptor, Mount, Netns, NetnsKey, Socket, Task

KEY, INODE = NetnsKey("vm", 77), 4026532369
MOUNTS, PIDS = (Mount(4026531840, 1, "/run/netns/blue"),), (88, 99)
HELD = Held()


def kept(*, mounts: tuple[Mount, ...] = MOUNTS, tasks: tuple[Task, ...] = (), gaps: tuple[str, ...] = ()) -> Kept:
    made = Kept(lambda key: key == KEY)
    made.remember([Netns(KEY, INODE, 5, False, mounts, PIDS, gaps, tasks)])
    return made


def test_what_nothing_new_points_at_is_the_very_namespace_of_before() -> None:
    found = kept().still({INODE: PIDS, 5: (1,)}, {INODE: MOUNTS}, HELD)
    assert [(inode, netns.key) for inode, netns in found.items()] == [(INODE, KEY)]


@pytest.mark.parametrize(
    ("last", "pids", "mounts", "held"),
    [
        (kept(), {INODE: (88,)}, {INODE: MOUNTS}, HELD),
        (kept(), {}, {INODE: MOUNTS}, HELD),
        (kept(), {INODE: PIDS}, {}, HELD),
        (kept(), {INODE: PIDS}, {INODE: (Mount(4026531840, 1, "/run/netns/blue"),)}, HELD),
        (kept(), {INODE: PIDS}, {INODE: MOUNTS}, Held(tasks={INODE: (Task(3, 4, ""),)})),
        (kept(), {INODE: PIDS}, {INODE: MOUNTS}, Held(descriptors={INODE: (Descriptor(3, 4, ""),)})),
        (kept(), {INODE: PIDS}, {INODE: MOUNTS}, Held(sockets={KEY.id: (Socket(3, 4, 5, ""),)})),
        (kept(tasks=(Task(3, 4, ""),)), {INODE: PIDS}, {INODE: MOUNTS}, HELD),
        (kept(mounts=()), {INODE: PIDS}, {}, HELD),
        (kept(gaps=("this kernel tells no lasting id",)), {INODE: PIDS}, {INODE: MOUNTS}, HELD),
    ],
)
def test_anything_else_is_looked_at_closely(
    last: Kept, pids: dict[int, tuple[int, ...]], mounts: dict[int, tuple[Mount, ...]], held: Held
) -> None:
    assert last.still(pids, mounts, held) == {}


def test_one_that_may_not_stay_unopened_is_opened() -> None:
    refusing = Kept(lambda _key: False)
    refusing.remember([Netns(KEY, INODE, 5, False, MOUNTS, PIDS)])
    assert refusing.still({INODE: PIDS}, {INODE: MOUNTS}, HELD) == {}
