"""The checklist of kinds: what is chosen shows at once, what is hidden is said in the frame."""

import pytest
from textual.pilot import Pilot

from ovltui.events.panes import kinds_of
from ovltui.events.vocabulary import Object, Pane, object_of, pane_of
from ovltui.kernel.wire import Rtm
from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.help import Help
from ovltui.tui.screens.kinds import KindList, KindsScreen, hidden_words
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.line_list import LineList
from tests.session.made import nsid_event
from tests.tui.world import BLUE_NSID, OWN_NSID, feed, link, lose, neigh, new_session, route


def shown(widget: LineList) -> list[str]:
    return ["".join(text for text, _ in widget.parts(row)) for row in range(widget.row_count)]


def pane(app: OvltuiApp, name: str) -> EventPane:
    return app.screen_stack[1].query_one(f"#{name}", EventPane)


def busy() -> Session:
    """Return a session with two links, a number, a route and a neighbour, and a gap."""
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), link(3, "eth1"), route(2, "10.1.0.0", 16), neigh(2, "10.0.0.1"))
    feed(session, OWN_NSID, nsid_event(Rtm.NEWNSID, 9))
    lose(session, 56)
    return session


async def settle(pilot: Pilot[int]) -> None:
    await pilot.pause(0.3)


def test_every_message_type_has_its_kind_in_the_list_of_its_pane() -> None:
    families = (0, 2, 7, 10, 28, 128, 129)
    for rtm_type in (*Rtm, 86, 999):
        kinds = kinds_of(pane_of(rtm_type))
        for family in families:
            assert object_of(rtm_type, family) in kinds, (rtm_type, family)
    assert set(kinds_of(None)) == {kind for pane in Pane for kind in kinds_of(pane)} == {*Object} - {Object.GAP}
    assert len(set(kinds_of(None))) == len(kinds_of(None))


@pytest.mark.parametrize(
    ("away", "says"),
    [
        ((), ""),
        ((Object.RULE,), "without rule"),
        ((Object.RULE, Object.NEXTHOP, Object.PREFIX, Object.MROUTE), "only route, docker, unknown"),
        (kinds_of(Pane.ROUTE), "nothing but losses"),
    ],
)
def test_the_shorter_way_of_saying_it_is_taken(away: tuple[Object, ...], says: str) -> None:
    assert hidden_words(Pane.ROUTE, frozenset(kinds_of(Pane.ROUTE)) - frozenset(away)) == says
    assert hidden_words(Pane.ROUTE, None) == ""


async def test_a_kind_is_hidden_and_shown_by_space_while_the_list_is_open() -> None:
    app = OvltuiApp(busy())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane(app, "link").focus()
        await pilot.press("K")
        await settle(pilot)
        assert isinstance(app.screen, KindsScreen)
        chooser = app.screen.query_one(KindList)
        assert [row.split()[:4] for row in shown(chooser)[:3]] == [
            ["[x]", "link", "2", "links:"],
            ["[x]", "addr", "0", "addresses"],
            ["[x]", "nsid", "1", "namespaces"],
        ]
        await pilot.press("down", "down", "space")
        await settle(pilot)
        assert shown(chooser)[2].startswith(" [ ] nsid")
        links = pane(app, "link")
        assert [("eth0" in row, "eth1" in row, "LOST 56" in row) for row in shown(links)] == [
            *((True, False, False), (False, True, False), (False, False, True)),
        ]
        assert "without nsid" in str(links.border_title)
        assert "without" not in str(pane(app, "route").border_title)
        await pilot.press("a", "escape")
        await settle(pilot)
        assert len(shown(links)) == 4
        assert str(links.border_title) == "link"


async def test_what_was_chosen_is_there_when_the_list_opens_again() -> None:
    app = OvltuiApp(busy())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("K", "space", "enter", "K")
        await settle(pilot)
        assert shown(app.screen.query_one(KindList))[0].startswith(" [ ] link")
        assert not any("eth1" in row for row in shown(pane(app, "all")))
        assert "without link" in str(pane(app, "all").border_title)


async def test_a_click_on_a_kind_hides_it() -> None:
    app = OvltuiApp(busy())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane(app, "link").focus()
        await pilot.press("K")
        await settle(pilot)
        await pilot.click(KindList, offset=(6, 3))
        await settle(pilot)
        assert shown(app.screen.query_one(KindList))[2].startswith(" [ ] nsid")


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 10)])
async def test_every_key_of_the_list_can_be_pressed_at_any_size(size: tuple[int, int]) -> None:
    app = OvltuiApp(busy())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for key in ("K", *"jkgG", "pageup", "pagedown", "home", "end", "space", "a", "q", "K", "K"):
            await pilot.press(key)
        await settle(pilot)
        assert isinstance(app.screen, EventsScreen)
        assert app.is_running


async def test_help_and_palette_know_it() -> None:
    app = OvltuiApp(busy())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "Kinds" in {command.title for command in app.get_system_commands(app.screen)}
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(app.screen, Help)
        assert "Kinds" in app.screen.body().plain
