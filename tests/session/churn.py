"""Random changes of a namespace by ``ip`` and ``bridge``, each run from a seed; some fail, as they may."""

import subprocess
from collections.abc import Callable, Sequence
from random import Random

from tests.bed.netns import NamedNetns

LINKS = ("va", "vb", "br7", "vx7")
SETUP = """
link add va type veth peer name vb
link add br7 type bridge
link add vx7 type vxlan id 77 local 192.0.2.1 dstport 4791 nolearning
link set va up
link set vb up
link set br7 up
link set vx7 up
address add 10.60.0.1/24 dev va
address add 10.61.0.1/24 dev vx7
address add fd60::1/64 dev va nodad
"""


def set_up(made: NamedNetns) -> None:
    """Make the links between which changes happen."""
    for command in SETUP.strip().splitlines():
        made.ip(*command.split())


def run(made: NamedNetns, commands: Sequence[str]) -> None:
    """Run commands of ``ip`` and ``bridge``, those next to each other as one batch, and pass over those that fail."""
    for program in ("ip", "bridge"):
        chosen = [command.removeprefix("bridge ") for command in commands if _program(command) == program]
        batch = [program, "-force", "-n", made.name, "-batch", "-"]
        subprocess.run(batch, input="\n".join(chosen), text=True, check=False, capture_output=True)


def _program(command: str) -> str:
    return "bridge" if command.startswith("bridge ") else "ip"


def churn(seed: int, count: int, *, plain: bool) -> list[str]:
    """Return random commands.

    Args:
        seed: what they follow from.
        count: how many.
        plain: only such as a message about one thing tells wholly: no replaced or joined routes, no renames.
    """
    random = Random(seed)
    makers = _PLAIN if plain else (*_PLAIN, *_INTRICATE)
    return [random.choice(makers)(random) for _ in range(count)]


def _verb(random: Random) -> str:
    return random.choice(("add", "add", "add", "del"))


def _route(random: Random) -> str:
    target = random.choice(("dev va", "dev vx7", "via 10.60.0.9", "via 10.61.0.9"))
    table = random.choice(("", " table 42", " metric 9"))
    return f"route {_verb(random)} 10.{random.randrange(70, 73)}.{random.randrange(16)}.0/24 {target}{table}"


def _route6(random: Random) -> str:
    target = random.choice(("dev va", "dev br7", "via fd60::9 dev va"))
    return f"-6 route {_verb(random)} fd70:{random.randrange(32):x}::/64 {target} metric {random.randrange(7, 9)}"


def _neigh(random: Random) -> str:
    verb = random.choice(("replace", "replace", "del"))
    state = random.choice(("permanent", "reachable", "stale"))
    where = f"10.60.0.{random.randrange(100, 120)} dev {random.choice(LINKS)}"
    return f"neigh {verb} {where}" + (f" lladdr 02:00:00:00:01:{random.randrange(9):02x} nud {state}" * (verb != "del"))


def _fdb(random: Random) -> str:
    mac = f"02:00:00:00:02:{random.randrange(24):02x}"
    kind = random.randrange(4)
    if kind == 0:
        return f"bridge fdb {_verb(random)} {mac} dev {random.choice(('va', 'vb', 'vx7'))} master static"
    if kind == 1:
        return f"bridge fdb append 00:00:00:00:00:00 dev vx7 dst 192.0.2.{random.randrange(2, 9)} self permanent"
    verb = "replace" if kind == 2 else "del"
    return f"bridge fdb {verb} {mac} dev vx7 dst 192.0.2.{random.randrange(2, 9)} self permanent"


def _link(random: Random) -> str:
    name = random.choice(LINKS)
    change = random.choice(("up", "up", "up", "up", "down", f"mtu {random.randrange(1300, 1310)}"))
    port = random.choice(("va", "vx7"))  # with vb too a frame would run in a ring for ever
    return random.choice((f"link set {name} {change}", f"link set {port} {random.choice(('master br7', 'nomaster'))}"))


def _new_link(random: Random) -> str:
    name = f"n{random.randrange(4)}"
    made = random.choice((f"type veth peer name p{name}", "type bridge", f"type vxlan id {random.randrange(9)}"))
    dstport = " dstport 4792" if "vxlan" in made else ""
    return random.choice((f"link add {name} {made}{dstport}", f"link set {name} up", f"link del {name}"))


def _addr(random: Random) -> str:
    if random.randrange(2):
        return f"address {_verb(random)} fd6{random.randrange(3)}::{random.randrange(2, 5)}/64 dev va nodad"
    dev = random.choice(("va", "vx7", "br7"))
    return f"address {_verb(random)} 10.{random.randrange(60, 63)}.0.{random.randrange(1, 5)}/24 dev {dev}"


def _rule(random: Random) -> str:
    return f"rule {_verb(random)} from 10.{random.randrange(4)}.0.0/16 lookup {random.randrange(42, 44)} pref 7"


def _intricate_route(random: Random) -> str:
    verb = random.choice(("replace", "append", "prepend", "del", "add"))
    target = random.choice(("dev va", "dev vx7", "via 10.60.0.9", "via 10.61.0.9", "nhid 5", "nhid 7"))
    kind = random.choice(("", "", "", " metric 9", " tos 0x08"))
    return f"route {verb} 10.75.{random.randrange(4)}.0/24 {target}{kind}"


def _intricate_route6(random: Random) -> str:
    verb = random.choice(("replace", "append", "del", "add"))
    hops = " ".join(f"nexthop via fd60::{random.randrange(2, 6)} dev va" for _ in range(random.randrange(1, 3)))
    target = random.choice(("dev va", "dev br7", "via fd60::2 dev va", "via fd60::3 dev va", hops, "nhid 6"))
    return f"-6 route {verb} fd75:{random.randrange(3):x}::/64 {target}"


def _multipath(random: Random) -> str:
    verb = random.choice(("replace", "append", "del"))
    return f"route {verb} 10.76.{random.randrange(3)}.0/24 nexthop via 10.60.0.9 nexthop via 10.61.0.9"


def _nexthop(random: Random) -> str:
    return random.choice(
        (
            f"nexthop replace id 5 via 10.60.0.{random.randrange(2, 6)} dev va",
            f"nexthop replace id 6 via fd60::{random.randrange(2, 6)} dev va",
            f"nexthop replace id 4 via 10.61.0.{random.randrange(2, 6)} dev vx7",
            f"nexthop replace id 7 group {random.choice(('4', '5', '4/5', '4,3/5'))}",
            f"nexthop del id {random.randrange(4, 8)}",
        )
    )


def _rename(random: Random) -> str:
    name = f"n{random.randrange(4)}"
    return random.choice((f"link set {name} name m{name}", f"link set m{name} name {name}"))


Maker = Callable[[Random], str]
_PLAIN: tuple[Maker, ...] = (_route, _route, _route6, _neigh, _fdb, _fdb, _link, _new_link, _addr, _rule)
_INTRICATE: tuple[Maker, ...] = (_intricate_route, _intricate_route6, _multipath, _nexthop, _nexthop, _rename)
