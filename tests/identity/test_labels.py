"""Labels of engines: short, and no two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.identity.labels import distinct, labels
from ovltui.identity.model import EngineView
from ovltui.netns.model import Mount, Netns, NetnsKey


def engine(
    url: str, name: str = "vm", engine_id: str = "", netns: int | None = None, *, answers: bool = True
) -> EngineView:
    return EngineView(
        url=url,
        asked=False,
        answers=answers,
        says="",
        id=engine_id or url,
        name=name,
        version="",
        pid=None,
        mntns=None,
        netns=NetnsKey("vm", netns) if netns else None,
        containers=(),
        networks=(),
    )


def named(number: int, path: str, *, own: bool = False) -> Netns:
    return Netns(NetnsKey("vm", number), number, None, own, (Mount(1, 1, path),), ())


NODES = (
    named(1, "/run/netns/host-by-hand", own=True),
    named(11, "/run/netns/node1"),
    named(12, "/run/netns/node2"),
)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ([engine("unix:///run/docker.sock")], ["vm"]),
        ([engine("unix:///a", "left"), engine("unix:///b", "right")], ["left", "right"]),
        ([engine("unix:///a", netns=11), engine("unix:///b", netns=12)], ["node1", "node2"]),
        ([engine("unix:///a", netns=1), engine("unix:///b", netns=12)], ["vm", "node2"]),
        ([engine("unix:///t/n1/docker.sock"), engine("unix:///t/n2/docker.sock")], ["n1", "n2"]),
        ([engine("unix:///t/n1/x/docker.sock"), engine("unix:///t/long/docker.sock")], ["x", "long"]),
        (
            [engine("tcp://h", engine_id="ABCDE1"), engine("tcp://h/h", engine_id="ABCDE2")],
            ["ABCDE1", "ABCDE2"],
        ),
        ([engine("unix:///a", ""), engine("unix:///b", "")], ["a", "b"]),
        ([engine("unix:///a", netns=11), engine("unix:///b", netns=11)], ["a", "b"]),
    ],
)
def test_an_engine_has_the_first_label_that_tells_it_apart(views: list[EngineView], expected: list[str]) -> None:
    assert list(labels(views, NODES).values()) == expected


def test_an_engine_reached_in_two_ways_has_one_label() -> None:
    views = [engine("tcp://h", engine_id="X", answers=False), engine("unix:///a", engine_id="X")]
    assert labels(views, ()) == {"tcp://h": "vm", "unix:///a": "vm"}
    assert distinct(views) == (views[1],)


_names = st.sampled_from(["", "vm", "a", "b", "unix:///a", "node1"])


@given(st.dictionaries(st.sampled_from(["unix:///a", "unix:///b", "unix:///a/b", "tcp://a", "x"]), _names))
def test_labels_differ_and_are_never_empty(found: dict[str, str]) -> None:
    views = [engine(url, name, netns=11) for url, name in found.items()]
    told = labels(views, NODES)
    assert set(told) == set(found)
    assert all(told.values())
    assert len(set(told.values())) == len(found)
