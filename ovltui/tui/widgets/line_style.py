"""How a line of an event is coloured: time, namespace and mark by column, words by what they say.

Every word keeps its meaning without colour; keywords are dimmed so that values stand out.
"""

import re

from ovltui.events.line import Line, clock
from ovltui.events.vocabulary import Object
from ovltui.tui.widgets.line_list import Part

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
_MARKS = {"+": "new", "-": "gone", "~": "changed", "→": "moved", "?": "miss", "!": "lost"}


def styled(said: Line, netns_width: int) -> list[Part]:
    """Return a line in parts, its namespace in ``netns_width`` cells."""
    netns = said.netns if len(said.netns) <= netns_width else f"{said.netns[: netns_width - 1]}…"
    if said.object in _QUIET:
        return [(f"{clock(said.time_ns)} {netns:{netns_width}} {said.mark} {said.text}", "quiet")]
    kind = _MARKS.get(said.mark, "")
    return [
        (f"{clock(said.time_ns)} ", "time"),
        (f"{netns:{netns_width}} ", "netns"),
        (f"{said.mark} ", kind),
        *_words(said.text, kind),
    ]


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
