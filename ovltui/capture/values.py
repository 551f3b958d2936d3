"""Frozen values as JSON and back, by their own types.

Pure, no privileges. What is read comes from a file that anybody may have written: each value is checked against its
type, and each string becomes clean text. A field that is missing takes its default, one that is not known is passed
over, so that files of other versions can be read.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from ovltui.text import clean

T = TypeVar("T")
_Reader = Callable[[Any], Any]
_Writer = Callable[[Any], Any]
_AS_THEY_ARE = frozenset((bool, int, float, str, types.NoneType))
"""Types of which JSON has the same."""


def encoded(value: Any) -> Any:
    """Return a value as JSON writes it: dataclasses as objects, enums by value, mappings as pairs."""
    return _WRITERS[type(value)](value)


class _Writers(dict[type, _Writer]):
    """What writes each type; made when the first value of it comes."""

    def __missing__(self, kind: type) -> _Writer:
        made = self[kind] = next(make for base, make in _MAKERS if issubclass(kind, base))(kind)
        return made


def _of_fields(kind: type) -> _Writer:
    """Return what writes a dataclass, without the fields that have their default."""
    fields = dataclasses.fields(kind)
    names, defaults = tuple(field.name for field in fields), {field.name: field.default for field in fields}
    defaulted = tuple(name for name, default in defaults.items() if default is not dataclasses.MISSING)

    def write(value: Any) -> Any:
        found = {name: getattr(value, name) for name in names}
        for name in defaulted:
            inner, default = found[name], defaults[name]
            if inner is default or inner == default:
                del found[name]
        if not _AS_THEY_ARE.issuperset(map(type, found.values())):
            for name, inner in found.items():
                found[name] = _WRITERS[type(inner)](inner)
        return found

    return write


def _pairs(value: Any) -> Any:
    return [[encoded(key), encoded(inner)] for key, inner in value.items()]


def _each(value: Any) -> Any:
    found = list(value)
    if _AS_THEY_ARE.issuperset(map(type, found)):
        return found
    return [_WRITERS[type(inner)](inner) for inner in found]


def _same(value: Any) -> Any:
    return value


def decoded(kind: type[T], data: Any) -> T:
    """Return the value of a type that JSON describes.

    Raises:
        ValueError: it describes none.
    """
    try:
        read: _Reader = _reader(typing.cast("Any", kind))
        return typing.cast("T", read(data))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no {getattr(kind, '__name__', kind)}") from error


@lru_cache(maxsize=256)
def _reader(kind: Any) -> _Reader:
    """Return what reads one type."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin = typing.get_origin(kind)
    if origin is not None:
        return _reader_of_parts(origin, typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return _reader_of_fields(kind)
    raise TypeError(f"{kind} is not written into recordings")


def _reader_of_parts(origin: Any, parts: tuple[Any, ...]) -> _Reader:
    if origin in (types.UnionType, typing.Union):
        (inner,) = (_reader(part) for part in parts if part is not type(None))
        return lambda data: None if data is None else inner(data)
    if origin is tuple and parts[-1] is not Ellipsis:
        readers = tuple(map(_reader, parts))
        return lambda data: tuple(read(one) for read, one in zip(readers, _list(data), strict=True))
    if origin is tuple:
        each = _reader(parts[0])
        return lambda data: tuple(map(each, _list(data)))
    if issubclass(origin, Mapping):
        key, value = map(_reader, parts)
        return lambda data: {key(one): value(other) for one, other in _list(data)}
    raise TypeError(f"{origin} is not written into recordings")


def _reader_of_fields(kind: Any) -> _Reader:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(data: Any) -> Any:
        return kind(**{name: reader(data[name]) for name, reader in readers.items() if name in data})

    return read


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("no list")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError("no text")
    return clean(data)


def _number(data: Any) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not -(1 << 64) < data < 1 << 64:
        raise TypeError("no number")
    return data


def _boolean(data: Any) -> bool:
    if not isinstance(data, bool):
        raise TypeError("neither true nor false")
    return data


def _fraction(data: Any) -> float:
    if not isinstance(data, int | float):
        raise TypeError("no number")
    return float(data)


_PLAIN: dict[Any, _Reader] = {str: _text, int: _number, bool: _boolean, float: _fraction}


def _of_other(kind: type) -> _Writer:
    return _of_fields(kind) if dataclasses.is_dataclass(kind) else _each


_MAKERS: tuple[tuple[type, Callable[[type], _Writer]], ...] = (
    (bool, lambda _: _same),
    (types.NoneType, lambda _: _same),
    (int, lambda kind: _same if kind is int else int),
    (str, lambda kind: _same if kind is str else str),
    (float, lambda _: _same),
    (Mapping, lambda _: _pairs),
    (Enum, lambda _: lambda value: value.value),
    (object, _of_other),
)
"""What makes the writer of a type, the first one that fits."""
_WRITERS = _Writers()
