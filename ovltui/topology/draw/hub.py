"""Draws the hub's namespace: a bus that its ports join from the left, the hub and its tunnels from the right.

Source: ``Content``. Pure. Incomplete: nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ovltui.topology.draw.content import Content
from ovltui.topology.draw.fold import Row, Stack
from ovltui.topology.draw.model import Item, Look, Thing, What
from ovltui.topology.draw.places import HUB, MARK, PORTS, TUNNELS, Places
from ovltui.topology.draw.sketch import Sketch


@dataclass(frozen=True, slots=True)
class HubBox:
    """What was drawn."""

    tunnels: Mapping[Thing, int]
    """The line of each tunnel."""
    bottom: int
    """The line of the lower frame."""


def port_items(members: Stack) -> Iterator[tuple[Row, Item | None]]:
    """Yield each line that is wired to the hub, with the port that it leads to."""
    for row in (row for box in members.boxes for row in box.rows):
        if row.member:
            yield row, row.member.port
        elif row.item.thing.what is What.MORE:
            yield row, Item(Thing(What.MORE, None, "ports"), "…", ("",), "", row.item.says)


def draw_hub(sketch: Sketch, content: Content, places: Places, members: Stack, lines: Mapping[Thing, int]) -> HubBox:
    """Draw the box; ``lines`` tells where its members stand."""
    assert content.hub is not None
    assert content.title is not None
    wired = [(row.item, port, lines[row.item.thing]) for row, port in port_items(members)]
    below_ports = max((line for _, _, line in wired), default=places.top) + 1
    loose = {item.thing: below_ports + number for number, item in enumerate(content.loose)}
    ports = [*(line for _, _, line in wired), *loose.values()]
    hub_line = min(ports, default=places.top + 1)
    each = 2 if places.tall else 1
    first = max(ports, default=hub_line) + 1 if places.below else 0
    first = max(first, hub_line + each)
    tunnels = {one.item.thing: first + each * number for number, one in enumerate(content.tunnels)}
    joints = [*ports, hub_line, *tunnels.values()]
    bottom = max(*joints, max((hub_line, *tunnels.values())) + each - 1) + 1
    sketch.frame((places.x[1], places.top), places.width[1], bottom - places.top + 1, content.title)
    bus = _Bus(sketch, places, content.hub)
    bus.draw(hub_line, max(joints), alone=len(joints) == 1)
    for member, port, line in wired:
        bus.member(member, port, line)
    for item in content.loose:
        bus.port(replace(item, about=("",)), loose[item.thing])
    for tunnel in content.tunnels:
        bus.right(tunnel.item, tunnels[tunnel.item.thing], TUNNELS)
    bus.path()
    return HubBox(tunnels, bottom)


class _Bus:
    """The line that stands for the hub."""

    def __init__(self, sketch: Sketch, places: Places, hub: Item) -> None:
        self._sketch = sketch
        self._places = places
        self._hub = hub
        self._walked: list[int] = []
        """Lines where the way that is walked joins it."""

    def draw(self, first: int, last: int, *, alone: bool) -> None:
        """Draw it from line to line, with the hub's words beside its beginning; only these where nothing joins."""
        if not alone:
            self._sketch.line(
                ((self._places.bus, first), (self._places.bus, last)), self._hub, self._hub, on_path=False
            )
            self._branch(self._hub, first, on_path=False)
        self._sketch.words((self._places.hub, first), self._places.hub_room, self._hub, HUB, tall=self._tall(self._hub))

    def member(self, member: Item, port: Item | None, line: int) -> None:
        """Draw the wire of a member, to its port or to the bus itself."""
        start, places = (self._places.right(0), line), self._places
        if port is None:
            on_path = self._walks(member, line)
            self._sketch.line((start, (places.bus, line)), member, self._hub, on_path=on_path)
            self._sketch.tie(member.thing, self._hub.thing)
        else:
            self._sketch.wire((start, (places.x[1], line)), member, port)
            self.port(port, line)

    def port(self, port: Item, line: int) -> None:
        """Draw a port and its branch."""
        places = self._places
        behind = self._sketch.words((places.x[1] + MARK, line), places.ports, port, PORTS)
        self._sketch.canvas.text(behind, line, " ", Look.WIRE)
        branch = ((behind, line), (places.bus, line))
        self._sketch.line(branch, port, self._hub, on_path=self._walks(port, line))
        self._sketch.tie(port.thing, self._hub.thing)

    def right(self, item: Item, line: int, lane: int) -> None:
        """Draw what joins from the right."""
        self._branch(item, line, on_path=self._walks(item, line))
        self._sketch.words((self._places.hub, line), self._places.hub_room, item, lane, tall=self._tall(item))
        self._sketch.tie(self._hub.thing, item.thing)

    def path(self) -> None:
        """Draw the way along the bus."""
        bus, lines = self._places.bus, self._walked
        if lines and min(lines) != max(lines):
            self._sketch.line(((bus, min(lines)), (bus, max(lines))), self._hub, self._hub, on_path=True)

    def _branch(self, item: Item, line: int, *, on_path: bool) -> None:
        points = ((self._places.bus, line), (self._places.hub - 1, line))
        self._sketch.line(points, self._hub, item, on_path=on_path)

    def _tall(self, item: Item) -> bool:
        return self._places.tall and bool(item.about[0])

    def _walks(self, item: Item, line: int) -> bool:
        on_path = self._sketch.on_path(item)
        self._walked += [line] if on_path else []
        return on_path
