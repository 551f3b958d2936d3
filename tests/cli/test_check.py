"""``ovltui check`` says what is wrong, and its status tells a script."""

import json
import signal
from collections.abc import Callable

import pytest

from ovltui.checks.finding import Severity
from ovltui.checks.table import CHECKS
from ovltui.errors import ExitStatus
from tests.bed.netns import NamedNetns
from tests.cli.command import await_listening, ovltui, running

NewNetns = Callable[[str], NamedNetns]
KEYS = {"check", "severity", "netns", "where", "since", "says", "evidence", "event", "remedy"}
"""The keys that stay."""
MAC = "02:42:0a:0d:11:63"
PATIENCE_S = 20.0


def overlay(made: NamedNetns) -> None:
    """Build what an overlay's namespace looks like, with one member behind vxlan0."""
    for command in (
        "link add under0 type veth peer name under1",
        "address add 192.168.99.101/24 dev under0",
        "link set under0 up",
        "link set under1 up",
        "link add br0 mtu 1450 type bridge",
        "link add vxlan0 mtu 1450 type vxlan id 4242 dstport 4999 nolearning proxy l2miss l3miss",
        "link set vxlan0 master br0",
        "link set br0 up",
        "link set vxlan0 up",
        f"neigh add 10.13.17.99 lladdr {MAC} dev vxlan0 nud permanent",
    ):
        made.ip(*command.split())
    entry(made, "add")


def entry(made: NamedNetns, verb: str) -> None:
    made.run("bridge", "fdb", verb, MAC, "dev", "vxlan0", "dst", "192.168.99.102", "self", "permanent")


def lose(made: NamedNetns) -> None:
    entry(made, "del")


def test_every_check_is_listed_and_explained() -> None:
    listed = ovltui("check", "--list")
    assert (listed.status, listed.err) == (0, "")
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == [check.name for check in CHECKS]
    page = ovltui("check", "--explain", "fdb-lost").out
    assert page.startswith("fdb-lost: ")
    assert "moby#52661" in page


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--explain", "a\x1b[2J"), "no check is called a\\x1b[2J; ovltui check --list names them."),
        (("--for", "3"), "--for says how long --watch goes on: add --watch."),
        (("nosuchnetns",), "no namespace is called nosuchnetns"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], says: str) -> None:
    ended = ovltui("check", "--no-docker", *words)
    assert ended.status in (ExitStatus.USAGE, ExitStatus.NO_NETNS)
    assert says in ended.err
    assert ended.out == ""


@pytest.mark.needs_root
def test_a_namespace_in_order_is_fine_and_a_fault_is_told_with_its_remedy(new_netns: NewNetns) -> None:
    made = new_netns("ovt-check")
    overlay(made)
    fine = ovltui("check", "--no-docker", made.name)
    assert (fine.status, fine.out) == (0, ""), fine.err
    assert "nothing wrong found" in fine.err
    assert "what Docker intends is not known" in fine.err
    lose(made)
    told = ovltui("check", "--no-docker", made.name)
    assert told.status == ExitStatus.FINDINGS
    first, *rest = told.out.splitlines()
    assert first == f"error   fdb-lost {made.name}/vxlan0"
    assert any(MAC in line and line.startswith("  evidence: ") for line in rest)
    shown = [json.loads(line) for line in ovltui("check", "--no-docker", "--json", made.name).out.splitlines()]
    assert [one["check"] for one in shown] == ["fdb-lost"]
    assert shown[0].keys() >= KEYS
    assert shown[0]["where"] == f"{made.name}/vxlan0"
    assert shown[0]["severity"] in set(Severity)
    assert (shown[0]["since"], shown[0]["event"]) == (None, None)


@pytest.mark.needs_root
def test_watch_prints_what_begins_opens_and_is_mended(new_netns: NewNetns) -> None:
    made = new_netns("ovt-check")
    overlay(made)
    with running("check", "--no-docker", "--json", "--watch", made.name) as process:
        assert process.stdout is not None
        await_listening(process.pid)
        lose(made)
        begun = json.loads(process.stdout.readline())
        assert (begun["check"], begun["standing"]) == ("fdb-lost", "settling")
        assert begun["since"] is not None
        assert begun["event"] is not None
        opened = json.loads(process.stdout.readline())
        assert (opened["check"], opened["standing"]) == ("fdb-lost", "open")
        entry(made, "add")
        mended = json.loads(process.stdout.readline())
        assert (mended["check"], mended["standing"]) == ("fdb-lost", "mended")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == ExitStatus.INTERRUPTED
