"""Solicitations are switched on for one link on request, and back whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from ovltui.errors import ExitStatus, NetnsError, OvltuiError
from ovltui.events.line import line
from ovltui.kernel.namespace import opened
from ovltui.kernel.solicit import Setting
from ovltui.session.live import LiveSession, Options
from ovltui.session.solicitor import Solicitor
from tests.bed.netns import NamedNetns

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]


def made(new_netns: NewNetns) -> tuple[NamedNetns, int]:
    blue = new_netns("solicit")
    blue.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    blue.ip("addr", "add", "10.98.0.1/24", "dev", "v0")
    blue.ip("link", "set", "v0", "up")
    blue.ip("link", "set", "v1", "up")
    with opened(str(blue.path)) as namespace:
        return blue, namespace.id


def value(netns: NamedNetns, dev: str = "v0") -> str:
    return netns.run("cat", f"/proc/sys/net/ipv4/neigh/{dev}/app_solicit").strip()


def test_it_is_set_for_that_link_alone_and_set_back_at_the_end(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    solicitor = Solicitor()
    act = solicitor.switch_on(str(blue.path), netns_id, "v0")
    assert act is not None
    assert act.command == f"nsenter --net={blue.path} sysctl -w net.ipv4.neigh.v0.app_solicit=1"
    assert (value(blue), value(blue, "v1")) == ("1", "0")
    solicitor.close()
    assert value(blue) == "0"


def test_what_was_on_before_stays_on(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    blue.run("sh", "-c", "echo 3 > /proc/sys/net/ipv4/neigh/v0/app_solicit")
    solicitor = Solicitor()
    assert solicitor.switch_on(str(blue.path), netns_id, "v0") is None
    solicitor.close()
    assert value(blue) == "3"


def test_it_is_set_back_when_the_program_is_killed(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    code = (
        "from ovltui.session.solicitor import Solicitor; import sys\n"
        f"s = Solicitor(); s.switch_on({str(blue.path)!r}, {netns_id}, 'v0')\n"
        "print('set', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"set\n"
    assert value(blue) == "1"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 30
    while value(blue) != "0":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_link_that_is_not_there_is_one_sentence(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    with pytest.raises(OvltuiError, match="There is no link nosuch in that namespace") as raised:
        Solicitor().switch_on(str(blue.path), netns_id, "nosuch")
    assert raised.value.status == ExitStatus.FINDINGS
    with pytest.raises(NetnsError, match="is gone, or another one now"):
        Solicitor().switch_on(str(blue.path), netns_id + 1, "v0")


def test_it_is_set_back_though_the_process_that_led_there_is_gone(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    solicitor = Solicitor()
    sleeper = subprocess.Popen(blue.command("sleep", "60"))
    try:
        deadline = time.monotonic() + 30
        while os.stat(f"/proc/{sleeper.pid}/ns/net").st_ino != blue.inode:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        solicitor.switch_on(f"/proc/{sleeper.pid}/ns/net", netns_id, "v0", ("/proc/self/ns/net", str(blue.path)))
    finally:
        sleeper.kill()
        sleeper.wait()
    assert value(blue) == "1"
    solicitor.close()
    assert value(blue) == "0"


def test_the_command_can_be_copied_whatever_the_link_is_called() -> None:
    dotted = Setting("/run/netns/a b", 1, "eth0.10", 1).command
    assert dotted == "nsenter --net='/run/netns/a b' sysctl -w net/ipv4/neigh/eth0.10/app_solicit=1"
    assert "'net.ipv4.neigh.x;reboot.app_solicit'=1" in Setting("/p", 1, "x;reboot", 1).command


def test_a_lookup_is_then_told(new_netns: NewNetns) -> None:
    blue, netns_id = made(new_netns)
    session = LiveSession(Options(no_docker=True))
    solicitor = Solicitor()
    try:
        session.start()
        solicitor.switch_on(str(blue.path), netns_id, "v0")
        subprocess.run(blue.command("ping", "-c", "1", "-W", "1", "10.98.0.9"), check=False, capture_output=True)
        said = [line(session.ring[seq], session.names) for seq in range(session.ring.first, session.ring.end)]
        assert any(one.netns == blue.name and "who has 10.98.0.9 dev v0" in one.text for one in said)
    finally:
        solicitor.close()
        session.close()
    assert value(blue) == "0"
