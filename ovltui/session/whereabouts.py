"""What a person calls the place of a finding, also after it died.

Source: the topology, and the names of the session for what is not in it any more. Pure but for what it reads.
Incomplete: a link that nobody remembers is called by its index.
"""

from ovltui.checks.finding import Finding
from ovltui.session.session import Session
from ovltui.topology.links import LinkKey
from ovltui.topology.model import Topology


def netns_name(finding: Finding, topology: Topology, session: Session) -> str | None:
    """Return the name of the namespace of a finding; None where it is of no one namespace."""
    key = finding.netns or (finding.link.netns if finding.link else None)
    if key is None:
        return None
    node = topology.node(key)
    tenure = session.tenures.of(key)
    if node or tenure is None:
        return topology.name(key)
    return session.names.netns(tenure.nsid, session.ring.end if tenure.died is None else tenure.died)


def where(finding: Finding, topology: Topology, session: Session) -> str:
    """Return namespace and link of a finding: ``mynet01/vxlan0``; ``-`` where it is of no one place."""
    name = netns_name(finding, topology, session)
    if name is None:
        return "-"
    return f"{name}/{_link_name(finding.link, topology, session)}" if finding.link else name


def _link_name(link: LinkKey, topology: Topology, session: Session) -> str:
    found = topology.link(link)
    tenure = session.tenures.of(link.netns)
    if found or tenure is None:
        return found.ifname if found else f"if{link.ifindex}"
    return session.names.link(tenure.nsid, link.ifindex, session.ring.end if tenure.died is None else tenure.died)
