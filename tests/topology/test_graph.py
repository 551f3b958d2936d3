"""Graphs for other programs, whatever links and namespaces are called."""

import re
import shutil
import subprocess

import pytest

from ovltui.topology.builder import build
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.graph import Graph, dot, graph, mermaid
from tests.topology.made import link, place

HOSTILE = ('a"];b', "x\\", "end", "a --- b", "<b>&lt;", "`#quot;", "é→", "//--")


def made() -> Graph:
    places = [
        place(number, f"{name} {name}", (link(2, name[:7], "veth", tied=9, nsid=3),))
        for number, name in enumerate(HOSTILE, 1)
    ]
    topology = build(places)
    return graph(topology, Endpoints(topology, {}))


def test_names_stand_in_labels_alone() -> None:
    found = made()
    assert [group.label for group, _ in found.groups] == [f"{name} {name}" for name in HOSTILE]
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"')
    for text in (*dot(found), *mermaid(found)):
        bare = quoted.sub("", text)
        assert re.fullmatch(r"[A-Za-z0-9_ {}\[\]()=;,-]*", bare), text
        assert '"' not in bare


def test_mermaid_labels_hold_nothing_but_plain_characters_and_codes() -> None:
    label = re.compile(r'"((?:[A-Za-z0-9 ./:@_-]|#[0-9]+;)*)"')
    for text in mermaid(made()):
        assert text.count('"') == 2 * len(label.findall(text))


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
def test_graphviz_draws_it_with_the_names_as_they_are() -> None:
    text = "\n".join(dot(made()))
    drawn = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    nodes = [line for line in drawn.stdout.splitlines() if line.startswith("node ")]
    assert len(nodes) == 3 * len(HOSTILE)  # a namespace, its link, and the other end that is not visible
