"""A terminal that reads nothing for a while, as a frozen ssh client does, costs no event and leaves the keys alive."""

import time
from pathlib import Path

import pytest

from tests.bed.netns import ip
from tests.bench.screen import Screen
from tests.tui.panes import OVLTUI, NewNetns

ROUTES = 20_000
FROZEN_S = 5.0
REDRAWN = 60
"""Paintings that fill the queue to the terminal, so that the next one waits; an even number."""


@pytest.mark.needs_root
def test_what_happens_while_nothing_is_read_is_there_afterwards(new_netns: NewNetns, tmp_path: Path) -> None:
    made = new_netns("frozen")
    batch = tmp_path / "batch"
    nets = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in range(ROUTES))
    batch.write_text("".join(f"route add {net} dev lo\n" for net in nets), encoding="ascii")
    with Screen(120, 36, [OVLTUI, "--no-docker"]) as screen:
        screen.wait(b"LIVE", patience_s=40)
        screen.wait(made.name.encode(), patience_s=20)
        screen.press(b"\tz", b"link")
        screen.freeze()
        screen.type(b"z" * REDRAWN)
        begun = time.monotonic()
        ip("-n", made.name, "-batch", str(batch))
        time.sleep(max(0.0, FROZEN_S - (time.monotonic() - begun)))
        screen.go_on()
        screen.press(b"z\t", b"route")
        screen.press(b"/", b"filter")
        screen.press(f"netns:{made.name} /10[.][0-9]+[.][0-9]/\r".encode(), f"{ROUTES} lines pass".encode())
