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


def encoded(value: Any) -> Any:
    """Return a value as JSON writes it: dataclasses as objects, enums by value, mappings as pairs."""
    if value is None or isinstance(value, bool | int | float):
        return int(value) if isinstance(value, Enum) else value
    if isinstance(value, str):
        return str(value)
    if dataclasses.is_dataclass(value):
        found = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {field.name: encoded(inner) for field, inner in found if inner != field.default}
    if isinstance(value, Mapping):
        return [[encoded(key), encoded(inner)] for key, inner in value.items()]
    if isinstance(value, Enum):
        return value.value
    return [encoded(inner) for inner in value]


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
