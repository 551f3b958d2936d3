"""How a line of an event is coloured: time, namespace and mark by column, words by what they say.

Every word keeps its meaning without colour; keywords are dimmed so that values stand out.
"""

import re

from rich.cells import cell_len, set_cell_size

from ovltui.events.line import Line, clock
from ovltui.events.vocabulary import Action, Object
from ovltui.tui.widgets.line_list import Part

STYLES = (
    *("cursor", "cursor-focus", "placeholder", "quiet", "time", "netns", "count"),
    *("new", "gone", "changed", "moved", "miss", "lost", "pointed", "finding", "marked", "keyword", "good", "bad"),
)
"""Styles of the cursor's row, of columns, of marks, and of words."""
CSS = """
EventPane {
    & .event-pane--cursor { background: $cursor; }
    & .event-pane--cursor-focus { background: $cursor-focus; }
    & .event-pane--placeholder { color: $dimmer; text-style: $quiet; }
    & .event-pane--quiet { color: $dimmer; text-style: $quiet; }
    & .event-pane--time { color: $dimmer; text-style: $quiet; }
    & .event-pane--netns { color: $primary; }
    & .event-pane--new { color: $success; text-style: bold; }
    & .event-pane--gone { color: $error; text-style: bold; }
    & .event-pane--changed { color: $accent; }
    & .event-pane--moved { color: $primary; text-style: bold; }
    & .event-pane--miss { color: $accent; text-style: bold; }
    & .event-pane--lost { color: $error; text-style: bold reverse; }
    & .event-pane--pointed { color: $accent; text-style: bold reverse; }
    & .event-pane--finding { color: $error; text-style: bold reverse; }
    & .event-pane--marked { color: $primary; text-style: bold reverse; }
    & .event-pane--count { text-style: bold; }
    & .event-pane--keyword { color: $dim; text-style: $quiet; }
    & .event-pane--good { color: $success; }
    & .event-pane--bad { color: $error; }
}
"""
"""What they look like, unless a style sheet says otherwise."""
_PIECE = re.compile(r"\s+|\S+")
_STYLES = (
    ("bad", re.compile(r"DOWN|FAILED|LOWERLAYERDOWN|NO-CARRIER|LOST|INCOMPLETE|unreachable|blackhole|prohibit")),
    ("good", re.compile(r"UP|REACHABLE|PERMANENT|permanent|forwarding")),
    (
        "keyword",
        re.compile(
            r"dev|lladdr|scope|proto|src|via|mtu|master|self|dst|link-netnsid|link-netns|metric|table|nexthop|from"
            r"|lookup|inet6?|brd|vlan|vni|weight|pref|peer|port|kind|type|label|group|docker"
        ),
    ),
)
"""Component classes of words, in the order in which they are tried."""
_QUIET = frozenset((Object.NETCONF, Object.PREFIX, Object.STATS))
"""What the kernel tells beside every change of a link: shown, but dim."""
_SIGNS = {"pointed": "▸", "finding": "!", "marked": "◆"}
_LEAST_HEAD = 2
"""Cells that a cut name begins with."""
_CLOCK = len("14:02:10.113")
_MARKS = {"+": "new", "-": "gone", "~": "changed", "→": "moved", "?": "miss"}


def styled(
    said: Line, netns_width: int, count: int = 1, beneath: int = 0, *, sign: str = "", when: str = ""
) -> list[Part]:
    """Return a line in parts.

    Args:
        said: the line.
        netns_width: cells of its namespace.
        count: how many records it stands for.
        beneath: how many events are folded beneath it.
        sign: ``pointed`` for one to look at, ``finding`` for one that caused a finding, ``marked`` for one that
            somebody wants to find again.
        when: stands in the place of its time of day.
    """
    netns = named(said.netns, netns_width)
    # Before the text, so that it is not cut off with the end of a long line.
    times = f"\N{MULTIPLICATION SIGN}{count} " if count > 1 else ""
    when = f"{when:>{_CLOCK}}" if when else clock(said.time_ns)
    mark, time = (_SIGNS[sign], sign) if sign else (" ", "time")
    if said.object in _QUIET and not sign:
        return [(f"{when} {netns} {said.mark} {times}{said.text}", "quiet")]
    kind = "lost" if said.action is Action.LOST else _MARKS.get(said.mark, "")
    return [
        (f"{when}{mark}", time),
        (f"{netns} ", "netns"),
        (f"{said.mark} ", kind),
        *([(times, "count")] if times else ()),
        *_words(said.text, kind),
        *([(f"  ▸ {beneath} event{'' if beneath == 1 else 's'}", "count")] if beneath else ()),
    ]


def named(name: str, width: int) -> str:
    """Return the name of a namespace in ``width`` cells; of two that differ behind an ``@``, that stays."""
    over = cell_len(name) - width
    if over <= 0:
        return name + " " * -over
    head, at, tail = name.rpartition("@")
    room = width - len("…") - cell_len(at + tail)
    if not at or room < _LEAST_HEAD:
        return set_cell_size(name, width - 1) + "…"
    return f"{set_cell_size(head, room)}…{at}{tail}"


def _words(text: str, kind: str) -> list[Part]:
    """Return the words of a line in as few parts as their styles need: each part costs bytes on the line."""
    parts: list[Part] = []
    for word in _PIECE.findall(text):
        style = parts[-1][1] if parts and word.isspace() else _word_style(word, kind)
        if parts and parts[-1][1] == style:
            parts[-1] = (parts[-1][0] + word, style)
        else:
            parts.append((word, style))
    return parts


def _word_style(word: str, kind: str) -> str:
    found = (style for style, words in _STYLES if words.fullmatch(word))
    return next(found, "lost" if kind == "lost" else "")
