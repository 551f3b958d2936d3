"""What ``config.toml`` says: every value checked, each error one sentence with file, line and remedy.

Source: the text of the file, by ``tomllib``. Privileges: none; pure. Incomplete: the line of a value is where its name
begins a line; one in an inline table has that of its section, or none.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from ovltui.config.model import HostChoice, KeyChoice, KindsOf, Settings, Theme, TimeForm
from ovltui.config.table import ALL, HOSTS, KEYS, OPTIONS, SECTIONS, Option, Shape
from ovltui.errors import UsageError
from ovltui.text import clean

_AT = re.compile(r" \(at line (\d+), column \d+\)$")
_END = re.compile(r" \(at end of document\)$")
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_NAME = re.compile(r"""\s*([^\s=#\[][^=#]*?)\s*=""")
_ENUMS: Mapping[str, Callable[[str], Any]] = {"theme": Theme, "time": TimeForm}
_REMEDY = "ovltui config --default shows how it is written"


class Place:
    """Where values stand in a text, for sentences.

    Args:
        path: of the file, clean text.
        text: what is in it.
    """

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = dict(reversed([*_lines(text)]))

    def line(self, key: str) -> int:
        """Return the line of a value, or of the section that it is in; 0 where it cannot be told."""
        return self._lines.get(key) or self._lines.get(key.partition(".")[0], 0)

    def wrong(self, key: str, says: str) -> UsageError:
        """Return the error that something is wrong with a value."""
        return self.at(self.line(key), says)

    def at(self, line: int, says: str) -> UsageError:
        """Return the error that something is wrong in a line; 0 for the file as a whole."""
        return UsageError(f"{self._path}{f':{line}' if line else ''}: {says}.")


def parsed(text: str, path: str) -> Settings:
    """Return what a file says.

    Args:
        text: what is in it.
        path: where it is, clean text.

    Raises:
        UsageError: it cannot be meant; with file, line and remedy.
    """
    place = Place(path, text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(place, clean(str(error)), text) from error
    for name, section in document.items():
        if name not in SECTIONS:
            raise place.wrong(name, f"there is no section {clean(name)!r}{_nearest(name, SECTIONS)}; {_REMEDY}")
        if not isinstance(section, dict):
            raise place.wrong(name, f"{name} is a section: write [{name}] on a line of its own, its values below it")
    found = replace(_chosen(document, place), path=path, found=True)
    hosts = tuple(_hosts(_flat(document.get(HOSTS, {})), place))
    return replace(found, keys=tuple(_keys(_flat(document.get(KEYS, {})), place)), hosts=hosts)


def _unreadable(place: Place, says: str, text: str) -> UsageError:
    at = _AT.search(says)
    line = int(at[1]) if at else text.count("\n") + 1
    return place.at(line, f"{_END.sub('', _AT.sub('', says))}; {_REMEDY}")


def _chosen(document: Mapping[str, Mapping[str, Any]], place: Place) -> Settings:
    options = {option.key: option for option in OPTIONS}
    values: dict[str, Any] = {}
    for section in (name for name in document if name not in (KEYS, HOSTS)):
        known = [option.name for option in OPTIONS if option.section == section]
        for name, value in document[section].items():
            key = f"{section}.{name}"
            if key not in options:
                raise place.wrong(key, f"there is no {clean(name)!r} in [{section}]{_nearest(name, known)}; {_REMEDY}")
            values[key] = _checked(options[key], value, place)
    fields = {key.partition(".")[2]: value for key, value in values.items() if not key.startswith("kinds.")}
    kinds = tuple(KindsOf(key.partition(".")[2], value) for key, value in values.items() if key.startswith("kinds."))
    typed: dict[str, Any] = {name: _ENUMS[name](value) if name in _ENUMS else value for name, value in fields.items()}
    return Settings(kinds=kinds, **typed)


def _checked(option: Option, value: Any, place: Place) -> Any:
    """Return a value in the shape that its option has."""
    choices = ", ".join(option.choices)
    if option.shape is Shape.SWITCH:
        if not isinstance(value, bool):
            raise place.wrong(option.key, f"{option.key} is {_shown(value)}: write true or false, without quotes")
        return value
    if option.shape is Shape.WORD:
        if value not in option.choices:
            raise place.wrong(option.key, f'{option.key} is {_shown(value)}: write one of {choices}, as "…"')
        return value
    if not isinstance(value, list) or not value:
        raise place.wrong(option.key, f'{option.key} is {_shown(value)}: write a list, as in ["{option.choices[0]}"]')
    strange = next((word for word in value if word not in option.choices), None)
    if strange is not None:
        raise place.wrong(option.key, f"{option.key} cannot hold {_shown(strange)}: choose from {choices}")
    if option.name == "panes" and ALL in value and len(value) > 1:
        raise place.wrong(option.key, f"{option.key} has {ALL}, which shows the others' events too: leave it alone")
    return tuple(dict.fromkeys(value))


def _keys(chosen: Mapping[str, Any], place: Place) -> Iterator[KeyChoice]:
    for name, value in chosen.items():
        keys = _split(value) if isinstance(value, str) else value if isinstance(value, list) else ()
        if not keys or not all(isinstance(key, str) and key for key in keys):
            raise place.wrong(f"{KEYS}.{name}", f'the key for {clean(name)} is {_shown(value)}: write it as "ctrl+x"')
        yield KeyChoice(clean(name), tuple(clean(key) for key in keys), place.line(f"{KEYS}.{name}"))


def _hosts(chosen: Mapping[str, Any], place: Place) -> Iterator[HostChoice]:
    for name, value in chosen.items():
        if not isinstance(value, str) or not value.startswith("ssh://"):
            key = f"{HOSTS}.{name}"
            raise place.wrong(key, f'host {clean(name)} is {_shown(value)}: write its address, as in "ssh://node2"')
        yield HostChoice(clean(name), clean(value), place.line(f"{HOSTS}.{name}"))


def _split(text: str) -> list[str]:
    """Return the keys of a text; a comma alone is one."""
    return [","] if text.strip() == "," else [key.strip() for key in text.split(",")]


def _flat(table: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return a table without tables in it: TOML reads ``events.pause`` as one in another, unless it is quoted."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return flat


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), 1)
    return f", but {near[0]}" if near else ""


def _shown(value: Any) -> str:
    text = clean(str(value)) if isinstance(value, str) else clean(repr(value))
    return repr(text[:40]) if isinstance(value, str) else text[:40]


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield section and name of each value, and of each section its name, with their lines."""
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        header, name = _HEADER.match(line), _NAME.match(line)
        if header:
            section = header[1].strip("\"'")
            yield section, number
        elif name:
            yield f"{section}.{_bare(name[1])}" if section else _bare(name[1]), number


def _bare(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
