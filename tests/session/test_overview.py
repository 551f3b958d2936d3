"""The overview of a namespace says how it was found, who keeps it alive and how to get there by hand."""

from dataclasses import replace

import pytest

from ovltui.identity.naming import identify
from ovltui.netns.model import Descriptor, Mount, Netns, NetnsKey, Socket, Task, numbered
from ovltui.session.overview import overview
from ovltui.session.snapshot import Row

ALONE = Netns(NetnsKey("vm", 40), 4026532369, 7, False, (), ())
COPIES = tuple(Mount(number, number, "/x/kept") for number in (50, 60))
PAGES = {
    "process": (replace(ALONE, pids=(12, 13)), "process", "2 processes, the first 12", "nsenter --net=/proc/12/ns/net"),
    "thread": (
        replace(ALONE, tasks=(Task(12, 15, "web"),)),
        "task",
        "thread 15 of web (pid 12)",
        "nsenter --net=/proc/12/task/15/ns/net",
    ),
    "descriptor": (
        replace(ALONE, descriptors=(Descriptor(12, 7, "sleep"),)),
        "descriptor",
        "descriptor 7 of sleep (pid 12)",
        "nsenter --net=/proc/12/fd/7",
    ),
    "socket": (
        replace(ALONE, sockets=(Socket(12, 7, 99, "nginx"),)),
        "socket",
        "socket 7 of nginx (pid 12)",
        "ovltui exec 'net:[4026532369]'",
    ),
    "mount": (
        replace(ALONE, mounts=COPIES),
        "mount",
        "mount /x/kept in 2 mount namespaces alone, no process in it",
        "nsenter --net=/proc/50/root/x/kept",
    ),
    "named": (
        replace(ALONE, mounts=(Mount(50, 50, "/run/netns/a b"),)),
        "mount",
        "mount /run/netns/a b alone, no process in it",
        "nsenter --net='/proc/50/root/run/netns/a b'",
    ),
    "number": (
        Netns(numbered("vm", 7), 0, 7, False, (), ()),
        "nsid",
        "nobody whom we can see",
        "not to be entered",
    ),
}
"""For each way to be found: the namespace, its source, its holder, and the command."""


def test_of_a_namespace_that_was_not_read_nothing_is_said_to_be_missing() -> None:
    rows = overview(Row(ALONE, identify([ALONE], (), {})[ALONE.key], (), ())).rows
    inside = [cells for cells in rows if cells[0] in ("links", "addresses", "")]
    assert inside == [("links", ""), ("", "not known"), ("addresses", ""), ("", "not known")]


def facts(netns: Netns) -> dict[str, str]:
    """Return the rows of the overview by their names."""
    row = Row(netns, identify([netns], (), {})[netns.key], (), ())
    return {cells[0]: cells[1] for cells in overview(row).rows}


@pytest.mark.parametrize("kept", PAGES)
def test_it_says_how_the_namespace_was_found_who_keeps_it_and_how_to_get_there(kept: str) -> None:
    netns, source, holder, command = PAGES[kept]
    told = facts(netns)
    assert (told["found by"], told["kept alive by"], told["by hand"]) == (source, holder, command)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ("thread", "known by thread 15 of web (pid 12)"),
        ("descriptor", "kept by descriptor 7 of sleep (pid 12)"),
        ("socket", "kept by socket 7 of nginx (pid 12)"),
        ("mount", "mounted where nobody gives it a name"),
        ("number", "known by its nsid only: nothing that leads into it was found"),
    ],
)
def test_it_says_why_the_namespace_is_called_so(kept: str, why: str) -> None:
    assert facts(PAGES[kept][0])["called so"] == why


def test_one_who_looks_in_does_not_change_the_name_of_a_mounted_namespace() -> None:
    netns = PAGES["mount"][0]
    visited = replace(netns, tasks=(Task(12, 15, "passer-by"),), descriptors=(Descriptor(12, 7, "passer-by"),))
    names = {identify([one], (), {})[one.key].name for one in (netns, visited)}
    assert names == {"net:[4026532369]"}


def test_of_a_number_nothing_else_is_claimed() -> None:
    told = facts(PAGES["number"][0])
    assert (told["kernel id"], told["inode"], told["nsid"]) == ("unknown", "unknown", "7")
    assert "not known" in told.values()
