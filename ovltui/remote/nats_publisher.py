"""Publishes the recording of this host, part after part, as a recorder writes it.

Source: the recorder, four times a second. Privileges: to publish below ``ovltui``, and to make the stream where there
is none. Whoever records never waits: ticks wait here, up to ``MOST_BYTES``. Incomplete: what is more is left out, to
the end of its part, and counted; a new part begins with all that is known then.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom

from nats.js.api import DiscardPolicy, StreamConfig
from nats.js.errors import NotFoundError

from ovltui.errors import RemoteError
from ovltui.remote.nats_client import ANSWER_S, NatsClient, NatsError, sentence
from ovltui.remote.nats_subjects import KEPT, STREAM, Class, Published
from ovltui.remote.nats_ticks import Divided, Packed, beat, divided, ending, messages, packed

MOST_BYTES = 16 << 20
"""Bytes that may wait for the server."""
FRAME_S, FRAME_MOST_S = 60.0, 900.0
"""Seconds after which a part begins anew, so that a viewer that joins finds a frame not much older; with large frames
it is longer, up to the second of these. For each host it is longer by another share, up to ``_SPREAD``."""
FRAME_RATE = 1024
"""Bytes a second that frames may cost."""
PART_BYTES = 32 << 20
"""Bytes after which it does."""
BEAT_S = 2.5
"""Seconds without a message after which the host says that it is there."""
KEEP_S = 24 * 3600
KEEP_BYTES = 1 << 30
"""What a stream that we make keeps."""
MESSAGE_BYTES = 256 << 10
"""Bytes of a message, where the server takes as many."""
SPREAD_S = 3.0
"""Seconds within which hosts publish a frame once the server is back, each at another time."""
_SPREAD = 0.2
"""By which share a host's frames come later than those of others that began together with it, at most."""
_END_S = 1.0
"""Seconds that the server may take for the last message."""
_RETRY_S = 1.0
_HEADER_ROOM = 1024


@dataclass(frozen=True, slots=True)
class _Tick:
    packed: Packed
    anew: bool
    number: int


class Publisher:
    """Publishes one run of a recorder; ``close`` it.

    Args:
        client: the connection.
        host: under which subjects.

    Raises:
        RemoteError: no stream takes them, and none can be made.
    """

    def __init__(self, client: NatsClient, host: Published) -> None:
        self._client = client
        self._host = host
        self._run_ns = time.time_ns()
        self._lock = threading.Lock()
        self._queue: deque[_Tick] = deque()
        self._waiting = 0
        self._number = 0
        self._broken = False
        self._closing = False
        self.lost = 0
        """Events that were left out, since the server did not take them in time."""
        self.sent = 0
        """Bytes that the server has taken."""
        self.refused = ""
        """Why it took nothing lately, a part of a sentence; empty while it does."""
        self._quiet_since = time.monotonic()
        self._absences = client.absences
        self._share = SystemRandom().random()
        """Of what is spread: where in between this host stands."""
        self._back = 0.0
        self.frame = 0
        """Bytes of the newest frame."""
        self.made = self._client.ask(self._ensure_stream(), 3 * ANSWER_S)
        """Whether the stream was made now."""
        self._wake = asyncio.Event()
        self._end = client.go(self._publish())

    @property
    def address(self) -> str:
        """Where it goes."""
        return f"{self._client.server}"

    @property
    def trouble(self) -> str:
        """Why nothing is taken now, a sentence; empty while all is."""
        refused = f"{self.address} takes nothing: {self.refused}" if self.refused else ""
        return self._client.trouble or refused

    @property
    def frame_s(self) -> float:
        """Seconds after which a part begins anew."""
        return min(max(FRAME_S, self.frame / FRAME_RATE), FRAME_MOST_S) * (1 + _SPREAD * self._share)

    @property
    def waiting(self) -> int:
        """Bytes that wait for the server."""
        return self._waiting

    @property
    def is_due(self) -> bool:
        """Whether a part is wanted now, since one could not be published to its end, or the server is back."""
        with self._lock:
            # Viewers that lost the host meanwhile find it again at a frame.
            if self._client.absences == self._absences:
                self._back = 0.0
            else:
                self._back = self._back or time.monotonic()
            is_back = self._back and time.monotonic() - self._back >= SPREAD_S * self._share
            return bool(is_back) or (self._broken and self._waiting < MOST_BYTES // 4)

    def put(self, parts: Divided, *, anew: bool = False) -> None:
        """Take some whole blocks of a recording, to be published soon; in one thread.

        Args:
            parts: the blocks.
            anew: whether a frame among them says something that even a reader who followed does not know.
        """
        if not parts.groups:
            return
        tick = packed(parts)  # here, since whoever publishes has others to answer
        with self._lock:
            if tick.begins:
                self.frame, self._absences = len(tick.groups[0][1]), self._client.absences
            number, self._number = self._number, self._number + 1
            self._broken = (self._broken and not tick.begins) or self._waiting + tick.size > MOST_BYTES
            if self._broken:
                self.lost += tick.records
                return
            self._queue.append(_Tick(tick, anew, number))
            self._waiting += tick.size
        self._client.call(self._wake.set)

    def close(self) -> None:
        """Publish what waits, if the server takes it soon; then end."""
        self._closing = True
        self._client.call(self._wake.set)
        deadline = time.monotonic() + ANSWER_S
        while self._queue and not self.trouble and time.monotonic() < deadline:
            time.sleep(0.02)
        self._end()
        self.lost += sum(tick.packed.records for tick in self._queue)
        if not self._queue and self._number and not self.trouble:
            self._say_end()

    def _say_end(self) -> None:
        name = f"{self._host.id}.{self._run_ns}.end"
        data = ending(self._run_ns, self._number, self._now())
        stream = self._client.nc.jetstream(timeout=_END_S)
        try:
            told = stream.publish(self._host.subject(Class.END), data, headers={"Nats-Msg-Id": name})
            self._client.ask(told, _END_S)
        except RemoteError:  # viewers hear that there is silence
            return

    async def _ensure_stream(self) -> bool:
        """Make the stream where there is none; return whether that was so."""
        stream = self._client.nc.jetstream(timeout=ANSWER_S)
        try:
            await stream.stream_info(STREAM)
        except NotFoundError:
            config = StreamConfig(
                name=STREAM,
                description="ovltui record",
                subjects=[KEPT],
                max_age=KEEP_S,
                max_bytes=KEEP_BYTES,
                discard=DiscardPolicy.OLD,
                duplicate_window=120,
            )
            try:
                await stream.add_stream(config)
            except NatsError as error:
                says = f"it has no stream {STREAM}, and one cannot be made: {sentence(error)}"
                raise RemoteError(f"{self.address}: {says}.") from error
            return True
        return False

    async def _publish(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), BEAT_S)
            except TimeoutError:
                await self._beat()
            self._wake.clear()
            while self._queue:
                await self._send(self._queue[0])
                with self._lock:
                    self._waiting -= self._queue.popleft().packed.size

    async def _beat(self) -> None:
        if self._client.connected and time.monotonic() - self._quiet_since > BEAT_S:
            await self._client.nc.publish(self._host.beats, beat(self._run_ns, self._number, self._now()))

    async def _send(self, tick: _Tick) -> None:
        """Publish a tick until the server has taken all of it; the next one only then."""
        while True:
            try:
                await self._send_once(tick)
            except NatsError as error:
                self.refused = sentence(error)
                if self._closing:
                    raise asyncio.CancelledError from error
                await asyncio.sleep(_RETRY_S)
                continue
            self.refused, self._quiet_since = "", time.monotonic()
            return

    async def _send_once(self, tick: _Tick) -> None:
        await self._client.up()
        most = min(MESSAGE_BYTES, (self._client.nc.max_payload or MESSAGE_BYTES) - _HEADER_ROOM)
        found = messages(tick.packed, self._run_ns, tick.number, self._now(), most, anew=tick.anew)
        stream = self._client.nc.jetstream(timeout=ANSWER_S)

        async def send(index: int) -> None:
            kind, data = found[index]
            # Where an answer was lost the same id keeps the server from taking a message twice.
            name = f"{self._host.id}.{self._run_ns}.{tick.number}.{index}"
            await stream.publish(self._host.subject(kind), data, headers={"Nats-Msg-Id": name})
            self.sent += len(data)

        first = 0
        if tick.packed.begins:  # whoever begins to read at a frame must find all of it behind
            await send(0)
            first = 1
        await asyncio.gather(*(send(index) for index in range(first, len(found))))

    def _now(self) -> tuple[int, int]:
        return time.time_ns(), self._client.rtt_ns


class PublishedPart:
    """A part of the recording, for a recorder that writes it.

    Args:
        publisher: publishes it.
        anew: says whether it begins with what even a reader who followed does not know.
    """

    def __init__(self, publisher: Publisher, anew: Callable[[], bool] = lambda: False) -> None:
        self._publisher = publisher
        self._anew = anew
        self.path = self.name = publisher.address
        self.size = 0
        """Bytes that were written."""
        self._pending: list[bytes] = []
        self._begun = False

    def write(self, data: bytes) -> None:
        """Take whole blocks; they go out with ``flush``."""
        self._pending.append(data)

    def flush(self) -> None:
        """Hand over what was taken."""
        if self._pending:
            data, self._pending = b"".join(self._pending), []
            self.size += len(data)
            # Where a recorder begins anew within a part, it has lost records.
            begins = Class.FRAME in (parts := divided(data)).groups
            self._publisher.put(parts, anew=begins and (self._anew() or self._begun))
            self._begun |= begins

    def close(self) -> None:
        """Hand over the rest."""
        self.flush()


def is_over(publisher: Publisher, size: int, age_s: float) -> bool:
    """Return whether a part of that size and age is to be followed by another one."""
    return publisher.is_due or size >= PART_BYTES or age_s >= publisher.frame_s
