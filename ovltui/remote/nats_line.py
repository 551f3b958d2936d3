"""What one host published, from some frame on, as the bytes of its recording.

Source: the stream of JetStream, read at the pace of whoever takes the pieces; and the beats of the host. Privileges: to
make a consumer there. Incomplete: what the stream does not keep any more is missing; the frame after it tells how much.
"""

import asyncio
import json
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC
from typing import Any

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from ovltui.remote.nats_client import ANSWER_S, NatsClient, NatsError, sentence
from ovltui.remote.nats_follow import Follower
from ovltui.remote.nats_subjects import STREAM, Published
from ovltui.remote.nats_turns import Turns

SILENCE_S = 12.0
"""Seconds without a word from a host, or from the server, after which it counts as lost."""
FIRST_WORD_S = 6.0
"""The same for the first word that is said now, behind what the stream kept: beats come twice within that."""
FRAMES_S = 20 * 60
"""So long before a time its frame is looked for: a host publishes one more often."""
_BATCH = 256
_EXPIRES_S = 5.0
_CLOCK_S = 1.0
"""Seconds between two answers to what time it is there."""
_AGAIN_S, _SOON_S, _SETTLED_S = 0.5, 0.1, 1.0
_QUEUED = "Requests Pending"
"""The server's answer to a request that wants what is there now, while it keeps an earlier one for what it believes to
be on its way."""
_IDLE_S = 30.0
"""Seconds after which the server forgets a consumer that asks no more."""
_PIECES = 16
"""Pieces that wait to be taken."""
CLOSED = "it was closed here."
_SILENT = "its recorder ended, or its network is cut"


class PublishedLine:
    """A host, from a message of the stream on.

    Args:
        client: the connection.
        host: which.
        start: finds the number of the first message that is wanted.
        turns: puts the past of several hosts in order; None where it is taken in at once, up to now.
        until_ns: nothing that the server kept after this time, in nanoseconds since the epoch; 0 for no end.
    """

    def __init__(
        self,
        client: NatsClient,
        host: Published,
        start: Callable[[], Awaitable[int]],
        turns: Turns | None = None,
        until_ns: int = 0,
    ) -> None:
        self._client = client
        self._host = host
        self._start = start
        self.next = 0
        """The number of the first message that was not taken in; 0 before any was."""
        self.ended = ""
        """Why it ended, a sentence; empty while it runs."""
        self.heard = False
        """Whether it is known to speak now; of how it was at a time, whether that was reached."""
        self.missing: list[str] = []
        """What could not be read, each a sentence."""
        self._turns = turns
        self._until_ns = until_ns
        self._past: list[bytes] = []
        self._present = False
        self._told = 0.0
        self._given = self._taken = 0
        self._follower = Follower()
        self._pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._room = asyncio.Event()
        self._heard_at = time.monotonic()
        self._kept_ns = 0
        self._cancel = client.go(self._run())

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the recording as they come, until it ends."""
        while not self._closed.is_set():
            try:
                piece = self._pieces.get(timeout=0.25)
            except queue.Empty:
                continue
            if not piece:
                return
            yield piece
            if self._told == 0 or time.monotonic() - self._told > _CLOCK_S:
                self._told = time.monotonic()
                yield self._follower.skew.note(time.time_ns())
            self._taken += 1  # whoever asks for the next one has taken it in
            self._client.call(self._room.set)

    def close(self) -> None:
        """End it; in any thread, a second call does nothing."""
        if not self._closed.is_set():
            self.ended = self.ended or CLOSED
            self._closed.set()
            self._cancel()

    async def _run(self) -> None:
        beats = await self._client.nc.subscribe(self._host.beats, cb=self._beat)
        try:
            self.next = await self._start()
            while not self.ended:
                try:
                    await self._read()
                except NatsError as error:
                    self._look_for_silence(sentence(error))
                    await asyncio.sleep(_AGAIN_S)
        except NatsError as error:
            self.ended = f"{self._client.server}: {sentence(error)}."
        finally:
            self.ended = self.ended or CLOSED
            self._pieces.put(b"")
            if self._turns:
                await self._turns.leave(self._host)
            if self._client.connected:
                await beats.unsubscribe()

    async def _beat(self, _message: Any) -> None:
        self._hear()

    def _hear(self) -> None:
        """Take in a word of the host that is said now."""
        self._heard_at, self.heard = time.monotonic(), True

    async def _read(self) -> None:
        """Read with one consumer, for as long as the server knows it."""
        nc, inbox = self._client.nc, self._client.nc.new_inbox()
        config = ConsumerConfig(
            filter_subject=self._host.subject("*"),
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(1, self.next),
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            inactive_threshold=_IDLE_S,
        )
        consumer = await nc.jetstream(timeout=ANSWER_S).add_consumer(STREAM, config=config)
        subscription = await nc.subscribe(inbox)
        try:
            left, asked, answered, queued = 0, 0.0, time.monotonic(), False
            epoch = self._client.epoch
            while not self.ended and epoch == self._client.epoch:
                if left < _BATCH // 2 or time.monotonic() - asked > _EXPIRES_S:
                    # Before the present is known to be reached the server answers at once that there is no more.
                    limit = {"expires": int(_EXPIRES_S * 1e9)} if self._present else {"no_wait": True}
                    request = json.dumps({"batch": _BATCH, **limit}).encode()
                    await nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{consumer.name}", request, reply=inbox)
                    left, asked = left + _BATCH, time.monotonic()
                try:
                    message = await subscription.next_msg(timeout=_SETTLED_S if self._present or queued else _SOON_S)
                except TimeoutError:
                    if queued and not self._present:
                        await self._arrive()
                    left = left if self._present else 0
                    self._look_for_silence("")
                    if time.monotonic() - answered > 2 * _EXPIRES_S + 1:
                        return  # not even that there is nothing was said: the consumer is gone
                    continue
                answered = time.monotonic()
                if not message.reply:  # a status: the request is over
                    headers = message.headers or {}
                    status, queued = headers.get("Status"), headers.get("Description") == _QUEUED
                    left = _BATCH if queued else 0
                    if status == "404":
                        await self._arrive()
                    elif (
                        status != "408"
                    ):  # neither over nor queued: the server began anew, and knows the consumer no more
                        await asyncio.sleep(_AGAIN_S)
                        return
                    continue
                left -= 1
                await self._take(message)
        finally:
            if nc.is_connected:
                await subscription.unsubscribe()

    async def _take(self, message: Any) -> None:
        told = message.metadata
        kept_ns = int(told.timestamp.replace(tzinfo=UTC).timestamp() * 1e9)
        if self._until_ns and kept_ns > self._until_ns:
            await self._rest()
            return
        self._kept_ns = kept_ns
        if self._turns:
            await self._turns.take(self._host, kept_ns)
        try:
            piece = self._follower.take(message.data, kept_ns)
        except ValueError as error:
            self.missing.append(f"{self._host.name}: {error}")
            piece = b""
        if self._follower.over:
            self.ended = "its recorder began anew."
            return
        self.next = told.sequence.stream + 1
        if piece:
            self._put(piece)
        if self._follower.done:
            await self._arrive()
            self.ended = f"its recorder ended at {_moment(kept_ns)}."
            return
        if self._present and not self._until_ns:
            self._hear()
        if not told.num_pending:
            await self._arrive()
        await self._wait_for_room()
        self._heard_at = time.monotonic()

    async def _wait_for_room(self) -> None:
        """Wait until most of what came is taken."""
        # The past of several hosts is taken in piece by piece, or their threads would mix it.
        most = 0 if self._turns and not self._present else _PIECES
        while self._given - self._taken > most and not self._closed.is_set():
            self._room.clear()
            await self._room.wait()

    async def _rest(self) -> None:
        """Take nothing more until it is closed: the time that is wanted is reached."""
        await self._arrive()
        if not self.ended:
            await asyncio.Event().wait()

    def _put(self, piece: bytes) -> None:
        if self._present or self._turns:
            self._give(piece)
        else:
            self._past.append(piece)

    def _give(self, piece: bytes) -> None:
        self._given += 1
        self._pieces.put(piece)

    async def _arrive(self) -> None:
        """Take in that the present is reached: the newest frame is handed on together with what came since."""
        if not self._present:
            self._present, self._heard_at = True, time.monotonic()
        if self._until_ns:
            self._look_at_past()
        if self._past:
            self._give(b"".join(self._past))
            self._past.clear()
        if self._turns:
            await self._turns.leave(self._host)

    def _look_at_past(self) -> None:
        """Take in that the time that is wanted is reached; say where it was not recorded then."""
        if self._kept_ns and self._until_ns - self._kept_ns > FRAMES_S * 10**9:
            self.ended = self.ended or f"nothing was published by it from {_moment(self._kept_ns)} on."
        self.heard = True

    def _look_for_silence(self, says: str) -> None:
        patience_s = min(FIRST_WORD_S, SILENCE_S) if self._present and not self.heard else SILENCE_S
        if time.monotonic() - self._heard_at <= patience_s or (self._until_ns and self._present):
            return
        if says or not self._client.connected:
            why = self._client.trouble or f"{self._client.server}: {says}"
        elif self.heard or not self._kept_ns:
            why = f"nothing was heard of it for {patience_s:.0f} s: {_SILENT}"
        else:
            why = f"it is silent, and published nothing from {_moment(self._kept_ns)} on: {_SILENT}"
        self.ended = f"{why}."


def _moment(time_ns: int) -> str:
    """Return a time of the server, in our zone, with the day where that is another one than today."""
    then = time.localtime(time_ns // 10**9)
    is_today = then[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S", then)
