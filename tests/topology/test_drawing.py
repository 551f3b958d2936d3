"""The drawing: what stands where, that all of it stands there or is counted, and that lines join."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ovltui.events.filter import parse
from ovltui.kernel.wire import Table
from ovltui.text import clean
from ovltui.topology.builder import build
from ovltui.topology.draw.canvas import ASCII, EAST, HEAVY, LIGHT, NORTH, SOUTH, WEST
from ovltui.topology.draw.cells import fit, width
from ovltui.topology.draw.content import Wanted
from ovltui.topology.draw.layout import View, draw
from ovltui.topology.draw.model import Drawing, Look, What
from ovltui.topology.draw.networks import ELSE, Hanging, networks
from ovltui.topology.draw.sections import draw_all, draw_parts
from ovltui.topology.draw.steps import above, beside, first
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import LinkKey
from tests.bed.hostile import NAMES, is_harmless
from tests.topology.drawn import (
    BRIDGE,
    FIRST,
    FIRST_PORT,
    HOST,
    OVERLAY,
    TOLD,
    TUNNEL,
    VTEP,
    contents,
    drawing,
    named,
    places,
    thing,
    topology,
)
from tests.topology.made import key, link, place

if TYPE_CHECKING:
    from ovltui.topology.draw.sketch import Key

SIZES = [(120, 32), (80, 20), (200, 56), (40, 9), (100, 12)]
WIDE = """\
 attached                        overlay namespace                  underlay                       other machines
┌ docker1n ───── container ┐    ┌ mynet01 ────── overlay 4097 ┐
│ eth0  10.13.17.7/24      ├────┤ veth1 ─┬─ br0  10.13.17.1   │    ┌ host ───────────── host ┐    ┌ not visible ───────┐
└──────────────────────────┘    │        ├─ vxlan0  id 4097   ├────┤ eth0  192.168.56.101/24 ├────┤ 192.168.56.102     │
┌ lb-mynet01 ──────────────┐    │        │                    │    └─────────────────────────┘    │ far0  10.13.17.100 │
│ eth0  10.13.17.2/24      ├────┤ veth0 ─┘                    │                                   └────────────────────┘
└──────────────────────────┘    └─────────────────────────────┘"""
NARROW = """\
 attached                       overlay namespace              other machines
┌ docker1n ──── container ┐    ┌ mynet01 ── overlay 4097 ┐
│ eth0  10.13.17.7/24     ├────┤ veth1 ─┬─ br0           │
└─────────────────────────┘    │        │   10.13.17.1   │
┌ lb-mynet01 ─────────────┐    │        │                │
│ eth0  10.13.17.2/24     ├────┤ veth0 ─┤                │
└─────────────────────────┘    │        └─ vxlan0        │
                               │            id 4097      │
                               └───────────┬─────────────┘
                                           │
                               ┌ host ─────┴─────── host ┐    ┌ not visible ───┐
                               │ eth0  192.168.56.101/24 ├────┤ 192.168.56.102 │
                               └─────────────────────────┘    │ far0           │
                                                              │  10.13.17.100  │
                                                              └────────────────┘"""


def cells(drawn: Drawing) -> list[str]:
    """Return the rows, one character for each cell."""
    rows = ("".join(span.text for span in row) for row in drawn.rows)
    return [row.ljust(drawn.width) for row in rows]


def loose_ends(rows: list[str]) -> list[tuple[int, int]]:
    """Return where a frame or wire points to a cell that does not answer, unless words are there."""
    bits = {character: number for row in (LIGHT, HEAVY) for number, character in enumerate(row) if number}
    bits |= {"╌": EAST | WEST, "╎": NORTH | SOUTH}
    steps = {NORTH: (0, -1, SOUTH), EAST: (1, 0, WEST), SOUTH: (0, 1, NORTH), WEST: (-1, 0, EAST)}
    found = []
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            for bit, (right, below, back) in steps.items():
                if bits.get(character, 0) & bit:
                    there = rows[y + below][x + right] if 0 <= y + below < len(rows) and x + right < len(row) else "?"
                    words = there not in bits and (there != " " or bit in (EAST, WEST)) and there != "?"
                    if not words and not bits.get(there, 0) & back:
                        found.append((x, y))
    return found


def test_the_picture_of_the_walk_through_at_120_columns() -> None:
    assert drawing(topology(), View(120, 32)).text() == WIDE


def test_the_picture_of_the_walk_through_at_80_columns() -> None:
    assert drawing(topology(), View(80, 20)).text() == NARROW


@pytest.mark.parametrize("room", [100, 104, 110])
def test_an_address_is_whole_where_kinds_can_be_left_out_for_it(room: int) -> None:
    made = [replace(one, identity=replace(one.identity, name=f"{one.identity.name}@lab1")) for one in places()[1:3]]
    seen = build([places()[0], *made, places()[3]])
    drawn = draw(contents(seen, "mynet01@lab1"), View(room, 24)).text()
    assert "…" not in drawn
    assert all(address in drawn for address in ("10.13.17.1", "10.13.17.2", "10.13.17.7", "192.168.56.101"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("containers", "far", "vteps"), [(0, 0, 1), (1, 1, 1), (3, 7, 2), (20, 40, 3), (4, 60, 30)])
def test_every_line_joins_and_nothing_is_higher_than_the_view(
    size: tuple[int, int], containers: int, far: int, vteps: int
) -> None:
    drawn = drawing(topology(containers, far, vteps=vteps), View(*size))
    assert loose_ends(cells(drawn)) == []
    assert {len(row) for row in cells(drawn)} == {drawn.width}
    if size[1] >= 20:
        assert drawn.height <= size[1]


def test_a_port_stands_in_the_line_of_what_it_leads_to() -> None:
    drawn = drawing(topology(20, 1), View(120, 60))
    for at in range(20):
        member, port = thing(drawn, FIRST + at, 20), thing(drawn, OVERLAY, FIRST_PORT + 1 + at)
        assert drawn.spots[member].y == drawn.spots[port].y
        assert port in drawn.spots[member].wired


@pytest.mark.parametrize("count", [1, 30, 200, 500])
@pytest.mark.parametrize("size", [(120, 32), (80, 20)])
def test_what_is_folded_is_counted_and_unfolded_all_is_there(count: int, size: tuple[int, int]) -> None:
    seen = topology(count, 3)
    folded, whole = drawing(seen, View(*size)), drawing(seen, View(*size, fold=False))
    names = {spot.item.name for spot in whole.spots.values()} | _titles(whole)
    assert {f"docker{at + 1}n" for at in range(count)} <= names
    shown = sum(spot.lane == 0 and one.what is What.LINK for one, spot in folded.spots.items())
    more = [int(spot.item.name.split()[1]) for one, spot in folded.spots.items() if one.name == "members"]
    assert shown + sum(more) >= count + 1
    assert sum(more) == 0 or shown + sum(more) == count + 1
    assert folded.height <= size[1]


def _titles(drawn: Drawing) -> set[str]:
    return {span.text.strip() for row in drawn.rows for span in row if span.look is Look.TITLE}


def test_endpoints_behind_a_far_end_are_folded_evenly_and_counted() -> None:
    drawn = drawing(topology(2, 60, vteps=2), View(120, 20))
    for vtep in range(2):
        of_it = [spot for one, spot in drawn.spots.items() if f"192.168.56.{102 + vtep}" in one.name]
        more = [int(spot.item.name.split()[1]) for spot in of_it if spot.item.thing.what is What.MORE]
        shown = [spot for spot in of_it if spot.item.thing.what is What.ENDPOINT]
        assert len(shown) + sum(more) == 30
        assert len(shown) >= 3


def test_what_is_not_well_and_what_is_asked_for_is_folded_last() -> None:
    made = places(100, 1)
    tables = dict(made[50].contents.messages)
    tables[Table.LINKS] = (link(20, "eth0", "veth", tied=FIRST_PORT + 1 + 47, nsid=0, flags=0x2),)
    made[50] = replace(made[50], contents=replace(made[50].contents, messages=tables))
    seen = build(made)
    asked = thing(drawing(seen, View(120, 20, fold=False)), FIRST + 77, 20)
    drawn = drawing(seen, View(120, 20, keep=(asked,)))
    names = [spot.item.name for spot in drawn.spots.values()]
    assert "docker78n" in names
    assert "docker48n" in names
    assert "docker1n" in names


def test_a_peer_that_is_not_visible_is_drawn_as_such() -> None:
    drawn = drawing(topology(1, 1, unseen=2), View(120, 32))
    lost = [spot for one, spot in drawn.spots.items() if spot.item.name == "peer not visible"]
    assert len(lost) == 2
    assert [spot.item.says for spot in lost] == [
        f"the other end of mynet01/lost{at} is if20 in nsid {900 + at} (not visible)" for at in range(2)
    ]
    assert "nsid 900" in drawn.text()


def test_the_state_of_a_link_is_a_word_and_its_wire_is_dashed() -> None:
    drawn = drawing(topology(1, 1, down=True), View(120, 32))
    row = drawn.text().splitlines()[3]
    assert "vxlan0 DOWN" in row
    assert "├╌╌╌╌┤ eth0" in row


def test_a_tunnel_without_far_ends_says_so() -> None:
    drawn = drawing(topology(1, 0), View(120, 32))
    none = named(drawn, "no far end")
    assert drawn.spots[none].item.says == "mynet01/vxlan0 has no forwarding entry that leads to another machine"


def test_a_far_end_to_which_no_route_leads_is_wired_to_that() -> None:
    made = places(1, 1)
    messages = dict(made[0].contents.messages)
    del messages[Table.ROUTES4]
    made[0] = replace(made[0], contents=replace(made[0].contents, messages=messages))
    drawn = drawing(build(made), View(120, 32))
    none, far = named(drawn, "no route"), named(drawn, VTEP)
    assert far in drawn.spots[none].wired
    assert f"no route to {VTEP} in host" in drawn.spots[none].item.says


def test_a_walk_follows_the_wires_from_a_container_to_what_is_behind_the_far_end_and_back() -> None:
    drawn = drawing(topology(2, 1), View(120, 32))
    at = first(drawn)
    assert at is not None
    seen = [at]
    for _ in range(5):
        at = beside(drawn, at, 1)
        seen.append(at)
    names = [drawn.spots[one].item.name for one in seen]
    assert names == ["eth0", "veth1", "br0", "vxlan0", "eth0", VTEP]
    assert drawn.spots[above(drawn, at, 1)].item.name == "far0"
    for _ in range(5):
        at = beside(drawn, at, -1)
    assert drawn.spots[at].lane == 0
    down = above(drawn, seen[0], 1)
    assert drawn.spots[down].item.netns == key(FIRST + 1)
    assert above(drawn, seen[0], -1) == seen[0]


@pytest.mark.parametrize("size", [(120, 32), (80, 20), (40, 9)])
def test_every_thing_can_be_walked_to(size: tuple[int, int]) -> None:
    drawn = drawing(topology(5, 8, vteps=3), View(*size))
    reached = {at} if (at := first(drawn)) else set()
    todo = list(reached)
    while todo:
        one = todo.pop()
        steps = {beside(drawn, one, 1), beside(drawn, one, -1), above(drawn, one, 1), above(drawn, one, -1)}
        todo += steps - reached
        reached |= steps
    assert reached == set(drawn.spots)


def test_a_thing_is_the_same_in_the_next_drawing_whatever_else_changed() -> None:
    before, after = drawing(topology(2, 1), View(120, 32)), drawing(topology(9, 5, vteps=2), View(80, 20, fold=False))
    kept = {one for one in before.spots if one.what in (What.LINK, What.VTEP, What.ENDPOINT)}
    assert kept <= set(after.spots)


def test_a_filter_leaves_out_what_does_not_pass_and_counts_it() -> None:
    seen = topology(20, 10)
    drawn = drawing(seen, View(120, 32), Wanted(parse("docker2")))
    names = {spot.item.netns for one, spot in drawn.spots.items() if spot.lane == 0}
    assert names == {key(FIRST + 1), key(FIRST + 19)}
    assert drawn.hidden == 19 + 10
    by_address = drawing(seen, View(120, 32), Wanted(parse("10.13.17.103")))
    assert [spot.item.name for one, spot in by_address.spots.items() if one.what is What.ENDPOINT] == ["far3"]


def test_the_focus_leaves_only_what_is_selected_and_the_way_beyond() -> None:
    seen = topology(20, 10, vteps=2)
    drawn = drawing(seen, View(120, 60))
    one = thing(drawn, FIRST + 3, 20)
    near = drawing(seen, View(120, 32), Wanted(focus=frozenset((one, *drawn.spots[one].wired))))
    assert [spot.item.netns for spot in near.spots.values() if spot.lane == 0] == [key(FIRST + 3)]
    assert near.hidden == 20 + 10
    assert named(near, "vxlan0")


def test_a_path_is_drawn_heavy_along_its_links_alone() -> None:
    seen = topology(3, 4, vteps=2)
    links = {LinkKey(key(FIRST + 1), 20), LinkKey(key(OVERLAY), FIRST_PORT + 2), LinkKey(key(OVERLAY), TUNNEL)}
    drawn = drawing(seen, View(120, 32, path={*links, LinkKey(key(HOST), 2), VTEP}))
    assert loose_ends(cells(drawn)) == []
    heavy = {character for row in cells(drawn) for character in row if character in HEAVY.strip()}
    assert heavy >= {"━", "┃"}
    rows = cells(drawn)
    spots = {spot.item.name: spot for one, spot in drawn.spots.items() if one.what is What.VTEP}
    assert "━" in rows[spots[VTEP].y][spots[VTEP].x - 6 : spots[VTEP].x]
    other = spots["192.168.56.103"]
    assert "━" not in rows[other.y][other.x - 5 : other.x]
    first_row = drawn.spots[thing(drawn, FIRST, 20)]
    assert "━" not in rows[first_row.y][: drawn.spots[thing(drawn, OVERLAY, FIRST_PORT + 1)].x]


def test_a_finding_marks_its_link_and_its_namespace_and_is_said() -> None:
    marks: dict[Key, str] = {LinkKey(key(OVERLAY), BRIDGE): "fdb-lost", key(FIRST): "down"}
    drawn = drawing(topology(2, 1), View(120, 32, marks=marks))
    assert drawn.spots[thing(drawn, OVERLAY, BRIDGE)].item.says.endswith("! fdb-lost")
    assert "┌ ! docker1n" in drawn.text()
    assert Counter(cells(drawn)[2])["!"] == 1


def test_in_ascii_every_character_has_a_substitute() -> None:
    drawn = drawing(topology(30, 60, vteps=3, down=True, unseen=1), View(120, 20, path={key(HOST)}))
    assert drawn.text().translate(ASCII).isascii()


def test_all_networks_can_be_chosen_and_the_rest_stands_under_everything_else() -> None:
    one = place(61, "left", (link(2, "v0", "veth", tied=3, nsid=5),), {5: 62})
    two = place(62, "right", (link(3, "v1", "veth", tied=2, nsid=6),), {6: 61})
    parent = place(63, "mac", (link(4, "eth9", "macvlan", tied=2, nsid=7),), {7: HOST})
    seen = build([*places(1, 1), one, two, parent])
    found = networks(seen, Hanging.of(seen))
    assert [(network.name, network.kind, network.members) for network in found] == [
        ("mynet01", "overlay 4097", 3),
        ("host/eth0", "macvlan", 1),
        ("host/docker0", "bridge", 0),
        (ELSE, "", 1),
    ]
    pairs = draw_parts([contents(seen, ELSE)], View(100, 20)).text()
    assert pairs.splitlines()[:2] == [
        "┌ left ───────┐            ┌ right ───────┐",
        "│ v0          ├────────────┤ v1           │",
    ]
    whole = draw_all(seen, Endpoints(seen, TOLD), View(120, 20)).text()
    assert all(network.name in whole for network in found if network.members)


def test_whatever_ties_links_each_link_with_a_tie_stands_in_some_drawing() -> None:
    seen = topology(3, 4, unseen=1)
    hanging = Hanging.of(seen)
    drawn = [
        draw_parts([contents(seen, network.name)], View(200, 60, fold=False)) for network in networks(seen, hanging)
    ]
    shown = {one.key for each in drawn for one in each.spots if one.what is What.LINK}
    tied = {end for join in seen.joins() for end in (join.of, join.to) if isinstance(end, LinkKey)}
    assert tied <= shown


@pytest.mark.parametrize("raw", NAMES)
@pytest.mark.parametrize("size", [(120, 32), (80, 20)])
def test_a_hostile_name_stays_in_its_cells(raw: str, size: tuple[int, int]) -> None:
    name = clean(raw)
    made = places(3, 1)
    identity = replace(made[3].identity, name=name)
    made[3] = replace(made[3], identity=identity)
    drawn = drawing(build(made), View(*size))
    assert is_harmless(drawn.text())
    for row in drawn.rows:
        assert sum(width(span.text) for span in row) <= drawn.width
    right = {
        next(x for x, character in _columns(row) if character in "┐┘│├" and x > 0)
        for row in drawn.rows[1:8]
        if any(span.text.strip() for span in row)
    }
    assert len(right) == 1


def _columns(row: tuple[object, ...]) -> list[tuple[int, str]]:
    found, x = [], 0
    for span in row:
        for character in span.text:  # type: ignore[attr-defined]
            found.append((x, character))
            x += width(character)
    return found


@pytest.mark.parametrize(
    ("text", "room", "fits"),
    [("docker1n", 8, "docker1n"), ("docker1n", 7, "docker…"), ("漢字", 3, "漢…"), ("漢字", 2, "…"), ("x", 0, "")],
)
def test_what_does_not_fit_is_cut_with_a_mark(text: str, room: int, fits: str) -> None:
    assert fit(text, room) == fits
    assert width(fit(text, room)) <= room
