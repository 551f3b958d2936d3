"""The hosts that are published on a NATS server, each a machine for the joined session.

Source: the subjects of the stream, looked at again every few seconds; each host's newest frame, or the newest before
the time that is wanted. Privileges: to read the stream. Incomplete: of a host without a frame in the stream nothing can
be shown. Nothing can be entered or asked there: it is only heard.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from threading import Event, Thread

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from ovltui.errors import RemoteError
from ovltui.remote.nats_client import ANSWER_S, NatsClient, NatsError, sentence
from ovltui.remote.nats_line import FRAMES_S, PublishedLine
from ovltui.remote.nats_server import Server
from ovltui.remote.nats_subjects import FRAMES, STREAM, Class, Published, published_at
from ovltui.remote.nats_turns import Turns

LOOK_S = 3.0
"""Seconds between looks for hosts that are new."""
_MANY = 1000


class PublishedMachine:
    """One host.

    Args:
        fleet: where it is published.
        host: which.
    """

    def __init__(self, fleet: "Fleet", host: Published) -> None:
        self._fleet = fleet
        self._host = host
        self._line: PublishedLine | None = None
        self.name = host.name
        self.url = f"{fleet.client.server}/{host.name}"

    def open(self) -> PublishedLine:
        """Begin to read; the first time where the fleet begins, later where the last line ended.

        Raises:
            RemoteError: the server does not answer, or the host has published nothing since.
        """
        client, since = self._fleet.client, self._line.next if self._line else 0
        if not client.connected:
            raise RemoteError(f"{client.trouble or f'{client.server} does not answer'}.")
        if since and client.ask(self._newest()) < since:
            why = self._line.ended if self._line else ""
            raise RemoteError(why or f"{self.name} has published nothing that begins anew since it was lost.")
        turns = None if since else self._fleet.turns
        self._line = PublishedLine(client, self._host, lambda: self._first(since), turns, self._fleet.until_ns)
        return self._line

    def shell_words(self, _paths: Sequence[str], _inode: int) -> list[str]:
        """Refuse: a host that is published cannot be entered."""
        raise RemoteError(f"{self.name} is only heard over NATS: open it with --host ssh://{self.name} to enter it.")

    def close(self) -> None:
        """End the line."""
        if self._line:
            self._line.close()

    async def _newest(self) -> int:
        """Return the number of its newest frame; 0 where there is none."""
        try:
            found = await self._fleet.client.nc.jetstream(timeout=ANSWER_S).get_last_msg(
                STREAM, self._host.subject(Class.FRAME)
            )
        except NotFoundError:
            return 0
        return int(found.seq or 0)

    async def _first(self, since: int) -> int:
        """Return the number of the message to begin at."""
        if since:
            return since
        if self._fleet.since_ns:
            return await self._before(self._fleet.since_ns) or await self._newest()
        return await self._newest()

    async def _before(self, time_ns: int) -> int:
        """Return the number of the newest frame at a time, else of the first one after it; 0 where there is none."""
        nc, inbox = self._fleet.client.nc, self._fleet.client.nc.new_inbox()
        begin = max(0.0, time_ns / 1e9 - FRAMES_S)
        config = ConsumerConfig(
            filter_subject=self._host.subject(Class.FRAME),
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=datetime.fromtimestamp(begin, UTC),
            ack_policy=AckPolicy.NONE,
            headers_only=True,
            mem_storage=True,
            inactive_threshold=ANSWER_S,
        )
        subscription = await nc.subscribe(inbox)
        consumer = await nc.jetstream(timeout=ANSWER_S).add_consumer(STREAM, config=config)
        request = b'{"batch":%d,"no_wait":true}' % _MANY
        await nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{consumer.name}", request, reply=inbox)
        found = 0
        try:
            while (message := await subscription.next_msg(timeout=ANSWER_S)).reply:
                told = message.metadata
                if found and told.timestamp.timestamp() * 1e9 > time_ns:
                    break
                found = int(told.sequence.stream)
        finally:
            await subscription.unsubscribe()
        return found


class Fleet:
    """The hosts of a server that are wanted; close it.

    Args:
        server: which server.
        hosts: only hosts whose name matches this pattern of the shell.
        since_ns: from then on, in nanoseconds since the epoch; 0 for now.
        only_then: as it was at that time, and nothing after it.

    Raises:
        RemoteError: the server cannot be reached.
    """

    def __init__(self, server: Server, hosts: str = "*", since_ns: int = 0, *, only_then: bool = False) -> None:
        self.client = NatsClient(server, "ovltui")
        self.since_ns = since_ns
        self.until_ns = since_ns if only_then else 0
        self.turns = Turns() if since_ns and not only_then else None
        """Puts the past of the hosts in order; None where only the present is wanted."""
        self._pattern = hosts
        self._known: dict[Published, PublishedMachine] = {}
        self._closing = Event()
        self._thread: Thread | None = None

    def new_machines(self) -> tuple[PublishedMachine, ...]:
        """Return the hosts that were not returned before.

        Raises:
            RemoteError: the server does not tell them.
        """
        found = [host for host in self.client.ask(self._published()) if host not in self._known]
        made = {host: PublishedMachine(self, host) for host in found if fnmatchcase(host.name, self._pattern)}
        if self.turns and not self._known:
            for host in made:
                self.turns.enter(host)
        self._known |= made
        return tuple(made.values())

    def follow(self, add: Callable[[PublishedMachine], None]) -> None:
        """Call ``add``, in a thread of its own, with each host that appears from now on."""
        self._thread = Thread(target=self._follow, args=(add,), name="ovltui-fleet", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it all; a second call does nothing."""
        self._closing.set()
        if self._thread:
            self._thread.join()
        for machine in self._known.values():
            machine.close()
        self.client.close()

    def _follow(self, add: Callable[[PublishedMachine], None]) -> None:
        while not self._closing.wait(LOOK_S):
            try:
                found = self.new_machines()
            except RemoteError:  # each line tells that the server is away
                continue
            for machine in found:
                add(machine)

    async def _published(self) -> tuple[Published, ...]:
        stream = self.client.nc.jetstream(timeout=ANSWER_S)
        try:
            info = await stream.stream_info(STREAM, subjects_filter=FRAMES)
        except NotFoundError as error:
            raise RemoteError(
                f"{self.client.server} has no stream {STREAM}: nothing was recorded there by ovltui record nats://…"
            ) from error
        except NatsError as error:
            raise RemoteError(f"{self.client.server}: {sentence(error)}.") from error
        found = (published_at(subject) for subject in info.state.subjects or ())
        return tuple(sorted((host for host in found if host), key=lambda host: (host.host, host.id)))
