"""A layout leaves nothing of a message out that its line tells, whatever the message."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events.layout import layout_of
from ovltui.events.line import line
from tests.events.samples import NAMES, SAMPLES, message


@given(st.sampled_from([*SAMPLES]), st.data())
def test_messages_of_which_the_same_is_heard_have_the_same_line(name: str, data: st.DataObject) -> None:
    sample = SAMPLES[name]
    layout = layout_of(sample.raw)
    places = [at for at in range(16, len(sample.raw)) if _is_left_out(name, at)] + [*range(8, 16)]
    raw = bytearray(sample.raw)
    for at in places:
        raw[at] = data.draw(st.integers(0, 255))
    assert layout.fits(bytes(raw))
    assert layout.heard(bytes(raw), 0) == layout.heard(sample.raw, 0)
    assert line(message(bytes(raw), sample.nsid), NAMES) == line(sample.record, NAMES)


def _is_left_out(name: str, at: int) -> bool:
    raw = bytearray(SAMPLES[name].raw)
    layout, before = layout_of(bytes(raw)), SAMPLES[name].raw
    raw[at] ^= 0xFF
    return layout.heard(bytes(raw), 0) == layout.heard(before, 0)


@given(st.sampled_from([*SAMPLES]), st.data())
def test_an_address_changes_a_line_by_its_own_text_alone(name: str, data: st.DataObject) -> None:
    sample = SAMPLES[name]
    layout = layout_of(sample.raw)
    marked = line(message(layout.marked(sample.raw), sample.nsid), NAMES)
    raw, text = sample.raw, marked.text
    for address in layout.addresses:
        size = len(address.mark)
        given_ = data.draw(st.binary(min_size=size, max_size=size) | st.just(bytes(size)))
        raw = raw[: address.start] + given_ + raw[address.start + size :]
        text = text.replace(address.word(address.mark), address.word(given_))
    assert line(message(raw, sample.nsid), NAMES) == replace(marked, text=text)


@pytest.mark.parametrize("name", ["neigh-permanent", "neigh6", "fdb-vtep", "route-default", "miss-l2"])
def test_addresses_are_found(name: str) -> None:
    assert layout_of(SAMPLES[name].raw).addresses


@pytest.mark.parametrize("end", [0, 4, 15, 16, 17, 27, 29, 31, 33, -1])
def test_of_a_message_that_breaks_off_all_is_told(end: int) -> None:
    broken = SAMPLES["fdb-vtep"].raw[:end]
    layout = layout_of(broken)
    assert b"".join(layout.heard(broken, 0)) == (broken if len(broken) <= 16 else broken[:8] + broken[16:])
    assert layout.addresses == ()
