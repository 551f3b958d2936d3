"""What the screens ask of whoever looks for what is wrong: ``session.findings``, or what stands for it."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ovltui.session.looking import Looked


class Diagnosis(Protocol):
    """Answers at once, in any thread."""

    @property
    def looked(self) -> "Looked":
        """What the last look found; a frozen value, replaced as a whole."""

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be looked at, each a sentence."""

    def ask(self) -> None:
        """Read anew what no event tells, and look again soon."""
