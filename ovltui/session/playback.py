"""What plays a recording: a thread that brings a session to the moment that is wanted, for whoever draws.

Source: ``session.player``. Privileges: the right to read the file. Nobody waits for it: what is wanted is noted, the
newest wish counts, and listeners are told when the moment is there. Incomplete: as the recording.
"""

import threading
import time
from dataclasses import dataclass, replace

from ovltui.session.looking import Looked
from ovltui.session.player import Player
from ovltui.session.rechecks import BEFORE_NS, NOT_RECORDED, Rechecks
from ovltui.session.replay import ReplaySession
from ovltui.session.replayed import Replayed
from ovltui.session.timeline import Timeline, counts, timeline

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0)
"""How many seconds of the recording a second takes."""
_NORMAL = SPEEDS.index(1.0)
_PERIOD_S = 0.1
"""Seconds between two moments while it plays."""
_CHECK_S = 0.5
"""Seconds between two looks of the checks while it plays, where these are made anew."""
_END_S = 0.3
"""Seconds that whoever leaves waits for the thread."""
_NS = 10**9


@dataclass(frozen=True, slots=True)
class Moment:
    """Where it is; replaced as a whole."""

    session: ReplaySession
    """As it was then."""
    time_ns: int
    """In nanoseconds since the epoch."""
    looked: Looked
    """What was wrong then."""
    playing: bool = False
    speed: float = 1.0


class Playback:
    """Plays one recording; ``start`` and ``close`` it.

    Args:
        player: the recording.
        at_ns: where to begin, in nanoseconds since the epoch; None for the beginning.
    """

    def __init__(self, player: Player, at_ns: int | None = None) -> None:
        self._player = player
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._goal_ns = at_ns
        self._steps = 0
        self._play: bool | None = None
        self._speed = _NORMAL
        self._has_judged = False
        self._rechecks: Rechecks | None = None
        self._next_look = 0.0
        self._found: dict[tuple[object, ...], int] = {}
        self.moment = Moment(player.session, player.start_ns, Looked())
        """Where it is."""
        self.timeline = Timeline(player.start_ns, player.end_ns)
        """What there is, over all its time; soon with all that happened."""
        self.session = Replayed(player.session)
        """For the screens."""
        self._thread = threading.Thread(target=self._run, name="ovltui-playback", daemon=True)

    @property
    def name(self) -> str:
        """The file, clean text."""
        return self._player.name

    @property
    def missing(self) -> tuple[str, ...]:
        """What could not be read, each a sentence."""
        return self._player.missing

    def start(self) -> None:
        """Begin, not playing."""
        self._thread.start()

    def close(self) -> None:
        """End the thread and close the file; where it is on its way through a long recording, it does so at its end."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_END_S)
        else:  # it was never started
            self._player.close()

    def seek(self, time_ns: int) -> None:
        """Go to a time, in nanoseconds since the epoch."""
        with self._lock:
            self._goal_ns = min(max(time_ns, self.timeline.start_ns), self.timeline.end_ns)
            self._steps = 0
        self._wake.set()

    def jump(self, by_ns: int) -> None:
        """Go on or back by nanoseconds, from where it is or is going to."""
        goal = self._goal_ns
        self.seek((self.moment.time_ns if goal is None else goal) + by_ns)

    def step(self, by: int) -> None:
        """Go on or back by records, and play no further."""
        with self._lock:
            self._steps += by
            self._play = False
        self._wake.set()

    def toggle(self) -> None:
        """Play, or stop; at the end, play from the beginning."""
        with self._lock:
            play = not (self.moment.playing if self._play is None else self._play)
            if play and self.moment.time_ns >= self.timeline.end_ns:
                self._goal_ns = self.timeline.start_ns
            self._play = play
        self._wake.set()

    def change_speed(self, by: int) -> None:
        """Play faster or slower."""
        self._speed = min(max(self._speed + by, 0), len(SPEEDS) - 1)
        self._wake.set()

    def take_over(self) -> bool:
        """Let the session of the screens be at this moment; return whether it is another one than before."""
        return self.session.take_over(self.moment.session)

    @property
    def looked(self) -> Looked:
        """What was wrong at this moment."""
        return self.moment.looked

    def findings(self) -> tuple[int, ...]:
        """Return when findings opened, ascending; where that was not recorded, of those that were found so far."""
        return self.timeline.findings if self._has_judged else tuple(sorted(set(self._found.values())))

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be looked at, each a sentence."""
        return () if self._has_judged else (NOT_RECORDED,)

    def ask(self) -> None:
        """Do nothing: what was, stays."""

    def _run(self) -> None:
        try:
            self._follow()
        finally:
            self._player.close()

    def _follow(self) -> None:
        """Be where it is wanted, until it is closed."""
        self._has_judged = next(self._player.judgements(), None) is not None
        if self._goal_ns is None:
            self._take(self._player.session, self.moment.time_ns)
        self.timeline = timeline(self._player)
        self._tell()
        begun = time.monotonic()
        while not self._closing.is_set():
            self._wake.wait(_PERIOD_S if self.moment.playing else None)
            self._wake.clear()
            now = time.monotonic()
            if not self._closing.is_set():
                self._move(round((now - begun) * _NS) if self.moment.playing else 0)
            begun = now

    def _move(self, passed_ns: int) -> None:
        """Go to where it is wanted, else on by the time that has passed."""
        with self._lock:
            goal, steps, play = self._goal_ns, self._steps, self._play
            self._goal_ns, self._steps, self._play = None, 0, None
        playing = self.moment.playing if play is None else play
        if goal is not None:
            self._take(self._sought(goal), goal)
        if steps:
            self._step(steps)
        elif goal is None and playing and passed_ns:
            self._play_on(passed_ns)
        over = self.moment.time_ns >= self.timeline.end_ns
        self.moment = replace(self.moment, playing=playing and not over, speed=SPEEDS[self._speed])
        self._tell()

    def _sought(self, goal_ns: int) -> ReplaySession:
        if self._has_judged:
            return self._player.seek_ns(goal_ns)
        self._look_before(goal_ns)
        return self._player.play_to(goal_ns)

    def _look_before(self, time_ns: int) -> None:
        """Let the checks look at what was some seconds before."""
        before_ns = max(time_ns - BEFORE_NS, self.timeline.start_ns)
        self._rechecks = Rechecks(self._player.seek_ns(before_ns))
        self._rechecks.look(before_ns)

    def _step(self, by: int) -> None:
        player = self._player
        seq = min(max(player.session.ring.end + by, player.first), player.end)
        time_ns = player.time_of(seq - 1)
        if by < 0 and self._has_judged:
            player.seek(seq)
        elif by < 0:
            self._look_before(time_ns)
        self._take(player.step(seq - player.session.ring.end), time_ns)

    def _play_on(self, passed_ns: int) -> None:
        time_ns = min(self.moment.time_ns + round(passed_ns * self.moment.speed), self.timeline.end_ns)
        session = self._player.play_to(time_ns)
        look = self._has_judged or time.monotonic() >= self._next_look
        self._take(session, time_ns, look=look)

    def _take(self, session: ReplaySession, time_ns: int, *, look: bool = True) -> None:
        looked = self._look(session, time_ns) if look else self.moment.looked
        self.moment = replace(self.moment, session=session, time_ns=time_ns, looked=looked)

    def _look(self, session: ReplaySession, time_ns: int) -> Looked:
        if self._has_judged:
            judged = session.judged
            return Looked(judged.cases, judged.log, time_ns) if judged else Looked()
        if self._rechecks is None:
            self._rechecks = Rechecks(session)
        begun = time.monotonic()
        looked = self._rechecks.look(time_ns)
        self._next_look = time.monotonic() + max(_CHECK_S, time.monotonic() - begun)
        self._found |= {
            one: min(time_ns, self._found.get(one, time_ns))
            for one in ((case.finding.key, case.since_ns) for case in looked.cases if counts(case))
        }
        return looked

    def _tell(self) -> None:
        if not self._closing.is_set():
            self.session.tell()
