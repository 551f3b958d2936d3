"""Pages on findings and on checks: one finding whole, what a check compares, what all of them look for."""

import re
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from ovltui.checks.cases import Case
from ovltui.tui.ink import Ink
from ovltui.tui.screens.page import Page, heading
from ovltui.tui.when import moment
from ovltui.tui.widgets.case_list import CaseList

_ABOUT = re.compile(r"[A-Z][a-z]+( [a-z]+){0,2}: ")
"""``Can be wrong: ``."""


class FindingPage(Page):
    """A page on a finding; it follows how that stands.

    Args:
        case: returns it as it stands now.
        body: makes its text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "ask('cause')", "Cause", id="page.cause"),
        Binding("y", "ask('copy')", "Copy remedy", id="page.copy"),
        Binding("i", "ask('about')", "The check", id="page.about"),
    ]

    def __init__(self, case: Callable[[], Case], body: Callable[[Case], Text]) -> None:
        super().__init__()
        self._case = case
        self._body = body
        self._shown = Text()

    def title_text(self) -> str:
        """The name of the check."""
        return self._case().finding.check

    def hint(self) -> str:
        """The keys."""
        return "c its cause, y copies the remedy, i the check, esc goes back"

    def body(self) -> Text:
        """Return all that is known of it."""
        self._shown = self._body(self._case())
        return self._shown

    def follow(self) -> None:
        """Draw how it stands now."""
        before = self._shown
        if self.body() != before:
            self.query_one(Static).update(self._shown)

    def action_ask(self, what: str) -> None:
        """Ask the app for the cause, the remedy or the check."""
        case = self._case()
        wanted = {"cause": CaseList.CauseWanted, "copy": CaseList.CopyWanted}.get(what)
        self.post_message(wanted(case) if wanted else CaseList.AboutWanted(case.finding.check))


class CheckPage(Page):
    """A page on one check.

    Args:
        name: of the check.
        title: what it looks for.
        page: what it compares, and when it can be wrong.
    """

    def __init__(self, name: str, title: str, page: str) -> None:
        super().__init__()
        self._check = name
        self._looks_for = title
        self._says = page

    def title_text(self) -> str:
        """Its name."""
        return self._check

    def body(self) -> Text:
        """Return its page."""
        text = Text()
        text.append(f"{self._looks_for}\n\n", style="bold")
        text.append(f"{_paragraphs(self._says)}\n")
        return text


def _paragraphs(page: str) -> str:
    """Return a page without the line breaks inside its paragraphs, each of which begins with what it is about."""
    lines: list[str] = []
    for line in page.strip().splitlines():
        if lines and not _ABOUT.match(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def overview(verdict: str, checks: Sequence[tuple[str, str]], looked_ns: int | None, gaps: Sequence[str]) -> Text:
    """Return what was looked for, when, and what cannot be known.

    Args:
        verdict: what was found, a sentence.
        checks: names and titles of all checks.
        looked_ns: when the last look ended; None before the first.
        gaps: what cannot be known, each a sentence.
    """
    text = Text()
    text.append(f"{verdict}\n", style="bold")
    when = "not looked yet" if looked_ns is None else f"last look at {moment(looked_ns)}; again after each event"
    text.append(f"{len(checks)} checks, {when}\n", style=Ink.DIM)
    heading(text, "what cannot be known")
    for gap in gaps or ("nothing that we know of",):
        text.append(f"  {gap}\n")
    heading(text, "what is looked for")
    width = max((len(name) for name, _ in checks), default=0)
    for name, title in checks:
        text.append(f"  {name:{width}}  ", style=Ink.SOFT)
        text.append(f"{title}\n")
    return text


class OverviewPage(Page):
    """A page on all checks.

    Args:
        text: what ``overview`` made.
    """

    def __init__(self, text: Text) -> None:
        super().__init__()
        self._text = text

    def title_text(self) -> str:
        """Always the same."""
        return "checks"

    def body(self) -> Text:
        """Return the text."""
        return self._text
