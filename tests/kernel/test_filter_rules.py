"""Which rules may drop what overlays need, and which only look like it."""

import shlex

import pytest

from ovltui.kernel.filter_rules import dropping

PORTS = frozenset((2377, 4789, 7946))
DOCKERS = """\
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
-A FORWARD -i docker_gwbridge -o docker_gwbridge -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A INPUT -p udp -m policy --dir in --pol none -m udp --dport 4789 -j DROP
-A DOCKER -d 172.18.0.2/32 -p tcp -m tcp --dport 7946 -j ACCEPT
COMMIT
"""


def delete(rule: str) -> str:
    """Return the command that deletes a rule, by its words."""
    try:
        words = shlex.split(rule)
    except ValueError:
        words = rule.split()
    return shlex.join(("iptables", "-D", *words[1:]))


@pytest.mark.parametrize(
    ("rule", "ports"),
    [
        ("-A INPUT -p udp -m udp --dport 4789 -j DROP", [4789]),
        ("-A OUTPUT -p udp -m udp --sport 4789 -j REJECT --reject-with icmp-port-unreachable", [4789]),
        ("-A INPUT -p tcp -m multiport --dports 22,2377,7000:8000 -j DROP", [2377, 7946]),
        ("-A INPUT -p udp -m udp ! --dport 4789 -j DROP", []),
        ("-A INPUT -p udp -m udp --dport 53 -j DROP", []),
        ("-A INPUT -p udp -m udp --dport 4789 -j LOG --log-prefix DROP", []),
        ('-A INPUT -p udp -m udp --dport 4789 -m comment --comment "it\'s -j ACCEPT" -j DROP', [4789]),
        ('-A INPUT -p udp -m udp --dport 4789 -m comment --comment "broken -j DROP', [4789]),
    ],
)
def test_a_rule_counts_that_names_a_port_and_drops(rule: str, ports: list[int]) -> None:
    assert dropping(f"*filter\n{rule}\nCOMMIT\n", "", PORTS) == tuple((rule, port, delete(rule)) for port in ports)


def test_what_docker_sets_itself_is_no_drop() -> None:
    assert dropping(DOCKERS, "", PORTS) == ()


def test_a_rule_behind_one_that_lets_the_port_pass_does_not_count() -> None:
    rules = ("-A INPUT -s 10.0.0.0/8 -p udp --dport 4789 -j ACCEPT", "-A INPUT -p udp --dport 4789 -j DROP")
    assert dropping("\n".join(rules), "", PORTS) == ()
    assert dropping("\n".join(reversed(rules)), "", PORTS) == ((rules[1], 4789, delete(rules[1])),)


def test_a_rule_of_another_table_is_deleted_there() -> None:
    ((*_, undo),) = dropping("*raw\n-A PREROUTING -p udp --dport 4789 -j DROP\nCOMMIT\n", "", PORTS)
    assert undo == "iptables -t raw -D PREROUTING -p udp --dport 4789 -j DROP"


def test_rules_of_nft_count_too_and_are_deleted_by_their_handles() -> None:
    ruleset = """\
table inet mine { # handle 7
    chain input { # handle 1
        type filter hook input priority filter; policy accept;
        udp dport { 4789, 7000-8000 } counter packets 0 bytes 0 drop # handle 3
    }
    chain output { # handle 2
        tcp dport 2377 accept # handle 4
        tcp dport 2377 drop # handle 5
        udp sport 4789 reject with icmp port-unreachable comment "# handle 9" # handle 6
        udp sport 4789 drop
    }
}
"""
    first = "udp dport { 4789, 7000-8000 } counter packets 0 bytes 0 drop"
    undo = "nft delete rule inet mine input handle 3"
    last = 'udp sport 4789 reject with icmp port-unreachable comment "# handle 9"'
    assert dropping("", ruleset, PORTS) == (
        (first, 4789, undo),
        (first, 7946, undo),
        (last, 4789, "nft delete rule inet mine output handle 6"),
        ("udp sport 4789 drop", 4789, ""),
    )


def test_what_somebody_wrote_into_a_rule_is_cleaned() -> None:
    ((text, _, undo),) = dropping('-A INPUT -p udp --dport 4789 -m comment --comment "\x1b[2J" -j DROP', "", PORTS)
    assert text.isprintable()
    assert undo.isprintable()
