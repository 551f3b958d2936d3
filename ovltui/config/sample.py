"""A documented ``config.toml`` in which every line is a comment with what holds anyway; and what holds now.

Source: the table of options, and the keys that the screens have. Privileges: none; pure. Incomplete: as its sources.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ovltui.config.model import Settings
from ovltui.config.table import HOSTS, KEYS, OPTIONS, SECTIONS, Option

_HEAD = """\
# ovltui reads this file when its screens start; `ovltui config` checks it and prints what holds.
# Every line below says what holds anyway: take the # away, and change it.
"""
_HOST = '# as in: node2 = "ssh://root@node2"'


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has keys."""

    id: str
    keys: tuple[str, ...]
    says: str
    """What it does, a few words; empty where its name says it."""


def sample(commands: Iterable[Command]) -> Iterator[str]:
    """Yield the lines of a file with every choice as it is without one."""
    yield from _HEAD.splitlines()
    for section, says in SECTIONS.items():
        yield from ("", f"# {says}", f"[{section}]")
        if section == KEYS:
            yield from _columns((f"# {_pair(command)}", command.says) for command in commands)
        elif section == HOSTS:
            yield _HOST
        else:
            yield from _options(section)


def holding(settings: Settings, commands: Iterable[Command]) -> Iterator[str]:
    """Yield the lines of a file with every choice as it is now; keys only where they are others than usual.

    Args:
        settings: what was chosen.
        commands: those whose keys were chosen, with the keys that they have now.
    """
    for section in SECTIONS:
        if section == KEYS:
            lines = [_pair(command) for command in commands]
        elif section == HOSTS:
            lines = [f"{json.dumps(host.name)} = {json.dumps(host.url)}" for host in settings.hosts]
        else:
            lines = [f"{option.name} = {_toml(_value(settings, option))}" for option in _of(section)]
        if lines:
            yield from (f"[{section}]", *lines, "")


def _value(settings: Settings, option: Option) -> object:
    if option.section == "kinds":
        return next((one.kinds for one in settings.kinds if one.pane == option.name), option.default)
    value = getattr(settings, option.name)
    return option.default if value == () else value


def _of(section: str) -> list[Option]:
    return [option for option in OPTIONS if option.section == section]


def _options(section: str) -> Iterator[str]:
    for option in _of(section):
        yield f"# {option.says}"
        if option.choices and option.choices != option.default:
            yield (
                f"#   one of: {', '.join(option.choices)}"
                if isinstance(option.default, str)
                else (f"#   out of: {', '.join(option.choices)}")
            )
        yield f"# {option.name} = {_toml(option.default)}"


def _pair(command: Command) -> str:
    return f"{json.dumps(command.id)} = {json.dumps(','.join(command.keys))}"


def _toml(value: object) -> str:
    """Return a value as TOML spells it, which for words, lists of them and truth is as JSON does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    found = [*rows]
    width = max((len(left) for left, _ in found), default=0)
    return [f"{left:{width}}  # {says}" if says else left for left, says in found]
