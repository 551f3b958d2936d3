"""The steps of the tour: what an overlay network is made of, from its birth to its end.

Source: the walk-through of the lab; most steps hold as well for a network of a real Docker Engine. Pure. Incomplete:
addresses and numbers in the texts are those of a lab of two nodes, or examples.
"""

from collections.abc import Callable

from ovltui.lab.tour import Act, Page, Sight, Step


def _shows(*words: str) -> Callable[[Sight], bool]:
    """Return whether a shell in the overlay's namespace shows one of these words, or the tour ran the command."""
    return lambda seen: seen.ran or ("overlay" in seen.shells and any(word in seen.says for word in words))


STEPS: tuple[Step, ...] = (
    Step(
        "a screen that listens",
        (
            "A network namespace is a network of its own inside this machine: own links,",
            "own addresses, own routes. Containers live in such. The list names all that",
            "there are; the panes show, live, what the kernel changes in each of them.",
            "tab leads from pane to pane. The key . goes on, and does a step for you.",
        ),
        "press .",
        lambda _: True,
    ),
    Step(
        "the overlay network",
        (
            "An overlay network joins containers on several machines as if one cable ran",
            "between them. On each machine it is a namespace with a bridge, br0, and a",
            "tunnel to the other machines, vxlan0. Watch both links appear, and the",
            "namespace in the list. (The lab pretends two machines, node1 and node2.)",
        ),
        "build it with .",
        lambda seen: seen.networks > 0,
        Act.NETWORK,
        points="object:link /vxlan0 .*was called/",
        docker="type: docker run -d --name probe1 --network NETWORK alpine sleep 1d",
    ),
    Step(
        "a container is started",
        (
            "A container's cable is a veth pair: two links, what enters one leaves the",
            "other. Both ends are born on the machine (node1 in the lab). One moves into",
            "the container and is renamed eth0, the other into the overlay's namespace,",
            "to br0. The mark → is such a move. Scroll up to read it: it took moments.",
        ),
        "start docker1n with .",
        lambda seen: seen.started,
        Act.CONTAINER,
        points="action:move",
        docker="type: docker run -d --name probe2 --network NETWORK alpine sleep 1d",
    ),
    Step(
        "an event, whole",
        (
            "Each line is one message of the kernel. Behind the short line stands more:",
            "what it means, the life of the link through all its namespaces and names,",
            "every attribute, the bytes themselves.",
        ),
        "press enter on a line with → (/ action:move finds them); esc comes back",
        lambda seen: seen.page is Page.EVENT,
        Act.OPEN_EVENT,
        points="action:move",
        looks_back=True,
    ),
    Step(
        "namespaces without a process",
        (
            "lsns and ip netns do not list the overlay's namespace: no process is in it,",
            "and its file lies where they do not look. ovltui finds it in the mount",
            "tables: it is the one with br0 and vxlan0, called as its network.",
        ),
        "in the list of namespaces (tab) move the cursor to mynet01",
        lambda seen: seen.chosen == "overlay",
        Act.CHOOSE,
        docker="in the list of namespaces (tab) move the cursor to the overlay's own",
    ),
    Step(
        "how to get there by hand",
        (
            "The page of a namespace tells whose it is, by which evidence it was found,",
            "and behind 'by hand' the command that leads into it without ovltui. tab",
            "leads on to its tables: links, addresses, routes, neighbours, FDB.",
        ),
        "press enter in the list; esc comes back",
        lambda seen: seen.page is Page.NETNS,
        Act.OPEN_NETNS,
    ),
    Step(
        "go in, and look at the tunnel",
        (
            "A shell in the overlay's namespace has your files and tools, but that",
            "network. ip -d link tells of vxlan0: its number (id 4097) is the network's",
            "name on the wire, 4789 the UDP port. All packets between the machines are",
            "wrapped into UDP there, which takes 50 bytes: hence mtu 1450.",
        ),
        "press s, type: ip -d link show vxlan0 | head -3   (ctrl+] leaves it)",
        _shows("vxlan id", "designated_bridge"),
        Act.RUN,
        command="ip -d link show vxlan0 | head -3",
    ),
    Step(
        "who is where: the FDB",
        (
            "The bridge knows MAC addresses, the tunnel knows machines. The forwarding",
            "database (FDB) joins them: this MAC address is behind that machine (dst).",
            "Docker writes such a row for each container on another machine. A missing",
            "or a wrong one is the classic fault of overlay networks.",
        ),
        "in the overlay's shell, type: bridge fdb show dev vxlan0",
        _shows("self permanent"),
        Act.RUN,
        command="bridge fdb show dev vxlan0",
    ),
    Step(
        "who has which address: neighbours",
        (
            "Before it sends, a container asks: who has this address? (ARP). The question",
            "never leaves the machine: vxlan0 answers for containers elsewhere, out of",
            "its neighbour table. Docker writes these rows, too: PERMANENT, not learned.",
        ),
        "in the overlay's shell, type: ip neigh show dev vxlan0",
        _shows("PERMANENT"),
        Act.RUN,
        command="ip neigh show dev vxlan0",
    ),
    Step(
        "where the other end of a cable is",
        (
            "Say ip link shows veth1@if6 and link-netnsid 2: the other end is link number",
            "6 in the namespace that is number 2 here. Each namespace numbers the others",
            "in its own way, so the panes put in the names: veth1@docker1n/eth0.",
        ),
        "in the overlay's shell, type: ip link show type veth",
        _shows("link-netns"),
        Act.RUN,
        command="ip link show type veth",
        points="object:link / veth\\d+@/",
        looks_back=True,
    ),
    Step(
        "a ping, seen from inside",
        (
            "Let a container ping another one on the other machine. In the neigh pane the",
            "container learns its neighbour (REACHABLE), and br0 on both machines learns",
            "behind which port each MAC address is.",
        ),
        "choose docker1n in the list, press !, type: ping -c 3 10.13.17.12",
        lambda seen: seen.ran or "bytes from" in seen.says,
        Act.RUN,
        "container",
        "ping -c 3 {peer}",
        points="object:neigh REACHABLE",
        docker="choose a container, press !, type: ping -c 3 ADDRESS-OF-THE-OTHER",
    ),
    Step(
        "a miss",
        (
            "Now an address that nobody has. The container asks, vxlan0 finds no row to",
            "answer from, and the kernel tells: ? miss (l3miss). On a real host, misses",
            "of an address that somebody does have mean that Docker lost a row.",
        ),
        "in a container, run: ping -c 3 10.13.17.99",
        lambda seen: seen.caused,
        Act.RUN,
        "container",
        "ping -c 3 {nobody}",
        points="action:miss",
        docker="in a container, ping an address of its network that nobody has",
    ),
    Step(
        "something breaks",
        (
            "The lab can break as real networks do (ovltui lab break --list). Here one",
            "FDB row goes, the line with -; docker1n pings docker2n meanwhile, in vain.",
            "Each lookup of that row is now a miss: the event tells which row it is.",
            "The first line soon says ! 1 error: 4 tells of it, 1 leads back here.",
        ),
        "break it with .",
        lambda seen: seen.caused,
        Act.BREAK,
        "container",
        "ping {peer}",
        points="action:del object:fdb vxlan0",
        lab_only=True,
    ),
    Step(
        "and is mended",
        (
            "The row is put back, and the ping is answered at once. By hand, in the",
            "overlay's namespace of node1:",
            "bridge fdb replace 02:42:0a:0d:11:0c dev vxlan0 dst 192.168.56.102 self",
            "permanent. In other faults ovltui lab hint helps, and lab check confirms.",
        ),
        "mend it with ., or with that command",
        lambda seen: seen.caused,
        Act.MEND,
        points="action:new object:fdb vxlan0 permanent",
        lab_only=True,
    ),
    Step(
        "the network, drawn",
        (
            "All of it in one drawing, from left to right: containers, their cables into",
            "the overlay's namespace, br0 and vxlan0 there, the machine's own link eth0",
            "that carries the tunnel, the other machine. The arrows walk, enter opens, a",
            "link flashes when it has an event. P shows the way between two containers.",
        ),
        "press 3, the drawing",
        lambda seen: seen.page is Page.DRAWING,
        Act.DRAW,
    ),
    Step(
        "all of it goes",
        (
            "That was an overlay network. Left is to take it down: namespaces die, and",
            "with them their links, rows and processes. Watch them leave the list.",
            "ovltui lab up builds the lab, ovltui lab break --random sets you a riddle.",
        ),
        "remove the lab with .",
        lambda seen: seen.networks == 0,
        Act.DOWN,
        docker="docker rm -f probe1 probe2, and press . to end the tour",
    ),
)
"""In the order in which they are shown."""
DOCKERS_OWN = frozenset((Act.NETWORK, Act.CONTAINER, Act.DOWN))
"""Acts that are the user's where the network is of a real Docker Engine: we change nothing there."""


def steps(*, docker: bool) -> tuple[Step, ...]:
    """Return the steps through the lab, or through a network of a real Docker Engine."""
    return tuple(step for step in STEPS if not (docker and step.lab_only))


def hand(step: Step, *, docker: bool) -> str:
    """Return what the user is to do, in the lab or with a real Docker Engine."""
    return step.docker if docker and step.docker else step.hand
