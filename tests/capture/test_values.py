"""Values of a session are read back as they were written, and nothing else is taken for one."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.inputs import Named, State
from ovltui.capture.notes import Note, NoteKind, pack, unpack
from ovltui.capture.values import decoded, encoded
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.netns.model import Mount, Netns, NetnsKey, Task
from ovltui.state.tenure import TenuresMemory
from tests.capture.made import feed, new_session, view

NETNS = Netns(
    NetnsKey("vm", 7), 4026532001, 3, False, (Mount(1, 2, "/run/netns/x"),), (5, 6), ("gap",), (Task(1, 2, "t"),)
)
IDENTITY = Identity("web", Kind.CONTAINER, "because", vni=4097, sharers=("other",))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(("key", "host", "id", "tenures")), inner)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("value", [NETNS, IDENTITY, view()], ids=lambda value: type(value).__name__)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    assert decoded(type(value), json.loads(json.dumps(encoded(value)))) == value


def test_enums_and_mappings_are_written_by_what_json_has_itself() -> None:
    known = {NetnsKey("vm", 7): (Kind.CONTAINER, NoteKind.MARK, True, None, 1.5, "text", frozenset((2,)))}
    found = encoded(known)
    assert found == [[{"host": "vm", "id": 7}, ["container", NoteKind.MARK.value, True, None, 1.5, "text", [2]]]]
    assert [type(one) for one in found[0][1]] == [str, int, bool, type(None), float, str, list]


def test_a_field_that_has_its_default_is_left_out() -> None:
    assert encoded(Identity("web", Kind.CONTAINER, "because")) == {
        "name": "web",
        "kind": "container",
        "why": "because",
    }
    assert encoded(Identity("web", Kind.CONTAINER, "because", vni=0))["vni"] == 0


def test_what_is_known_of_namespaces_over_time_is_read_back() -> None:
    session = new_session()
    feed(session, 3, 500)
    memory = session.tenures.memory()
    assert decoded(TenuresMemory, json.loads(json.dumps(encoded(memory)))) == memory
    assert len(memory.tenures) == 4


@given(JSON)
def test_any_json_is_a_value_or_a_value_error(data: Any) -> None:
    for kind in (Netns, State, Named, EngineView):
        with suppress(ValueError):
            assert isinstance(decoded(kind, data), kind)


def test_a_text_of_a_recording_is_clean() -> None:
    data = encoded(IDENTITY) | {"name": "a\x1b[31mb\u202ec"}
    assert decoded(Identity, data).name == r"a\x1b[31mb\u202ec"


def test_fields_of_other_versions_are_passed_over_and_missing_ones_take_their_default() -> None:
    data = encoded(IDENTITY) | {"colour": "red"}
    del data["sharers"]
    assert decoded(Identity, data) == Identity("web", Kind.CONTAINER, "because", vni=4097)


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(1, 255))
def test_a_note_that_was_changed_is_none(blob: bytes, place: int, change: int) -> None:
    note = Note(NoteKind.MARK, 5, 6, {"says": "here"}, (blob,))
    body = bytearray(pack(note)[8:-4])
    assert unpack(bytes(body)) == note
    at = 28 + place % (len(body) - 28)  # behind the head, which only says when
    body[at] ^= change
    with suppress(ValueError):
        assert unpack(bytes(body)) == note  # the padding
