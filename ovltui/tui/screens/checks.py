"""The screen of checks: what is wrong, worst first, and the chosen finding whole; else what was looked for."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Finding
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.tui.diagnosis import Diagnosis
from ovltui.tui.screens import about
from ovltui.tui.screens.case_text import case_text
from ovltui.tui.screens.check_pages import FindingPage, overview
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.verdicts import netns_of
from ovltui.tui.widgets.case_list import CaseList
from ovltui.tui.widgets.case_words import Key, Place
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.prose import Prose
from ovltui.tui.widgets.status import Rate, StatusLine, status_of

_TALL = 18
"""Lines from which the chosen finding stands below the list."""
_FRAME = 2


class ChecksScreen(ListScreen):
    """Findings.

    Args:
        session: whose namespaces and events.
        diagnosis: returns who looks for what is wrong; None where nobody does.
        place: returns where a finding is.
        ascii_only: draw with ASCII alone.
    """

    kind = "checks"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "app.shell_pane", "Shell", priority=True, id="shell.pane"),
        Binding("S", "app.shell", "Full-screen shell", show=False, id="shell.full"),
        Binding("a", "all", "All", id="checks.all"),
        Binding("pagedown", "scroll(1)", "Text down", show=False, priority=True, id="checks.page_down"),
        Binding("pageup", "scroll(-1)", "Text up", show=False, priority=True, id="checks.page_up"),
    ]
    ABOUT = about.CHECKS
    WHAT = "findings"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012  (as the base has it)
    DEFAULT_CSS = """
    ChecksScreen {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & CaseList { height: 1fr; }
        & #case {
            display: none; height: 1fr; border: $frame $border; border-title-color: $dim; padding: 0 1;
            border-subtitle-color: $dim; scrollbar-size-vertical: 1; scrollbar-color: $border;
            scrollbar-background: $background;
        }
        &.-tall #case { display: block; }
    }
    """

    def __init__(
        self,
        session: Session,
        diagnosis: Callable[[], Diagnosis | None],
        place: Callable[[Finding], Place],
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._diagnosis = diagnosis
        self._snapshot: Snapshot | None = None
        self._place = place
        self._places: dict[Key, Place] = {}
        self._places_version = -1
        self._keys: frozenset[NetnsKey] = frozenset()
        self._label = ""
        self._rate = Rate(session.ring.end)
        self._shown = Text()

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield Static("", id="heading", markup=False)
        yield CaseList(id="cases")
        with VerticalScroll(id="case", can_focus=False):
            yield Prose("", markup=False)
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw; how much happens is looked at each second."""
        cases = self.query_one(CaseList)
        cases.ascii_only = self.has_class("-ascii")
        cases.narrow(self._keys)
        self.set_focus(cases)
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self.paint)

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        self._snapshot = self._session.snapshot()
        self._tick()
        return False

    def chosen(self) -> Row | None:
        """The namespace of the chosen finding."""
        current = self.query_one(CaseList).current
        key = netns_of(current.finding) if current else None
        rows = self._snapshot.rows if self._snapshot else ()
        return next((row for row in rows if row.netns.key == key), None)

    def filtered(self) -> CaseList:
        """The list."""
        return self.query_one(CaseList)

    def narrow(self, keys: frozenset[NetnsKey], label: str) -> None:
        """Show only what is wrong in some namespaces; with none, in all.

        Args:
            keys: which.
            label: what they are called.
        """
        self._keys, self._label = keys, label
        if self.is_mounted:
            self.query_one(CaseList).narrow(keys)
            self._tick()

    def come_back(self) -> None:
        """Begin with what is wrong now, not with what was mended while the user was elsewhere."""
        if self.is_mounted:
            self.query_one(CaseList).let_go()

    def case_now(self, case: Case) -> Case:
        """Return a finding as it stands now."""
        listed = (*self._cases()[0], *self._cases()[1])
        return next((one for one in listed if one.finding.key == case.finding.key), case)

    def overview(self) -> Text:
        """Return what was looked for, when, and what cannot be known."""
        from ovltui.checks.table import CHECKS  # noqa: PLC0415  (the first screen does not wait for it)

        diagnosis = self._diagnosis()
        gaps = diagnosis.gaps() if diagnosis else ("nothing is checked here: no living host is looked at",)
        looked = diagnosis.looked.when_ns if diagnosis else None
        checks = [(check.name, check.title) for check in CHECKS] if diagnosis else []
        return overview(self._verdict(), checks, looked, (*gaps, *(self._snapshot.gaps if self._snapshot else ())))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer all namespaces only while the list is narrowed."""
        return super().check_action(action, parameters) and (action != "all" or bool(self._keys))

    def action_all(self) -> None:
        """Show what is wrong in all namespaces."""
        self.narrow(frozenset(), "")
        self.refresh_bindings()

    def action_back(self) -> None:
        """Undo the filter, then the narrowing, else go back to the events."""
        if self._keys and not self.filtered().filter:
            self.action_all()
        else:
            super().action_back()

    def action_scroll(self, by: int) -> None:
        """Scroll the finding by pages; where all of it is in sight, the list."""
        case = self.query_one("#case")
        if case.display and case.max_scroll_y:
            case.scroll_relative(y=by * max(1, case.size.height - 1), animate=False)
        else:
            self.query_one(CaseList).action_page(by)

    @on(CaseList.Moved)
    def _follow(self) -> None:
        """Another finding is chosen, or other columns have room now."""
        self._show_case()
        self._arrange()

    def _show_case(self) -> None:
        """Show the chosen finding below the list, or what was looked for."""
        current = self.query_one(CaseList).current
        text = case_text(current, self._place_now(current.finding), self._session) if current else self.overview()
        if text != self._shown:
            self._shown = text
            frame = self.query_one("#case")
            frame.border_title = Text(current.finding.check if current else "what was checked")
            frame.query_one(Static).update(text)
            self.call_after_refresh(self._arrange)  # once it is laid out

    @on(CaseList.Opened)
    def _open(self, event: CaseList.Opened) -> None:
        def body(case: Case) -> Text:
            return case_text(case, self._place_now(case.finding), self._session)

        self.app.push_screen(FindingPage(lambda: self.case_now(event.case), body))

    def _cases(self) -> tuple[tuple[Case, ...], list[Case]]:
        """Return what is wrong, worst first, and what was mended, newest first."""
        diagnosis = self._diagnosis()
        if diagnosis is None:
            return (), []
        looked = diagnosis.looked
        log = [change.case for change in reversed(looked.log) if change.case.standing is Standing.MENDED]
        return looked.cases, log

    def _tick(self) -> None:
        """Draw what is new; not while another screen is in the place of this one."""
        if not self.in_sight or self._snapshot is None:
            return
        open_cases, mended = self._cases()
        self._locate([case.finding for case in (*mended, *open_cases)])
        cases, diagnosis = self.query_one(CaseList), self._diagnosis()
        looked = diagnosis is not None and bool(diagnosis.looked.when_ns)
        cases.says = "nothing wrong found" if looked else "not looked yet"
        cases.set_class(looked, "-looked")
        cases.show(open_cases, mended, self._places)
        self._show_case()
        self._arrange()
        rate = self._rate.per_second(self._session.ring.end)
        self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)

    def _place_now(self, finding: Finding) -> Place:
        return self._places.get(finding.key) or self._place(finding)

    def _locate(self, findings: Iterable[Finding]) -> None:
        """Find out where findings are, again only where names may be others by now."""
        known = self._places if self._places_version == self._session.version else {}
        self._places_version = self._session.version
        self._places = {finding.key: known.get(finding.key) or self._place(finding) for finding in findings}

    def _arrange(self) -> None:
        """Give the list the lines that it needs, half of the screen at most, and say in its frame what it lists."""
        cases, heading = self.query_one(CaseList), self.query_one("#heading", Static)
        tall = self.has_class("-tall")
        wanted = min(max(cases.row_count, 1) + _FRAME, self.size.height // 2)
        height = wanted if tall else "1fr"
        if cases.styles.height is None or str(cases.styles.height) != str(height):
            cases.styles.height = height
        title = f"findings in {self._label}" if self._keys else "findings"
        title += ": none now" if cases.row_count and not cases.listed and not cases.filter else ""
        if str(cases.border_title) != title:
            cases.border_title = Text(title)
        elsewhere = cases.elsewhere
        says = f"{elsewhere} elsewhere: a shows all" if elsewhere and self._keys else ""
        if cases.border_subtitle != says:
            cases.border_subtitle = says
        case = self.query_one("#case")
        more = "PgDn: more   enter: all of it" if tall and case.max_scroll_y else ""
        if case.border_subtitle != more:
            case.border_subtitle = more
        words = cases.heading()
        if str(heading.render()) != words:
            heading.update(words)

    def _verdict(self) -> str:
        cases = self.query_one(CaseList)
        where = f" in {self._label}" if self._keys else ""
        diagnosis = self._diagnosis()
        if diagnosis is None or diagnosis.looked.when_ns is None:
            return f"Nothing was looked at{where} yet."
        elsewhere = f" {cases.elsewhere} elsewhere: a shows all." if cases.elsewhere else ""
        found = f"{cases.listed} found{where}" if cases.listed else f"Nothing wrong found{where}"
        return f"{found}.{elsewhere}"
