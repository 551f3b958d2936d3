"""A command in a namespace: the right one or none, with the status of the command."""

import os
import subprocess
from collections.abc import Callable

import pytest

from ovltui.kernel.namespace import opened
from ovltui.kernel.spawn import CANNOT_RUN, NOT_FOUND, command_line
from tests.bed.netns import NamedNetns

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]


def id_of(netns: NamedNetns) -> int:
    with opened(str(netns.path)) as namespace:
        return namespace.id


def run(path: str, netns_id: int, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command_line(path, netns_id, argv), capture_output=True, text=True, check=False)


def test_the_command_sees_that_network_and_the_host_s_files(new_netns: NewNetns) -> None:
    blue = new_netns("spawn")
    done = run(str(blue.path), id_of(blue), "sh", "-c", "readlink /proc/self/ns/net; hostname; ls /proc/self/fd")
    link, host, *descriptors = done.stdout.split()
    assert link == f"net:[{blue.inode}]"
    assert host == os.uname().nodename
    # 3 is the directory that ls itself reads: nothing of ours is inherited
    assert descriptors == ["0", "1", "2", "3"]


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", -9)])
def test_the_status_is_the_command_s(new_netns: NewNetns, script: str, status: int) -> None:
    blue = new_netns("spawn")
    assert run(str(blue.path), id_of(blue), "sh", "-c", script).returncode == status


def test_another_namespace_at_the_same_path_is_refused(new_netns: NewNetns) -> None:
    old, young = new_netns("spawn"), new_netns("spawn")
    done = run(str(young.path), id_of(old), "echo", "inside")
    assert done.returncode == 4
    assert done.stdout == ""
    assert "is another one now" in done.stderr


def test_a_pid_that_was_reused_is_refused(new_netns: NewNetns) -> None:
    blue = new_netns("spawn")
    # The pid that was listed belongs to a process of our own namespace now.
    done = run(f"/proc/{os.getpid()}/ns/net", id_of(blue), "echo", "inside")
    assert (done.returncode, done.stdout) == (4, "")


def test_a_namespace_that_died_is_one_sentence(new_netns: NewNetns) -> None:
    blue = new_netns("spawn")
    done = run(f"{blue.path}-gone", id_of(blue), "echo", "inside")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "is gone" in done.stderr


def test_a_command_that_cannot_be_run_has_the_status_of_a_shell(new_netns: NewNetns) -> None:
    blue = new_netns("spawn")
    assert run(str(blue.path), id_of(blue), "no-such-command").returncode == NOT_FOUND
    assert run(str(blue.path), id_of(blue), "/etc/passwd").returncode == CANNOT_RUN


def test_without_privilege_it_says_so_and_runs_nothing(new_netns: NewNetns) -> None:
    blue = new_netns("spawn")
    # The interpreter may lie where only root may look.
    drop = ["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all,+dac_read_search"]
    words = [
        *drop,
        "--ambient-caps=-all,+dac_read_search",
        *command_line(str(blue.path), id_of(blue), ["echo", "inside"]),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "run it as root" in done.stderr
