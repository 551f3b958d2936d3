"""What a fleet costs: bytes, storage, servers and viewers for 10, 100 and 10,000 nodes.

Source: figures that ``tests/bench/fleet.py`` and ``tests/bench/hosts.py`` measured on a machine of two cores, and
sums. Pure. Incomplete: events are as many as happen; the sums are for one container that starts or ends a minute.
"""

import math

NODES = (10, 100, 10_000)
EVENT_BYTES = 135
"""Bytes of an event as published, with the names and tables that come along, where few happen at once."""
CALM_BYTES, STORM_BYTES = 46, 16
"""The same without names and tables, at 40 events a second and at 4,000."""
CONTAINER_EVENTS = 150
"""Events of a container that starts and ends."""
FRAME_RATE = 1024
"""Bytes a second of key frames at most: 1.5 KB for each namespace, once a minute or less often."""
BEAT_RATE = 36
"""Bytes a second by which a node says that it is there."""
TICKS = 0.5
"""Messages a second of such a node, beats included."""
STORED = 1.3
"""Bytes on the server's disk for a byte sent."""
SERVER_US = 100
"""Microseconds of the server's CPU for four messages: what a quarter of a second of one node is at most."""
_UNITS = ("B", "KB", "MB", "GB", "TB")
_NODE_RATE = CONTAINER_EVENTS * EVENT_BYTES / 60 + FRAME_RATE + BEAT_RATE
_HOUR, _DAY = 3600, 86_400
_DEFAULT = 1 << 30
_HEAD = ("nodes", "sent", "an hour stored", "a day stored", "1 GiB holds", "CPU of the server")
_TEXT = """\
What a fleet costs

A node publishes four times a second what happened, in messages by class (frame, note, link,
route, neigh, docker), compressed; nothing where nothing happened, but a beat of 90 bytes each
2.5 s. Once a minute, or less often where it is large, it publishes a frame with all that is known:
1.5 KB for each namespace, at most 1 KiB/s.

For nodes on each of which one container starts or ends a minute, with {container} events of {event} bytes
each, that is {rate} a second of each:

{table}

A storm is cheaper for each event: {calm} bytes at 40 events a second, {cheap} at 4,000. A node that
storms at 4,000 events a second for an hour publishes {storm}; --rate 100 makes {thin} of it.

The server. Four nodes that publish as fast as it answers make 700 ticks a second; by its CPU
a core takes 10,000. Memory: 16 MB. Its disk wants the bytes above and few operations. The stream
that ovltui makes keeps a day and 1 GiB, whichever is less. For more:
nats stream edit OVLTUI --max-bytes 500G. With replicas a byte is sent and stored for each.

Viewers. Each gets what the hosts that it shows publish, once: 20 hosts are {viewer} a second,
and the past that --since asks for as fast as the line gives it. No viewer costs a node anything.
20 hosts at 500 events a second each take a viewer a quarter of a core. One viewer is for some
dozens of hosts, chosen by --hosts; 10,000 on one screen are more than one can take in.

The node. In a storm an event takes 16 us of its CPU, capture included; of a lone container that
starts or ends each takes 0.6 ms, most of it for reading what is new. Of what a server that is
away does not take, 16 MB wait.

A thousand nodes for less. --only link,docker leaves out what neighbours and routes tell, most of
all events; --netns leaves out all but some namespaces and the host's own; --rate 100 bounds a
storm. What is left out is told to viewers.
"""


def page() -> str:
    """Return the page."""
    return _TEXT.format(
        container=CONTAINER_EVENTS,
        event=EVENT_BYTES,
        rate=_bytes(_NODE_RATE),
        table="\n".join(_table()),
        calm=CALM_BYTES,
        cheap=STORM_BYTES,
        storm=_bytes(4000 * STORM_BYTES * _HOUR),
        thin=_bytes(4 * 100 * CALM_BYTES * _HOUR),
        viewer=_bytes(20 * _NODE_RATE),
    )


def _table() -> list[str]:
    rows = [_HEAD]
    for nodes in NODES:
        rate = nodes * _NODE_RATE
        holds_h = _DEFAULT / (rate * STORED) / _HOUR
        rows.append(
            (
                f"{nodes:,}",
                f"{_bytes(rate)}/s",
                _bytes(rate * STORED * _HOUR),
                _bytes(rate * STORED * _DAY),
                f"{holds_h:.0f} h" if holds_h >= 1 else f"{holds_h * 60:.0f} min",
                f"{nodes * TICKS * SERVER_US / 1e6:.1%} of a core",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _bytes(count: float) -> str:
    """Return a number of bytes as people read it."""
    power = min(max(0, int(math.log10(max(count, 1)) / 3)), len(_UNITS) - 1)
    return f"{float(f'{count / 1000**power:.2g}'):g} {_UNITS[power]}"
