"""How far a recording is: what both recorders tell. Pure values."""

from dataclasses import dataclass

PERIOD_S = 0.25
"""Seconds between two looks of a recorder: what happened since the last one is lost with the process."""
GONE = "nobody reads the recording any more."
"""Why a recording into a pipe ended."""
DEFECT = "the recorder broke off by a defect of its own."
"""Why a recording ended where nothing else is known; the traceback is on stderr."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A recording that goes on."""

    path: str
    began_ns: int
    size: int
    """Bytes of the file that is being written."""
    records: int
    parts: int
    """How many files there are by now."""
