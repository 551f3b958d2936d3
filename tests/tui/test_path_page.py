"""The page of a path: asked for by names and addresses, current while one looks, and drawn in the topology."""

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input, Static

from ovltui.errors import NetnsError
from ovltui.kernel import wire
from ovltui.kernel.wire import Table
from ovltui.session.ways import ends
from ovltui.topology.place import Place
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.path import PathScreen
from ovltui.tui.screens.path_line import LastWord, PathLine
from ovltui.tui.screens.topology import TopologyScreen
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.hop_list import HopList
from ovltui.tui.widgets.saying import Saying
from tests.topology.drawn import FIRST, OVERLAY, mac_of, places
from tests.topology.made import key, neigh
from tests.tui.test_event_pane import await_true
from tests.tui.test_events_screen import WIDE, settle
from tests.tui.test_topology_screen import lines, view
from tests.tui.wired import WiredSession
from tests.tui.world import route


def local_route(ifindex: int, address: str) -> bytes:
    """Return the route by which a namespace takes in what is sent to its own address."""
    head = struct.pack("=BBBBBBBBI", socket.AF_INET, 32, 0, 0, 255, 2, 254, 2, 0)
    body = wire.attribute(1, socket.inet_aton(address)) + wire.attribute(4, struct.pack("=I", ifindex))
    return wire.message(wire.Rtm.NEWROUTE, 0, 0, head + body)


def pair(*, broken: bool = False) -> list[Place]:
    """Return two containers of one network that reach each other; broken where the second has no way back."""
    made = places(2, 1)
    for at, (mac, local) in enumerate(((mac_of(FIRST + 1), "10.13.17.8"), (mac_of(FIRST), "10.13.17.7"))):
        tables = dict(made[3 + at].contents.messages)
        own = local_route(20, f"10.13.17.{7 + at}")
        tables[Table.ROUTES4] = (own,) if broken and at else (own, route(20, "10.13.17.0", 24))
        tables[Table.NEIGHBOURS] = (neigh(local, mac, 20),)
        made[3 + at] = replace(made[3 + at], contents=replace(made[3 + at].contents, messages=tables))
    return made


@asynccontextmanager
async def app_of(session: WiredSession) -> AsyncIterator[Pilot[int]]:
    app = OvltuiApp(session)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settle(pilot)
        yield pilot


def words(screen: PathScreen, name: str) -> str:
    if name == "whole":
        return screen.query_one(Saying).says
    shown = screen.query_one(f"#{name}", Static).content
    assert isinstance(shown, Text)
    return shown.plain


async def page(pilot: Pilot[int]) -> PathScreen:
    await await_true(lambda: isinstance(pilot.app.screen, PathScreen))
    screen = pilot.app.screen
    assert isinstance(screen, PathScreen)
    await await_true(lambda: screen.query(HopList))
    return screen


async def test_from_the_chosen_namespace_to_a_name_that_tab_completes() -> None:
    async with app_of(WiredSession(pair())) as pilot:
        assert isinstance(pilot.app.screen, EventsScreen)
        pilot.app.screen.query_one(Browser).choose(key(FIRST))
        await pilot.press("P", *"docker2", "tab")
        assert pilot.app.screen.query_one(Input).value == "docker2n"
        await pilot.press("enter")
        screen = await page(pilot)
        assert words(screen, "heading").split() == ["WAY", "HOP", "NETNS", "LINK", "VERDICT", "BY"]
        hops = screen.query_one(HopList)
        rows = ["".join(text for text, _ in hops.parts(row)) for row in range(hops.row_count)]
        assert rows[0].split()[:5] == ["there", "1", "docker1n", "eth0", "ok"]
        assert "10.13.17.0/24 dev eth0" in rows[0]
        await pilot.press("down")
        await await_true(lambda: words(screen, "whole").startswith("docker1n/eth0: "))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EventsScreen)


async def test_from_two_names_and_to_an_address_from_the_namespaces_screen() -> None:
    async with app_of(WiredSession(pair())) as pilot:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("P", *"docker2n 10.13.17.7", "enter")
        screen = await page(pilot)
        hops = screen.query_one(HopList)
        assert "docker2n" in "".join(text for text, _ in hops.parts(0))
        await pilot.press("G", "enter")
        await await_true(lambda: isinstance(pilot.app.screen, Inspector))


async def test_it_is_current_and_the_culprit_is_at_the_cursor() -> None:
    session = WiredSession(pair(broken=True))
    async with app_of(session) as pilot:
        await pilot.press("P", "ctrl+u", *"docker1n docker2n", "enter")
        screen = await page(pilot)
        await await_true(lambda: "on the way back" in words(screen, "verdict"))
        current = screen.query_one(HopList).current
        assert current
        assert (current.netns, str(current.way)) == ("docker2n", "back")
        session.lay(pair())
        await await_true(lambda: words(screen, "verdict").startswith("ok by all tables"))


async def test_it_is_drawn_heavy_in_the_topology_until_esc() -> None:
    async with app_of(WiredSession(pair())) as pilot:
        await pilot.press("P", *"docker1n docker2n", "enter")
        screen = await page(pilot)
        await await_true(lambda: screen.query_one(HopList).row_count)
        await pilot.press("3")
        await await_true(lambda: isinstance(pilot.app.screen, TopologyScreen))
        topology = pilot.app.screen
        assert isinstance(topology, TopologyScreen)
        await await_true(lambda: "━" in "\n".join(lines(topology)))
        spot = view(topology).selected
        assert spot
        assert spot.item.netns == key(FIRST)
        await pilot.press("escape")
        await await_true(lambda: "━" not in "\n".join(lines(topology)))
        assert pilot.app.screen is topology


async def test_what_means_nothing_is_said_in_a_sentence() -> None:
    async with app_of(WiredSession(pair())) as pilot:
        await pilot.press("P", *"nobody docker1n", "enter")
        await await_true(lambda: pilot.app._notifications)
        assert [notice.message for notice in pilot.app._notifications] == ["no namespace is called nobody."]
        assert isinstance(pilot.app.screen, PathLine)
        assert pilot.app.screen.query_one(Input).value == "nobody docker1n"


@pytest.mark.parametrize(
    ("of", "text", "says"),
    [
        (None, "docker1n", "from and to"),
        (FIRST, "a b c", "from and to"),
        (FIRST, "no\x1bbody", r"called no\\x1bbody"),
    ],
)
def test_ends_that_cannot_be_meant_are_refused(of: int | None, text: str, says: str) -> None:
    with pytest.raises(NetnsError, match=says):
        ends(WiredSession(pair()), None if of is None else key(of), text)


def test_a_name_is_a_namespace_and_an_address_is_one() -> None:
    session = WiredSession(pair())
    assert ends(session, key(FIRST), "mynet01").to == key(OVERLAY)
    assert ends(session, key(FIRST), "fe80::0001").to == "fe80::1"
    assert ends(session, None, "docker2n docker1n").of == key(FIRST + 1)


async def test_the_last_word_is_completed_and_no_other() -> None:
    proposal = LastWord(["docker1n", "docker10n", "mynet01"])
    assert await proposal.get_suggestion("docker1n my") == "docker1n mynet01"
    assert await proposal.get_suggestion("docker1") == "docker10n"
    assert await proposal.get_suggestion("docker1n ") is None
    assert await proposal.get_suggestion("docker10n doc") == "docker10n docker1n"
