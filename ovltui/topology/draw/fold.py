"""How much of a drawing shows: roomy where there is room, then denser, then with the rest folded into a count.

Source: ``Content``. Pure. What is kept when the rest is folded: what the caller names, what is not well, then the first
by name.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ovltui.topology.draw.content import Far, Member
from ovltui.topology.draw.model import Item, Thing, What

_FRAME = 2
"""Lines of a frame."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a box."""

    item: Item
    member: Member | None = None
    """Whose wire leaves from it."""
    far: Far | None = None
    """Whose wire comes to it."""
    tall: bool = False
    """Whether what there is to say about it stands in a line of its own, below it."""

    @property
    def height(self) -> int:
        """Lines that it takes."""
        return 2 if self.tall and self.item.about[:1] > ("",) else 1


@dataclass(frozen=True, slots=True)
class Box:
    """A frame with lines in it."""

    title: Item
    rows: tuple[Row, ...]

    @property
    def inner(self) -> int:
        """Lines inside of its frame."""
        return sum(row.height for row in self.rows)


@dataclass(frozen=True, slots=True)
class Stack:
    """Boxes one above the other."""

    boxes: tuple[Box, ...]
    shared: bool = False
    """Whether neighbours share the line between them."""

    @property
    def height(self) -> int:
        """Lines that it takes."""
        rows = sum(box.inner for box in self.boxes)
        return rows + (len(self.boxes) + 1 if self.shared else _FRAME * len(self.boxes)) if self.boxes else 0


@dataclass(frozen=True, slots=True)
class Room:
    """How much may show."""

    height: int
    """Lines."""
    fold: bool = True
    """Whether what does not fit is folded."""
    keep: Collection[Thing] = ()
    """What is folded last."""


def member_stack(members: Sequence[Member], room: Room) -> Stack:
    """Return the boxes of members."""
    whole = tuple(Box(one.title, (Row(one.end, one), *(Row(item) for item in one.also))) for one in members)
    bare = tuple(Box(one.title, (Row(one.end, one),)) for one in members)
    for stack in (Stack(whole), Stack(bare), Stack(bare, shared=True)):
        if stack.height <= room.height:
            return stack
    most = max(1, room.height - _FRAME) if room.fold else len(members)
    shown, rest = _kept(members, most, lambda one: _rank(room, one.title, one.end, one.port))
    rows = [Row(_dense(one), one) for one in shown]
    title = Item(Thing(What.MORE, None, "title"), f"{len(members)} attached", ("",))
    return Stack((Box(title, (*rows, *((Row(_more(rest, "members")),) if rest else ()))),))


def tall_stack(fars: Sequence[Far]) -> Stack:
    """Return the boxes of far ends, with two lines for each endpoint of which there is more to say."""
    boxes = (
        Box(far.title, (Row(far.vtep, far=far), *(Row(item, tall=True) for item in far.endpoints))) for far in fars
    )
    return Stack(tuple(boxes))


def far_stack(fars: Sequence[Far], room: Room) -> Stack:
    """Return the boxes of far ends, with what is behind them."""
    whole = Stack(tuple(_far_box(far, len(far.endpoints), room) for far in fars))
    if whole.height <= room.height or not room.fold:
        return whole if whole.height <= room.height else Stack(whole.boxes, shared=True)
    # As many lines for each as fit, found by how high all would be.
    room_left = room.height - 1 - _FRAME * len(fars)
    most = next((most for most in range(room_left, 0, -1) if _lines(fars, most) <= room_left), 0)
    if most:
        return Stack(tuple(_far_box(far, most, room) for far in fars), shared=True)
    shown, rest = _kept(fars, max(1, room.height - _FRAME), lambda far: _rank(room, far.title, far.vtep))
    rows = [Row(_short(far), far=far) for far in shown]
    title = Item(Thing(What.MORE, None, "far ends"), f"{len(fars)} far ends", ("",))
    return Stack((Box(title, (*rows, *((Row(_more(rest, "far")),) if rest else ()))),))


def _lines(fars: Sequence[Far], most: int) -> int:
    return sum(min(len(far.endpoints), most) for far in fars)


def _far_box(far: Far, most: int, room: Room) -> Box:
    """Return the box of a far end with ``most`` lines of endpoints, of which the one that counts the rest is one."""
    if len(far.endpoints) <= most:
        return Box(far.title, (Row(far.vtep, far=far), *(Row(item) for item in far.endpoints)))
    shown, rest = _kept(far.endpoints, max(1, most), lambda item: _rank(room, item))
    more = _more(rest, far.vtep.thing.name)
    return Box(far.title, (Row(far.vtep, far=far), *(Row(item) for item in shown), Row(more)))


def _kept(several: Sequence[T], most: int, rank: Callable[[T], int]) -> tuple[list[T], int]:
    """Return as many as may show, in their order, and how many are folded; the count takes a line."""
    if len(several) <= most:
        return list(several), 0
    room = max(0, most - 1)
    order = sorted(range(len(several)), key=lambda at: (rank(several[at]), at))
    return [several[at] for at in sorted(order[:room])], len(several) - room


def _rank(room: Room, *items: Item | None) -> int:
    told = [item for item in items if item]
    if any(item.thing in room.keep for item in told):
        return 0
    return 1 if any(item.state for item in told) else 2


def _dense(member: Member) -> Item:
    """Return a member in one line."""
    end = member.end
    if member.title.thing.what is What.UNSEEN:
        return end
    addresses = tuple(word for word in end.about if word)
    about = tuple(f"{end.name} {word}" for word in addresses) or (end.name,)
    return replace(end, name=member.title.name, about=(*about, *addresses, ""))


def _short(far: Far) -> Item:
    count = f"{len(far.endpoints)} behind it"
    return replace(far.vtep, about=(f"{far.title.name}  {count}", count, ""))


def _more(count: int, where: str) -> Item:
    says = f"{count} more are folded away; f shows all"
    return Item(Thing(What.MORE, None, where), f"… {count} more", ("f shows all", ""), "", says)
