"""A drawing as SVG: whole and well-formed, whatever names are in it, and nothing of it comes from elsewhere."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ovltui.text import clean
from ovltui.topology.builder import build
from ovltui.topology.draw.layout import View
from ovltui.topology.svg import svg
from tests.bed.hostile import NAMES
from tests.topology.drawn import drawing, places, topology

SVG = "{http://www.w3.org/2000/svg}"


def test_every_word_and_every_line_of_the_drawing_is_in_it_at_its_place() -> None:
    drawn = drawing(topology(3, 4, vteps=2), View(120, 32))
    root = ET.fromstring(svg(drawn, "mynet01 on vm"))
    assert root.findtext(f"{SVG}title") == "mynet01 on vm"
    words = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert {"docker1n", "mynet01", "vxlan0", "10.13.17.7/24", "192.168.56.103", "far3"} <= words
    strokes = sum(character in "─│┌┐└┘├┤┬┴┼" for character in drawn.text())
    assert len(list(root.iter(f"{SVG}path"))) == strokes
    lines = {float(text.attrib["y"]) for text in root.iter(f"{SVG}text")}
    assert len(lines) == sum(any(map(str.isalnum, row)) for row in drawn.text().splitlines())


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = svg(drawing(topology(), View(120, 32)), "t").replace("http://www.w3.org/2000/svg", "", 1)
    assert not any(word in text for word in ("http", "url(", "<image", "<style", "<script", "@font", "href"))


@pytest.mark.parametrize("raw", [*NAMES, "</text><script>x</script>", "&amp;", '" onload="x'])
def test_a_hostile_name_is_text_and_nothing_else(raw: str) -> None:
    made = places(1, 1)
    made[3] = replace(made[3], identity=replace(made[3].identity, name=clean(raw)))
    root = ET.fromstring(svg(drawing(build(made), View(200, 32)), clean(raw)))
    assert {child.tag for child in root.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "path", "text")}
    words = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert any(word and clean(raw).strip().startswith(word.removesuffix("…")) for word in words)
