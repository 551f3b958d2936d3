"""What screens say where names are long, much is there, little can be seen, or keys go to a line that is typed."""

from dataclasses import replace

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from ovltui.config.model import Settings, Theme
from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.snapshot import EngineStatus, Row, Snapshot
from ovltui.session.tree import Branch
from ovltui.session.wiring import Wiring
from ovltui.state.tables import Contents
from ovltui.topology.draw.networks import Network
from ovltui.tui.app import OvltuiApp
from ovltui.tui.ink import Ink
from ovltui.tui.screens.namespaces import NamespacesScreen
from ovltui.tui.sights import Sights
from ovltui.tui.verdicts import Tally
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.browser_entries import entries_of
from ovltui.tui.widgets.column_fit import cut
from ovltui.tui.widgets.drawing_view import DrawingView
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.netns_table import NetnsTable
from ovltui.tui.widgets.network_strip import NetworkStrip
from ovltui.tui.widgets.notice import Notice
from ovltui.tui.widgets.status import Status, StatusLine
from tests.topology.drawn import places
from tests.topology.made import key, link, place
from tests.tui.test_events_screen import NARROW, WIDE, screen_of, settle, shown, status
from tests.tui.wired import WiredSession
from tests.tui.world import BLUE_NETNS, HOST_NETNS, RED_NETNS, netns, new_session

LONG = "n" * 200


def keys_said(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(KeyLine).render().plain


async def said(now: Status, width: int = 120) -> tuple[str, dict[str, str]]:
    """Return what the status line says, and in which style each of its words stands."""
    async with OvltuiApp(new_session()).run_test(size=(width, 24)) as pilot:
        line = pilot.app.screen.query_one(StatusLine)
        line.status = now
        text = line.render()
        return text.plain, {text.plain[span.start : span.end].strip(" ·"): str(span.style) for span in text.spans}


def silent(label: str, says: str = "refused") -> EngineStatus:
    return EngineStatus(label, f"unix:///{label}", "", answers=False, says=says, asked=True)


async def test_what_is_amiss_has_room_in_the_status_before_what_is_counted() -> None:
    now = Status("vm", (Kind.OVERLAY,) * 8 + (Kind.CONTAINER,) * 9, (silent("node1"),), scope="docker1n@node1")
    text, _ = await said(now, 80)
    assert "node1 silent" in text
    assert "9 containers" not in text


async def test_the_status_names_no_machine_and_counts_nothing_before_it_knows() -> None:
    text, _ = await said(Status())
    assert text.split() == ["ovltui", "0", "ev/s", "LIVE"]


async def test_an_engine_that_was_not_heard_yet_is_being_asked_and_not_silent() -> None:
    text, _ = await said(Status("vm", engines=(silent("node1", ""),)))
    assert "asking node1" in text
    assert "silent" not in text


async def test_hosts_that_are_not_heard_stand_in_an_ink_of_the_theme() -> None:
    hosts = (HostStatus("vm", "", HostState.LIVE), HostStatus("node2", "ssh://node2", HostState.LOST))
    _, styles = await said(Status(hosts=hosts))
    assert styles["node2 lost"] == Ink.WARN


async def test_that_the_panes_are_narrowed_is_said_however_long_the_name_is() -> None:
    text, _ = await said(Status("vm", scope=LONG), 80)
    assert "only nnnn" in text
    assert "n…" in text


async def test_the_status_follows_the_cursor_from_a_heading_to_the_one_namespace_below_it() -> None:
    session = new_session()
    session.publish((HOST_NETNS, BLUE_NETNS))
    async with screen_of(session) as (pilot, screen):
        await pilot.press("down", "down")
        await settle(pilot)
        assert "only other" in status(screen)
        await pilot.press("down")
        await settle(pilot)
        assert "only blue" in status(screen)


def test_panes_say_of_which_engine_a_namespace_is_though_its_heading_does_in_the_list() -> None:
    row = Row(BLUE_NETNS, Identity("mynet01@lab1", Kind.OVERLAY, "", network="mynet01", vni=4097), (), ())
    entries = list(entries_of((Branch("mynet01@lab1", "overlay", 4097, (row,), headed=True),)))
    assert [(entry.label, entry.scope) for entry in entries] == [("mynet01@lab1",) * 2, ("mynet01", "mynet01@lab1")]


async def test_a_long_name_leaves_the_marks_behind_it_and_a_wide_one_the_frame() -> None:
    session = new_session()
    wide = netns(NetnsKey("vm", 50), "网" * 20, 9)
    session.publish((HOST_NETNS, netns(RED_NETNS.key, LONG, 8), wide))
    async with screen_of(session) as (pilot, screen):
        await settle(pilot)
        browser = screen.query_one(Browser)
        browser.show_wrong({RED_NETNS.key: Tally(errors=1)})
        row = next(row for row in shown(browser) if "nnn" in row)
        assert row.endswith("… !")
        for y in range(browser.row_count):
            assert browser.render_line(y).cell_length == browser.size.width


async def test_a_network_of_a_long_name_is_cut_with_a_mark_and_says_that_there_are_others() -> None:
    async with OvltuiApp(new_session()).run_test(size=NARROW) as pilot:
        strip = NetworkStrip(id="strip", ascii_only=False)
        await pilot.app.screen.mount(strip)
        networks = [Network(None, name, "bridge", 2) for name in (LONG, "other")]
        strip.show(networks, networks[0], "")
        await pilot.pause()
        assert strip.render().plain == f"{cut(LONG, strip.size.width - 4)} ▸"


async def test_a_list_that_is_turned_round_keeps_its_cursor_in_sight() -> None:
    session = new_session()
    many = [netns(NetnsKey("vm", 100 + number), f"web-{number}", 100 + number) for number in range(60)]
    session.publish((HOST_NETNS, *many))
    app = OvltuiApp(session)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert isinstance(app.screen, NamespacesScreen)
        table = app.screen.query_one(NetnsTable)
        assert shown(table)[3].split()[1] == "web-1"  # and not web-10
        await pilot.press("down", "down", "I")
        await settle(pilot)
        assert table.current is not None
        assert table.current.identity.name == "web-0"
        assert table.cursor_row is not None
        assert table.top <= table.cursor_row < table.top + table.size.height


async def test_the_list_of_namespaces_says_how_many_are_below_those_in_sight() -> None:
    session = new_session()
    many = [netns(NetnsKey("vm", 100 + number), f"web-{number}", 100 + number) for number in range(60)]
    session.publish((HOST_NETNS, *many), gaps=("one is hidden",))
    async with screen_of(session) as (pilot, screen):
        browser = screen.query_one(Browser)
        assert browser.border_subtitle == f"{63 - browser.size.height} below, 1 gap: ? tells"
        await pilot.press("G")
        await settle(pilot)
        assert browser.border_subtitle == "1 gap: ? tells"


@pytest.mark.parametrize(
    ("gap", "says"),
    [
        ("net:[4026532178] is hidden by a mount over it", "(net:[4026532178] is hidden by a mount over it)"),
        ("1 process may not be read: what they alone are in is not listed", "(1 process may not be read)"),
    ],
)
async def test_the_notice_tells_what_is_hidden_in_whole_words(gap: str, says: str) -> None:
    async with OvltuiApp(new_session()).run_test(size=WIDE) as pilot:
        notice = pilot.app.screen.query_one(Notice)
        notice.show(Snapshot(1, "vm", (), (), (gap,)), unprivileged=True)
        assert says in str(notice.render())


def test_an_empty_drawing_says_how_much_was_not_read_and_only_at_first_that_it_looks() -> None:
    two = [place(1, "host", (link(1, "lo"),)), place(2, "hidden", ())]
    unread = replace(two[1], contents=Contents(gaps=("its events are not heard",)))
    for laid, says in (
        ((), "namespaces are being looked at"),
        (two, "nothing is wired: no bridge, no veth pair and no tunnel was found"),
        ((two[0], unread), "not read: 1 of 2 namespaces"),
    ):
        session = WiredSession(two)
        sights = Sights(Wiring(session), dict)
        if laid:
            session._contents = {one.key: one.contents for one in laid}
            sights.look()
        assert sights.says_nothing.endswith(says)
    assert unread.key == key(2)


async def test_a_toast_covers_neither_the_line_that_is_typed_nor_the_foot_of_a_frame() -> None:
    async with screen_of(new_session()) as (pilot, screen):
        await pilot.press("/", *"[/")
        pilot.app.notify("one\ntwo\nthree", markup=False)
        await settle(pilot)
        toast, bar = screen.query_one(Toast), screen.query_one(FilterBar)
        assert bar.display
        assert toast.region.bottom <= bar.region.y


async def test_while_a_filter_is_typed_only_keys_that_are_no_text_are_offered() -> None:
    async with screen_of(new_session()) as (pilot, _screen):
        assert "? Help" in keys_said(pilot)
        await pilot.press("/")
        await settle(pilot)
        assert set(keys_said(pilot).strip().split("  ")) == {"⏎ Keep filter esc Clear filter F1 Help"}
        await pilot.press("f1")
        await settle(pilot)
        assert keys_said(pilot).strip() == "esc Back"


async def test_without_a_shell_no_key_of_one_is_offered() -> None:
    async with screen_of(new_session()) as (pilot, _screen):
        await pilot.press("5")
        await settle(pilot)
        assert keys_said(pilot).startswith("esc Back")


@pytest.mark.parametrize("theme", Theme)
async def test_the_chosen_command_stands_out_in_every_theme_and_each_stands_once(theme: Theme) -> None:
    app = OvltuiApp(new_session())
    app.dress(Settings(theme=theme))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert len(titles) == len(set(titles))
        await pilot.press(":")
        await settle(pilot)
        commands = app.screen.query_one(CommandList)
        chosen, other = (next(iter(commands.render_line(y))).style for y in (0, 2))
        assert commands.highlighted == 0
        assert chosen is not None
        assert other is not None
        assert (chosen.bgcolor, chosen.underline) != (other.bgcolor, other.underline)


@pytest.mark.parametrize("theme", [Theme.SIXTEEN, Theme.MONO])
async def test_what_is_selected_in_the_drawing_is_never_dim(theme: Theme) -> None:
    app = OvltuiApp(WiredSession(places(1, 1)))
    app.dress(Settings(theme=theme))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("3")
        await settle(pilot)
        view = app.screen.query_one(DrawingView)
        assert view.selected is not None
        styles = [segment.style for segment in view.render_line(view.selected.y - view.corner[1]) if segment.style]
        assert any(style.reverse for style in styles)
        assert not any(style.reverse and style.dim for style in styles)
