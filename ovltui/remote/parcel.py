"""The capturing part of this package, to be sent to a machine that has none: one zip, run from memory.

Source: the package's own files, those that the recording reaches by its imports. Privileges: none. It needs the
standard library alone; for a Python older than ours its text is lowered. Incomplete: what is imported by a name that is
made at run time is not seen.
"""

import ast
import io
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from ovltui.remote.lowering import SHIM, lowered

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOTS = ("ovltui.cli.led", "ovltui.kernel.reader", "ovltui.kernel.netns_name")
"""What the recording runs, in processes of its own."""
_STANDS_FOR = {"ovltui.identity.client": "ovltui.identity.plain"}
"""Modules in whose place another one is sent, which needs less."""
_OURS = (3, 11)
_BOOT = (
    "import os, sys; left = int(sys.argv.pop(1)); zipped = os.memfd_create('ovltui', 0); "
    "exec('while left:\\n piece = os.read(0, min(left, 65536))\\n if not piece: sys.exit(1)\\n"
    " left -= len(piece)\\n os.write(zipped, piece)'); "
    "sys.path.insert(0, '/proc/%d/fd/%d' % (os.getpid(), zipped)); "
    "from ovltui.cli.led import main; sys.exit(main())"
)
_LONG_AGO = (2020, 1, 1, 0, 0, 0)


def boot() -> str:
    """Return the program that reads the zip from its stdin and runs it; its argument is how many bytes that are."""
    return _BOOT


@cache
def parcel(version: tuple[int, int]) -> bytes:
    """Return the zip for a version of Python, from 3.9 on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in texts(version):
            into.writestr(zipfile.ZipInfo(name, _LONG_AGO), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def texts(version: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the files."""
    yield f"ovltui-{_version()}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: ovltui\nVersion: {_version()}\n"
    older = version < _OURS
    if older:
        yield SHIM
    for module in modules():
        path = _path(_STANDS_FOR.get(module, module))
        text = path.read_text("utf-8")
        yield str(_path(module).relative_to(_PACKAGE.parent)), lowered(text) if older else text


@cache
def modules() -> tuple[str, ...]:
    """Return the modules that are needed."""
    found: set[str] = set()
    waiting = list(_ROOTS)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported(_STANDS_FOR.get(module, module))
    return tuple(sorted(found))


def foreign() -> tuple[str, ...]:
    """Return what is imported that is neither ours nor of the standard library: nothing, where all is well."""
    named = (name for module in modules() for name in _names(_STANDS_FOR.get(module, module)))
    return tuple(sorted({name for name in named if name.split(".")[0] not in (*sys.stdlib_module_names, "ovltui")}))


def _imported(module: str) -> Iterator[str]:
    for name in _names(module):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            part = ".".join(parts[:length])
            if parts[0] == "ovltui" and _path(part).exists():
                yield part


def _names(module: str) -> Iterator[str]:
    """Yield what a module imports; of what it takes out of another one, the name too, which may be a module."""
    for node in _run(ast.parse(_path(module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a tree, without what only a type checker reads."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"):
            yield from _run(child)


def _path(module: str) -> Path:
    path = _PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _version() -> str:
    try:
        return metadata.version("ovltui")
    except metadata.PackageNotFoundError:
        return "0"
