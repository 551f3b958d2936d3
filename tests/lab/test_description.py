import json
from dataclasses import replace

import pytest

from ovltui.errors import OvltuiError
from ovltui.lab.description import Description, as_json, from_json

MADE = Description("boot", "0123456789ab", 3, 2, whole=True, ids={"node1": 7}, fault="mtu", hints=2)
VALUE = json.loads(as_json(MADE))


def test_what_is_written_is_read_again() -> None:
    assert from_json(as_json(MADE)) == MADE
    assert from_json(as_json(replace(MADE, whole=False, ids={}, fault=""))).fault == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps(VALUE | {"version": 2}),
        json.dumps({key: value for key, value in VALUE.items() if key != "version"}),
        json.dumps({key: value for key, value in VALUE.items() if key != "ids"}),
        json.dumps(VALUE | {"nodes": "3"}),
        json.dumps(VALUE | {"nodes": True}),
        json.dumps(VALUE | {"nodes": 1_000_000}),
        json.dumps(VALUE | {"containers": -1}),
        json.dumps(VALUE | {"token": "../../etc/xx"}),
        json.dumps(VALUE | {"token": "0123"}),
        json.dumps(VALUE | {"ids": {"node1": "7"}}),
        json.dumps(VALUE | {"ids": [7]}),
        json.dumps(VALUE | {"whole": 1}),
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(OvltuiError, match="no description of a lab"):
        from_json(text)
