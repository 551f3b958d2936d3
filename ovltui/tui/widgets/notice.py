"""The line that says, above all else, that much is hidden and how to see it, or that there is nothing to see."""

from textual.widgets import Label

from ovltui.session.snapshot import Snapshot

_OFFER = "nothing to see yet: L builds an overlay network to practise on (ovltui lab up)"
_OFFER_TO_USER = ", then L builds a lab"


class Notice(Label):
    """Shows only where something is hidden for lack of privileges, or nothing is there."""

    DEFAULT_CSS = "Notice { text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__("", id=id, markup=False)

    def show(self, snapshot: Snapshot, *, unprivileged: bool) -> None:
        """Say what to do about the first of the gaps, a sentence of clean text, which a narrow screen cuts."""
        self.display = unprivileged or snapshot.bare
        first = snapshot.gaps[0].split(": ")[0] if snapshot.gaps else "much is hidden"
        rest = _OFFER_TO_USER if snapshot.bare else ""
        self.update(f"not root: U starts again under sudo{rest} ({first})" if unprivileged else _OFFER)
