"""``ovltui lab`` as a person types it, in a mount namespace with a /run of its own."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.command import environment, ovltui
from tests.lab.world import World, world

NETNSES = {
    ("mynet01", "overlay", "lab1"),
    ("mynet01", "overlay", "lab2"),
    ("lb-mynet01", "loadbalancer", "lab1"),
    ("lb-mynet01", "loadbalancer", "lab2"),
    ("docker1n", "container", "lab1"),
    ("docker2n", "container", "lab2"),
    ("node1", "named", "lab1"),
    ("node2", "named", "lab2"),
}
HOME = "/run/ovltui/lab/netns"


@pytest.fixture(scope="module")
def built() -> Iterator[World]:
    with world() as made:
        ended = made.ovltui("lab", "up")
        assert ended.status == 0, ended.err
        yield made


@pytest.fixture
def empty() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.mark.needs_root
def test_a_lab_goes_up_and_down_in_words(empty: World) -> None:
    up = empty.ovltui("lab", "up", "--nodes", "3", "--containers", "2")
    assert (up.status, up.out) == (0, "")
    assert up.err.startswith("ovltui: a lab of 3 nodes and 6 containers is up, in ")
    example = re.search(r"ovltui exec (\S+) -- ping (\S+)", up.err)
    assert example is not None
    ping = empty.ovltui("exec", "--no-docker", example[1], "--", "ping", "-c1", "-W2", example[2])
    assert ping.status == 0, ping.err
    assert empty.ovltui("lab", "check").status == 0
    again = empty.ovltui("lab", "up")
    assert again.status == 1
    assert "a lab is up already" in again.err
    down = empty.ovltui("lab", "down")
    assert (down.status, down.out, down.err) == (0, "", "")
    twice = empty.ovltui("lab", "down")
    assert (twice.status, twice.err) == (0, "ovltui: no lab is up.\n")
    assert list(empty.path("/run").iterdir()) == []


@pytest.mark.needs_root
def test_every_namespace_of_the_lab_has_its_name_and_is_marked_as_of_a_lab(built: World) -> None:
    rows = [json.loads(line) for line in built.ovltui("ls", "--json", "--no-docker").out.splitlines()]
    ours = [row for row in rows if (row["engine"] or "").startswith("lab") and row["paths"][0].startswith(HOME)]
    assert {(row["name"].split("@")[0], row["kind"], row["engine"]) for row in ours} == NETNSES
    overlays = {row["name"]: row for row in ours if row["kind"] == "overlay"}
    assert {name.split("@")[1] for name in overlays} == {"lab1", "lab2"}
    assert all((row["network"], row["vni"]) == ("mynet01", 4097) for row in overlays.values())
    assert all("in the lab" in row["why"] for row in ours)
    assert all(len(row["pids"]) == 1 for row in ours if row["kind"] == "container")


@pytest.mark.needs_root
def test_containers_stand_under_the_network_of_their_node(built: World) -> None:
    lines = built.ovltui("ls", "--no-docker").out.splitlines()
    for node, container in (("lab1", "docker1n"), ("lab2", "docker2n")):
        at = next(number for number, line in enumerate(lines) if re.match(rf"  {container}\b.*{HOME}", line))
        heading = next(line for line in reversed(lines[:at]) if not line.startswith(" "))
        assert heading.split()[:3] == [f"mynet01@{node}", "overlay", "4097"]


@pytest.mark.needs_root
def test_status_lists_the_parts_as_text_and_as_json(built: World) -> None:
    text, status = built.ovltui("lab", "status"), built.ovltui("lab", "status", "--json")
    assert (text.status, status.status) == (0, 0)
    rows = [json.loads(line) for line in status.out.splitlines()]
    assert {row["path"] for row in rows} == {f"{HOME}/{line.split()[-1]}" for line in text.out.splitlines()[1:]}
    assert all(row.keys() == {"name", "kind", "node", "address", "id", "pid", "path"} for row in rows)
    assert {row["name"]: row["address"] for row in rows if row["kind"] == "container"} == {
        "docker1n": "10.13.17.11",
        "docker2n": "10.13.17.12",
    }
    assert [bool(row["pid"]) for row in rows] == [row["kind"] == "container" for row in rows]


@pytest.mark.needs_root
def test_a_fault_is_found_with_hints_and_confirmed_when_it_is_mended(built: World) -> None:
    broken = built.ovltui("lab", "break", "port-down")
    assert broken.status == 0
    assert broken.out == "docker1n does not reach docker2n: no ping is answered.\n"
    assert "port" not in broken.err
    assert "a fault is in" in built.ovltui("lab", "status").err
    check = built.ovltui("lab", "check")
    assert check.status == 1
    assert check.out.startswith("not repaired: docker1n does not reach docker2n")
    assert "veth1" not in check.out
    told = json.loads(built.ovltui("lab", "check", "--json").out)
    assert (told["right"], told["fault"], told["missing"], told["beyond"]) == (False, None, [], [])
    hints = [built.ovltui("lab", "hint").out for _ in range(3)]
    remedy = hints[-1].splitlines()
    assert remedy[0] == "this mends it:"
    for line in remedy[1:]:
        words = line.split()
        assert words.pop(0) == "ovltui"
        assert built.ovltui(*words).status == 0
    check = built.ovltui("lab", "check", "--json")
    assert check.status == 0
    assert json.loads(check.out)["fault"] == "port-down"
    assert built.ovltui("lab", "check").out.startswith("every ping between the nodes is answered")


@pytest.mark.needs_root
def test_a_fault_at_random_is_not_named_before_it_is_repaired(built: World) -> None:
    listed = json.loads(f"[{','.join(built.ovltui('lab', 'break', '--list', '--json').out.splitlines())}]")
    broken = json.loads(built.ovltui("lab", "break", "--random", "--json").out)
    assert broken.keys() == {"symptom"}
    assert broken["symptom"] in {row["symptom"] for row in listed}
    remedy = ""
    while not remedy.startswith("this mends it:"):
        remedy = built.ovltui("lab", "hint").out
    for line in remedy.splitlines()[1:]:
        assert built.ovltui(*line.split()[1:]).status == 0
    repaired = re.match(r"repaired \((\S+)\): ", built.ovltui("lab", "check").out)
    assert repaired is not None
    assert repaired[1] in {row["name"] for row in listed}


@pytest.mark.needs_root
def test_what_somebody_changed_is_told_where_no_fault_is_in(built: World) -> None:
    change = ("ip", "address", "add", "10.13.17.77/24", "dev", "eth0")
    assert built.ovltui("exec", f"{HOME}/docker1n", "--", *change).status == 0
    check = built.ovltui("lab", "check")
    assert (check.status, check.out) == (1, "not as built in docker1n: inet 10.13.17.77/24 dev eth0\n")
    change = ("ip", "address", "del", "10.13.17.77/24", "dev", "eth0")
    assert built.ovltui("exec", f"{HOME}/docker1n", "--", *change).status == 0
    assert built.ovltui("lab", "check").status == 0


@pytest.mark.needs_root
def test_down_says_who_is_inside(empty: World) -> None:
    assert empty.ovltui("lab", "up").status == 0
    shell = empty.command("nsenter", f"--net={HOME}/docker1n", "sh", "-c", "echo in; exec sleep 60")
    with subprocess.Popen(shell, stdout=subprocess.PIPE, text=True, env=environment()) as guest:
        assert guest.stdout is not None
        assert guest.stdout.readline() == "in\n"
        ended = empty.ovltui("lab", "down")
        guest.kill()
    assert ended.status == 0
    assert re.search(rf"docker1n lives on, without a name, until sleep \(pid {guest.pid}\) in it ends", ended.err)


@pytest.mark.needs_root
@pytest.mark.parametrize("words", [("status",), ("check",), ("hint",), ("break", "mtu")], ids=" ".join)
def test_where_no_lab_is_up_that_is_said(empty: World, words: tuple[str, ...]) -> None:
    ended = empty.ovltui("lab", *words)
    assert (ended.status, ended.out, ended.err) == (1, "", "ovltui: no lab is up; ovltui lab up builds one.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "ACTION"),
        (("sideways",), "sideways"),
        (("up", "--nodes", "1"), "2 to 9 nodes, not 1"),
        (("up", "--nodes", "x"), "no whole number"),
        (("up", "--containers", "21"), "1 to 20 containers, not 21"),
        (("break",), "one of NAME, --list and --random"),
        (("break", "mtu", "--random"), "one of NAME, --list and --random"),
        (("break", "no\x1bsuch"), r"no fault 'no\\x1bsuch'"),
        (("down", "--nodes", "2"), "--nodes"),
    ],
)
def test_what_cannot_be_meant_is_status_2(words: tuple[str, ...], says: str) -> None:
    ended = ovltui("lab", *words)
    assert (ended.status, ended.out) == (2, "")
    assert says in ended.err
    assert "\x1b" not in ended.err
    assert ended.err.count("\n") == 1


def test_faults_can_be_listed_without_a_lab() -> None:
    ended = ovltui("lab", "break", "--list")
    assert ended.status == 0
    assert ended.out.splitlines()[0].split() == ["NAME", "SYMPTOM"]
    assert max(map(len, ended.out.splitlines())) <= 80


def test_help_tells_all_actions() -> None:
    ended = ovltui("lab", "--help")
    assert ended.status == 0
    assert re.findall(r"^  ovltui lab (\w+)", ended.out, re.MULTILINE) == [
        *("up", "status", "break", "hint", "check", "tour", "down")
    ]


@pytest.mark.needs_root
@pytest.mark.parametrize(
    "words", [("up",), ("down",), ("status",), ("check",), ("hint",), ("break", "mtu"), ("tour",)], ids=" ".join
)
def test_an_ordinary_user_is_told_to_be_root(built: World, words: tuple[str, ...]) -> None:
    ended = built.ovltui_as_nobody("lab", *words)
    assert (ended.status, ended.out) == (3, "")
    assert ended.err == "ovltui: ovltui lab needs root: it makes network namespaces.\n"


@pytest.mark.needs_root
def test_an_ordinary_user_sees_the_machine_beside_a_lab(built: World) -> None:
    ended = built.ovltui_as_nobody("ls", "--no-docker")
    assert ended.status == 0
    assert "\nhost " in ended.out
