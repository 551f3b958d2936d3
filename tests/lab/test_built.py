"""A lab is there whole, or not at all; and it goes without a trace."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovltui.errors import OvltuiError
from ovltui.kernel import inside, netns_file
from ovltui.kernel.namespace import opened, visit
from ovltui.kernel.nsid import give_nsid
from ovltui.kernel.procfs import processes
from ovltui.kernel.rtnl import Rtnl
from ovltui.lab import trouble
from ovltui.lab.apply import up
from ovltui.lab.layout import birth_name
from ovltui.lab.place import Place
from ovltui.lab.plan import Plan
from ovltui.lab.status import status
from ovltui.lab.teardown import down
from tests.bed.netns import NamedNetns, ip
from tests.lab.world import kill_group, lab, mounts_below, sleepers, world

pytestmark = pytest.mark.needs_root
TIMES = int(os.environ.get("OVLTUI_LAB_TIMES", "20"))
KILLS = 10


@pytest.fixture(autouse=True)
def _on_the_path(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the processes of our labs from those of others."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{ground}")


def names_of_links() -> set[str]:
    return {line.split(":")[1].strip().split("@")[0] for line in ip("-o", "link").splitlines()}


def number_all(plan: Plan, viewer: NamedNetns) -> None:
    """Give each namespace a number in ``viewer``, which lasts as long as the namespace."""

    def give() -> None:
        with Rtnl() as rtnl:
            for space in plan.spaces:
                with opened(plan.path(space)) as namespace:
                    give_nsid(rtnl, namespace.fd, 100)

    with opened(str(viewer.path)) as inside_viewer:
        visit(inside_viewer.fd, give)
    assert viewer.ip("netns", "list-id").count("nsid") >= len(plan.spaces)


def await_no_number(viewer: NamedNetns) -> None:
    deadline = time.monotonic() + 60
    while left := viewer.ip("netns", "list-id"):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


@contextmanager
def living_in(path: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else in the namespace at ``path``."""
    with subprocess.Popen(["nsenter", f"--net={path}", "sleep", "60"]) as process:
        try:
            wanted = Path(path).stat().st_ino
            while Path(f"/proc/{process.pid}/ns/net").stat().st_ino != wanted:
                time.sleep(0.01)
            yield process
        finally:
            process.kill()


def test_every_container_reaches_every_other_one(ground: Path) -> None:
    with lab(ground, nodes=4, containers=5) as (place, plan):
        assert len(plan.containers) == 20
        verdict = trouble.check(place)
        assert verdict.right, verdict
        for source in plan.containers[::6]:
            for target in plan.containers:
                ran = inside.run(plan.path(source.space), None, ("ping", "-c1", "-W2", target.address))
                assert ran.status == 0, (source.space.name, target.space.name)
        found = status(place)
        assert found is not None
        assert found.complete
        assert len({part.pid for part in found.parts if part.pid}) == 20


def test_up_and_down_many_times_leaves_everything_as_before(
    ground: Path, new_netns: Callable[[str], NamedNetns]
) -> None:
    viewer = new_netns("lab-viewer")
    place, births = Place(ground / "run"), set()
    for _ in range(TIMES):
        plan = up(place, 2, 1)
        assert len(mounts_below(ground)) == len(plan.spaces) == 8
        assert len(sleepers(ground)) == 2
        births.add(birth_name(plan))
        number_all(plan, viewer)
        assert down(place).guests == ()
        assert sorted(ground.iterdir()) == []
    assert sleepers(ground) == set()
    assert mounts_below(ground) == []
    assert not births & names_of_links()
    await_no_number(viewer)


def test_a_lab_that_was_killed_half_way_is_removed_exactly(ground: Path) -> None:
    place = Place(ground / "run")
    script = (
        "from pathlib import Path; from ovltui.lab.place import Place; from ovltui.lab.apply import up; "
        f"print('begin', flush=True); up(Place(Path({str(ground / 'run')!r})), 3, 2)"
    )
    found = set()
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begin\n"
            time.sleep(random.uniform(0, 0.4))
            kill_group(process)
        there = status(place)
        found.add(None if there is None else (there.whole, len(mounts_below(ground))))
        if there and not there.whole:
            with pytest.raises(OvltuiError, match="half-built lab"):
                up(place, 2, 1)
        down(place)
        assert mounts_below(ground) == []
        assert sorted(ground.iterdir()) == []
        await_no_sleeper(ground)
    assert any(state and not state[0] for state in found), found


def await_no_sleeper(ground: Path) -> None:
    """Wait until no process of a lab is left: one that was about to start when its killer came may have its turn."""
    deadline = time.monotonic() + 30
    while left := sleepers(ground):
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def test_a_second_lab_is_refused_and_the_first_one_stays(ground: Path) -> None:
    with lab(ground) as (place, _):
        with pytest.raises(OvltuiError, match="a lab is up already"):
            up(place, 3, 1)
        assert trouble.check(place).right


def test_two_labs_in_two_places_do_not_mix(ground: Path) -> None:
    with lab(ground / "a") as (first, _), lab(ground / "b") as (second, plan):
        assert down(first).found
        assert trouble.check(second).right
        assert len(mounts_below(ground)) == len(plan.spaces)


def test_down_of_nothing_does_nothing(ground: Path) -> None:
    place = Place(ground / "run")
    assert down(place) == down(place)
    assert not down(place).found
    assert not (ground / "run").exists()


def test_what_fails_half_way_is_undone(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ground / "bin"
    fake.mkdir()
    real = "/usr/sbin/ip" if Path("/usr/sbin/ip").exists() else "/sbin/ip"
    lines = 'told=$(cat); case "$told" in *vxlan*) echo "Error: Unknown device type." >&2; exit 1;; esac'
    (fake / "ip").write_text(f'#!/bin/sh\n{lines}\necho "$told" | exec {real} "$@"\n')
    (fake / "ip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    with pytest.raises(OvltuiError, match=r"load the modules.*Unknown device type"):
        up(Place(ground / "run"), 2, 1)
    assert mounts_below(ground) == []
    assert sorted(ground.iterdir()) == [fake]


def test_a_missing_iproute2_is_said_before_anything_is_made(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "is_installed", lambda command: command != "bridge")
    with pytest.raises(OvltuiError, match="needs bridge, of the package iproute2"):
        up(Place(ground / "run"), 2, 1)
    assert sorted(ground.iterdir()) == []


def test_who_is_inside_is_said_and_their_namespace_lives_until_they_end(ground: Path) -> None:
    with lab(ground) as (place, plan), living_in(plan.path(plan.containers[0].space)) as guest:
        removed = down(place)
        assert [(one.pid, one.name, one.file) for one in removed.guests] == [(guest.pid, "sleep", "docker1n")]
        assert guest.poll() is None
        assert mounts_below(ground) == []
        assert not place.exists()


def test_nodes_deleted_by_hand_are_told_and_the_rest_is_removed(ground: Path) -> None:
    with lab(ground) as (place, plan):
        netns_file.remove(plan.path(plan.nodes[0].space))
        netns_file.remove(plan.path(plan.containers[0].space))  # its process keeps that namespace alive
        found = status(place)
        assert found is not None
        assert not found.complete
        assert [part.space.file for part in found.parts if part.id is None] == ["node1", "docker1n"]
        assert [space.file for space in trouble.check(place).gone] == ["node1", "docker1n"]
        assert down(place).guests == ()
        assert sleepers(ground) == set()


def test_another_namespace_under_the_name_of_a_node_is_not_taken_for_it(ground: Path) -> None:
    with lab(ground) as (place, plan):
        netns_file.remove(plan.path(plan.nodes[0].space))
        netns_file.make(plan.path(plan.nodes[0].space))
        assert [space.file for space in trouble.check(place).gone] == ["node1"]


def test_a_process_that_was_killed_is_told(ground: Path) -> None:
    with lab(ground) as (place, plan):
        found = status(place)
        assert found is not None
        (pid,) = [part.pid for part in found.parts if part.space == plan.containers[1].space]
        assert pid is not None
        os.kill(pid, 9)
        while pid in {process.pid for process in processes() if process.net}:
            time.sleep(0.01)
        found = status(place)
        assert found is not None
        assert [part.space.file for part in found.parts if part.missing] == ["docker2n"]


def test_what_is_not_of_the_lab_is_left_alone(ground: Path) -> None:
    with lab(ground) as (place, _):
        alien = Path(place.spaces, "alien")
        alien.write_text("mine")
        with pytest.raises(OvltuiError, match="what is not of the lab"):
            down(place)
        assert alien.read_text() == "mine"
        alien.unlink()


def test_a_broken_description_is_said_and_down_removes_the_lab_all_the_same(ground: Path) -> None:
    with lab(ground) as (place, _):
        (ground / "run/lab/description.json").write_text("{}")
        with pytest.raises(OvltuiError, match=re.escape("ovltui lab down removes it")):
            trouble.check(place)
        with pytest.raises(OvltuiError, match="ovltui lab down removes it"):
            up(place, 2, 1)
        assert down(place).found
        assert mounts_below(ground) == []
        assert sleepers(ground) == set()


def test_a_description_of_an_earlier_boot_is_no_lab(ground: Path) -> None:
    with lab(ground) as (place, _):
        file = ground / "run/lab/description.json"
        found = place.read()
        assert found is not None
        file.write_text(file.read_text().replace(found.boot, "another"))
        with pytest.raises(OvltuiError, match="only what is left of a lab"):
            trouble.check(place)
        there = status(place)
        assert there is not None
        assert not there.whole


def test_nobody_else_may_read_what_is_described(ground: Path) -> None:
    with lab(ground):
        modes = [(ground / "run" / name).stat().st_mode & 0o777 for name in ("lab", "lab/description.json")]
        assert modes == [0o700, 0o600]


def test_two_commands_at_a_time_do_not_change_one_lab(ground: Path) -> None:
    place = Place(ground / "run")
    with place.locked(), pytest.raises(OvltuiError, match="another ovltui lab is at work"):
        up(place, 2, 1)
    assert not (ground / "run").exists()


def test_a_mount_namespace_that_was_made_meanwhile_keeps_nothing_alive(
    ground: Path, new_netns: Callable[[str], NamedNetns]
) -> None:
    viewer = new_netns("lab-viewer")
    with lab(ground) as (place, plan):
        number_all(plan, viewer)
        with world() as copy:
            held = copy.path(str(ground / "run/lab/netns/node1"))
            assert held.stat().st_ino == Path(plan.path(plan.nodes[0].space)).stat().st_ino
            down(place)
            await_no_number(viewer)
