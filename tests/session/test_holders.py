"""The way into a namespace by hand: plain where our own mount namespace has a path, else round by /proc."""

from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.holders import commands_inside, prefix
from ovltui.session.scene import ways

OURS, THEIRS = 4026531841, 4026532999
PATH = "/run/docker/netns/1-i570yv7rgz"
KEY = NetnsKey("vm", 7)


def mounted(*mounts: Mount) -> Netns:
    return Netns(KEY, 4026533000, 7, False, mounts, ())


BOTH = mounted(Mount(THEIRS, 812, PATH), Mount(OURS, 2, PATH))
ALONE = mounted(Mount(THEIRS, 812, PATH))


def test_a_path_of_our_own_mount_namespace_is_said_as_it_is() -> None:
    assert prefix(BOTH, OURS) == f"nsenter --net={PATH}"
    assert ways((BOTH,), OURS) == {KEY: f"nsenter --net={PATH}"}
    assert commands_inside(BOTH, ("ss -t",), OURS) == (f"nsenter --net={PATH} ss -t",)


def test_a_path_of_another_mount_namespace_leads_by_a_process_there() -> None:
    assert prefix(ALONE, OURS) == f"nsenter --net=/proc/812/root{PATH}"
    assert prefix(BOTH, None) == f"nsenter --net=/proc/812/root{PATH}"


def test_a_path_with_a_space_is_one_word() -> None:
    assert prefix(mounted(Mount(OURS, 2, "/mnt/two words")), OURS) == "nsenter --net='/mnt/two words'"
