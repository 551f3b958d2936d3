"""What ``map --mermaid`` prints, against the part of Mermaid's grammar that it uses, and against Mermaid itself."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from ovltui.topology.endpoints import Endpoints
from ovltui.topology.graph import graph, mermaid
from tests.topology.drawn import TOLD, topology
from tests.topology.test_graph import made

MODULES = os.environ.get("OVLTUI_TEST_MERMAID", "")
"""A directory in which ``npm install mermaid jsdom`` was run."""
ID, TEXT = r"[nx][0-9]+(?:l[0-9]+)?", r'"(?:[A-Za-z0-9 ./:@_-]|#[0-9]+;)*"'
GRAMMAR = {
    "head": re.compile(r"flowchart LR"),
    "begin": re.compile(rf"  subgraph ({ID}) \[{TEXT}\]"),
    "node": re.compile(rf"    ({ID})\[{TEXT}\]"),
    "end": re.compile(r"  end"),
    "other": re.compile(rf"  ({ID})\(\[{TEXT}\]\)"),
    "edge": re.compile(rf"  ({ID}) -- {TEXT} --- ({ID})"),
}
FOLLOWS = {
    "": {"head"},
    "head": {"begin", "other", "edge"},
    "begin": {"node", "end"},
    "node": {"node", "end"},
    "end": {"begin", "other", "edge"},
    "other": {"other", "edge"},
    "edge": {"edge"},
}
PARSE = """
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const from = createRequire(process.argv[1] + '/x.js');
const { JSDOM } = from('jsdom');
globalThis.window = new JSDOM('').window; globalThis.document = window.document;
const mermaid = (await import(pathToFileURL(process.argv[1] + '/node_modules/mermaid/dist/mermaid.core.mjs'))).default;
let text = ''; for await (const part of process.stdin) text += part;
await mermaid.parse(text);
"""


def graphs() -> list[list[str]]:
    seen = topology(3, 5, vteps=2)
    return [list(mermaid(made())), list(mermaid(graph(seen, Endpoints(seen, TOLD))))]


@pytest.mark.parametrize("lines", graphs())
def test_every_line_is_a_sentence_of_the_grammar_and_stands_where_it_may(lines: list[str]) -> None:
    before, known, used = "", set[str](), set[str]()
    for line in lines:
        fits = [(kind, match) for kind, rule in GRAMMAR.items() if (match := rule.fullmatch(line))]
        assert len(fits) == 1, line
        kind, match = fits[0]
        assert kind in FOLLOWS[before], line
        before = kind
        if kind == "edge":
            used |= set(match.groups())
        elif match.groups():
            assert match[1] not in known
            known.add(match[1])
    assert before in {"end", "other", "edge"}
    assert used <= known


@pytest.mark.skipif(not MODULES, reason="OVLTUI_TEST_MERMAID names no directory with mermaid and jsdom")
@pytest.mark.parametrize("lines", graphs())
def test_mermaid_accepts_it(lines: list[str]) -> None:
    argv = ["node", "--input-type=module", "-e", PARSE, str(Path(MODULES).resolve())]
    for text, accepted in (("\n".join(lines), True), ("\n".join((*lines, '  subgraph a ["x"')), False)):
        ran = subprocess.run(argv, input=f"{text}\n", capture_output=True, text=True, check=False)
        assert (ran.returncode == 0) is accepted, ran.stderr
