"""The text of a module as an older Python reads it: 3.9 and 3.10 lack some words and names that we use.

Source: the syntax tree. Pure. Incomplete: it knows what the tables below name, and no more; a test runs the result on
an old Python. ``slots`` and ``strict`` only check, so they go; types that were joined by ``|`` are joined by ``Union``.
"""

import ast
from typing import Any

SHIM = (
    "ovltui/older.py",
    '''"""What an older Python lacks."""
import bisect as _bisect
from datetime import timezone
from enum import Enum
from itertools import tee
from typing import Any as Self, Union

UTC = timezone.utc
NoneType = type(None)
UnionType = Union


class StrEnum(str, Enum):
    __str__ = str.__str__
    __format__ = str.__format__

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


def pairwise(items):
    first, second = tee(items)
    next(second, None)
    return zip(first, second)


def bisect_right(items, wanted, lo=0, hi=None, *, key=None):
    if key is None:
        return _bisect.bisect_right(items, wanted, lo, len(items) if hi is None else hi)
    hi = len(items) if hi is None else hi
    while lo < hi:
        middle = (lo + hi) // 2
        if wanted < key(items[middle]):
            hi = middle
        else:
            lo = middle + 1
    return lo
''',
)
"""Name and text of a module that stands in for what is missing."""
_IN_SHIM = {
    "enum": {"StrEnum"},
    "typing": {"Self"},
    "itertools": {"pairwise"},
    "datetime": {"UTC"},
    "bisect": {"bisect_right"},
    "types": {"NoneType", "UnionType"},
}
"""Names that the shim has, by the module that has them in a newer Python."""
_WORDS = {"dataclass": {"slots", "weakref_slot"}, "zip": {"strict"}}
"""Keywords that are left out, by the function that takes them in a newer Python."""
_ATTRIBUTES = {"types": {"UnionType", "NoneType"}}
"""The same of names that stand behind that of their module."""
_SHIM_MODULE = "ovltui.older"
_SHIM_NAME = "_older"
_TYPES = ("bytes", "str", "int", "float", "bool", "tuple", "list", "dict", "set", "frozenset", "type")


def lowered(text: str) -> str:
    """Return the text of a module for Python 3.9; comments are gone."""
    tree = ast.parse(text)
    changed = _Lowering().visit(tree)
    at = 1 if ast.get_docstring(changed, clean=False) is not None else 0
    later = ast.ImportFrom(module="__future__", names=[ast.alias(name="annotations")], level=0)
    shim = ast.ImportFrom(module="ovltui", names=[ast.alias(name="older", asname=_SHIM_NAME)], level=0)
    changed.body[at:at] = [later, shim]
    return ast.unparse(ast.fix_missing_locations(changed))


class _Lowering(ast.NodeTransformer):
    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        """Take out of the shim what it has."""
        there = _IN_SHIM.get(node.module or "", set())
        ours = [alias for alias in node.names if alias.name in there]
        if not ours:
            return node
        found = [ast.ImportFrom(module=_SHIM_MODULE, names=ours, level=0)]
        if rest := [alias for alias in node.names if alias.name not in there]:
            found.append(ast.ImportFrom(module=node.module, names=rest, level=0))
        return found

    def visit_Call(self, node: ast.Call) -> Any:
        """Leave out keywords; join types in a tuple where ``isinstance`` takes them."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        gone = _WORDS.get(name, set())
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in gone]
        if name in ("isinstance", "issubclass") and _is_joined(node.args[1]):
            node.args[1] = ast.Tuple(elts=_leaves(node.args[1]), ctx=ast.Load())
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Take out of the shim what stands behind the name of its module."""
        if isinstance(node.value, ast.Name) and node.attr in _ATTRIBUTES.get(node.value.id, set()):
            return _of_shim(node.attr)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Join types by ``Union``."""
        if not (_is_joined(node) and all(map(_is_type, _leaves(node)))):
            return self.generic_visit(node)
        parts = [self.visit(leaf) for leaf in _leaves(node)]
        return ast.Subscript(value=_of_shim("Union"), slice=ast.Tuple(elts=parts, ctx=ast.Load()), ctx=ast.Load())


def _of_shim(name: str) -> ast.Attribute:
    return ast.Attribute(value=ast.Name(id=_SHIM_NAME, ctx=ast.Load()), attr=name, ctx=ast.Load())


def _is_joined(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def _leaves(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_leaves(node.left), *_leaves(node.right)]
    return [node]


def _is_type(node: ast.expr) -> bool:
    """Return whether an expression is a type, by how we spell types and values."""
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Subscript):
        return _is_type(node.value)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    bare = name.lstrip("_")
    return bare in _TYPES or (bare[:1].isupper() and not bare.isupper())
