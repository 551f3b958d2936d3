import pytest

from ovltui.cli.netns import resolve
from ovltui.errors import ExitStatus, NetnsError
from ovltui.identity.model import EngineView, Network
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session

HOST = NetnsKey("vm", 1)
OVERLAY = "1-abcdef1234"


def view(name: str, mntns: int) -> EngineView:
    network = Network("abcdef1234567890", "mynet01", "overlay", "swarm", False, 4097, ("10.13.17.0/24",))
    return EngineView(f"unix:///{name}.sock", False, True, "", f"id-{name}", name, "20", 1, mntns, None, (), (network,))


def named(number: int, path: str, mntns: int = 9) -> Netns:
    mount = Mount(mntns, 1, path)
    return Netns(NetnsKey("vm", number), 4026530000 + number, 1000000 + number, False, (mount,), ())


@pytest.fixture
def session() -> Session:
    session = Session("vm", HOST)
    host = Netns(HOST, 4026530001, None, True, (), (1,))
    rows = (
        named(2, "/run/netns/blue"),
        named(3, f"/run/docker/netns/{OVERLAY}", 21),
        named(4, f"/run/docker/netns/{OVERLAY}", 22),
        *(named(number, f"/run/netns/many{number}") for number in range(10, 22)),
    )
    session.publish((host, *rows))
    session.engines_changed((view("node1", 21), view("node2", 22)))
    return session


@pytest.mark.parametrize("text", ["blue", "/run/netns/blue", "net:[4026530002]", "nsid:1000002"])
def test_each_form_finds_it(session: Session, text: str) -> None:
    assert resolve(session, text).key.id == 2


def test_host_is_our_own(session: Session) -> None:
    assert resolve(session, "host").own


def test_an_ambiguous_name_lists_the_candidates_with_their_kinds(session: Session) -> None:
    with pytest.raises(NetnsError) as caught:
        resolve(session, "mynet01")
    assert str(caught.value) == "mynet01 is ambiguous: mynet01@node1 (overlay), mynet01@node2 (overlay)."
    assert caught.value.status is ExitStatus.NO_NETNS
    assert resolve(session, "mynet01@node2").key.id == 4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("blu", "no namespace is called blu; is it blue?"),
        ("zzzzzz", "no namespace is called zzzzzz; ovltui ls lists them."),
        ("", "no namespace is called by an empty name; ovltui ls lists them."),
        ("\x1b[2J", "no namespace is called \\x1b[2J; ovltui ls lists them."),
    ],
)
def test_an_unknown_name_is_told_with_what_is_near(session: Session, text: str, sentence: str) -> None:
    with pytest.raises(NetnsError) as caught:
        resolve(session, text)
    assert str(caught.value) == sentence
    assert caught.value.status is ExitStatus.NO_NETNS
