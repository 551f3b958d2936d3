"""What is known of one namespace: whose it is, how it was found, what is in it, how to get there by hand."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.session.holders import by_hand, holders
from ovltui.session.snapshot import Row
from ovltui.tui.screens.page import Page, fact, heading

_MOST_PIDS = 12


class NetnsDetail(Page):
    """A page on a namespace.

    Args:
        row: what the last snapshot said of it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "docker", "docker inspect", id="page.docker")]

    class DockerWanted(Message):
        """The user wants to read what Docker says of it."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row

    def action_docker(self) -> None:
        """Show what Docker says of it."""
        self.post_message(self.DockerWanted(self._row))

    def hint(self) -> str:
        """The keys."""
        return "d docker inspect, esc goes back"

    def title_text(self) -> str:
        """Its name."""
        return self._row.identity.name

    def body(self) -> Text:
        """Return all that the snapshot holds."""
        text = Text()
        self._whose(text)
        self._where(text)
        heading(text, "links")
        for link in self._row.links:
            kind = f"{link.kind} vni {link.vni}" if link.vni is not None else link.kind
            fact(text, link.ifname, f"{'UP' if link.up else 'DOWN'}  {kind}")
        heading(text, "addresses")
        none = "not known" if self._row.netns.is_number else "none beyond loopback and link-local"
        for address in self._row.addresses or (none,):
            text.append(f"  {address}\n")
        return text

    def _whose(self, text: Text) -> None:
        identity = self._row.identity
        heading(text, "whose it is")
        fact(text, "kind", identity.kind)
        fact(text, "called so", identity.why)
        for name, value in (
            ("network", identity.network),
            ("vni", identity.vni),
            ("container", identity.container),
            ("project", identity.project),
            ("service", identity.service),
            ("also in it", " ".join(identity.sharers) or None),
            ("engine", identity.engine),
        ):
            if value is not None:
                fact(text, name, str(value))

    def _where(self, text: Text) -> None:
        netns = self._row.netns
        heading(text, "where it is")
        nsid = "ours" if netns.own else "none" if netns.nsid is None else str(netns.nsid)
        fact(text, "kernel id", "unknown" if netns.is_number else str(netns.key.id))
        fact(text, "inode", "unknown" if netns.is_number else f"net:[{netns.inode}]")
        fact(text, "nsid", nsid)
        fact(text, "found by", ", ".join(netns.sources) or "nothing any more")
        for mount in netns.mounts:
            fact(text, "mounted at", f"{mount.shown}  (mount namespace {mount.mntns})")
        pids = " ".join(map(str, netns.pids[:_MOST_PIDS]))
        more = f" and {len(netns.pids) - _MOST_PIDS} more" if len(netns.pids) > _MOST_PIDS else ""
        fact(text, "processes", f"{pids}{more}" or "none")
        for holder in holders(netns) or ("nobody whom we can see",):
            fact(text, "kept alive by", holder)
        for gap in netns.gaps:
            fact(text, "gap", gap)
        fact(text, "by hand", by_hand(netns))
