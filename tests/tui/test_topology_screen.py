"""The screen of the topology, driven by keys: it follows what changes, and the selection stays where it was."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from ovltui.kernel.wire import Table
from ovltui.text import clean
from ovltui.topology.links import LinkKey
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.topology import TopologyScreen
from ovltui.tui.verdicts import Tally, Verdicts
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.drawing_view import DrawingView
from ovltui.tui.widgets.network_strip import NetworkStrip
from ovltui.tui.widgets.saying import Saying
from tests.bed.hostile import NAMES, is_harmless
from tests.topology.drawn import FIRST, FIRST_PORT, OVERLAY, member, overlay, places
from tests.topology.made import key, link, place
from tests.tui.test_event_pane import await_true
from tests.tui.test_events_screen import NARROW, TINY, WIDE, settle, status
from tests.tui.wired import WiredSession, nsid_of
from tests.tui.world import feed


@asynccontextmanager
async def topology_of(
    session: WiredSession, size: tuple[int, int] = WIDE, *, ascii_only: bool = False
) -> AsyncIterator[tuple[Pilot[int], TopologyScreen]]:
    app = OvltuiApp(session, ascii_only=ascii_only)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("3")
        screen = app.screen
        assert isinstance(screen, TopologyScreen)
        await await_true(lambda: view(screen).drawing.spots)
        yield pilot, screen


def view(screen: TopologyScreen) -> DrawingView:
    return screen.query_one(DrawingView)


def lines(screen: TopologyScreen) -> list[str]:
    """Return what stands on the screen."""
    widget = view(screen)
    return [widget.render_line(y).text for y in range(widget.size.height)]


def current(screen: TopologyScreen) -> str:
    spot = view(screen).selected
    assert spot
    return spot.item.says.split(":")[0]


def said(screen: TopologyScreen) -> str:
    return screen.query_one(Saying).says


def was_said(pilot: Pilot[int], says: str) -> bool:
    return says in [notice.message for notice in pilot.app._notifications]


def strip(screen: TopologyScreen) -> str:
    return screen.query_one(NetworkStrip).render().plain


async def test_the_whole_picture_is_in_sight_at_80x24_and_at_120x36() -> None:
    for size in (WIDE, NARROW):
        async with topology_of(WiredSession(places(1, 1)), size) as (_pilot, screen):
            text = "\n".join(lines(screen))
            words = ("docker1n", "10.13.17.7", "mynet01", "veth1", "br0", "vxlan0", "host", "192.168.56.101")
            assert [word for word in (*words, "192.168.56.102", "not visible", "id 4097") if word not in text] == []
            assert view(screen).drawing.height <= view(screen).size.height


async def test_the_keys_walk_along_the_wires_and_what_is_selected_is_said_in_full() -> None:
    async with topology_of(WiredSession(places(2, 1))) as (pilot, screen):
        assert current(screen) == "docker1n/eth0"
        seen = []
        for _ in range(5):
            await pilot.press("right")
            seen.append(current(screen))
        assert seen == ["mynet01/veth1", "mynet01/br0", "mynet01/vxlan0", "host/eth0", "192.168.56.102"]
        await pilot.press("j")
        await await_true(lambda: "behind 192.168.56.102, by mynet01/vxlan0" in said(screen))
        await pilot.press(*["h"] * 9)
        assert current(screen).endswith("/eth0")
        await pilot.press("g", "down")
        assert current(screen) == "docker2n/eth0"
        await pilot.press("k")
        await await_true(lambda: said(screen).startswith("docker1n/eth0: UP mtu 1450, veth,"))
        assert said(screen).endswith("10.13.17.7/24, the other end is mynet01/veth1")


async def test_the_drawing_follows_containers_that_come_and_go_without_a_key() -> None:
    session = WiredSession(places(1, 1))
    async with topology_of(session) as (pilot, screen):
        await pilot.press("right", "right")
        assert current(screen) == "mynet01/br0"
        session.lay(places(3, 1))
        await await_true(lambda: "docker3n" in "\n".join(lines(screen)))
        assert current(screen) == "mynet01/br0"
        await pilot.press("g", "down", "down")
        assert current(screen) == "docker3n/eth0"
        session.lay(places(1, 1))
        await await_true(lambda: "docker3n" not in "\n".join(lines(screen)))
        assert current(screen).split("/")[0] in ("docker1n", "lb-mynet01")


async def test_a_container_that_moves_to_another_network_is_drawn_there() -> None:
    made = places(2, 1)
    other = replace(place(70, "mynet02", (link(2, "br0", "bridge"),)), identity=made[1].identity)
    other = replace(other, key=key(70), identity=replace(other.identity, name="mynet02", network_id="other"))
    session = WiredSession([*made, other])
    async with topology_of(session) as (pilot, screen):
        assert "docker2n" in "\n".join(lines(screen))
        port = link(40, "veth9", "veth", tied=20, nsid=3, master=2)
        there = replace(
            other,
            contents=replace(other.contents, messages={Table.LINKS: (link(2, "br0", "bridge"), port)}),
            sights={3: key(FIRST + 1)},
        )
        moved = member(FIRST + 1, 40, "docker2n", "10.14.0.2")
        gone = overlay({FIRST_PORT: 3, FIRST_PORT + 1: FIRST}, 1)
        session.lay([made[0], gone, made[2], made[3], replace(moved, sights={0: key(70)}), there])
        await await_true(lambda: "docker2n" not in "\n".join(lines(screen)))
        await pilot.press("w")
        await await_true(lambda: "10.14.0.2" in "\n".join(lines(screen)))
        assert "docker2n" in "\n".join(lines(screen))
        assert "mynet02" in strip(screen)


async def test_nothing_is_drawn_again_while_nothing_in_sight_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    session = WiredSession(places(1, 1))
    async with topology_of(session) as (pilot, screen):
        await settle(pilot)
        drawn: list[object] = []

        def refresh(self: DrawingView, *regions: Region, **_more: bool) -> DrawingView:
            drawn.append(regions)
            return self

        monkeypatch.setattr(DrawingView, "refresh", refresh)
        for _ in range(3):
            screen.paint()
        session.renamed()
        await settle(pilot)
        assert drawn == []
        session.lay(places(2, 1))
        await await_true(lambda: drawn)


async def test_a_link_of_which_there_is_news_stands_out_for_a_moment_by_a_mark() -> None:
    session = WiredSession(places(2, 1))
    async with topology_of(session) as (pilot, screen):
        await settle(pilot)
        assert not [line for line in lines(screen) if "•" in line]
        feed(session, nsid_of(key(OVERLAY)), link(FIRST_PORT + 2, "veth2", "veth", tied=20, nsid=11, master=2))
        await await_true(lambda: [line for line in lines(screen) if "•veth2" in line])
        assert sum(line.count("•") for line in lines(screen)) == 1
        await await_true(lambda: not [line for line in lines(screen) if "•" in line])


async def test_what_happened_before_the_screen_came_into_sight_is_no_news() -> None:
    session = WiredSession(places(2, 1))
    async with topology_of(session) as (pilot, screen):
        await pilot.press("1")
        await settle(pilot)
        feed(session, nsid_of(key(OVERLAY)), link(FIRST_PORT + 2, "veth2", "veth", tied=20, nsid=11, master=2))
        await settle(pilot)
        await pilot.press("3")
        await settle(pilot)
        assert not [line for line in lines(screen) if "•" in line]


async def test_a_filter_and_the_focus_leave_out_and_esc_brings_back() -> None:
    async with topology_of(WiredSession(places(12, 4))) as (pilot, screen):
        await pilot.press("/", *"docker7n", "enter")
        await await_true(lambda: "docker1n" not in "\n".join(lines(screen)))
        assert "filter docker7n: esc" in strip(screen)
        assert current(screen) == "docker7n/eth0"
        await pilot.press("escape")
        await await_true(lambda: "docker12n" in "\n".join(lines(screen)))
        await pilot.press("g", "down", "z")
        await await_true(lambda: "docker1n " not in "\n".join(lines(screen)))
        assert current(screen) == "docker2n/eth0"
        assert "focus: esc" in strip(screen)
        await pilot.press("escape")
        await await_true(lambda: "docker12n" in "\n".join(lines(screen)))
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_a_large_network_is_folded_to_the_height_and_f_shows_all_of_it() -> None:
    async with topology_of(WiredSession(places(80, 3)), NARROW) as (pilot, screen):
        assert view(screen).drawing.height <= view(screen).size.height
        assert "more" in "\n".join(lines(screen))
        await pilot.press("f")
        await await_true(lambda: view(screen).drawing.height > 80)
        await pilot.press("g", *["down"] * 79)
        assert current(screen) == "docker80n/eth0"
        assert "docker80n" in "\n".join(lines(screen))
        await pilot.press("f")
        await await_true(lambda: view(screen).drawing.height <= view(screen).size.height)
        assert current(screen) == "docker80n/eth0"


async def test_in_a_tiny_terminal_the_selection_is_kept_in_sight() -> None:
    async with topology_of(WiredSession(places(2, 2)), TINY) as (pilot, screen):
        for _ in range(5):
            await pilot.press("right")
            spot = view(screen).selected
            assert spot
            left, top = view(screen).corner
            assert left <= spot.x < left + view(screen).size.width
            assert top <= spot.y < top + view(screen).size.height
            assert spot.item.name[:3] in lines(screen)[spot.y - top]


async def test_enter_opens_the_namespace_and_l_its_events() -> None:
    async with topology_of(WiredSession(places(1, 1))) as (pilot, screen):
        await pilot.press("right", "enter")
        await await_true(lambda: isinstance(pilot.app.screen, Inspector))
        await pilot.press("escape")
        await await_true(lambda: pilot.app.screen is screen)
        await pilot.press("l")
        await await_true(lambda: isinstance(pilot.app.screen, EventsScreen))
        events = pilot.app.screen
        assert isinstance(events, EventsScreen)
        assert "only mynet01" in status(events)


async def test_one_arrives_at_the_namespace_that_was_chosen() -> None:
    session = WiredSession(places(3, 1))
    app = OvltuiApp(session)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.screen.query_one(Browser).choose(key(FIRST + 2))
        await pilot.press("3")
        await await_true(lambda: isinstance(app.screen, TopologyScreen) and view(app.screen).selected)
        screen = app.screen
        assert isinstance(screen, TopologyScreen)
        await await_true(lambda: current(screen) == "docker3n/eth0")
        await pilot.press("right", "right", "1", "3")
        await await_true(lambda: app.screen is screen)
        assert current(screen) == "mynet01/br0"


async def test_what_is_not_visible_opens_nothing_and_says_so() -> None:
    async with topology_of(WiredSession(places(1, 1))) as (pilot, screen):
        await pilot.press(*["right"] * 5, "enter")
        await settle(pilot)
        assert pilot.app.screen is screen
        assert any("not visible" in notice.message for notice in pilot.app._notifications)


async def test_a_finding_marks_its_link_and_its_namespace() -> None:
    async with topology_of(WiredSession(places(1, 1))) as (pilot, screen):
        one = Tally(1)
        assert isinstance(pilot.app, OvltuiApp)
        pilot.app.verdicts = Verdicts(
            one, {key(FIRST): one}, {key(FIRST): "route-lost", LinkKey(key(OVERLAY), 3): "fdb-lost"}
        )
        pilot.app.paint()
        await await_true(lambda: any("!vxlan0" in line for line in lines(screen)))
        await await_true(lambda: any("┌ ! docker1n" in line for line in lines(screen)))
        await await_true(lambda: said(screen).endswith("! route-lost"))


async def test_the_drawing_is_saved_as_svg_and_nothing_is_overwritten(tmp_path: Path) -> None:
    async with topology_of(WiredSession(places(1, 1))) as (pilot, _screen):
        target = tmp_path / "drawing.svg"
        for says in (f"Saved as {target}.", f"{target} was not written: File exists."):
            await pilot.press("X", "ctrl+u", *str(target), "enter")
            await await_true(partial(was_said, pilot, says))
        words = {"".join(one.itertext()) for one in ET.fromstring(target.read_text()).iter()}
        assert {"mynet01", "vxlan0", "docker1n"} <= words


async def test_in_ascii_the_whole_screen_is_ascii() -> None:
    async with topology_of(WiredSession(places(3, 30)), NARROW, ascii_only=True) as (_pilot, screen):
        assert all(line.isascii() for line in [*lines(screen), strip(screen), said(screen)])


@pytest.mark.parametrize("rename", [lambda one, name: replace(one, identity=replace(one.identity, name=name))])
async def test_hostile_names_reach_the_screen_harmless(rename: Callable[..., object]) -> None:
    made = places(len(NAMES), 1)
    named = [rename(one, f"{clean(name)}{at}") for at, (one, name) in enumerate(zip(made[3:], NAMES, strict=True))]
    async with topology_of(WiredSession([*made[:3], *named])) as (pilot, screen):  # type: ignore[list-item]
        for _ in NAMES:
            await pilot.press("down")
            assert all(map(is_harmless, lines(screen)))
            assert is_harmless(said(screen))
        await pilot.press("escape")
