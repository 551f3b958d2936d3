"""The tour, played by keys; and what a machine without anything shows first."""

import time
from collections.abc import Callable

import pytest

from ovltui.lab.tour_steps import STEPS
from tests.bed.netns import NamedNetns
from tests.bed.terminal import Terminal
from tests.tui.lonely import OVLTUI, PATIENCE_S, lonely

pytestmark = [pytest.mark.needs_root, pytest.mark.needs_tmux]
NewNetns = Callable[[str], NamedNetns]
READING_S = 0.6
"""Nobody reads a page faster; the tour looks four times a second."""
SIZES = [(120, 36), (80, 24)]
ENDS_WITH_PAGE = {"an event, whole", "how to get there by hand"}


def wait(terminal: Terminal, what: str | Callable[[str], object]) -> str:
    return terminal.wait(what, PATIENCE_S)


def wait_done(terminal: Terminal, number: int) -> str:
    title = f"tour {number}/{len(STEPS)}"
    return wait(terminal, lambda screen: title in screen and is_done(screen))


def is_done(screen: str) -> bool:
    """Return whether the frame, whole or folded, says that the step is done."""
    return "│ done: " in screen or "done, . goes on" in screen


def ends_well(terminal: Terminal) -> None:
    wait(terminal, lambda _: not terminal.alive)
    assert terminal.status == 0, terminal.text()


def read_page(terminal: Terminal) -> None:
    wait(terminal, "esc goes back")
    time.sleep(READING_S)
    terminal.keys("Escape")


def go_to(terminal: Terminal, number: int) -> None:
    """Let the tour do everything up to a step."""
    for at, step in enumerate(STEPS[: number - 1], 1):
        wait(terminal, f"tour {at}/{len(STEPS)}: {step.title}")
        if not is_done(terminal.text()):
            terminal.keys(".")
        if step.title in ENDS_WITH_PAGE:
            read_page(terminal)
        wait_done(terminal, at)
        terminal.keys(".")
    wait(terminal, f"tour {number}/{len(STEPS)}: {STEPS[number - 1].title}")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_tour_does_every_step_from_the_start_to_the_end(width: int, height: int) -> None:
    with lonely("lab", "tour", width=width, height=height) as terminal:
        go_to(terminal, len(STEPS))
        assert "10.13.17.12" in terminal.text()
        assert "╭─ tour" in terminal.text()  # the frame of the events, not the one below the drawing
        terminal.keys(".")
        wait_done(terminal, len(STEPS))
        wait(terminal, "1 netns")
        terminal.keys(".")
        wait(terminal, lambda screen: "The tour is over." in screen and "tour 16" not in screen)
        terminal.keys("q")
        ends_well(terminal)


def test_events_that_a_step_caused_are_marked_and_brought_into_sight() -> None:
    with lonely("lab", "tour", width=80, height=24) as terminal:
        go_to(terminal, 3)
        terminal.keys(".")
        wait_done(terminal, 3)
        screen = wait(terminal, lambda text: "→ labveth1i → docker1n" in text and "▸" in text)
        marked = [row for row in screen.splitlines() if "▸" in row]
        assert any("→ labveth1" in row for row in marked)
        assert "node1 → lab" in next(row for row in screen.splitlines() if "done: " in row)


def test_who_does_the_steps_by_hand_is_led_on() -> None:
    with lonely("lab", "tour") as terminal:
        go_to(terminal, 5)
        terminal.keys("Down", "Down", "Down")
        wait_done(terminal, 5)
        terminal.keys(".")
        wait(terminal, "tour 6/")
        terminal.keys("Enter")
        read_page(terminal)
        wait_done(terminal, 6)
        for number in (7, 8, 9, 10):
            terminal.keys(".")
            wait(terminal, f"tour {number}/")
            terminal.keys("s")
            wait(terminal, "ctrl+] leaves the shell, then . goes on")
            terminal.type(f"clear; {STEPS[number - 1].command}\n")
            wait_done(terminal, number)
            terminal.keys("C-]")
            wait(terminal, ". goes on   , back")
        terminal.keys(".")
        wait(terminal, "tour 11/")
        terminal.keys("Down", "Down", "Down", "Down", "Down")
        wait(terminal, "only docker1n")
        terminal.keys("!")
        wait(terminal, "run in docker1n")
        terminal.type("ping -c 3 10.13.17.12")
        terminal.keys("Enter")
        wait_done(terminal, 11)


def test_the_drawing_stands_whole_above_the_frame_of_the_tour() -> None:
    drawn = ("┌ docker1n", "─ br0", "─ vxlan0", "┌ node1", "│ docker2n")
    with lonely("lab", "tour", width=80, height=24) as terminal:
        go_to(terminal, 3)
        terminal.keys(".")
        wait_done(terminal, 3)
        terminal.keys("3")
        wait(terminal, lambda screen: all(word in screen for word in (*drawn, "tour 3/", "; unfolds")))
        terminal.resize(120, 36)
        terminal.keys(";")
        wait(terminal, lambda screen: all(word in screen for word in (*drawn, STEPS[2].text[0], "1 leads to")))
        terminal.keys(".")
        wait(terminal, lambda screen: "╭─ tour 4/" in screen and "╭─ link" in screen)


def test_the_tour_folds_goes_back_and_asks_before_it_ends() -> None:
    with lonely("lab", "tour", width=80, height=24) as terminal:
        wait_done(terminal, 1)
        terminal.keys(".")
        wait(terminal, "tour 2/")
        terminal.keys(",")
        wait(terminal, "tour 1/")
        terminal.keys(";")
        wait(terminal, lambda screen: "; unfolds" in screen and STEPS[0].text[0] not in screen)
        terminal.keys(";")
        wait(terminal, STEPS[0].text[0])
        terminal.keys("Escape")
        wait(terminal, "end the tour?")
        terminal.keys("n")
        wait(terminal, lambda screen: "end the tour?" not in screen and "tour 1/" in screen)
        terminal.keys("Escape")
        wait(terminal, "end the tour?")
        terminal.keys("y")
        wait(terminal, lambda screen: "tour 1/" not in screen)


def test_a_lab_that_the_tour_built_goes_when_its_guest_says_so() -> None:
    with lonely("lab", "tour", width=80, height=24) as terminal:
        go_to(terminal, 3)
        terminal.keys("Escape")
        wait(terminal, "Remove it?")
        terminal.keys("Escape")
        wait(terminal, lambda screen: "Remove it?" not in screen and "tour 3/" in screen)
        terminal.keys("Escape")
        wait(terminal, "Remove it?")
        terminal.keys("y")
        wait(terminal, lambda screen: "1 netns" in screen and "tour 3/" not in screen)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_two_keystrokes_lead_from_nothing_to_a_live_overlay(width: int, height: int) -> None:
    with lonely(width=width, height=height) as terminal:
        wait(terminal, "nothing to see yet: L builds an overlay network to practise on (ovltui lab up)")
        terminal.keys("L")
        wait(terminal, lambda screen: "The lab is up. L again" in screen and "nothing to see" not in screen)
        terminal.keys("L")
        wait(terminal, "64 bytes from 10.13.17.12")
        wait(terminal, lambda screen: "02:42:0a:0d:11:0b" in screen and "+ 10.13.17.1" in screen)
        terminal.keys("q")
        wait(terminal, lambda screen: "Remove it?" in screen and "ping 10.13.17.12" in screen)
        terminal.keys("y")
        ends_well(terminal)


def test_an_ordinary_user_is_told_what_root_could_do() -> None:
    with lonely(root=False) as terminal:
        wait(terminal, "U starts again under sudo, then L builds a lab")
        terminal.keys("L")
        wait(terminal, "which needs root")


def leave_page(terminal: Terminal) -> None:
    terminal.keys("Escape")
    wait(terminal, lambda screen: "esc goes back" not in screen)


def choose(terminal: Terminal, command: str) -> None:
    terminal.keys(":")
    wait(terminal, "some of its letters")
    terminal.type(command)
    wait(terminal, lambda screen: screen.count(command) >= 2)
    terminal.keys("Enter")


def test_the_commands_build_break_check_and_remove_the_lab() -> None:
    with lonely() as terminal:
        choose(terminal, "Lab: up")
        wait(terminal, "2 containers")
        choose(terminal, "Lab: break something")
        wait(terminal, "Find out why, and mend it")
        leave_page(terminal)
        choose(terminal, "Lab: hint")
        wait(terminal, "a hint")
        leave_page(terminal)
        choose(terminal, "Lab: check")
        wait(terminal, "not repaired: ")
        leave_page(terminal)
        choose(terminal, "Lab: down")
        wait(terminal, "1 netns")


def test_the_tour_begins_from_the_commands_on_every_screen() -> None:
    with lonely() as terminal:
        terminal.keys("2")
        wait(terminal, "1 Events")
        choose(terminal, "Lab: tour")
        wait(terminal, "tour 1/")


def test_where_there_is_something_to_see_a_lab_is_built_only_by_a_second_word(new_netns: NewNetns) -> None:
    with Terminal(100, 30, [OVLTUI, "--no-docker"]) as terminal:
        name = new_netns("tuilab").name
        screen = wait(terminal, name)
        assert "nothing to see" not in screen
        terminal.keys("L")
        wait(terminal, "build a lab?")
        terminal.keys("n")
        wait(terminal, lambda text: "build a lab?" not in text)
        assert "The lab is up" not in terminal.text()


def test_in_a_low_terminal_without_unicode_the_events_keep_their_room() -> None:
    with lonely("lab", "tour", "--ascii", width=60, height=12) as terminal:
        screen = wait(terminal, "; unfolds")
        assert "tour 1/16: a screen that listens" in screen
        assert STEPS[0].text[0] not in screen
        terminal.resize(80, 24)
        terminal.keys(";")
        wait(terminal, STEPS[0].text[0])
        for number in (2, 3):
            terminal.keys(".")
            wait(terminal, f"tour {number}/")
            terminal.keys(".")
            wait(terminal, "| done: ")
        screen = wait(terminal, "node1 > labveth1")
        assert all(row.isascii() for row in screen.splitlines()[-9:-1])
