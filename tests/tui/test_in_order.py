"""Keys act one behind the other, however fast they come."""

import asyncio
from typing import ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from ovltui.tui import in_order
from ovltui.tui.in_order import AppInOrder


class Slow(Widget, can_focus=True):
    """Takes its time for an ``a``, and for an ``h`` until it is released."""

    async def on_key(self, event: events.Key) -> None:
        assert isinstance(self.app, Ordered)
        if event.key == "a":
            await asyncio.sleep(0.1)
        elif event.key == "h":
            await self.app.released.wait()
        self.app.note(event.key)


class Line(ModalScreen[None]):
    """Asks for a text."""

    def compose(self) -> ComposeResult:
        yield Input()


class Ordered(AppInOrder):
    """Notes what acted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "note", priority=True),
        Binding("l", "line"),
        Binding("x", "remove"),
    ]
    done = ""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()
        self.acted = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Slow()
        yield Input()

    def note(self, what: str) -> None:
        self.done += what
        self.acted.set()

    def action_note(self) -> None:
        self.note("P")

    def action_line(self) -> None:
        self.push_screen(Line())

    def action_remove(self) -> None:
        self.query_one(Slow).remove()

    def type_at_once(self, text: str) -> None:
        for character in text:
            self.post_message(events.Key(character, character))

    async def until(self, what: str) -> None:
        async with asyncio.timeout(60):
            while self.done != what:
                await self.acted.wait()
                self.acted.clear()


async def test_a_key_of_the_app_does_not_overtake_one_of_a_widget() -> None:
    app = Ordered()
    async with app.run_test():
        app.type_at_once("apbap")
        await app.until("aPbaP")


async def test_what_is_typed_behind_a_key_goes_where_that_leads() -> None:
    app = Ordered()
    async with app.run_test() as pilot:
        app.type_at_once("altext")
        async with asyncio.timeout(60):
            while not (isinstance(app.screen, Line) and app.screen.query(Input)):
                await pilot.pause(0.01)
            while app.screen.query_one(Input).value != "text":
                await pilot.pause(0.01)
        assert app.done == "al"


async def test_a_key_that_does_not_end_holds_up_the_next_no_longer_than_is_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_order, "PATIENCE_S", 0.1)
    app = Ordered()
    async with app.run_test():
        app.type_at_once("h")
        await asyncio.sleep(0.2)
        app.type_at_once("p")
        await app.until("P")
        app.released.set()
        await app.until("Ph")


async def test_a_widget_that_goes_away_holds_up_nothing() -> None:
    app = Ordered()
    async with app.run_test() as pilot:
        app.type_at_once("xb")
        async with asyncio.timeout(60):
            while app.query_one(Input).value != "b":  # which has the focus now
                await pilot.pause(0.01)
