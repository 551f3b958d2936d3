"""Whatever a record holds, it makes a line, an object, a tree and a meaning; nothing raises and nothing is unsafe."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovltui.events.explain import hexdump, meaning, tree
from ovltui.events.filter import devices, parse
from ovltui.events.ipline import ip_lines
from ovltui.events.line import as_text, line
from ovltui.events.look import Look
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.repeat import Repeats
from ovltui.events.ring import Ring
from ovltui.events.sort import actions_in, object_in, sort_of
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Object, pane_of
from ovltui.kernel.wire import Rtm, message
from tests.events.samples import SAMPLES, FixedNames

KNOWN = frozenset(map(int, Rtm))
EVERY_TYPE = st.integers(0, 0xFFFF) | st.sampled_from(sorted(KNOWN))
TIMES = st.integers(-(2**63), 2**63 - 1)
FILTER = parse("netns:a dev:b object:link /c/ !d")


class KnowingNames(FixedNames):
    """Names that know what every link looked like before."""

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        del nsid, ifindex, seq
        return Look("eth0", "UP", 1500, None, "02:42:0a:0d:11:03")

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        del nsid, peer_nsid, seq
        return f"blue/if{ifindex}"


def everything(record: Record) -> dict[str, Any]:
    """Do with a record all that can be done; return its object."""
    for names in (FixedNames(), KnowingNames()):
        shown = line(record, names)
        text = as_text(shown, 12)
        assert text.isprintable()
        text.encode()
        FILTER.matches(shown)
        assert list(devices(shown)) is not None
        assert ip_lines(record, names).replace("\t", "").replace("\n", "").isprintable()  # ip's own columns
        assert meaning(record, names).endswith(".")
        told = json.dumps(as_json(record, names), allow_nan=False)
    for _, name, shown_value in tree(record):
        assert (name + shown_value).isprintable()
    assert len(hexdump(record.raw)) == -(-len(record.raw) // 16)
    sort = sort_of(record.kind, record.raw)
    if shown.object is not Object.UNKNOWN:
        assert object_in(sort) is shown.object
        assert shown.action in actions_in(sort)
    value: dict[str, Any] = json.loads(told)
    return value


@settings(deadline=None)  # the first call imports pyroute2
@given(st.sampled_from(Kind), TIMES, st.integers(-1, 3), st.binary(max_size=200))
def test_no_bytes_of_any_kind_of_record_make_anything_raise(kind: Kind, time_ns: int, nsid: int, raw: bytes) -> None:
    everything(Record(7, time_ns, nsid, kind, raw))


@settings(deadline=None)
@given(st.sampled_from([Kind.MESSAGE, Kind.RESYNC]), EVERY_TYPE, st.integers(0, 0xFFFF), st.binary(max_size=120))
def test_no_body_of_any_type_makes_anything_raise(kind: Kind, rtm_type: int, flags: int, body: bytes) -> None:
    everything(Record(7, 0, 3, kind, message(rtm_type, flags, 0, body)))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([Kind.MESSAGE, Kind.RESYNC]), st.sampled_from(sorted(SAMPLES)), st.data())
def test_no_broken_message_of_a_kernel_makes_anything_raise(kind: Kind, name: str, data: st.DataObject) -> None:
    raw = bytearray(SAMPLES[name].raw)
    for place in data.draw(st.lists(st.integers(16, len(raw) - 1), max_size=4)):
        raw[place] = data.draw(st.integers(0, 255))
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    for broken in (raw, cut, len(cut).to_bytes(4, "little") + cut[4:]):
        everything(Record(7, 0, -1, kind, bytes(broken)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
_KEYS = ("engine", "type", "action", "id", "name", "attributes")
DOCKER = st.fixed_dictionaries({}, optional=dict.fromkeys(_KEYS, JSON | st.text(max_size=30)))


@settings(deadline=None)
@given(DOCKER | JSON)
def test_no_json_in_an_event_of_docker_makes_anything_raise(value: Any) -> None:
    # Only what was cleaned on entry is packed: of hostile characters test_docker_events tells.
    raw = json.dumps(value).encode()
    record = Record(7, 0, OWN_NSID, Kind.DOCKER, raw)
    line(record, FixedNames())
    json.dumps(as_json(record, FixedNames()))
    assert meaning(record, FixedNames())
    assert tree(record)


@pytest.mark.parametrize("rtm_type", [kind for kind in range(0, 256, 3) if kind not in KNOWN] + [0x1234, 0xFFFF])
def test_a_message_of_a_future_kernel_is_shown_with_its_type_and_kept_whole(rtm_type: int) -> None:
    raw = message(rtm_type, 0, 0, bytes(range(40)))
    record = Record(7, 0, OWN_NSID, Kind.MESSAGE, raw)
    value = everything(record)
    assert (value["object"], value["type"], value["length"]) == ("unknown", rtm_type, len(raw))
    assert f"message type {rtm_type}, {len(raw)} bytes" in line(record, FixedNames()).text
    assert raw[16:32].hex(" ") in "".join(hexdump(raw))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Kind), TIMES, st.integers(-1, 2), EVERY_TYPE, st.binary(max_size=40))))
def test_a_ring_takes_any_bytes_at_any_time_and_gives_them_back(
    made: list[tuple[Kind, int, int, int, bytes]],
) -> None:
    ring = Ring(1000)
    for kind, time_ns, nsid, rtm_type, body in made:
        raw = message(rtm_type, 0, 0, body) if len(body) % 2 else body
        ring.append(time_ns, nsid, kind, raw, (pane_of(rtm_type),))
    for seq, (kind, time_ns, nsid, rtm_type, body) in enumerate(made):
        raw = message(rtm_type, 0, 0, body) if len(body) % 2 else body
        assert ring[seq] == Record(seq, time_ns, nsid, kind, raw)
        assert ring.leader(seq) <= seq <= ring.last(ring.leader(seq))
    rows = ring.seqs(None, 0, ring.end)
    assert sum(ring.count(seq) for seq in rows) == len(made)


@given(st.lists(st.tuples(TIMES, st.integers(0, 1)), max_size=30))
def test_repeats_are_counted_whatever_the_clock_does(made: list[tuple[int, int]]) -> None:
    repeats = Repeats()
    for seq, (time_ns, which) in enumerate(made):
        raw = SAMPLES[("miss-l2", "route-link")[which]].raw
        assert 0 <= repeats.leader(pane_of(raw[4]), seq, time_ns, 3, raw) <= seq
