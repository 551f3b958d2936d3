"""What control groups say: every runtime's way of naming them, and that a liar gets no other's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.identity.cgroups import inside, workloads
from ovltui.text import clean

A, B = "a1" * 32, "b2" * 32
ESCAPED = r"my\x2dbox"
POD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8c2_4.slice"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (f"/docker/{A}", [("docker", A[:12])]),
        (f"/system.slice/docker-{A}.scope", [("docker", A[:12])]),
        (f"/user.slice/user-1000.slice/user@1000.service/app.slice/docker-{A}.scope", [("docker", A[:12])]),
        (f"{POD}/cri-containerd-{A}.scope", [("containerd", A[:12])]),
        (f"/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{A}", [("containerd", A[:12])]),
        (f"{POD}/crio-{A}.scope", [("CRI-O", A[:12])]),
        (f"{POD}/crio-{A}", [("CRI-O", A[:12])]),
        (f"{POD}/crio-conmon-{A}.scope", []),
        (f"/machine.slice/libpod-{A}.scope/container", [("podman", A[:12])]),
        (f"/libpod_parent/libpod-{A}", [("podman", A[:12])]),
        (f"/machine.slice/libpod-conmon-{A}.scope", []),
        (f"/user.slice/user-1.slice/user@1.service/user.slice/libpod-{A}.scope", [("podman", A[:12])]),
        (f"/kubepods/burstable/pod12/{A}", [("container", A[:12])]),
        (f"/../{A}", [("container", A[:12])]),
        ("/lxc/web", [("LXC", "web")]),
        ("/lxc.payload.web/init.scope", [("LXC", "web")]),
        ("/lxc.monitor.web", []),
        (f"/machine.slice/machine-{ESCAPED}.scope", [("machine", "my-box")]),
        (f"/machine.slice/systemd-nspawn@{ESCAPED}.service/payload", [("machine", "my-box")]),
        ("/system.slice/nginx.service", [("unit", "nginx.service")]),
        ("/user.slice/user-0.slice/session-3.scope", []),
        (f"/docker/{A}/docker/{B}", [("docker", A[:12]), ("docker", B[:12])]),
        (f"/docker/{A[:-1]}", []),
        ("/", []),
    ],
)
@pytest.mark.parametrize("form", ["0::{}\n", "12:cpuset:/\n1:name=systemd:{}\n0::/\n", "3:cpu,cpuacct:{}\n"])
def test_each_runtime_is_known_by_its_groups(form: str, path: str, found: list[tuple[str, str]]) -> None:
    assert [(one.runtime, one.name) for one in workloads(form.format(path))] == found


@pytest.mark.parametrize("table", ["", "\n", "0::", "garbage", "0:/", "::::"])
def test_what_is_no_table_names_nothing(table: str) -> None:
    assert workloads(table) == ()


def test_who_lies_about_a_group_below_its_own_is_shown_below_its_own() -> None:
    found = workloads(f"0::/docker/{A}/docker-{B}.scope")
    assert [one.name for one in found] == [A[:12], B[:12]]


def test_hostile_names_come_out_visible() -> None:
    (lxc,) = workloads("0::/lxc/a\x1b[2J\u202e")
    assert lxc.name == "a\\x1b[2J\\u202e"
    (machine,) = workloads(r"0::/machine.slice/machine-a\x1b\xff.scope")
    assert machine.name == "a\\x1b\\xff"


def test_a_namespace_is_that_of_a_workload_only_if_it_was_started_from_outside() -> None:
    own, shell = f"0::/docker/{A}\n", "0::/user.slice/user-0.slice/session-3.scope\n"
    assert inside(7, "", own, shell).own
    assert inside(7, "", own, "").own
    assert not inside(7, "", own, own).own
    assert not inside(7, "", shell, "").own
    assert not inside(7, "", "0::/system.slice/cron.service\n", "0::/system.slice/cron.service\n").own
    assert inside(7, "", f"0::/docker/{A}/docker/{B}\n", own).own


@given(st.text(), st.text())
def test_no_table_breaks_it_and_nothing_raw_comes_out(table: str, starter: str) -> None:
    told = inside(1, "", f"0::/lxc/{table}", starter)
    assert all(one.name == clean(one.name) for one in told.workloads)
