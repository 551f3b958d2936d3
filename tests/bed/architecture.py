"""The rules that hold the rooms of the package apart, checked on the source by ``ast``.

Imports count wherever they stand: at the top, in a function, under ``TYPE_CHECKING``. Names that are imported
by ``importlib`` at run time are not seen. Each rule yields sentences that begin with ``file:line``.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

PACKAGE = "ovltui"
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "text": (),
    "passing": (),
    "kernel": ("errors", "text", "netns.model"),
    "events": ("text", "errors", "kernel.wire", "kernel.frames"),
    "config": ("events.panes", "events.vocabulary", "kernel.users", "errors", "text"),
    "netns": ("kernel", "errors", "text"),
    "state": ("events", "kernel.wire", "netns.model", "text"),
    "identity": ("netns", "kernel", "errors", "text"),
    "terminal": ("kernel", "errors", "text"),
    "lab": ("kernel", "errors", "text"),
    "topology": ("state", "events", "identity.model", "netns.model", "kernel.wire", "text"),
    "checks": (
        *("topology", "state", "events"),
        *("identity.model", "identity.intent", "netns.model", "kernel.wire", "text"),
    ),
    "capture": (
        *("state", "events", "identity.model", "identity.intent", "netns.model", "kernel.wire"),
        *("errors", "text"),
    ),
    "remote": (
        *("capture", "events.record", "events.vocabulary", "kernel.agent", "kernel.relaunch", "kernel.users"),
        *("errors", "text"),
    ),
    "session": (
        *("remote", "checks", "capture", "topology", "lab", "state", "identity", "netns"),
        *("events", "kernel", "errors", "text"),
    ),
    "report": (*("session", "checks", "topology", "events", "identity.model", "netns.model", "errors", "text"),),
    "tui": (
        *("session", "config", "checks", "lab", "topology", "terminal", "events"),
        *("identity.model", "netns.model", "state", "errors", "passing", "text"),
    ),
    "cli": (
        *("report", "config", "session", "remote", "checks", "capture", "topology", "lab", "terminal", "state"),
        *("identity", "netns", "events", "kernel", "errors", "passing", "text"),
    ),
    "__main__": (
        "cli",
        "report",
        "config",
        "session",
        "remote",
        "checks",
        "capture",
        "topology",
        "lab",
        "terminal",
        "state",
        "identity",
        "netns",
        "events",
        "kernel",
        "errors",
        "text",
    ),
    "__init__": (),
}
"""Rooms (or single modules) that each room may import, beside itself; ``netns.model`` is values only."""
STARTS_TUI = ("cli.main", "cli.replay", "cli.config", "__main__")
"""Modules that may import ``tui``, inside a function."""
PURE = (
    "events",
    "state",
    "topology",
    "checks",
    "identity.intent",
    "config.model",
    "config.table",
    "config.reading",
    "config.sample",
    "config.terminal",
    "report.blocks",
    "report.markdown",
    "report.html",
    "errors",
    "text",
    "kernel.wire",
    "kernel.frames",
    "netns.model",
    "lab.plan",
    "lab.layout",
    "lab.facts",
    "lab.faults",
    "lab.victims",
    "lab.description",
    "lab.tour",
    "lab.tour_steps",
)
IMPURE = frozenset({"os", "socket", "threading", "time", "subprocess", "asyncio", "pathlib"})
"""What ``PURE`` may not import: clocks, files, sockets, processes."""
SCREEN = frozenset({"textual", "rich"})
"""What only ``tui`` imports."""
EMPTY_WORDS = frozenset({"manager", "helper", "helpers", "util", "utils", "common", "misc", "base"})
"""Words that say nothing, so that no module or class carries them."""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    path: str
    """Relative to the root of the project, as failures show it."""
    source: str

    @property
    def name(self) -> str:
        """Dotted name below the package: ``kernel.wire``; ``kernel.__init__`` for a room's own page."""
        return self.path.removesuffix(".py").removeprefix(f"{PACKAGE}/").replace("/", ".")

    @property
    def room(self) -> str:
        """The room that it is in; for a module of the package itself, the module."""
        return self.name.split(".")[0]

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.source, self.path)

    def at(self, line: int, says: str) -> str:
        """Return a sentence about one of its lines."""
        return f"{self.path}:{line}: {says}"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, or a name out of it: ``from a import b`` is ``a.b``."""

    target: str
    line: int
    deferred: bool
    """Whether it stands inside a function."""

    def is_of(self, *names: str) -> bool:
        """Return whether it imports one of these modules, or something out of them."""
        return any(self.target == name or self.target.startswith(f"{name}.") for name in names)


def _import_nodes(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports_of(module: Module) -> Iterator[Import]:
    """Yield every import of a module; a relative one begins with a dot."""
    tree = module.tree
    deferred = {node for function in _functions(tree) for node in _import_nodes(function)}
    for node in _import_nodes(tree):
        origin = f"{'.' * node.level}{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            yield Import(origin + alias.name, node.lineno, node in deferred)


def _may_import(module: Module, imported: Import) -> bool:
    if module.name in STARTS_TUI and imported.deferred and imported.is_of(f"{PACKAGE}.tui"):
        return True
    rooms = (module.room, *MAY_IMPORT.get(module.room, ()))
    return imported.is_of(*(f"{PACKAGE}.{room}" for room in rooms))


def imports_go_down(module: Module) -> Iterator[str]:
    """A room imports only itself and the rooms that ``MAY_IMPORT`` names."""
    if module.room not in MAY_IMPORT:
        yield module.at(1, f"room {module.room!r} has no row in MAY_IMPORT")
    for imported in imports_of(module):
        if imported.is_of(PACKAGE) and not _may_import(module, imported):
            yield module.at(imported.line, f"{module.room} may not import {imported.target}")


def imports_are_absolute(module: Module) -> Iterator[str]:
    """An import names the room that it goes to."""
    for imported in imports_of(module):
        if imported.target.startswith("."):
            yield module.at(imported.line, f"relative import of {imported.target}")


def pure_rooms_touch_nothing(module: Module) -> Iterator[str]:
    """What is pure imports no clock, file, socket or process."""
    if any(module.name == pure or module.name.startswith(f"{pure}.") for pure in PURE):
        for imported in imports_of(module):
            if imported.is_of(*IMPURE):
                yield module.at(imported.line, f"{module.name} is pure and may not import {imported.target}")


def only_tui_draws(module: Module) -> Iterator[str]:
    """Only ``tui`` imports Textual and Rich."""
    if module.room != "tui":
        for imported in imports_of(module):
            if imported.is_of(*SCREEN):
                yield module.at(imported.line, f"only tui may import {imported.target}")


def has_a_docstring(module: Module) -> Iterator[str]:
    """Every module says what it answers; a room's page says that and nothing else."""
    tree = module.tree
    if not ast.get_docstring(tree):
        yield module.at(1, "no docstring")
    if module.path.endswith("/__init__.py") and len(tree.body) > 1:
        yield module.at(tree.body[1].lineno, "a room's __init__ is its docstring and nothing else")


def names_say_something(module: Module) -> Iterator[str]:
    """No module or class is called by a word that fits everything."""
    named = [(1, part) for part in module.name.split(".")]
    named += [(node.lineno, node.name) for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    for line, name in named:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
        if empty := EMPTY_WORDS.intersection(word.lower() for word in words):
            yield module.at(line, f"{name!r} says nothing: {', '.join(sorted(empty))}")


def is_short(module: Module) -> Iterator[str]:
    """Files and functions stay within their size."""
    lines = module.source.count("\n")
    if lines > MAX_FILE_LINES:
        yield module.at(lines, f"{lines} lines, {MAX_FILE_LINES} at most")
    for function in _functions(module.tree):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield module.at(function.lineno, f"{function.name} has {length} lines, {MAX_FUNCTION_LINES} at most")


Rule = Callable[[Module], Iterable[str]]
RULES: tuple[Rule, ...] = (
    imports_go_down,
    imports_are_absolute,
    pure_rooms_touch_nothing,
    only_tui_draws,
    has_a_docstring,
    names_say_something,
    is_short,
)
"""Every rule."""
