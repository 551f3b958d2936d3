"""Nothing that a container can name reaches the terminal raw or as markup: every hostile name through every widget."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from ovltui.events.decode_docker import pack_docker
from ovltui.identity import containers, networks
from ovltui.identity.answer import text
from ovltui.identity.cgroups import inside
from ovltui.identity.event import heard
from ovltui.identity.model import EngineView
from ovltui.kernel.solicit import Setting
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.inspect import Node, node
from ovltui.session.inspection import Inspection, Tab
from ovltui.session.namer import Named
from ovltui.session.overview import overview
from ovltui.session.session import Session
from ovltui.text import clean, clean_bytes
from ovltui.topology.sheet import Column, Entry, Sheet
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.screens.help import Help
from ovltui.tui.screens.inspector import Inspector
from ovltui.tui.screens.name_line import NameLine
from ovltui.tui.screens.question import Question
from ovltui.tui.screens.row_page import RowPage
from ovltui.tui.screens.run_line import RunLine
from ovltui.tui.widgets.browser import Browser
from tests.bed.hostile import BYTES, NAMES, is_harmless, shown
from tests.tui.test_events_screen import settle
from tests.tui.world import HOST, HOST_NETNS, feed, link, neigh, new_session

if TYPE_CHECKING:
    from textual.screen import Screen

RAW: tuple[str | bytes, ...] = (*NAMES, *BYTES)
_TELLING = (NAMES[0], "[b]x[/b]", "[/]", "[@click=app.quit]x[/]", "[$error on red]z", BYTES[1])
"""Of each sort one, for pages, which take long to open."""
LINES = 2 * len(RAW) + 20
"""Rows of a terminal in which all containers and all named namespaces have room."""


def name_of(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")


def key(number: int, kind: int) -> NetnsKey:
    return NetnsKey("vm", 100 + 10 * number + kind)


def engine() -> EngineView:
    """An engine whose containers, networks, projects and services have the names, read as its answers are."""
    found, nets = [], []
    for number, name in enumerate(map(name_of, RAW)):
        labels = {"com.docker.compose.project": name, "com.docker.compose.service": name}
        found.append(
            {
                "Id": f"{number:064x}",
                "Name": f"/{name}",
                "State": {"Pid": 1000 + number},
                "HostConfig": {"NetworkMode": name},
                "NetworkSettings": {"Networks": {name: {}}},
                "Config": {"Labels": labels},
            }
        )
        ipam = {"Config": [{"Subnet": name}]}
        nets.append({"Id": f"{number:025}", "Name": name, "Driver": name, "Scope": name, "IPAM": ipam})
    return EngineView(
        url=clean(f"unix:///{RAW[0]!r}"),
        asked=True,
        answers=True,
        says="",
        id="ID",
        name=text({"Name": NAMES[8]}, "Name"),
        version=text({"Version": NAMES[0]}, "Version"),
        pid=9,
        mntns=1,
        netns=None,
        containers=tuple(containers.inspected(one) for one in found),
        networks=networks.listed(nets),
    )


def world() -> Session:
    """A session in which each name is that of a container, a network, a mount, a group, a process, links, an event."""
    session = Session("vm", HOST)
    session.publish((HOST_NETNS,), gaps=tuple(clean(f"a gap called {name_of(raw)}") for raw in RAW[:5]))
    netnses, told, comms = [HOST_NETNS], {}, {}
    for number, name in enumerate(map(name_of, RAW)):
        path = f"/run/netns/{name.replace('/', '|')}"
        pid = 10_000 + number
        netnses += [
            Netns(key(number, 1), 1, 10 * number + 1, False, (Mount(1, 9, f"/x{name}/y"),), (1000 + number,)),
            Netns(key(number, 2), 2, 10 * number + 2, False, (Mount(1, 9, path),), ()),
            Netns(key(number, 3), 3, 10 * number + 3, False, (), (pid,)),
            Netns(key(number, 4), 4, 10 * number + 4, False, (), (pid + 1000,)),
        ]
        group = name.translate({ord(unfit): "|" for unfit in "\n\r/"})
        told[key(number, 3)] = inside(pid, clean(name), f"0::/lxc/{group}", "")
        told[key(number, 4)] = inside(pid + 1000, clean(name), "0::/", "")
        comms[pid + 1000] = clean_bytes(name.encode("utf-8", "surrogateescape")[:15])
    for netns in netnses[1:]:
        assert netns.nsid is not None
        session.tenures.bind(netns.nsid, netns.key, 0)
    session.publish(netnses, comms, session.gaps(), told)
    session.engines_changed([engine()])
    for number, name in enumerate(map(name_of, RAW)):
        feed(session, 10 * number + 1, link(2, name[:15]), neigh(2, "10.0.0.9"))
        actor = {"ID": f"{number:064x}", "Attributes": {"name": name, "image": name, "type": name}}
        said = heard({"Type": "container", "Action": "start", "Actor": actor}, 1)
        facts = dict(said.attributes)
        payload = pack_docker("ID", said.object, said.action, subject=said.id, name=said.name, attributes=facts)
        session.docker_event(1, payload)
    return session


def strips(app: OvltuiApp) -> list[Strip]:
    return app.screen._compositor.render_strips()


def drawn(app: OvltuiApp, where: str) -> str:
    """Return the screen as text; nothing in it may be raw, and nothing may act when it is clicked."""
    lines = strips(app)
    screen = "\n".join(strip.text for strip in lines)
    assert is_harmless(screen), (where, ascii(screen))
    for strip in lines:
        for segment in strip:
            assert segment.style is None or segment.style.link is None, where
            actions = [value for key, value in (segment.style.meta if segment.style else {}).items() if "click" in key]
            assert "app.quit" not in str(actions), where
    return screen


@asynccontextmanager
async def app_of(session: Session, size: tuple[int, int]) -> AsyncIterator[tuple[Pilot[int], OvltuiApp]]:
    app = OvltuiApp(session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        yield pilot, app
        assert app.return_code is None


def unseen(screen: str, most: int = 9) -> list[str]:
    """Return the names whose beginnings are not on a screen as they are written."""
    return [shown(raw) for raw in RAW if shown(raw)[:most] not in screen]


async def test_no_list_draws_a_hostile_name_raw_or_as_markup() -> None:
    async with app_of(world(), (200, 3 * LINES)) as (pilot, app):
        for keys in ((), ("o",), ("o",)):  # grouped in each way, at the side and at full width
            await pilot.press(*keys)
            await settle(pilot)
            assert unseen(drawn(app, "events")) == []
        await pilot.press("2")
        await settle(pilot)
        for keys in ((), ("o",), ("o",)):
            await pilot.press(*keys)
            assert unseen(drawn(app, "namespaces")) == []
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(app.screen, Help)
        assert shown(NAMES[0]) in drawn(app, "help")


async def test_the_palette_draws_hostile_names_as_they_are() -> None:
    async with app_of(world(), (200, 100)) as (pilot, app):
        app.screen.query_one(Browser).choose(key(0, 1))
        await pilot.press("colon")
        await settle(pilot)
        drawn(app, "palette")
        for raw in RAW:
            app.screen.query_one(Input).value = f"shell in {shown(raw)[:12]}"
            await pilot.pause(0.3)
            assert shown(raw)[:9] in drawn(app, "palette, searched")


async def test_no_page_notice_question_or_line_draws_a_hostile_name_raw_or_as_markup() -> None:
    session = world()
    rows = {row.netns.key: row for row in session.snapshot().rows}
    async with app_of(new_session(), (160, 40)) as (pilot, app):
        for raw in _TELLING:
            number, name = RAW.index(raw), shown(raw)
            pages: tuple[Screen[Any], ...] = (
                EventDetail(session.ring[3 * number], session.names),
                EventDetail(session.ring[3 * number + 2], session.names),
                Question("quit?", name, "y quits"),
                RunLine(name, [name]),
                NameLine(name, "x"),
                RowPage(name, (Column(name),), Entry(name, (name,)), (name,)),
            )
            app.notify(f"{name} is gone.", title=name, markup=False, timeout=0.5)
            details = [rows[key(number, kind)] for kind in (1, 2)]
            inspected = [(Inspector(session, Alike(session, app.wiring, row)), row.identity.name) for row in details]
            expected = [*inspected, *((page, name) for page in pages)]
            for page, what in expected:
                app.push_screen(page)
                await until_seen(pilot, app, what[:9])
                if isinstance(page, Inspector):
                    await pilot.press("d")
                    await until_seen(pilot, app, what[:9])
                app.pop_screen()


async def until_seen(pilot: Pilot[int], app: OvltuiApp, what: str) -> None:
    """Wait until a text is drawn; meanwhile nothing may be drawn raw."""
    for _ in range(40):
        await pilot.pause()
        if what in drawn(app, type(app.screen).__name__):
            return
    raise AssertionError((type(app.screen).__name__, what))


def test_no_text_of_a_page_of_a_namespace_or_event_is_raw() -> None:
    session = world()
    for row in session.snapshot().rows:
        assert all(is_harmless(cell) for cells in overview(row).rows for cell in cells)
    for seq in range(session.ring.first, session.ring.end):
        assert is_harmless(EventDetail(session.ring[seq], session.names).body().plain)


class Alike(Inspection):
    """An inspection in which everything is called as the namespace is."""

    def sheet(self, tab: Tab) -> Sheet:
        name = self.row.identity.name
        return Sheet((Column(f"{tab}"), Column("B")), (Entry(name, (name, name)),), (name,), (name,))

    def docker(self) -> tuple[Node, ...]:
        name = self.row.identity.name
        return (node(name, {name: [name]}),)


async def test_what_was_changed_on_request_is_shown_harmless_in_the_help() -> None:
    async with app_of(new_session(), (200, 3 * LINES)) as (pilot, app):
        app.solicitor.acts += [Setting(f"/x{raw}/y", 1, raw, 1) for raw in NAMES]
        app.namer.acts += [Named(shown(raw), f"/x{raw}/y", 1) for raw in NAMES]
        await pilot.press("question_mark")
        await settle(pilot)
        assert [raw for raw in NAMES if shown(raw)[:9] not in drawn(app, "help")] == []
        app.solicitor.acts.clear()
        app.namer.acts.clear()


def test_the_library_would_read_some_of_these_names_as_markup() -> None:
    """Else the tests above could not fail."""
    read = []
    for name in NAMES:
        try:
            read.append(Content.from_markup(shown(name)).plain != shown(name))
        except Exception:  # noqa: BLE001  (it is what the screens would end with)
            read.append(True)
    assert read.count(True) >= 4
