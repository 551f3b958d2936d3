"""What is decided before a line is worded agrees with the line."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events.decode import decode
from ovltui.events.decode_docker import pack_docker
from ovltui.events.filter import Filter, parse
from ovltui.events.gap import pack_gap
from ovltui.events.line import line
from ovltui.events.record import MESSAGES, Kind, Record
from ovltui.events.sort import ASK, EVERY, NO, REPEAT, YES, actions_in, both, object_in, only, sort_of, verdicts
from ovltui.events.vocabulary import Action, Object, object_of
from ovltui.kernel import wire
from tests.events.samples import NAMES, SAMPLES, gap, message

DOCKER = pack_docker("AAAA", "container", "die", subject="c" * 64, name="web", attributes={"exitCode": "1"})
RECORDS: Mapping[str, Record] = {
    **{name: sample.record for name, sample in SAMPLES.items()},
    "gap": gap(pack_gap(5, 0)),
    "docker": Record(3, 0, -1, Kind.DOCKER, DOCKER),
    "resync": Record(4, 0, 0, Kind.RESYNC, SAMPLES["route-link"].raw),
}
TERMS = (
    *(f"object:{kind}" for kind in Object),
    *(f"action:{action}" for action in Action),
    *("netns:host", "netns:/^nsid/", "netns:web", "dev:br0", "permanent", "/10[.]13/", '"10.13.17.3 dev"'),
)


@pytest.mark.parametrize("name", RECORDS)
def test_the_sort_of_a_record_agrees_with_what_it_says(name: str) -> None:
    record = RECORDS[name]
    event, sort = decode(record), sort_of(record.kind, record.raw)
    assert 0 <= sort < REPEAT
    assert object_in(sort) is event.object
    assert event.action in actions_in(sort)


@pytest.mark.parametrize("rtm_type", range(16, 128))
def test_type_and_family_tell_the_object_of_every_message_that_is_understood(rtm_type: int) -> None:
    for family in (0, 2, 7, 10, 28, 128, 129):
        for length in range(4, 68, 4):
            raw = wire.message(rtm_type, 0, 0, bytes([family]) + bytes(length - 1))
            event = decode(message(raw))
            if event.object is not Object.UNKNOWN and event.action is not Action.MISS:
                assert object_of(rtm_type, family) is object_in(sort_of(Kind.MESSAGE, raw)) is event.object


@given(st.sampled_from([*Kind]), st.binary(max_size=60))
def test_any_bytes_have_a_sort(kind: Kind, raw: bytes) -> None:
    assert 0 <= sort_of(kind, raw) < REPEAT


def test_a_repeat_never_shows_and_a_gap_always() -> None:
    nothing = verdicts(lambda _: NO)
    assert set(EVERY[REPEAT:]) == {NO}
    assert [object_in(sort) for sort, verdict in enumerate(nothing) if verdict] == [Object.GAP] * 4
    assert both(EVERY, nothing) == nothing
    assert both(EVERY, verdicts(lambda _: ASK))[sort_of(Kind.DOCKER, b"")] == ASK


def test_kinds_that_are_chosen_are_those_that_show() -> None:
    table = only(frozenset((Object.FDB, Object.DOCKER)))
    shown = {name for name, record in RECORDS.items() if table[sort_of(record.kind, record.raw)] == YES}
    assert shown == {name for name, record in RECORDS.items() if decode(record).object in ("fdb", "docker", "gap")}
    assert "miss-l2" in shown
    assert "miss-l3" not in shown


def early(wanted: Filter, record: Record) -> int:
    """Return what is decided without a line."""
    verdict = wanted.verdicts[sort_of(record.kind, record.raw)]
    there = wanted.place is None or wanted.place(NAMES.netns(record.nsid, record.seq))
    return verdict if there or record.kind not in MESSAGES else NO


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(TERMS)), max_size=3), st.sampled_from([*RECORDS]))
def test_what_a_filter_decides_early_is_what_the_line_says(terms: list[tuple[bool, str]], name: str) -> None:
    wanted, record = parse(" ".join(f"{'!' if no else ''}{term}" for no, term in terms)), RECORDS[name]
    verdict, matches = early(wanted, record), wanted.matches(line(record, NAMES))
    assert verdict == ASK or (verdict == YES) is matches


@pytest.mark.parametrize("text", ["", "object:route", "!kind:netconf", "netns:host", "!netns:/^h/", "action:miss"])
def test_a_filter_by_namespace_or_kind_words_no_line_of_a_message(text: str) -> None:
    verdict = {name: early(parse(text), record) for name, record in RECORDS.items() if record.kind in MESSAGES}
    assert ASK not in verdict.values()
