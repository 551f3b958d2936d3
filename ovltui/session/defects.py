"""Checks that fail by a defect of our own: said as a finding, with the report of it in a file of the user's own.

Source: what a check raises. Privileges: to write to the temporary directory; where that fails, the finding says so.
Incomplete: a report holds names of this machine, and is kept once for each place in the code that failed.
"""

import os
import tempfile
import traceback

from ovltui.checks.finding import Evidence, Finding, Severity
from ovltui.text import clean

SUBJECT = "defect"
"""Of findings that say that a check failed."""
ALL = "all"
"""Name for the checks where none of them alone failed."""
_MOST = 16
"""Reports that are written at most."""
_Place = tuple[str, str, int]


def write_report(trace: str) -> str:
    """Keep the trace of a defect in a file of the user's own; return its path.

    Raises:
        OSError: it cannot be written.
    """
    fd, path = tempfile.mkstemp(prefix="ovltui-defect-", suffix=".txt")
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(trace)
    return path


def is_defect(finding: Finding) -> bool:
    """Return whether a finding says that its check failed."""
    return finding.subject == SUBJECT and finding.netns is None and finding.link is None


class Defects:
    """Words defects as findings; one thread uses it."""

    def __init__(self) -> None:
        self._reports: dict[_Place, str] = {}

    def finding(self, check: str, error: Exception) -> Finding:
        """Return the finding that says that a check failed."""
        who = "all checks" if check == ALL else f"the check {check}"
        what = clean(f"{type(error).__name__}: {error}".strip().rstrip(".:"))
        return Finding(
            check=check,
            severity=Severity.WARNING,
            netns=None,
            link=None,
            subject=SUBJECT,
            says=f"{who} failed by a defect of ovltui ({what}).",
            consequence="what is looked for there may be wrong, and is not told.",
            evidence=(Evidence("report", self._report(check, error)),),
            settles=False,
        )

    def _report(self, check: str, error: Exception) -> str:
        """Return the path of the report, or why there is none."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (check, type(error).__name__, frames[-1].lineno or 0 if frames else 0)
        if place not in self._reports and len(self._reports) < _MOST:
            try:
                self._reports[place] = write_report("".join(traceback.format_exception(error)))
            except OSError as refused:
                self._reports[place] = f"none, it cannot be written ({refused.strerror})"
        return self._reports.get(place, f"none, there are {_MOST} already")
