"""What stands on the terminal, so that only what differs is sent: for slow lines, where each byte takes its time.

Source: the paintings that were sent, as the library writes them: moves of the cursor, looks, text. Privileges: none.
Incomplete: what others write on the terminal stays there until all is drawn anew; a painting with anything else in it
is sent whole, and so is text with characters that are not one cell wide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len

_BEGINS = re.compile(r"\x1b\[\d+;\d+H")
_TOKEN = re.compile(r"\x1b\[(?P<row>\d+);(?P<column>\d+)H|\x1b\[(?P<look>[0-9;]*)m|(?P<text>[^\x00-\x1f\x7f-\x9f]+)|\n")
_JUMP = 8
"""Bytes of a jump: fewer cells than that are sent again."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one look in a row, or the last move of the cursor, which has no text."""

    row: int
    column: int
    look: str
    text: str


class Drawn:
    """The cells of the terminal, as far as they are known."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, tuple[str, str]]] = {}

    def forget(self) -> None:
        """Take nothing to stand there."""
        self._rows.clear()

    def changes(self, text: str) -> str:
        """Return of a painting what does not stand there yet; what is no painting, as it is."""
        if not _BEGINS.match(text):
            return text
        runs = list(_runs(text))
        if not runs or runs[-1].text:  # it holds what is not understood
            self.forget()
            return text
        out, place = [], (0, 0)
        for run in runs:
            new = self._new(run, follows=place == (run.row, run.column))
            if new:
                if place != (new.row, new.column):
                    out.append(f"\x1b[{new.row};{new.column}H")
                out.append(f"\x1b[{new.look}m{new.text}\x1b[0m" if new.text else "")
                place = new.row, new.column + cell_len(new.text)
        return "".join(out)

    def _new(self, run: _Run, *, follows: bool) -> _Run | None:
        """Return the part of a run that does not stand there; from its beginning, if it is short up to there."""
        row = self._rows.setdefault(run.row, {})
        columns = range(run.column, run.column + cell_len(run.text))
        if not run.text.isascii() and any(cell_len(character) != 1 for character in run.text):
            for column in columns:
                row.pop(column, None)
            return run
        cells = [(character, run.look) for character in run.text]
        differ = [at for at, (column, cell) in enumerate(zip(columns, cells, strict=True)) if row.get(column) != cell]
        if not differ:
            return None if run.text else run
        row.update(zip(columns, cells, strict=True))
        first = 0 if follows and differ[0] < _JUMP else differ[0]
        return _Run(run.row, run.column + first, run.look, run.text[first : differ[-1] + 1])


def _runs(text: str) -> Iterator[_Run]:
    """Yield what a painting consists of, up to what is not understood; at its end the place of the cursor."""
    row, column, look, at = 0, 0, "", 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return
        at = token.end()
        if token["row"]:
            row, column = int(token["row"]), int(token["column"])
        elif token["look"] is not None:
            look = token["look"]
        elif not token["text"]:
            row = 0  # the library always says where it goes on
        elif row:
            yield _Run(row, column, look, token["text"])
            column += cell_len(token["text"])
        else:
            return
    if row:
        yield _Run(row, column, look, "")
