"""Where another machine is, as users write it, and what is no such thing."""

import pytest

from ovltui.errors import UsageError
from ovltui.remote.address import Address, parse


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("ssh://node2", Address(None, "node2", None)),
        ("node2", Address(None, "node2", None)),
        ("ssh://root@Node-2.example.org:2222", Address("root", "Node-2.example.org", 2222)),
        ("ssh://root@node2:22/", Address("root", "node2", 22)),
        ("ssh://[fe80::1%eth0]:2222", Address(None, "fe80::1%eth0", 2222)),
        ("ssh://u@[2001:db8::7]", Address("u", "2001:db8::7", None)),
        ("ssh://192.168.7.1", Address(None, "192.168.7.1", None)),
        ("ssh://an_Alias", Address(None, "an_Alias", None)),
    ],
)
def test_an_address_is_understood_and_written_as_it_is(text: str, means: Address) -> None:
    assert parse(text) == means
    assert parse(str(means)) == means


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "ssh://",
            "-oProxyCommand=id",
            "ssh://-oProxyCommand=id",
            "ssh://-l@node2",
            "ssh://@node2",
            "ssh://root@",
        ),
        *("ssh://node2:0", "ssh://node2:99999", "ssh://node2:x"),
        *(
            "ssh://root:secret@node2",
            "ssh://node2/path",
            "ssh://node2?x",
            "ssh://node2#x",
            "tcp://node2",
            "nats://node2",
        ),
        *(
            "ssh://no de",
            "ssh://node2;id",
            "ssh://$(id)",
            "ssh://a`id`@node2",
            "ssh://node2\n",
            "ssh://\x1b[31m",
            "ssh://[::1",
        ),
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text)
    said = str(refused.value)
    assert "no address of a machine" in said
    assert "\x1b" not in said
    assert "\n" not in said


def test_the_command_by_hand_is_told() -> None:
    assert parse("ssh://root@node2:2222").command == "ssh -p 2222 root@node2"
