"""The main screens look as they are kept in ``snapshots``: one text for each screen and size.

Where a change is meant, ``OVLTUI_SNAPSHOTS=write pytest tests/tui/test_snapshots.py`` keeps the new looks; read them.
"""

import os
from pathlib import Path

import pytest

from ovltui.events.line import clock
from ovltui.session.activity import Activity
from ovltui.tui.app import OvltuiApp
from ovltui.tui.view import drawn
from ovltui.tui.widgets.status import Rate
from tests.tui.test_events_screen import settle
from tests.tui.world import BLUE_NSID, OWN_NSID, RED_NSID, feed, link, lose, neigh, new_session, route

KEPT = Path(__file__).parent / "snapshots"
WIDE, NARROW, TINY = (120, 36), (80, 24), (40, 12)
SCREENS: tuple[tuple[str, tuple[str, ...], tuple[int, int]], ...] = (
    ("events", (), WIDE),
    ("events", (), NARROW),
    ("events", (), TINY),
    ("paused", ("tab", "up", "up"), NARROW),
    ("help", ("?",), NARROW),
    ("kinds", ("tab", "K"), TINY),
    ("palette", (":",), NARROW),
    ("namespaces", ("2",), WIDE),
    ("namespaces", ("2",), TINY),
    ("shells", ("5",), NARROW),
)
"""Name, the keys that lead there, size."""


@pytest.mark.parametrize(("name", "keys", "size"), SCREENS, ids=lambda value: value if isinstance(value, str) else "")
async def test_it_looks_as_it_did(
    name: str, keys: tuple[str, ...], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)  # to start as root is offered to others
    # How much happens now is a matter of the clock.
    monkeypatch.setattr(Rate, "per_second", lambda _self, _count: 7)
    monkeypatch.setattr(Activity, "of", lambda _self, _key: 0)
    monkeypatch.setattr(Activity, "look", lambda _self: None)
    monkeypatch.setattr("ovltui.tui.widgets.line_style.clock", lambda time_ns: clock(time_ns, 0))
    session = new_session()
    app = OvltuiApp(session)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        feed(session, BLUE_NSID, link(2, "eth0"), route(2, "10.1.0.0", 16), neigh(2, "10.0.0.1"))
        feed(session, RED_NSID, link(2, "a-link-of-15-chr"), link(2, "a-link-of-15-chr", gone=True))
        feed(session, OWN_NSID, route(2, "10.2.0.0", 16))
        lose(session, 56)
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        text, _ = drawn(app)
    kept = KEPT / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("OVLTUI_SNAPSHOTS") == "write":
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8")
