"""The rooms of the package keep to their rules, and each rule can tell when they do not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bed import architecture
from tests.bed.architecture import MAY_IMPORT, PACKAGE, RULES, Module, Rule

ROOT = Path(__file__).resolve().parent.parent
NOT_AT_START = {"textual", "rich", "docker", "pyroute2"}
"""Packages that take long to load, or draw: no plain verb pays for them before it needs them."""


def modules() -> list[Module]:
    paths = sorted((ROOT / PACKAGE).rglob("*.py"))
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    assert rule.__doc__
    broken = [sentence for module in modules() for sentence in rule(module)]
    assert not broken, "\n".join([rule.__doc__, *broken])


def test_every_file_of_the_package_is_looked_at() -> None:
    names = {module.name for module in modules()}
    assert {"__init__", "errors", "text", "kernel.wire", "netns.model", "netns.__init__"} <= names


def test_the_table_lets_no_two_rooms_import_each_other() -> None:
    """Values of ``netns.model`` are the one thing that a lower room takes from a higher one."""
    for room, allowed in MAY_IMPORT.items():
        for other in allowed:
            back = set(MAY_IMPORT.get(other, ()))
            assert room not in back, f"{room} and {other} import each other"


BROKEN = {
    "imports_go_down": [
        ("ovltui/kernel/rtnl.py", "from ovltui.events.record import Record"),
        ("ovltui/kernel/rtnl.py", "from ovltui import netns"),
        ("ovltui/kernel/rtnl.py", "from ovltui.netns import discover"),
        ("ovltui/kernel/rtnl.py", "import ovltui.netns.models"),
        ("ovltui/events/line.py", "if TYPE_CHECKING:\n    from ovltui.kernel import rtnl"),
        ("ovltui/state/links.py", "def f():\n    import ovltui.kernel.rtnl"),
        ("ovltui/tui/app.py", "from ovltui.kernel import wire"),
        ("ovltui/tui/app.py", "from ovltui.identity import engines"),
        ("ovltui/session/live.py", "from ovltui.cli import main"),
        ("ovltui/cli/main.py", "from ovltui.tui.app import run"),
        ("ovltui/cli/watch.py", "def f():\n    from ovltui.tui.app import run"),
        ("ovltui/errors.py", "from ovltui.text import clean"),
        ("ovltui/cellar/wine.py", ""),
    ],
    "imports_are_absolute": [
        ("ovltui/kernel/rtnl.py", "from . import wire"),
        ("ovltui/text.py", "from .a import b"),
    ],
    "pure_rooms_touch_nothing": [
        ("ovltui/events/ring.py", "import time"),
        ("ovltui/state/links.py", "from os import path"),
        ("ovltui/state/links.py", "import asyncio.events"),
        ("ovltui/kernel/wire.py", "def f():\n    import socket"),
    ],
    "only_tui_draws": [
        ("ovltui/cli/ls.py", "from rich.table import Table"),
        ("ovltui/session/live.py", "import textual"),
    ],
    "has_a_docstring": [
        ("ovltui/cli/ls.py", "X = 1"),
        ("ovltui/cli/__init__.py", '"""Page."""\nfrom a import b'),
    ],
    "names_say_something": [
        ("ovltui/cli/utils.py", ""),
        ("ovltui/common/ls.py", ""),
        ("ovltui/cli/ls.py", "class NetnsManager: ..."),
        ("ovltui/cli/ls.py", "class HTTPHelper: ..."),
        ("ovltui/cli/ls.py", "class BaseView: ..."),
    ],
    "is_short": [
        ("ovltui/cli/ls.py", "\n" * 301),
        ("ovltui/cli/ls.py", "class A:\n  async def f():\n" + "    x = 1\n" * 60),
    ],
}
KEPT = {
    "imports_go_down": [
        ("ovltui/kernel/rtnl.py", "from ovltui.netns.model import NetnsKey\nfrom ovltui.kernel import wire"),
        ("ovltui/cli/main.py", "def f():\n    from ovltui.tui.app import run"),
        ("ovltui/events/line.py", "from ovltui.kernel.wire import Rtm\nimport json, ovltuilike"),
    ],
    "pure_rooms_touch_nothing": [
        ("ovltui/events/ring.py", "import timeit, ossaudiodev"),
        ("ovltui/netns/x.py", "import os"),
    ],
    "only_tui_draws": [("ovltui/tui/app.py", "import textual.app")],
    "has_a_docstring": [("ovltui/cli/__init__.py", '"""Page."""\n')],
    "names_say_something": [("ovltui/cli/database.py", "class Basement: ...\nclass HelperlessX: ...")],
    "is_short": [("ovltui/cli/ls.py", "def f():\n" + "  x = 1\n" * 59)],
}


def cases(table: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    return [(rule, path, source) for rule, samples in table.items() for path, source in samples]


def run(rule: str, path: str, source: str) -> list[str]:
    check: Rule = getattr(architecture, rule)
    return list(check(Module(path, source)))


@pytest.mark.parametrize(("rule", "path", "source"), cases(BROKEN))
def test_a_rule_sees_what_breaks_it_and_where(rule: str, path: str, source: str) -> None:
    (sentence,) = run(rule, path, source)
    assert sentence.startswith(f"{path}:")
    assert sentence.split(":")[1].isdigit()


@pytest.mark.parametrize(("rule", "path", "source"), cases(KEPT))
def test_a_rule_lets_pass_what_keeps_it(rule: str, path: str, source: str) -> None:
    assert run(rule, path, source) == []


def test_every_rule_has_a_sample_that_breaks_it() -> None:
    assert set(BROKEN) == {rule.__name__ for rule in RULES}


def test_the_command_line_starts_without_the_packages_that_it_may_not_need() -> None:
    if not (ROOT / PACKAGE / "cli/main.py").exists():
        pytest.skip("ovltui.cli.main is not there yet")
    script = f"import ovltui.cli.main, json, sys; print(json.dumps(sorted({NOT_AT_START} & sys.modules.keys())))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(loaded.stdout) == []
