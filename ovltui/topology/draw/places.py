"""Where the columns of a drawing stand.

Pure values. Incomplete: nothing.
"""

from dataclasses import dataclass

MEMBERS, PORTS, HUB, TUNNELS, UNDERLAYS, FARS = range(6)
"""Lanes, from left to right."""
BRANCH = 3
"""Columns from the end of a port's name to the bus, and from there to the words behind it."""
MARK = 2
"""Columns from a frame to the words in it: the frame, and a cell for a mark."""


@dataclass(frozen=True, slots=True)
class Places:
    """The columns."""

    x: tuple[int, ...]
    """Where each begins."""
    width: tuple[int, ...]
    top: int
    """The line of the upper frames."""
    below: bool
    """Whether the underlay stands below the hub's namespace."""
    ports: int
    """Cells for names of ports."""
    height: int
    """Lines that there are."""

    tall: bool = False
    """Whether the hub and its tunnels have two lines each."""
    cuts: bool = False
    """Whether a column is too narrow for what matters in it."""

    @property
    def bus(self) -> int:
        """Column of the line that all ports join."""
        return self.x[1] + MARK + self.ports + BRANCH - 1

    @property
    def hub(self) -> int:
        """Where the words of the hub and its tunnels begin."""
        return self.bus + BRANCH

    @property
    def hub_room(self) -> int:
        """Cells for these words."""
        return self.right(1) - MARK + 1 - self.hub

    def right(self, column: int) -> int:
        """Return where the right frame of a column stands."""
        return self.x[column] + self.width[column] - 1
