import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ovltui.errors import NetnsError, OvltuiError
from ovltui.kernel import inside, netns_file, sleeper
from ovltui.kernel.echo import Echo, answered
from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.procfs import processes
from tests.bed.netns import NamedNetns
from tests.kernel.hearing import await_true

pytestmark = pytest.mark.needs_root


def inhabitants(made: NamedNetns) -> list[int]:
    return [process.pid for process in processes() if process.net == made.inode]


def test_a_command_runs_in_the_namespace_with_its_stdin(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("inside")
    ran = inside.run(str(made.path), None, ("ip", "-batch", "-"), "link show lo\n")
    assert (ran.status, ran.says) == (0, "")
    assert "lo:" in ran.out
    assert inside.run(str(made.path), None, ("readlink", "/proc/self/ns/net")).out.strip() == f"net:[{made.inode}]"


def test_what_fails_says_why_on_one_clean_line(new_netns: Callable[[str], NamedNetns]) -> None:
    ran = inside.run(str(new_netns("inside").path), None, ("sh", "-c", "printf 'a\\033[31m\\nb' >&2; exit 7"))
    assert (ran.status, ran.says) == (7, "a\\x1b[31m b")


def test_another_namespace_than_the_one_that_is_meant_is_refused(new_netns: Callable[[str], NamedNetns]) -> None:
    made = new_netns("inside")
    with opened(str(made.path)) as namespace:
        right = namespace.id
    assert inside.run(str(made.path), right, ("true",)).status == 0
    with pytest.raises(NetnsError, match="another namespace"):
        inside.run(str(made.path), right + 1, ("true",))


def test_a_namespace_or_a_command_that_is_missing_is_said(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    with pytest.raises(NetnsError, match="cannot be entered"):
        inside.run(str(tmp_path / "none"), None, ("true",))
    with pytest.raises(OvltuiError, match="nosuchcommand is not installed"):
        inside.run(str(new_netns("inside").path), None, ("nosuchcommand",))


def test_a_namespace_is_made_without_ipv6_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "made"
    made = netns_file.make(str(path))
    try:
        with opened(str(path)) as namespace:
            assert (namespace.id, namespace.lasting) == (made.id, made.lasting)
        assert inside.run(str(path), None, ("cat", "/proc/sys/net/ipv6/conf/default/disable_ipv6")).out == "1\n"
        with pytest.raises(FileExistsError):
            netns_file.make(str(path))
    finally:
        netns_file.remove(str(path))
    assert not path.exists()
    netns_file.remove(str(path))


def test_a_plain_file_is_removed_and_a_link_is_not_followed(tmp_path: Path) -> None:
    kept, path = tmp_path / "kept", tmp_path / "link"
    kept.write_text("kept")
    path.symlink_to(kept)
    netns_file.remove(str(path))
    assert (kept.read_text(), path.is_symlink()) == ("kept", False)


def test_a_sleeper_is_alone_in_the_namespace_and_ends_by_its_marks_only(
    new_netns: Callable[[str], NamedNetns],
) -> None:
    made = new_netns("sleeper")
    sleeper.start(str(made.path), ("ovltui-test", "one"))
    (pid,) = inhabitants(made)
    try:
        assert sleeper.is_sleeper(pid, ("ovltui-test",))
        assert not sleeper.is_sleeper(pid, ("ovltui-test", "two"))
        assert not sleeper.is_sleeper(1, ("ovltui-test",))
        sleeper.end(pid, ("ovltui-test", "two"))
        assert inhabitants(made) == [pid]
        opened_files = {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()}
        assert len(opened_files) == 2
        assert "/dev/null" in opened_files
        assert any(name.startswith("pipe:") for name in opened_files)
    finally:
        sleeper.end(pid, ("ovltui-test", "one"))
    while inhabitants(made):
        pass
    sleeper.end(pid, ("ovltui-test", "one"))


def test_an_echo_is_answered_by_who_is_there_and_only_up_to_the_mtu(new_netns: Callable[[str], NamedNetns]) -> None:
    here, there = new_netns("echo"), new_netns("echo")
    here.ip("link", "add", "port", "mtu", "1400", "type", "veth", "peer", "name", "port", "netns", there.name)
    for number, made in enumerate((here, there), 1):
        made.ip("address", "add", f"10.99.0.{number}/24", "dev", "port")
        made.ip("link", "set", "port", "up")
    for made in (here, there):  # the kernel tells of a carrier up to a second later, and sends nothing until then
        await_true(lambda: "state UP" in made.ip("link", "show", "port"))  # noqa: B023
    reached = (Echo("10.99.0.2", 84), Echo("10.99.0.2", 1400))
    asked = (*reached, Echo("10.99.0.2", 1401), Echo("10.99.0.3", 84), Echo("192.0.2.1", 84))
    with opened(str(here.path)) as namespace:
        assert visit(namespace.fd, lambda: answered(asked, 1.0)) == frozenset(reached)
