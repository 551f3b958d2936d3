"""Docker's events on the events screen: in all three panes, narrowed like the rest, whole on a page."""

from rich.text import Text

from ovltui.events.decode_docker import pack_docker
from ovltui.identity.model import Container, EngineView
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.widgets.event_pane import EventPane
from tests.tui.world import HOST, HOST_NETNS, START_NS, new_session

WEB, SANDBOX = "c8feedfb8e89" + "0" * 52, "2f4fc677a4cb" + "0" * 52
WEB_NETNS = Netns(NetnsKey("vm", 40), 4026530040, 9, False, (Mount(1, 1, f"/run/docker/netns/{SANDBOX[:12]}"),), ())


def docker_session() -> Session:
    """Return a session that knows a container and its engine."""
    session = new_session()
    session.publish((HOST_NETNS, WEB_NETNS))
    containers = (Container(WEB, "web", 0, SANDBOX, "bridge", ("bridge",)),)
    session.engines_changed([EngineView("unix:///x", True, True, "", "AAAA", "vm", "28", 7, 1, HOST, containers, ())])
    return session


def happen(session: Session) -> None:
    """Let the container die, and a node of the swarm go down."""
    session.docker_event(
        START_NS, pack_docker("AAAA", "container", "die", subject=WEB, name="web", attributes={"exitCode": "137"})
    )
    session.docker_event(
        START_NS, pack_docker("AAAA", "node", "update", subject="n", name="vm", attributes={"state.new": "down"})
    )


def shown(pane: EventPane) -> list[str]:
    return ["".join(text for text, _ in pane.parts(row)) for row in range(pane.row_count)]


async def test_each_pane_shows_them_and_narrows_to_the_container() -> None:
    session = docker_session()
    app = OvltuiApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.25)
        happen(session)
        await pilot.pause(0.25)
        panes = [pane for pane in app.screen.query(EventPane) if pane.display]
        assert len(panes) == 3
        for pane in panes:
            first, second = shown(pane)
            assert first.split(maxsplit=3)[1:] == ["web", "-", "docker die web exit 137"]
            assert second.split(maxsplit=3)[1:] == ["host", "~", "docker update node vm state down"]
            assert ("docker", "keyword") in [(text.strip(), style) for text, style in pane.parts(0)]
        app.screen.query_one(Browser).choose(WEB_NETNS.key)
        await pilot.pause(0.25)
        assert [len(shown(pane)) for pane in panes] == [1, 1, 1]


async def test_the_page_of_one_shows_all_that_docker_says() -> None:
    session = docker_session()
    happen(session)
    body = EventDetail(session.ring[0], session.names).body()
    assert isinstance(body, Text)
    assert "the container web ended with exit status 137" in body.plain
    assert "attributes, in Docker's names" in body.plain
    assert "exitCode 137" in body.plain
