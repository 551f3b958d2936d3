"""Which kinds of events a pane shows: a checklist over the screen, applied while one chooses.

What has happened so far stands beside each kind. A gap is no kind: it shows always, since what it swallowed may have
been of any.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ovltui.events.panes import kinds_of
from ovltui.events.ring import Ring
from ovltui.events.sort import object_in
from ovltui.events.vocabulary import Object, Pane
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.line_list import LineList, Part

Kinds = frozenset[Object]
_SAYS: dict[Object, str] = {
    Object.LINK: "links: new, gone, changed, moved, ports of bridges",
    Object.ADDR: "addresses of links",
    Object.NSID: "namespaces that get or lose a number",
    Object.NETCONF: "settings of a link's IP layer, beside every new link",
    Object.VLAN: "VLANs of bridge ports",
    Object.TUNNEL: "VNIs that a vxlan device accepts",
    Object.STATS: "hardware counters switched",
    Object.UNKNOWN: "messages that are not understood",
    Object.ROUTE: "routes",
    Object.RULE: "rules that choose a routing table",
    Object.NEXTHOP: "nexthop objects",
    Object.PREFIX: "prefixes that routers announce",
    Object.MROUTE: "routes for multicast",
    Object.NEIGH: "neighbours, lookups and misses of IP addresses",
    Object.FDB: "forwarding entries, misses of MACs",
    Object.MDB: "multicast groups of bridges",
    Object.DOCKER: "what Docker says",
}


def hidden_words(pane: Pane | None, shown: Kinds | None) -> str:
    """Return ``without netconf, nsid`` or ``only link``, whichever is shorter; empty where all kinds show."""
    kinds = kinds_of(pane)
    there = [kind for kind in kinds if shown is None or kind in shown]
    away = [kind for kind in kinds if kind not in there]
    if not away:
        return ""
    if not there:
        return "nothing but losses"
    return f"without {', '.join(away)}" if len(away) <= len(there) else f"only {', '.join(there)}"


class KindList(LineList):
    """The checklist.

    Args:
        kinds: what there is to choose from.
        shown: what shows now.
        counts: how many of each are kept; a kind that is missing there has none.
        changed: called with what is to show after each change.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", "Show or hide", id="kinds.toggle"),
        Binding("a", "all", "All", id="kinds.all"),
    ]
    PREFIX = "kind-list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"kind-list--cursor", "kind-list--cursor-focus", "kind-list--says"}
    DEFAULT_CSS = """
    KindList {
        background: $panel;
        & .kind-list--cursor, & .kind-list--cursor-focus { background: $cursor-focus; }
        & .kind-list--says { color: $dim; text-style: $quiet; }
    }
    """

    def __init__(
        self, kinds: Iterable[Object], shown: Kinds, counts: Mapping[Object, int], changed: Callable[[Kinds], None]
    ) -> None:
        super().__init__()
        self._kinds = tuple(kinds)
        self._shown = shown
        self._counts = counts
        self._changed = changed
        self._cursor = 0

    @property
    def row_count(self) -> int:
        """One row a kind."""
        return len(self._kinds)

    @property
    def cursor_row(self) -> int | None:
        """There always is one."""
        return self._cursor

    def parts(self, row: int) -> list[Part]:
        """Return box, name, count and what it is."""
        kind = self._kinds[row]
        box = "x" if kind in self._shown else " "
        return [(f" [{box}] {kind:8} {self._counts.get(kind, 0):>8,}  ", ""), (_SAYS[kind], "says")]

    def move_cursor(self, row: int) -> None:
        """Make ``row`` the current one."""
        self._cursor = row
        self.bring_into_sight(row)

    def on_click(self, event: events.Click) -> None:
        """Show or hide what the mouse points at."""
        offset = event.get_content_offset(self)
        if offset is not None and self.top + offset.y < self.row_count:
            self.move_cursor(self.top + offset.y)
            self.action_choose()

    def action_choose(self) -> None:
        """Show or hide the kind at the cursor."""
        self._choose(self._shown ^ {self._kinds[self._cursor]})

    def action_all(self) -> None:
        """Show all kinds."""
        self._choose(frozenset(self._kinds))

    def _choose(self, shown: Kinds) -> None:
        self._shown = shown
        self.show_from(self.top)
        self._changed(shown)


class KindsScreen(ModalScreen[None]):
    """The checklist in a frame.

    Args:
        chooser: the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,K", "dismiss", "Back", id="page.back"),
    ]
    DEFAULT_CSS = """
    KindsScreen {
        align: center middle;
        background: $background 60%;
        & KindList { width: 100%; max-width: 78; max-height: 94%; }
    }
    """

    def __init__(self, chooser: KindList) -> None:
        super().__init__()
        self._chooser = chooser

    def compose(self) -> ComposeResult:
        """The list alone, as high as its rows and its frame."""
        self._chooser.styles.height = self._chooser.row_count + 2
        yield self._chooser
        yield KeyLine()

    async def action_dismiss(self, result: None = None) -> None:
        """Go back."""
        self.dismiss(result)


def choice(
    title: str, pane: Pane | None, shown: Kinds | None, ring: Ring, changed: Callable[[Kinds], None]
) -> KindsScreen:
    """Return the screen on which to choose what a pane shows.

    Args:
        title: what the pane is called, words of ours.
        pane: which one it is; None for that of all records.
        shown: what it shows now; None for everything.
        ring: the records, to be counted.
        changed: called with what is to show after each change.
    """
    kinds = kinds_of(pane)
    counts: Counter[Object] = Counter()
    for sort, count in ring.sorts().items():
        counts[object_in(sort)] += count
    chooser = KindList(kinds, frozenset(kinds) if shown is None else shown, counts, changed)
    chooser.border_title = f"kinds of {title}"
    chooser.border_subtitle = "space shows or hides, a all, esc goes back"
    return KindsScreen(chooser)
