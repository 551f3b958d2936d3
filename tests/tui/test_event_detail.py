"""The page of an event shows the life of its link, and leads along it."""

from textual.pilot import Pilot
from textual.widgets import Static

from ovltui.session.life import life_of
from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.widgets.event_pane import EventPane
from tests.tui.world import BLUE_NSID, feed, link, lose, neigh, new_session


def page_of(session: Session, seq: int) -> EventDetail:
    record = session.ring[seq]
    return EventDetail(record, session.names, life_of(session, record))


def life_in(page: EventDetail) -> list[str]:
    """Return the lines of the life, without time."""
    text = page.body().plain
    lines = text.partition("life of this link\n")[2].partition("\n\n")[0].splitlines()
    return [line[:4] + line[17:] if line[4:6].isdigit() else line for line in lines]


def many() -> Session:
    """Return a session in which eth0 changes its name a hundred times among messages of eth1."""
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"), link(3, "eth1"))
    for number in range(100):
        renamed = link(2, f"n{number}").replace(b"\xff\xff\xff\xff", bytes(4), 1)
        feed(session, BLUE_NSID, renamed, neigh(3, f"10.0.0.{number}"))
    feed(session, BLUE_NSID, link(2, "n99", gone=True))
    return session


def test_the_event_is_marked_among_those_around_it_and_the_rest_is_counted() -> None:
    lines = life_in(page_of(many(), 102))
    assert len(lines) == 62
    assert lines[0] == "    … 21 earlier"
    assert lines[-1] == "    … 21 later"
    (marked,) = (line for line in lines if line.startswith("  > "))
    assert "n50" in marked
    assert "was called n49" in marked


def test_birth_and_end_stand_at_the_ends() -> None:
    session = many()
    first, last = life_in(page_of(session, 0)), life_in(page_of(session, session.ring.end - 1))
    assert first[0].startswith("  > blue + eth0")
    assert last[-1].startswith("  > blue - n99")
    assert first[-1] == "    … 42 later"


def test_a_link_that_was_there_before_says_so() -> None:
    session = new_session()
    feed(session, BLUE_NSID, neigh(2, "10.0.0.1"))
    assert life_in(page_of(session, 0)) == [
        "    earlier: not heard, or no longer kept",
        "  > blue + 10.0.0.1 dev if2 lladdr 02:42:0a:0d:11:03 REACHABLE",
    ]


def test_equal_lines_are_folded_but_not_the_event_itself() -> None:
    session = new_session()
    same = link(2, "eth0").replace(b"\xff\xff\xff\xff", bytes(4), 1)
    feed(session, BLUE_NSID, link(2, "eth0"), *[same] * 5, neigh(2, "10.0.0.1"), same)
    assert [line.endswith("(6 times)") for line in life_in(page_of(session, 0))] == [False, True]
    session = new_session()
    lose(session, 1)
    assert "life" not in page_of(session, 0).body().plain


async def test_n_and_p_lead_along_the_life() -> None:
    app = OvltuiApp(many())
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.3)
        app.screen.query_one("#link", EventPane).focus()
        await pilot.press("g", "enter")
        await pilot.pause(0.3)
        assert await shown(pilot) == "event 0"
        for keys, title in (("p", "event 0"), ("n", "event 2"), ("n", "event 4"), ("p", "event 2")):
            await pilot.press(*keys)
            assert await shown(pilot) == title
        page = app.screen
        assert isinstance(page, EventDetail)
        assert "was called eth0" in str(page.query_one(Static).content).splitlines()[0]
        await pilot.press("escape")
        assert not isinstance(app.screen, EventDetail)


async def shown(pilot: Pilot[int]) -> str:
    """Return the title of the page."""
    await pilot.pause()
    frame = pilot.app.screen.query("VerticalScroll").first()
    return str(frame.border_title)
