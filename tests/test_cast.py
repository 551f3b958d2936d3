"""The film shows at each moment the screen that was there, whatever scrolled between."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.bed.picture import lines
from tests.cast import Film, Frame, cut, pieces, spans

SCREENS = ("│a│one│\n│b│two│", "│a│two│\n│b│\x1b[1;31m<3>\x1b[0m│", "│a│one│\n│b│two│")
FRAMES = [Frame(0.0, SCREENS[0]), Frame(1.0, SCREENS[1]), Frame(2.5, SCREENS[2])]
SVG = "{http://www.w3.org/2000/svg}"


def shown(film: str, at: float) -> set[tuple[float, str]]:
    """Return the texts with their heights that the SVG displays at a time."""
    root = ET.fromstring(film)
    drawn = {f"#{part.get('id')}": "".join(part.itertext()) for part in root.findall(f"{SVG}defs/{SVG}g")}
    found = set()
    for group in root.findall(f"{SVG}g"):
        animation = group.find(f"{SVG}animate")
        if animation is not None:
            part = at / float(animation.attrib["dur"].removesuffix("s"))
            steps = zip(animation.attrib["keyTimes"].split(";"), animation.attrib["values"].split(";"), strict=True)
            if [value for since, value in steps if float(since) <= part + 1e-3][-1] == "none":
                continue
        uses = group.findall(f"{SVG}use")
        found |= {(float(use.attrib["y"]), drawn[use.attrib["href"]]) for use in uses}
    return found


@pytest.mark.parametrize(("at", "number"), [(0.1, 0), (0.9, 0), (1.1, 1), (2.4, 1), (2.6, 2), (5.0, 2)])
def test_at_each_moment_the_screen_of_then_is_shown(at: float, number: int) -> None:
    wanted = re.sub(r"\x1b\[[\d;]*m", "", SCREENS[number]).split("\n")
    rows = sorted({height for height, _ in shown(Film(FRAMES).svg(), 0.1)})
    told = [{text for height, text in shown(Film(FRAMES).svg(), at) if height == row} for row in rows]
    assert told == [{*line.split("│"), "│"} - {""} for line in wanted]


def test_what_stood_there_before_and_after_is_drawn_once() -> None:
    stood = spans(FRAMES, 6.5)
    (one,) = [spanned for (row, piece), spanned in stood.items() if row == 0 and piece[0].text == "one"]
    assert one == [(0.0, 1.0), (2.5, 6.5)]
    (border, *_) = [spanned for (row, piece), spanned in stood.items() if row == 0 and piece[0].text == "│"]
    assert border == [(0.0, 6.5)]


def test_pieces_of_a_line_make_the_line_again() -> None:
    (line,) = lines("ab│\x1b[1mcd\x1b[0me││f", 1)
    cut_up = [run for piece in pieces(line) for run in piece]
    assert "".join(run.text for run in cut_up) == "ab│cde││f"
    assert [run.column for run in cut_up] == [0, 2, 3, 5, 6, 8]


def test_what_stands_still_is_cut_short() -> None:
    assert [frame.at for frame in cut([Frame(3.0, "a"), Frame(4.0, "b"), Frame(60.0, "c")])] == [0.0, 1.0, 2.6]
