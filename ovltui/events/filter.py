"""The filter of a pane and of ``ovltui watch``: which lines to show.

Source: what the user typed. Privileges: none. Incomplete: a filter sees the line, not the detail view; a gap
passes every filter, since what it swallowed might have passed.

Terms are separated by spaces and must all hold. ``text`` is contained in the namespace or the text;
``/text/`` is a regular expression; ``"two words"`` keeps its spaces; ``!`` before a term excludes.
``netns:``, ``dev:``, ``object:`` (or ``kind:``) and ``action:`` before a term look only there: names contain
the term, an object or an action is it (``action:del`` or its mark ``action:-``). Capital letters count only
in a term that has some.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ovltui.events.line import MARKS, Line
from ovltui.events.vocabulary import Action, Object

_TERM = re.compile(
    r"""(?P<no>!?)(?:(?P<key>netns|dev|kind|object|action):)?
        (?:/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$) | "(?P<quoted>[^"]*)"(?=\s|$) | (?P<plain>\S+))""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\.")
_DEV = re.compile(r"(?:\bdev|\bmaster|\bport|\bport of|\biif|\boif|^netconf \S+|^\S+ leaves) ([^\s,]+)")
_VIA = re.compile(r"\bvia ([^\s,]+)")
_LINK_NAME = re.compile(r"^[^\s@]+")

Choice = TypeVar("Choice")
Test = Callable[[Line], bool]


class FilterError(ValueError):
    """A filter that cannot be meant; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood."""

    text: str
    """As it was typed."""
    tests: tuple[Test, ...]
    """One for each term, exclusion included."""

    def matches(self, line: Line) -> bool:
        """Return whether every term holds for a line; True for a gap."""
        return line.object is Object.GAP or all(test(line) for test in self.tests)


def parse(text: str) -> Filter:
    """Return the filter that ``text`` means; an empty one matches every line.

    Raises:
        FilterError: a regular expression is invalid, a quote is open, or an object or action does not exist.
    """
    return Filter(text, tuple(_test(match) for match in _TERM.finditer(text)))


def _test(match: re.Match[str]) -> Test:
    test = _positive(match)
    if not match["no"]:
        return test
    return lambda line: not test(line)


def _positive(match: re.Match[str]) -> Test:
    plain = match["plain"]
    if plain and plain.startswith('"'):
        raise FilterError(f"The quote before {plain[1:] or 'nothing'!r} is not closed.")
    if match["key"] in ("object", "kind"):
        return _object(match)
    if match["key"] == "action":
        return _action(match)
    holds = _expression(match["regex"]) if match["regex"] else _substring(plain or match["quoted"] or "")
    if match["key"] == "netns":
        return lambda line: holds(line.netns)
    if match["key"] == "dev":
        return lambda line: any(holds(name) for name in devices(line))
    return lambda line: holds(f"{line.netns} {line.text}")


def _substring(text: str) -> Callable[[str], bool]:
    if text == text.lower():
        return lambda shown: text in shown.lower()
    return lambda shown: text in shown


def _expression(pattern: str) -> Callable[[str], bool]:
    bare = _ESCAPE.sub("", pattern)
    try:
        search = re.compile(pattern, re.IGNORECASE if bare == bare.lower() else 0).search
    except (re.error, OverflowError) as error:
        raise FilterError(f"The regular expression {pattern!r} is invalid: {error}.") from error
    return lambda shown: search(shown) is not None


def _object(match: re.Match[str]) -> Test:
    wanted = _choice(match, {str(kind): kind for kind in Object}, "object")
    return lambda line: line.object is wanted


def _action(match: re.Match[str]) -> Test:
    choices = {str(action): action for action in Action} | {mark: action for action, mark in MARKS.items()}
    wanted = _choice(match, choices, "action")
    return lambda line: line.action is wanted


def _choice(match: re.Match[str], choices: dict[str, Choice], kind: str) -> Choice:
    value = match["plain"] or match["quoted"] or match["regex"] or ""
    if value not in choices:
        raise FilterError(f"There is no {kind} {value!r}; choose from {', '.join(choices)}.")
    return choices[value]


def devices(line: Line) -> Iterator[str]:
    """Yield the names of the links that a line is about."""
    if line.object is Object.DOCKER:
        return
    if line.object is Object.LINK:
        found = _LINK_NAME.match(line.text)
        if found:
            yield found[0]
    yield from _DEV.findall(line.text)
    if line.object is Object.FDB:
        yield from _VIA.findall(line.text)
