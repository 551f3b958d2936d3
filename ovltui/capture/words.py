"""Words that stay in a redacted recording, since they are the kernel's, Docker's or ovltui's own. Pure."""

from ovltui.identity.model import Kind
from ovltui.kernel.wire import Table

WORDS = frozenset(
    (
        *("lo", "host", "none", "nsid", "lb", "all", "default"),
        *("run", "var", "proc", "docker", "netns", "ns", "net", "self", "task", "root"),
        *("veth", "bridge", "vxlan", "vlan", "macvlan", "macvtap", "ipvlan", "vrf", "bond", "tun", "geneve", "dummy"),
        *("gre", "gretap", "ip6gre", "ip6gretap", "ipip", "ip6tnl", "sit", "ifb", "wireguard", "overlay", "null"),
        *("container", "network", "service", "node", "local", "swarm", "global", "unix:", "tcp:", "ssh:", "pci"),
        *("UP", "DOWN", "NO-CARRIER", "UNKNOWN", "DORMANT", "LOWERLAYERDOWN", "TESTING", "NOTPRESENT"),
        *("active", "inactive", "pending", "error", "locked", "ready", "down", "disconnected"),
        *map(str, Kind),
        *(table.value for table in Table),
    )
)
"""Texts and parts of texts."""
KEPT_FIELDS = frozenset(("version", "kernel", "action", "type", "check", "severity", "standing", "object"))
"""Fields whose texts are of that kind, whatever they say."""
SENTENCES = frozenset(("says", "why", "gaps", "consequence", "commands", "risk", "text"))
"""Fields that hold sentences, which would have to be read to be redacted."""
