"""What a row stands for: notices that came again, and what the kernel did for an event of Docker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from ovltui.events.filter import parse
from ovltui.events.record import OWN_NSID
from ovltui.events.vocabulary import Object, Pane
from ovltui.session.session import Session
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.beneath import page_of
from ovltui.tui.screens.help import Help
from ovltui.tui.widgets.event_pane import EventPane
from tests.session.births import BLUE_NSID, WEB_NSID, World
from tests.session.made import address, message, route

TIMES = "\N{MULTIPLICATION SIGN}"
WIDE, NARROW = (120, 36), (80, 24)


@asynccontextmanager
async def panes_of(
    session: Session, size: tuple[int, int] = WIDE, *, ascii_only: bool = False
) -> AsyncIterator[tuple[Pilot[int], dict[str, EventPane]]]:
    app = OvltuiApp(session, ascii_only=ascii_only)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.25)
        yield pilot, {pane.id or "": pane for pane in app.screen.query(EventPane)}


def shown(pane: EventPane) -> list[str]:
    """Return each row from its mark on."""
    rows = ("".join(text for text, _ in pane.parts(row)) for row in range(pane.row_count))
    return [row.split(maxsplit=2)[2] for row in rows]


def drawn(pane: EventPane) -> list[str]:
    """Return what stands in the lines of the pane."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def say(session: Session, *raws: bytes, nsid: int = BLUE_NSID) -> None:
    session.feed(b"".join(message(raw, nsid) for raw in raws))


async def test_a_notice_that_comes_again_is_counted_in_its_row_and_the_count_grows_in_sight() -> None:
    session = World().session
    async with panes_of(session) as (pilot, panes):
        routes = panes["route"]
        say(session, route(2), route(2), route(3))
        await pilot.pause(0.3)
        assert [row.split()[1] for row in shown(routes)] == [f"{TIMES}2", "default"]
        say(session, *[route(3)] * 11)
        await pilot.pause(0.3)
        assert routes.row_count == 2
        assert f"{TIMES}12 default dev if3" in drawn(routes)[1]
        assert "PAUSED" not in drawn(routes)[1]


async def test_only_the_rows_that_count_on_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = World().session
    async with panes_of(session) as (pilot, panes):
        say(session, *(route(number) for number in range(2, 8)))
        await pilot.pause(0.3)
        lines: list[int] = []
        render = EventPane.render_line
        monkeypatch.setattr(EventPane, "render_line", lambda self, y: lines.append(y) or render(self, y))  # type: ignore[func-returns-value]
        say(session, route(7), route(7))
        await pilot.pause(0.3)
        assert lines == [5]
        assert f"{TIMES}3" in drawn(panes["route"])[5]


async def test_a_row_counts_no_further_while_one_looks_back() -> None:
    session = World().session
    async with panes_of(session) as (pilot, panes):
        say(session, route(2), route(2))
        await pilot.pause(0.3)
        await pilot.press("p")
        say(session, route(2), route(2), route(2))
        await pilot.pause(0.3)
        assert shown(panes["route"])[0].startswith(f"+ {TIMES}2 ")
        await pilot.press("p")
        await pilot.pause(0.3)
        assert shown(panes["route"])[0].startswith(f"+ {TIMES}5 ")


async def test_ascii_terminals_get_ascii() -> None:
    world = World()
    world.birth()
    async with panes_of(world.session, ascii_only=True) as (pilot, panes):
        say(world.session, route(2), route(2))
        panes["route"].focus()
        await pilot.press("f")
        world.settle()
        await pilot.pause(0.3)
        text = "\n".join(drawn(panes["route"]))
        assert text.isascii()
        assert "x2 default" in text
        assert "> 2 events" in text


async def test_f_folds_what_the_kernel_did_beneath_the_event_of_docker_and_unfolds_it() -> None:
    world = World()
    kernel, _, _ = world.birth()
    say(world.session, route(2))
    async with panes_of(world.session) as (pilot, panes):
        links, routes = panes["link"], panes["route"]
        assert (links.row_count, routes.row_count) == (len(kernel) - 2 + 3, 2 + 3 + 1)
        links.focus()
        await pilot.press("f")
        await pilot.pause(0.3)
        assert shown(links) == [f"+ docker start web  ▸ {len(kernel) - 2} events"]
        assert routes.row_count == 6  # each pane for itself
        assert "folded" in str(links.border_subtitle)
        await pilot.press("f")
        await pilot.pause(0.3)
        assert links.row_count == len(kernel) + 1
        assert not links.border_subtitle


async def test_the_cursor_goes_with_what_is_folded_and_stays_in_sight() -> None:
    world = World()
    _, _, start = world.birth()
    say(world.session, *(route(number) for number in range(2, 60)))
    async with panes_of(world.session) as (pilot, panes):
        routes = panes["route"]
        routes.focus()
        await pilot.press("g", "j", "j", "f")
        await pilot.pause(0.2)
        record = routes.record_at_cursor()
        assert record is not None
        assert record.seq == start
        assert routes.cursor_row == routes.top == 0
        await pilot.press("f")
        await pilot.pause(0.2)
        assert routes.cursor_row is not None
        assert routes.top <= routes.cursor_row < routes.top + routes.size.height


async def test_the_palette_and_help_know_the_key() -> None:
    async with panes_of(World().session) as (pilot, panes):
        panes["link"].focus()
        await pilot.pause(0.1)
        commands = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert "Fold under Docker" in commands
        await pilot.press("question_mark")
        await pilot.pause(0.1)
        page = pilot.app.screen
        assert isinstance(page, Help)
        assert "Fold under Docker" in page.body().plain
        assert f"{TIMES}12" in page.body().plain


async def test_in_the_pane_of_all_kinds_everything_is_beneath_it() -> None:
    world = World()
    kernel, _, _ = world.birth()
    async with panes_of(world.session, NARROW) as (pilot, panes):
        await pilot.press("f")
        await pilot.pause(0.3)
        assert shown(panes["all"]) == [f"+ docker start web  ▸ {len(kernel)} events"]


async def test_an_act_folds_when_it_is_over_without_a_key_or_another_event() -> None:
    world = World()
    async with panes_of(world.session) as (pilot, panes):
        routes = panes["route"]
        routes.focus()
        await pilot.press("f")
        world.birth()  # its clock stands far behind ours: the act is over
        await pilot.pause(1.0)
        assert shown(routes) == ["+ docker start web  ▸ 2 events"]


async def test_nothing_is_folded_under_the_eyes_of_who_looks_back() -> None:
    world = World()
    async with panes_of(world.session) as (pilot, panes):
        routes = panes["route"]
        routes.focus()
        await pilot.press("f", "p")
        rows = routes.row_count
        world.birth()
        await pilot.pause(0.7)
        assert routes.row_count == rows
        await pilot.press("p")
        await pilot.pause(0.7)
        assert routes.row_count == 1


async def test_what_passes_a_filter_is_never_hidden_beneath_what_does_not() -> None:
    world = World()
    world.birth()
    async with panes_of(world.session) as (pilot, panes):
        routes = panes["route"]
        routes.focus()
        await pilot.press("f")
        routes.apply_filter(parse("default"))
        await pilot.pause(0.3)
        assert [row.split()[1] for row in shown(routes)] == ["default"] * 2
        routes.apply_filter(parse("object:docker"))
        await pilot.pause(0.3)
        assert [row.split()[1:3] for row in shown(routes)] == [["docker", "start"]]
        routes.apply_filter(None)
        await pilot.pause(0.3)
        assert routes.row_count == 1  # the fold outlives the filter


async def test_kinds_that_are_chosen_are_the_only_ones_but_for_gaps() -> None:
    world = World()
    kernel, _, _ = world.birth()
    async with panes_of(world.session) as (pilot, panes):
        links = panes["link"]
        for objects, rows in (
            (frozenset((Object.ADDR,)), 1),
            (frozenset((Object.ADDR, Object.DOCKER)), 4),
            (frozenset((Object.ROUTE,)), 0),
            (None, len(kernel) + 1),
        ):
            links.choose_kinds(objects)
            await pilot.pause(0.2)
            assert links.row_count == rows


def test_the_page_says_how_often_and_until_when_and_what_it_belongs_to() -> None:
    world = World()
    kernel, _, start = world.birth()
    world.hear(WEB_NSID, *[address(12, "10.0.0.7")] * 3)
    world.settle()
    session = world.session
    text = page_of(session, start).body().plain
    assert f"what the kernel did for it: {len(kernel) + 3} events" in text
    assert "docker connect web to bridge" in text
    assert "(3 times)" in text
    assert "It belongs to: docker start web" in page_of(session, kernel[0]).body().plain
    repeated = page_of(session, session.ring.seqs(Pane.LINK, start + 1, session.ring.end)[0]).body().plain
    assert "It came 3 times; the last one at" in repeated
    assert session.ring[session.ring.end - 1].nsid != OWN_NSID
