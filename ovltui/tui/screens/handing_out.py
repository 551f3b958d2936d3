"""What screens hand out to the clipboard of a namespace, and of anything else that is text."""

from textual.screen import Screen

from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.typed import way_in
from ovltui.tui.clipboard import copy

_SHORT_S = 3


async def copy_name(screen: Screen[None], row: Row | None) -> None:
    """Copy the name of a namespace."""
    await copy_text(screen, row.identity.name if row else "", "Choose a namespace first.")


async def copy_way_in(screen: Screen[None], row: Row | None, session: Session) -> None:
    """Copy the command that leads into a namespace of a session."""
    way = way_in(row.netns, session.mntns, session.host_of(row.netns))[0] if row else ""
    await copy_text(screen, way, "Choose a namespace first.")


async def copy_text(screen: Screen[None], text: str, otherwise: str) -> None:
    """Copy a text and show it; where it is empty, say ``otherwise``."""
    says = f"{await copy(screen.app, text)}\n{text}" if text else otherwise
    screen.notify(says, timeout=_SHORT_S, markup=False)
