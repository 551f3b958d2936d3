"""What is known of one namespace: whose it is, how it was found, what is in it, how to get there by hand."""

from rich.text import Text

from ovltui.session.snapshot import Row
from ovltui.text import clean
from ovltui.tui.screens.page import Page, fact, heading

_MOST_PIDS = 12


class NetnsDetail(Page):
    """A page on a namespace.

    Args:
        row: what the last snapshot said of it.
    """

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row

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
        for address in self._row.addresses or ("none beyond loopback and link-local",):
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
            ("engine", identity.engine),
        ):
            if value is not None:
                fact(text, name, str(value))

    def _where(self, text: Text) -> None:
        netns = self._row.netns
        heading(text, "where it is")
        nsid = "ours" if netns.own else "none" if netns.nsid is None else str(netns.nsid)
        fact(text, "kernel id", str(netns.key.id))
        fact(text, "inode", f"net:[{netns.inode}]")
        fact(text, "nsid", nsid)
        fact(text, "found by", ", ".join(netns.sources) or "nothing any more")
        for mount in netns.mounts:
            fact(text, "mounted at", f"{mount.shown}  (mount namespace {mount.mntns})")
        pids = " ".join(map(str, netns.pids[:_MOST_PIDS]))
        more = f" and {len(netns.pids) - _MOST_PIDS} more" if len(netns.pids) > _MOST_PIDS else ""
        fact(text, "processes", f"{pids}{more}" or "none")
        for gap in netns.gaps:
            fact(text, "gap", gap)
        fact(text, "by hand", _by_hand(self._row))


def _by_hand(row: Row) -> str:
    """Return the command that opens a shell there without ovltui."""
    if row.netns.own:
        return "any shell"
    if row.netns.pids:
        return f"nsenter --net=/proc/{row.netns.pids[0]}/ns/net"
    for mount in row.netns.mounts:
        return f"nsenter --net=/proc/{mount.pid}/root{clean(mount.path)}"
    return "not to be entered"
