"""The keys of all commands, and those that a person gave to some of them instead.

Source: the bindings of the app, of each screen and each widget of this room. Privileges: none. Incomplete: keys that
another screen or pane uses as well are no conflict, since there they never meet.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from string import punctuation

from textual.binding import Binding
from textual.keys import Keys, _character_to_key

from ovltui.config.model import KeyChoice, Settings
from ovltui.config.sample import Command
from ovltui.errors import UsageError
from ovltui.tui import screens, widgets

_SIGNS = {_character_to_key(sign): sign for sign in punctuation}
_NAMED = frozenset(key.value for key in Keys)


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands have their keys: the app, a screen, a page or a widget."""

    name: str
    bindings: tuple[Binding, ...]

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Return the keys of each id."""
        found: dict[str, tuple[str, ...]] = {}
        for binding in self.bindings:
            if binding.id:
                found[binding.id] = (*found.get(binding.id, ()), binding.key)
        return found


def places() -> list[Place]:
    """Return all of them; loads every screen."""
    from ovltui.tui.app import OvltuiApp  # noqa: PLC0415  (it imports what imports this)

    modules = [
        import_module(f"{room.__name__}.{module.name}")
        for room in (screens, widgets)
        for module in pkgutil.iter_modules(room.__path__)
    ]
    classes = {value for module in modules for value in vars(module).values() if _has_keys(value)} | {OvltuiApp}
    named = sorted(classes, key=lambda one: one.__name__)
    return [Place(one.__name__, tuple(Binding.make_bindings(vars(one)["BINDINGS"]))) for one in named]


def _spelled(key: str) -> str:
    """Return a key as a person writes it: its sign where it has one."""
    return _SIGNS.get(key, key)


def _has_keys(value: object) -> bool:
    return isinstance(value, type) and value.__module__.startswith("ovltui.") and "BINDINGS" in vars(value)


def commands() -> list[Command]:
    """Return every command with its usual keys."""
    keys: dict[str, tuple[str, ...]] = {}
    says: dict[str, str] = {}
    for place in places():
        for binding in place.bindings:
            if binding.id and binding.description:
                says.setdefault(binding.id, binding.description)
        for id_, found in place.keys().items():
            if id_ in says:
                keys[id_] = tuple(dict.fromkeys((*keys.get(id_, ()), *found)))
    return [Command(id_, tuple(map(_spelled, keys[id_])), says[id_]) for id_ in sorted(keys)]


def keymap(settings: Settings) -> dict[str, str]:
    """Return the keys that are to hold, for Textual's ``set_keymap``.

    Args:
        settings: what the user chose.

    Raises:
        UsageError: there is no such command or key, or another command of the same place has it; with file and line.
    """
    if not settings.keys:
        return {}
    known = [command.id for command in commands()]
    chosen = {choice.id: tuple(_key(settings, choice, key) for key in choice.keys) for choice in settings.keys}
    for choice in settings.keys:
        if choice.id not in known:
            near = get_close_matches(choice.id, known, 1)
            but = f", but {near[0]}" if near else ""
            raise _wrong(
                settings, choice, f"there is no command {choice.id!r}{but}; ovltui config --default lists them"
            )
    held: dict[str, tuple[str, ...]] = {}
    for place in places():
        mine = place.keys()
        if not chosen.keys().isdisjoint(mine):
            now = {id_: chosen.get(id_, keys) for id_, keys in mine.items()}
            for choice in settings.keys:
                _refuse_double(settings, choice, mine, now)
            # The library drops whatever shares a key with what is moved, unless it is told those keys, too.
            held |= {id_: keys for id_, keys in now.items() if id_ not in held}
    return {id_: ",".join(keys) for id_, keys in held.items()}


def chosen_commands(settings: Settings) -> Iterable[Command]:
    """Return the commands that have other keys than usual."""
    return [Command(choice.id, choice.keys, "") for choice in settings.keys]


def _refuse_double(
    settings: Settings, choice: KeyChoice, usual: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]
) -> None:
    for key in now.get(choice.id, ()):
        shared = [id_ for id_, keys in now.items() if key in keys and id_ != choice.id]
        others = [id_ for id_ in shared if not set(usual[id_]) & set(usual[choice.id])]
        if others:
            says = f"{_spelled(key)} is the key of {others[0]} as well: give one of them another"
            raise _wrong(settings, choice, says)


def _key(settings: Settings, choice: KeyChoice, key: str) -> str:
    """Return the library's name of a key: ``?`` is ``question_mark``."""
    name = _character_to_key(key) if len(key) == 1 else key
    last = name.rpartition("+")[2]
    if key and (len(key) == 1 or last in _NAMED or len(last) == 1 or name in _names()):
        return name
    says = f"there is no key {key!r}: write it as in x, X, ctrl+x, f5, space, enter, tab, up, pageup"
    raise _wrong(settings, choice, says)


def _names() -> frozenset[str]:
    """Return the names of keys that commands have."""
    return frozenset(key for command in commands() for key in command.keys)


def _wrong(settings: Settings, choice: KeyChoice, says: str) -> UsageError:
    return UsageError(f"{settings.path}:{choice.line}: {says}.")
