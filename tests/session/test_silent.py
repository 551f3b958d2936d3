"""What the kernel changes without an event stands in the stream all the same, once, and marked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ovltui.events.explain import meaning, tree
from ovltui.events.line import line
from ovltui.events.record import Kind
from ovltui.events.tojson import as_json
from ovltui.session.live import LiveSession
from tests.bed.netns import NamedNetns
from tests.session.watching import (
    await_complete,
    await_equal,
    await_quiet,
    known_of,
    netns_of,
    nsid_of,
    records,
    rows,
    watching,
)

pytestmark = pytest.mark.needs_root
SETUP = """
link add x type veth peer name y
link set x up
link set y up
link add dum type vxlan id 9 dstport 4790
link set dum up
address add 10.0.0.1/24 dev x
address add 10.9.0.1/24 dev y
address add 10.8.0.1/24 dev dum
address add fd00::1/64 dev x nodad
route add 10.1.0.0/16 via 10.0.0.9
route add 10.2.0.0/16 via 10.8.0.9 dev dum table 77
route add fd01::/64 via fd00::9
nexthop add id 7 via 10.9.0.77 dev y
nexthop add id 8 via 10.8.0.77 dev dum
nexthop add id 9 group 7/8
route add 10.3.0.0/16 nhid 8
route add 10.4.0.0/16 nexthop via 10.0.0.9 nexthop via 10.8.0.9
"""


@dataclass(frozen=True, slots=True)
class Scene:
    session: LiveSession
    made: NamedNetns

    def rows_of(self, command: str) -> list[str]:
        """Return the rows that no event told after a command; what is known then is what the kernel says."""
        netns = netns_of(self.session, self.made)
        start, before = self.session.ring.end, known_of(self.session, netns)
        self.made.ip(*command.split())
        await_quiet(self.session, netns)
        after = await_equal(self.session, netns, self.made)
        assert before != after
        return sorted(rows(self.session, nsid_of(self.session, netns), start))


@pytest.fixture
def scene(new_netns: Callable[[str], NamedNetns]) -> Iterator[Scene]:
    made = new_netns("ovA-silent")
    for command in SETUP.strip().splitlines():
        made.ip(*command.split())
    with watching() as session:
        netns = netns_of(session, made)
        await_quiet(session, netns)
        await_complete(session, netns)
        yield Scene(session, made)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "link set dum down",
            [
                "+ nexthop id 9 group 7 (resync)",
                "- 10.2.0.0/16 via 10.8.0.9 dev dum table 77 (resync)",
                "- 10.3.0.0/16 nhid 8 via 10.8.0.77 dev dum (resync)",
                "- 10.8.0.0/24 dev dum scope link src 10.8.0.1 (resync)",
                "- broadcast 10.8.0.255 dev dum src 10.8.0.1 (resync)",
                "- nexthop id 8 via 10.8.0.77 dev dum (resync)",
            ],
        ),
        (
            "link delete dum",
            [
                "+ nexthop id 9 group 7 (resync)",
                "- 10.2.0.0/16 via 10.8.0.9 dev dum table 77 (resync)",
                "- 10.3.0.0/16 nhid 8 via 10.8.0.77 dev dum (resync)",
                "- 10.4.0.0/16 nexthop via 10.0.0.9 dev x nexthop via 10.8.0.9 dev dum (resync)",
                "- 10.8.0.0/24 dev dum scope link src 10.8.0.1 (resync)",
                "- broadcast 10.8.0.255 dev dum src 10.8.0.1 (resync)",
                "- nexthop id 8 via 10.8.0.77 dev dum (resync)",
            ],
        ),
        (
            "address delete 10.0.0.1/24 dev x",
            ["- 10.1.0.0/16 via 10.0.0.9 dev x (resync)"],
        ),
        ("nexthop delete id 8", ["- 10.3.0.0/16 nhid 8 via 10.8.0.77 dev dum (resync)"]),
        # The other end loses its carrier: what hangs on nexthop objects there goes, plain routes stay.
        ("link set x down", ["+ nexthop id 9 group 8 (resync)", "- nexthop id 7 via 10.9.0.77 dev y (resync)"]),
    ],
)
def test_each_route_and_nexthop_that_goes_silently_has_one_row(scene: Scene, command: str, expected: list[str]) -> None:
    found = scene.rows_of(command)
    if command == "link set x down":
        on_x = [row for row in found if " dev x" in row]
        assert [row for row in on_x if "nexthop via" not in row] == [
            "- 10.0.0.0/24 dev x scope link src 10.0.0.1 (resync)",
            "- 10.1.0.0/16 via 10.0.0.9 dev x (resync)",
            "- broadcast 10.0.0.255 dev x src 10.0.0.1 (resync)",
        ]
        found = [row for row in found if row not in on_x]
    assert found == expected


def test_what_reports_itself_has_no_row_of_ours(scene: Scene) -> None:
    assert scene.rows_of("route delete 10.1.0.0/16") == []
    assert scene.rows_of("link set dum mtu 1400") == []
    assert scene.rows_of("address add 10.7.0.1/24 dev dum") == []
    assert scene.rows_of("-6 address delete fd00::1/64 dev x") == []
    assert scene.rows_of("link add eve type bridge") == []


def test_a_row_says_that_no_event_told_it(scene: Scene) -> None:
    scene.rows_of("nexthop delete id 8")
    netns = netns_of(scene.session, scene.made)
    (record,) = records(scene.session, nsid_of(scene.session, netns), 0, Kind.RESYNC)
    names = scene.session.names
    assert line(record, names).netns == scene.made.name
    told = as_json(record, names)
    assert (told["resync"], told["action"], told["dst"], told["dev"]) == (True, "del", "10.3.0.0/16", "dum")
    json.dumps(told)
    assert meaning(record, names) == (
        "No longer: packets to 10.3.0.0/16 go to the gateway 10.8.0.77 through dum. No event told this, the kernel's "
        "tables were read again: the kernel removes it silently with a link, an address or a nexthop object, or events "
        "were lost."
    )
    assert (0, "nlmsghdr", "RTM_DELROUTE") in tree(record)
    assert scene.session.is_in(record, frozenset((netns.key,)))
    assert not scene.session.is_in(record, frozenset())
