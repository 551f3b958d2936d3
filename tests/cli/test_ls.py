import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns
from tests.cli.command import NOBODY, OVLTUI, await_listening, environment, ovltui, ovltui_as_nobody, run

KEYS = {
    *(
        "name",
        "host",
        "kind",
        "id",
        "inode",
        "nsid",
        "engine",
        "network",
        "container",
        "paths",
        "pids",
        "sources",
        "gaps",
    ),
    *("vni", "why", "project", "service", "sharers", "holders", "tasks", "descriptors", "sockets"),
}


def listed(*words: str) -> dict[int, dict[str, Any]]:
    ended = ovltui("ls", "--json", *words)
    assert ended.status == 0, ended.err
    return {row["inode"]: row for row in map(json.loads, ended.out.splitlines())}


@contextmanager
def unshared(*argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a namespace that only it holds; it has said a word when this begins."""
    script = ("sh", "-c", 'echo ready; exec "$@"', "sh", *argv)
    with subprocess.Popen(["unshare", "--net", *script], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.needs_root
def test_every_namespace_of_ip_netns_and_lsns_is_listed(new_netns: Callable[[str], NamedNetns]) -> None:
    blue, red = new_netns("cli-blue"), new_netns("cli-red")
    with unshared("sleep", "60") as process:
        inode = Path(f"/proc/{process.pid}/ns/net").stat().st_ino
        by_inode = listed("--no-docker")
        lsns = json.loads(run(["lsns", "-t", "net", "-J", "-n", "-o", "NS"]).out)["namespaces"]
        for made in (blue, red):
            row = by_inode[made.inode]
            assert (row["name"], row["kind"], row["sources"]) == (made.name, "named", ["mount"])
            assert f"/run/netns/{made.name}" in row["paths"]
        assert by_inode[inode]["pids"] == [process.pid]
        assert by_inode[inode]["kind"] == "process"
        mine = {blue.inode, red.inode, inode}
        assert mine & {int(row["ns"]) for row in lsns} == mine & by_inode.keys() & {int(row["ns"]) for row in lsns}
        assert inode in {int(row["ns"]) for row in lsns}


@pytest.mark.needs_root
def test_mounts_in_a_private_mount_namespace_are_listed(tmp_path: Path) -> None:
    spot = tmp_path / "hidden"
    spot.touch()
    script = f"mount --make-rprivate / && mount --bind /proc/self/ns/net {spot} && exec unshare --net sleep 60"
    with unshared("unshare", "--mount", "sh", "-c", script):
        found: list[dict[str, Any]] = []
        for _ in range(50):
            found = [row for row in listed("--no-docker").values() if str(spot) in row["paths"]]
            if found and not found[0]["pids"]:
                break
        assert [(row["sources"], row["pids"]) for row in found] == [(["mount"], [])]
        inode = found[0]["inode"]
        assert str(inode) not in run(["findmnt", "-t", "nsfs", "-n", "-o", "SOURCE"]).out


@pytest.mark.needs_root
def test_each_object_has_the_promised_keys_and_its_own_id_and_name(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    new_netns("cli-keys")
    rows = list(listed("--no-docker").values())
    assert all(row.keys() == KEYS for row in rows)
    ids = [row["id"] for row in rows if row["sources"] != ["nsid"]]
    assert len(set(ids) - {None}) == len(ids)
    assert len({row["name"] for row in rows}) == len(rows)
    assert [row["name"] for row in rows if row["kind"] == "host"] == ["host"]


@pytest.mark.needs_root
def test_listing_gives_no_nsid(new_netns: Callable[[str], NamedNetns]) -> None:
    viewer, made = new_netns("cli-viewer"), new_netns("cli-quiet")
    ended = run(viewer.command(*OVLTUI, "ls", "--json", "--no-docker"))
    rows = {row["inode"]: row for row in map(json.loads, ended.out.splitlines())}
    assert rows[viewer.inode]["name"] == "host"
    assert rows[made.inode]["nsid"] is None
    assert viewer.ip("netns", "list-id") == ""


@pytest.mark.needs_root
def test_text_says_the_same_as_json(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-text")
    row = listed("--no-docker")[made.inode]
    heading, *lines = ovltui("ls", "--no-docker").out.splitlines()
    assert heading.split() == ["NAME", "KIND", "NSID", "ID", "PROCESSES", "FOUND"]
    line = next(line for line in lines if line.startswith(made.name))
    nsid = "-" if row["nsid"] is None else str(row["nsid"])
    assert line.split() == [made.name, "named", nsid, str(row["id"]), "0", f"/run/netns/{made.name}"]
    assert line.index("/run") == heading.index("FOUND")


@pytest.mark.needs_root
def test_colours_come_when_asked_for_and_never_by_themselves() -> None:
    assert "\x1b" not in ovltui("ls", "--no-docker").out
    assert ovltui("ls", "--no-docker", "--color", "always").out.startswith("\x1b[1mNAME")


@pytest.mark.needs_root
def test_a_hostile_name_cannot_speak_to_the_terminal(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-evil\x1b[31m\u202e")
    for words in (("ls", "--no-docker"), ("ls", "--no-docker", "--json")):
        out = ovltui(*words).out
        assert f"cli-evil\\x1b[31m\\u202e{made.name[-4:]}"[:20] in out.replace("\\\\", "\\")
        assert "\x1b" not in out
        assert "\u202e" not in out


@pytest.mark.needs_root
def test_an_ordinary_user_sees_their_own_and_is_told_what_is_hidden() -> None:
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    with unshared(*user, "sleep", "60") as process:
        ended = ovltui_as_nobody("ls", "--json", "--no-docker")
    assert ended.status == 0
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert "host" in [row["name"] for row in rows]
    assert [process.pid] in [row["pids"] for row in rows]
    assert re.search(r"^ovltui: \d+ processes may not be read", ended.err)
    assert ended.err.endswith("ovltui: run it as root to see everything.\n")


@pytest.mark.needs_root
def test_an_engine_that_was_asked_for_and_is_silent_is_status_5_after_the_list(tmp_path: Path) -> None:
    url = f"unix://{tmp_path}/no.sock"
    for ended in (ovltui("ls", "--docker", url), ovltui("ls", DOCKER_HOST=url)):
        assert ended.status == 5
        assert "\nhost " in ended.out
        assert ended.err.count(f"ovltui: {url}: ") == 1


@pytest.mark.alone
@pytest.mark.needs_root
def test_an_engine_that_hangs_delays_the_list_by_two_seconds_at_most(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        started = time.monotonic()
        ended = ovltui("ls", "--docker", str(tmp_path / "silent.sock"))
        assert 2.0 < time.monotonic() - started < 4.0
    assert ended.status == 5
    assert "\nhost " in ended.out
    assert "silent.sock: has not answered yet\n" in ended.err


def test_a_container_and_its_network_are_listed_by_name(two_engines: TwoEngines) -> None:
    words = [word for node in two_engines.nodes for word in ("--docker", node.url)]
    rows = listed(*words)
    for number, (node, name) in enumerate(zip(two_engines.nodes, ("docker1n", "docker2n"), strict=True)):
        pid = int(node.docker("inspect", "-f", "{{.State.Pid}}", name))
        row = rows[Path(f"/proc/{pid}/ns/net").stat().st_ino]
        assert (row["kind"], row["container"], row["network"]) == ("container", name, "mynet01"), number
        assert pid in row["pids"]
    overlays = [row for row in rows.values() if row["kind"] == "overlay" and row["network"] == "mynet01"]
    assert len({row["engine"] for row in overlays}) == len(overlays) >= 2
    assert all(row["vni"] and row["name"].startswith("mynet01") for row in overlays)


def test_a_container_stands_indented_under_its_network(two_engines: TwoEngines) -> None:
    ended = ovltui("ls", "--docker", two_engines.nodes[0].url)
    pid = two_engines.nodes[0].docker("inspect", "-f", "{{.State.Pid}}", "docker1n").strip()
    path = Path(f"/proc/{pid}/ns/net")
    row = next(
        row for inode, row in listed("--docker", two_engines.nodes[0].url).items() if inode == path.stat().st_ino
    )
    lines = ended.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"  {row['name']} "))
    above = next(line for line in reversed(lines[:at]) if not line.startswith(" "))
    assert above.startswith("mynet01")
    assert above.split()[1] == "overlay"


@pytest.mark.needs_root
def test_a_namespace_that_was_deleted_is_gone_though_a_watch_runs(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("cli-gone")
    inode = made.inode
    with subprocess.Popen(
        [*OVLTUI, "watch", "--no-docker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        try:
            await_listening(process.pid)
            run(["ip", "netns", "delete", made.name])
            assert inode not in listed("--no-docker")
        finally:
            process.terminate()
