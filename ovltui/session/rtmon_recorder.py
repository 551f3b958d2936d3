"""Records one namespace in the format of rtmon: its links first, then each message.

Source: the session's ring and tables, in a thread. Privileges: the right to write the file. Incomplete: the format has
no place for lost messages; ``lost`` counts them.
"""

import threading
import time
from collections.abc import Callable

from ovltui.capture.rtmon import entry
from ovltui.capture.sink import Sink
from ovltui.errors import OvltuiError, RecordingError
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns
from ovltui.session.progress import DEFECT, GONE, PERIOD_S, Progress
from ovltui.session.session import Session

_PATIENCE_S = 5.0
"""How long the tables of the namespace may take."""
_POLL_S = 0.05


class RtmonRecorder:
    """Records a namespace until it is closed.

    Args:
        session: where it is.
        netns: which.
        part: opens the file.

    Raises:
        OvltuiError: its events are not heard.
        RecordingError: the file cannot be made.
    """

    def __init__(self, session: Session, netns: Netns, part: Callable[[], Sink]) -> None:
        tenure = session.tenure_of(netns)
        if tenure is None:
            raise OvltuiError("the events of that namespace are not heard: it has no nsid.")
        self._session = session
        self._netns = netns
        self._tenure = tenure
        self.failure = ""
        """Why it ended by itself, a sentence; empty while it goes on."""
        self._records = 0
        self._began_ns = time.time_ns()
        self._next = 0
        self._closing = threading.Event()
        self._sink = part()
        self._thread = threading.Thread(target=self._run, name="ovltui-recorder", daemon=True)

    def start(self) -> None:
        """Begin, with the links that there are."""
        deadline = time.monotonic() + _PATIENCE_S
        contents = self._session.tables_of(self._netns)
        while contents.read_ns is None and time.monotonic() < deadline:
            time.sleep(_POLL_S)
            contents = self._session.tables_of(self._netns)
        self._next = contents.seq if contents.read_ns is not None else self._session.ring.end
        now = time.time_ns()
        for raw in contents.messages.get(Table.LINKS, ()):
            self._sink.write(entry(now, raw))
        self._thread.start()

    def close(self) -> None:
        """Write what is left and close the file; a second call does nothing.

        Raises:
            RecordingError: that failed.
        """
        if not self._closing.is_set():
            self._closing.set()
            self._thread.join()
            if not self.failure:
                self._tick()
                self._sink.close()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._sink.path, self._began_ns, self._sink.size, self._records, 1)

    def _run(self) -> None:
        ended = DEFECT
        try:
            while not self._closing.wait(PERIOD_S):
                self._tick()
            ended = ""
        except (RecordingError, BrokenPipeError) as error:
            ended = str(error) if isinstance(error, RecordingError) else GONE
        finally:
            self.failure = ended

    def _tick(self) -> None:
        ring, nsid = self._session.ring, self._tenure.nsid
        start, end = self._next, ring.end
        if start < ring.first:
            raise RecordingError(f"{self._sink.name} is too slow: {ring.first - start} records were not written.")
        self._next = end
        for block in ring.blocks(start, end):
            for seq, _, raw in block.received(start, end, (nsid,)):
                if self._session.tenures.at(nsid, seq) is self._tenure:
                    self._sink.write(entry(block.times[seq - block.first], raw))
                    self._records += 1
        self._sink.flush()
