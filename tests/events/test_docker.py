"""Docker's own events: from the payload to the line, the JSON, the filter and the detail view."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events.decode import decode
from ovltui.events.decode_docker import container_of, network_of, pack_docker
from ovltui.events.explain import hexdump, tree
from ovltui.events.filter import parse
from ovltui.events.line import line
from ovltui.events.meaning import meaning
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Action, Object
from tests.events.samples import NAMES, TIME_NS

WEB, NET = "c8feedfb8e89" + "0" * 52, "okfzomfbkzgr41l0xjscn7e11"
ON_NET = {"type": "overlay", "container": WEB, "containerName": "web"}


def record(raw: bytes) -> Record:
    return Record(7, TIME_NS, OWN_NSID, Kind.DOCKER, raw)


def docker(kind: str, action: str, name: str = "web", subject: str = WEB, **attributes: str) -> Record:
    """Return a record; in the names of attributes ``_`` stands for a dot."""
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    return record(pack_docker("AAAA", kind, action, subject=subject, name=name, attributes=named))


@pytest.mark.parametrize(
    ("made", "netns", "mark", "text"),
    [
        (docker("container", "create", image="net-tools"), "web", "+", "docker create web (net-tools)"),
        (docker("container", "start", image="net-tools"), "web", "+", "docker start web (net-tools)"),
        (docker("container", "die", image="net-tools", exitCode="137"), "web", "-", "docker die web exit 137"),
        (docker("container", "kill", signal="9"), "web", "~", "docker kill web signal 9"),
        (docker("container", "stop"), "web", "~", "docker stop web"),
        (docker("container", "destroy"), "web", "-", "docker destroy web"),
        (docker("container", "rename", oldName="/shop"), "web", "~", "docker rename web was shop"),
        (docker("container", "health_status: unhealthy"), "web", "~", "docker health_status web unhealthy"),
        (docker("container", "start", ""), "docker", "+", "docker start c8feedfb8e89"),
        (docker("network", "connect", "mynet01", NET, **ON_NET), "docker", "+", "docker connect web to mynet01"),
        (
            docker("network", "disconnect", "mynet01", NET, **ON_NET),
            "docker",
            "-",
            "docker disconnect web from mynet01",
        ),
        (
            docker("network", "connect", "mynet01", NET, container=WEB),
            "docker",
            "+",
            "docker connect c8feedfb8e89 to mynet01",
        ),
        (docker("network", "create", "n", NET, type="overlay"), "docker", "+", "docker create network n (overlay)"),
        (docker("network", "destroy", "n", NET), "docker", "-", "docker destroy network n"),
        (docker("service", "update", "shop", "s" * 25), "docker", "~", "docker update service shop"),
        (docker("node", "update", "vm", "n" * 25, state_new="down"), "docker", "~", "docker update node vm state down"),
    ],
)
def test_an_event_reads_like_this(made: Record, netns: str, mark: str, text: str) -> None:
    shown = line(made, NAMES)
    assert (shown.netns, shown.mark, shown.text) == (netns, mark, text)
    assert (shown.object, shown.time_ns) == (Object.DOCKER, TIME_NS)


def test_its_json_begins_like_every_other_and_keeps_dockers_word_for_the_action() -> None:
    found = as_json(docker("container", "die", exitCode="137"), NAMES)
    assert list(found)[:6] == ["seq", "time", "netns", "nsid", "object", "action"]
    assert (found["netns"], found["nsid"], found["object"], found["action"]) == ("web", None, "docker", "del")
    assert (found["engine"], found["type"], found["event"], found["id"]) == ("AAAA", "container", "die", WEB)
    assert found["attributes"] == {"exitCode": "137"}


def test_a_namespace_that_is_not_known_is_none_in_json() -> None:
    assert as_json(docker("network", "create", "mynet01", NET), NAMES)["netns"] is None


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [("object:docker", True), ("object:link", False), ("action:-", True), ("137", True), ("dev:web", False)],
)
def test_a_filter_tells_it_from_others(wanted: str, *, passes: bool) -> None:
    assert parse(wanted).matches(line(docker("container", "die", exitCode="137"), NAMES)) is passes


def test_a_container_that_is_called_like_a_keyword_is_no_link() -> None:
    shown = line(docker("container", "start", "dev", image="eth0"), NAMES)
    assert shown.text == "docker start dev (eth0)"
    assert not parse("dev:eth0").matches(shown)


def test_the_ids_that_places_are_looked_up_by() -> None:
    of_container = decode(docker("container", "start")).fields
    of_network = decode(docker("network", "connect", "mynet01", NET, **ON_NET)).fields
    of_node = decode(docker("node", "update", "vm", "n" * 25)).fields
    assert [(container_of(one), network_of(one)) for one in (of_container, of_network, of_node)] == [
        (WEB, ""),
        (WEB, NET),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (docker("container", "die", exitCode="137"), "the container web ended with exit status 137"),
        (docker("container", "die"), "exit status ?"),
        (docker("network", "connect", "mynet01", NET, **ON_NET), "the network mynet01 got the container web."),
        (docker("node", "update", "vm", "n" * 25), "the node vm changed in the swarm."),
        (docker("plugin", "enable", "{image}"), "the plugin {image} had the event enable."),
    ],
)
def test_it_is_explained_in_a_sentence(made: Record, says: str) -> None:
    sentence = meaning(made, NAMES)
    assert says in sentence
    assert sentence.endswith(".")


def test_the_detail_view_shows_every_field_and_the_bytes() -> None:
    made = docker("container", "die", exitCode="137")
    rows = tree(made)
    assert (0, "event", "die") in rows
    assert (1, "exitCode", "137") in rows
    assert hexdump(made.raw)


WRONG = [
    *(b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"[" * 99999, b'{"attributes": {}}'),
    json.dumps({**json.loads(docker("node", "update").raw), "attributes": {"a": 7}}).encode(),
]


@pytest.mark.parametrize("raw", WRONG)
def test_bytes_that_are_no_event_become_one_of_object_unknown(raw: bytes) -> None:
    event = decode(record(raw))
    assert (event.object, event.action) == (Object.UNKNOWN, Action.CHANGE)
    assert line(record(raw), NAMES).text == f"message of {len(raw)} bytes"
    assert tree(record(raw)) == [(0, "bytes", raw.hex(" "))]
    assert as_json(record(raw), NAMES)["object"] == "unknown"


@given(st.tuples(st.text(), st.text(), st.text(), st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_what_was_packed_comes_out_again(values: tuple[str, str, str, str, str], attributes: dict[str, str]) -> None:
    engine, kind, action, subject, name = values
    made = record(pack_docker(engine, kind, action, subject=subject, name=name, attributes=attributes))
    fields = decode(made).fields
    assert tuple(fields[key] for key in ("engine", "type", "event", "id", "name")) == values
    assert fields["attributes"] == attributes
    assert line(made, NAMES).text.startswith("docker")
