"""A real fault on the screens: it appears, leads to the event that caused it, and leaves when it is mended."""

import re

import pytest

from tests.tui.lonely import OVLTUI, PATIENCE_S, lonely

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
_MEND = "bridge fdb replace 02:42:0a:0d:11:0c dev vxlan0 dst 192.168.56.102 self permanent"


def test_a_row_that_is_lost_is_told_with_its_cause_until_it_is_back() -> None:
    with lonely() as terminal:
        terminal.keys("L", "y")
        terminal.wait("docker2n", PATIENCE_S)
        terminal.keys("4")
        terminal.wait("Nothing wrong found.", PATIENCE_S)
        terminal.wait("no Docker Engine answers", PATIENCE_S)
        terminal.keys("1", "g", "j", "!")
        terminal.wait("run in", PATIENCE_S)
        terminal.type(f"{OVLTUI} lab break fdb-lost")
        terminal.keys("Enter")
        terminal.wait("! 1 error", PATIENCE_S)
        terminal.wait(lambda screen: re.search(r"├ mynet01 !", screen), PATIENCE_S)
        terminal.keys("C-]", "4")
        row = r"! error +[\d:]{8} open +mynet01\S*/vxlan0"
        screen = terminal.wait(lambda screen: re.search(row, screen), PATIENCE_S)
        assert "bridge fdb replace 02:42:0a:0d:11:0c" in screen
        terminal.keys("c")
        terminal.wait("PAUSED", PATIENCE_S)
        caused = r"\.\d{3}!mynet01\S* +- 02:42:0a:0d:11:0c dev vxlan0"
        terminal.wait(lambda screen: re.search(caused, screen), PATIENCE_S)
        terminal.keys("!")
        terminal.wait("run in mynet01", PATIENCE_S)
        terminal.type(_MEND)
        terminal.keys("Enter")
        terminal.wait(lambda screen: "! 1 error" not in screen, PATIENCE_S)
        terminal.keys("C-]", "4")
        screen = terminal.wait("Nothing wrong found.", PATIENCE_S)
        assert "mended: 1" in screen
