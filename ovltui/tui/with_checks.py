"""What the app does about findings: their screen, their marks on the others, a notice of each error that appears.

Source: ``session.findings``. Privileges: none of its own. Nothing is mended here: commands are copied, never run.
"""

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.screen import Screen

from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.tui.clipboard import copy
from ovltui.tui.screens.events import EventsScreen
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.screens.page import Page
from ovltui.tui.verdicts import Verdicts, is_error, netns_of, verdicts
from ovltui.tui.widgets.browser import Browser
from ovltui.tui.with_netns import AppWithNetns

if TYPE_CHECKING:
    from ovltui.checks.cases import Case
    from ovltui.checks.finding import Finding
    from ovltui.tui.diagnosis import Diagnosis
    from ovltui.tui.screens.checks import ChecksScreen
    from ovltui.tui.widgets.case_list import CaseList
    from ovltui.tui.widgets.case_words import Place

CHECK_KEYS = (
    Binding("4", "show_checks", "Checks", id="screen.checks"),
    Binding("x", "check", "Check it", show=False, id="checks.check"),
)
"""Keys that lead to the findings."""
_CHECKS = "checks"
_LEAD_THERE = ("show_checks", "check")
_READ_S = 8
_ROOMY = (60, 18)
"""Columns and lines from which a notice leaves enough to be seen beside it; below, the status line says it alone."""
_AGAIN_NS = 60 * 10**9
"""What comes back sooner is not announced once more."""


class AppWithChecks(AppWithNetns):
    """An app that shows what is wrong.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self.diagnosis: Diagnosis | None = None
        """Who looks for what is wrong; None before, and where nobody does."""
        self.verdicts = Verdicts()
        """What is wrong, as all screens mark it."""
        self._judged: tuple[object, ...] = ()
        self._announced: dict[tuple[object, ...], int] = {}
        self._checks: ChecksScreen | None = None

    def start_checks(self) -> None:
        """Begin to look for what is wrong."""
        if isinstance(self._session, LiveSession):
            self._session.start_checks()
            self.diagnosis = self._session.findings

    def judge(self) -> None:
        """Take in what is wrong now, before anything is painted."""
        looked = self.diagnosis.looked if self.diagnosis else None
        if looked and (looked.cases, looked.log) != self._judged:
            self._judged = (looked.cases, looked.log)
            self.verdicts = verdicts(looked.cases, looked.log)
            self._announce([case for case in looked.cases if is_error(case)])
            if isinstance(self.screen, Page):
                self.screen.follow()
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen):
                screen.verdicts = self.verdicts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to go to the findings from all other main screens."""
        allowed = action not in _LEAD_THERE or self.may_go_to(_CHECKS)
        allowed &= action != "check" or isinstance(self.screen, MainScreen)
        return allowed and super().check_action(action, parameters)

    def action_show_checks(self) -> None:
        """Go to the screen of findings, with nothing in the way that is said there anyhow."""
        self.clear_notifications()
        screen = self._checks_screen()
        elsewhere = self.screen is not screen
        self.show_main(_CHECKS)
        if elsewhere:
            self.call_after_refresh(screen.come_back)

    def action_check(self) -> None:
        """Look again, and show what is wrong in the chosen namespace or network, or in all."""
        row = self.chosen()
        keys, label = (frozenset((row.netns.key,)), row.identity.name) if row else _of_network(self.screen)
        if self.diagnosis:
            self.diagnosis.ask()
        self._checks_screen().narrow(keys, label)
        self.action_show_checks()

    def on_case_list_cause_wanted(self, event: "CaseList.CauseWanted") -> None:
        """Show the event that caused a finding."""
        seq = event.case.cause
        if seq is None:
            self.notify("No event is known that caused it.", timeout=_READ_S, markup=False)
            return
        while not isinstance(self.screen, MainScreen):
            self.pop_screen()
        self.action_show_events()
        self.call_after_refresh(self._go_to_record, seq)

    def on_case_list_events_wanted(self, event: "CaseList.EventsWanted") -> None:
        """Show the events of the namespace that a finding is in."""
        key = netns_of(event.case.finding)
        if key is None:
            self.notify("It is in no one namespace.", timeout=_READ_S, markup=False)
            return
        self.action_show_events()
        self.screen.query_one(Browser).choose(key)

    async def on_case_list_copy_wanted(self, event: "CaseList.CopyWanted") -> None:
        """Copy the commands that would mend a finding."""
        remedies = event.case.finding.remedies
        if not remedies:
            self.notify("No command is known that mends it.", timeout=_READ_S, markup=False)
            return
        done = await copy(self, "\n".join(remedies[0].commands) + "\n")
        says = f"{done} Risk: {remedies[0].risk}"
        self.notify(says, timeout=_READ_S, markup=False)

    def on_case_list_about_wanted(self, event: "CaseList.AboutWanted") -> None:
        """Explain a check, or what all of them look for."""
        from ovltui.checks.table import CHECKS  # noqa: PLC0415  (as above)
        from ovltui.tui.screens.check_pages import CheckPage, OverviewPage  # noqa: PLC0415  (as above)

        check = next((check for check in CHECKS if check.name == event.check), None)
        if check:
            self.push_screen(CheckPage(check.name, check.title, check.page))
        else:
            self.push_screen(OverviewPage(self._checks_screen().overview()))

    def _checks_screen(self) -> "ChecksScreen":
        if self._checks is None:
            from ovltui.tui.screens.checks import ChecksScreen  # noqa: PLC0415  (the first screen does not wait for it)

            self._checks = ChecksScreen(
                self._session, lambda: self.diagnosis, self._place_of, ascii_only=self._ascii_only
            )
            self.install_screen(self._checks, _CHECKS)
        return self._checks

    def _place_of(self, finding: "Finding") -> "Place":
        from ovltui.session.whereabouts import netns_name, where  # noqa: PLC0415  (as above)
        from ovltui.tui.widgets.case_words import Place  # noqa: PLC0415  (as above)

        topology = self.wiring.look()
        name = netns_name(finding, topology, self._session)
        return Place(name or "", where(finding, topology, self._session))

    def _go_to_record(self, seq: int) -> None:
        if isinstance(self.screen, EventsScreen) and not self.screen.show_record(seq):
            self.notify("The event that caused it is no longer kept.", timeout=_READ_S, markup=False)

    def _announce(self, errors: "list[Case]") -> None:
        """Say once that something is wrong, unless the findings are in sight."""
        fresh = []
        for case in errors:
            last = self._announced.get(case.finding.key)
            if last is None or case.since_ns - last > _AGAIN_NS:
                fresh.append(case)
            self._announced[case.finding.key] = case.since_ns
        roomy = self.size.width >= _ROOMY[0] and self.size.height >= _ROOMY[1]
        painted = self.painted_screen()
        if not fresh or not roomy or (painted and painted.kind == _CHECKS):
            return
        more = f"\n4 shows it and {len(fresh) - 1} more" if len(fresh) > 1 else "\n4 shows it"
        self.notify(f"{fresh[0].finding.says}{more}", severity="error", title="! error", timeout=_READ_S, markup=False)


def _of_network(screen: Screen[object]) -> tuple[frozenset[NetnsKey], str]:
    """Return the namespaces at the cursor of the browser, where a network is chosen there; none for all."""
    if not isinstance(screen, EventsScreen):
        return frozenset(), ""
    entry = screen.query_one(Browser).current
    return entry.keys, entry.scope
