"""The columns of the list of namespaces: what each says, how it sorts, and which give way in a narrow terminal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size

from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.activity import Activity, rate
from ovltui.session.snapshot import Row
from ovltui.topology.sheet import natural
from ovltui.tui.verdicts import NOTHING, Tally

Order = tuple[float, tuple[tuple[float, str], ...]]
"""What a row sorts by: a number, then a text."""
NAME = "name"
"""The column that is always there."""
_GAP = 2
_WIDEST = {"NAME": 40, "ADDRESSES": 24, "FOUND BY": 24, "FINDINGS": 20}
"""Cells that a column takes at most."""
_NO_NUMBER = -1
_MANY = 1 << 20
"""More warnings than a namespace has: any error comes before them."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of namespaces beside their rows."""

    activity: Activity
    wrong: Mapping[NetnsKey, Tally] = field(default_factory=dict)
    """Those in which something is wrong."""
    number_of: Callable[[int], tuple[str, int | None]] = lambda nsid: ("", nsid)
    """Returns the host of a number of the session, and the number there."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    rank: int
    """Lower ones stay when there is no room for all."""
    says: Callable[[Row, Beside], str]
    order: Callable[[Row, Beside], Order]
    right: bool = False
    """Whether it holds numbers, which stand at the right and sort the highest first."""


def _text(
    says: Callable[[Row], str],
) -> tuple[Callable[[Row, Beside], str], Callable[[Row, Beside], Order]]:
    return (lambda row, _: says(row)), (lambda row, _: (0, natural(says(row))))


def _number(
    number: Callable[[Row, Beside], int | None],
) -> tuple[Callable[[Row, Beside], str], Callable[[Row, Beside], Order]]:
    def says(row: Row, beside: Beside) -> str:
        found = number(row, beside)
        return "-" if found is None else str(found)

    def order(row: Row, beside: Beside) -> Order:
        found = number(row, beside)
        return (-(_NO_NUMBER if found is None else found), ())

    return says, order


def _kind(row: Row) -> str:
    identity = row.identity
    if identity.vni is not None and identity.kind in (Kind.OVERLAY, Kind.INGRESS):
        return f"{identity.kind} {identity.vni}"
    return str(identity.kind)


def _addresses(row: Row) -> str:
    return " ".join(address.partition("/")[0] for address in row.addresses)


def _found(row: Row) -> str:
    return " ".join(row.netns.sources)


def _events(row: Row, beside: Beside) -> int:
    return beside.activity.of(row.netns.key)


def _nsid(row: Row, beside: Beside) -> int | None:
    return None if row.netns.nsid is None else beside.number_of(row.netns.nsid)[1]


def _tally(row: Row, beside: Beside) -> Tally:
    return beside.wrong.get(row.netns.key, NOTHING)


def _worst(row: Row, beside: Beside) -> Order:
    found = _tally(row, beside)
    return (-found.errors - found.warnings / _MANY, ())


COLUMNS = (
    Column("NAME", 0, *_text(lambda row: row.identity.name)),
    Column("KIND", 3, *_text(_kind)),
    Column("EV/S", 1, lambda row, beside: rate(_events(row, beside)), _number(_events)[1], right=True),
    Column("FINDINGS", 2, lambda row, beside: _tally(row, beside).words or "-", _worst),
    Column("LINKS", 5, *_number(lambda row, _: len(row.links) or None), right=True),
    Column("PROCS", 6, *_number(lambda row, _: len(row.netns.pids)), right=True),
    Column("ADDRESSES", 4, *_text(_addresses)),
    Column("NSID", 8, *_number(_nsid), right=True),
    Column("ID", 9, *_number(lambda row, _: None if row.netns.is_number else row.netns.key.id), right=True),
    Column("FOUND BY", 7, *_text(_found)),
)
"""All columns, from left to right."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A column with its width in cells."""

    column: Column
    width: int

    def cell(self, text: str) -> str:
        """Return ``text`` in the width of the column; what is cut is marked."""
        if cell_len(text) > self.width:
            return f"{set_cell_size(text, self.width - 1)}…"
        blanks = " " * (self.width - cell_len(text))
        return blanks + text if self.column.right else text + blanks


def chosen_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of these names, small letters, in their order behind the first one; all for none."""
    by_name = {column.title.lower(): column for column in COLUMNS}
    return tuple(by_name[name] for name in dict.fromkeys((NAME, *names))) if names else COLUMNS


def fitted(
    rows: Sequence[Row], beside: Beside, width: int, indent: int, columns: tuple[Column, ...] = COLUMNS
) -> tuple[Fitted, ...]:
    """Return those of ``columns`` that fit into ``width`` cells, the first of which has ``indent`` more."""
    chosen: list[Fitted] = []
    left = width
    for column in sorted(columns, key=lambda column: column.rank):
        cells = max((cell_len(column.says(row, beside)) for row in rows), default=0)
        wanted = max(len(column.title) + 1, min(cells, _WIDEST.get(column.title, cells)))
        wanted += indent if column.rank == 0 else _GAP
        if wanted <= left or not chosen:
            chosen.append(Fitted(column, min(wanted, width) - (0 if column.rank == 0 else _GAP)))
            left -= wanted
    return tuple(sorted(chosen, key=lambda one: columns.index(one.column)))
