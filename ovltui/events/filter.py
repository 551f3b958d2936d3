"""The filter of a pane and of ``ovltui watch``: which lines to show.

Source: what the user typed. Privileges: none. Incomplete: a filter sees the line, not the detail view; a gap
passes every filter, since what it swallowed might have passed. To find what passes in a long history, the sort of a
record (``ovltui.events.sort``) and the name of its namespace are asked before there is a line: most are decided then.

Terms are separated by spaces and must all hold. ``text`` is contained in the namespace or the text;
``/text/`` is a regular expression; ``"two words"`` keeps its spaces; ``!`` before a term excludes.
``netns:``, ``dev:``, ``object:`` (or ``kind:``) and ``action:`` before a term look only there: names contain
the term, an object or an action is it (``action:del`` or its mark ``action:-``). Capital letters count only
in a term that has some.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from ovltui.events.line import MARKS, Line
from ovltui.events.sort import ASK, EVERY, NO, YES, actions_in, both, object_in, verdicts
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
Holds = Callable[[str], bool]
_OPPOSITE = {NO: YES, YES: NO, ASK: ASK}


class FilterError(ValueError):
    """A filter that cannot be meant; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a filter, exclusion included."""

    test: Test
    """Whether it holds for a line."""
    verdicts: bytes
    """What the sort of a record says of it, see ``ovltui.events.sort``."""
    place: Holds | None = None
    """Whether it holds for a message of a namespace of that name, where the name decides."""
    text: Holds | None = None
    """Whether it holds for the namespace and the text, joined by a space, where those decide."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood."""

    text: str
    """As it was typed."""
    terms: tuple[Term, ...]

    def matches(self, line: Line) -> bool:
        """Return whether every term holds for a line; True for a gap."""
        return line.object is Object.GAP or all(term.test(line) for term in self.terms)

    @property
    def texts(self) -> tuple[Holds, ...]:
        """The terms of which namespace and text decide, joined by a space."""
        return tuple(term.text for term in self.terms if term.text)

    def matches_but_for_text(self, line: Line) -> bool:
        """Return whether all other terms hold for a line; these ask nothing but its links, and what it is about."""
        return all(term.test(line) for term in self.terms if not term.text)

    @property
    def verdicts(self) -> bytes:
        """What the sort of a record says of all terms together."""
        return reduce(both, (term.verdicts for term in self.terms), EVERY)

    @property
    def place(self) -> Holds | None:
        """Whether messages of a namespace of that name may pass; None where all may."""
        places = [term.place for term in self.terms if term.place]
        return (lambda name: all(place(name) for place in places)) if places else None


def parse(text: str) -> Filter:
    """Return the filter that ``text`` means; an empty one matches every line.

    Raises:
        FilterError: a regular expression is invalid, a quote is open, or an object or action does not exist.
    """
    return Filter(text, tuple(_term(match) for match in _TERM.finditer(text)))


def _term(match: re.Match[str]) -> Term:
    term = _positive(match)
    if not match["no"]:
        return term
    test, place = term.test, term.place
    return Term(
        lambda line: not test(line),
        verdicts(lambda sort: _OPPOSITE[term.verdicts[sort]]) if place is None else term.verdicts,
        _not(place),
        _not(term.text),
    )


def _not(holds: Holds | None) -> Holds | None:
    return None if holds is None else lambda shown: not holds(shown)


def _positive(match: re.Match[str]) -> Term:
    plain = match["plain"]
    if plain and plain.startswith('"'):
        raise FilterError(f"The quote before {plain[1:] or 'nothing'!r} is not closed.")
    if match["key"] in ("object", "kind"):
        return _object(match)
    if match["key"] == "action":
        return _action(match)
    holds = _expression(match["regex"]) if match["regex"] else _substring(plain or match["quoted"] or "")
    if match["key"] == "netns":
        return Term(lambda line: holds(line.netns), _BY_PLACE, holds)
    if match["key"] == "dev":
        return Term(lambda line: any(holds(name) for name in devices(line)), _ASK_LINE)
    return Term(lambda line: holds(f"{line.netns} {line.text}"), _ASK_LINE, text=holds)


_ASK_LINE = verdicts(lambda _: ASK)
_BY_PLACE = verdicts(lambda sort: ASK if object_in(sort) is Object.DOCKER else YES)


def _substring(text: str) -> Holds:
    if text == text.lower():
        return lambda shown: text in shown.lower()
    return lambda shown: text in shown


def _expression(pattern: str) -> Holds:
    bare = _ESCAPE.sub("", pattern)
    try:
        search = re.compile(pattern, re.IGNORECASE if bare == bare.lower() else 0).search
    except (re.error, OverflowError) as error:
        raise FilterError(f"The regular expression {pattern!r} is invalid: {error}.") from error
    return lambda shown: search(shown) is not None


def _object(match: re.Match[str]) -> Term:
    wanted = _choice(match, {str(kind): kind for kind in Object}, "object")
    return Term(
        lambda line: line.object is wanted,
        # What is broken is told by its line, whatever its sort.
        verdicts(lambda sort: YES if object_in(sort) is wanted else ASK if wanted is Object.UNKNOWN else NO),
    )


def _action(match: re.Match[str]) -> Term:
    choices = {str(action): action for action in Action} | {mark: action for action, mark in MARKS.items()}
    wanted = _choice(match, choices, "action")

    def judge(sort: int) -> int:
        possible = actions_in(sort)
        return NO if wanted not in possible else YES if len(possible) == 1 else ASK

    return Term(lambda line: line.action is wanted, verdicts(judge))


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
