"""``ovltui ls`` shows what was asked for: by name, by kind, as a tree."""

import json
from collections.abc import Callable

import pytest

from tests.bed.engines import TwoEngines
from tests.bed.netns import NamedNetns
from tests.cli.command import ovltui

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]


def names(*words: str) -> list[str]:
    ended = ovltui("ls", "--json", *words)
    assert ended.status == 0, ended.err
    return [json.loads(line)["name"] for line in ended.out.splitlines()]


def test_names_choose_as_for_every_verb(new_netns: NewNetns) -> None:
    blue, red = new_netns("lsblue"), new_netns("lsred")
    assert names("--no-docker", blue.name) == [blue.name]
    assert names("--no-docker", red.name, "host") == ["host", red.name]
    assert names("--no-docker", f"net:[{blue.inode}]", str(blue.path)) == [blue.name]


def test_a_name_that_means_nothing_is_status_4_and_proposes(new_netns: NewNetns) -> None:
    blue = new_netns("lsblue")
    ended = ovltui("ls", "--no-docker", f"{blue.name}x")
    assert (ended.status, ended.out) == (4, "")
    assert ended.err == f"ovltui: no namespace is called {blue.name}x; is it {blue.name}?\n"


def test_kinds_choose_and_an_unknown_one_is_refused(new_netns: NewNetns) -> None:
    blue = new_netns("lsblue")
    assert blue.name in names("--no-docker", "--kind", "named")
    assert names("--no-docker", "--kind", "host") == ["host"]
    assert names("--no-docker", "--kind", "host", blue.name) == []
    assert ovltui("ls", "--kind", "nosuch").status == 2


def test_a_tree_has_headings_as_the_browser(new_netns: NewNetns) -> None:
    words = ("ls", "--no-docker", "--tree", new_netns("lsblue").name, new_netns("lsred").name)
    _, *lines = ovltui(*words).out.splitlines()
    assert [line.split()[0] for line in lines] == ["other", "├", "└"]
    _, *ascii_lines = ovltui(*words, "--ascii").out.splitlines()
    assert [line.split()[0] for line in ascii_lines] == ["other", "|", "`"]
    assert all(line.isascii() for line in ascii_lines)


def test_two_forms_at_once_are_refused() -> None:
    assert ovltui("ls", "--tree", "--json").status == 2


def test_the_name_of_a_network_means_all_that_is_in_it(two_engines: TwoEngines) -> None:
    label = two_engines.nodes[0].netns
    rows = [json.loads(line) for line in ovltui("ls", "--json", "mynet01").out.splitlines()]
    here = {(row["kind"], row["container"]) for row in rows if row["engine"] == label}
    assert {("overlay", None), ("loadbalancer", None), ("container", "docker1n")} <= here
    assert {row["network"] for row in rows} == {"mynet01"}
    tree = ovltui("ls", "--tree", "mynet01").out.splitlines()
    heading = next(at for at, line in enumerate(tree) if line.startswith(f"mynet01@{label} "))
    assert tree[heading].split() == [f"mynet01@{label}", "overlay", "4097"]
    assert tree[heading + 1].startswith(f"├ mynet01@{label} ")


def test_names_to_complete_are_those_of_containers_networks_and_namespaces(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    found = ovltui("ls", "--names")
    assert (found.status, found.err) == (0, "")
    offered = set(found.out.splitlines())
    assert {"docker1n", "docker2n", "mynet01", "ingress", "host", node.netns, f"mynet01@{node.netns}"} <= offered
