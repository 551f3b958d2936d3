"""Which kinds of events each pane may show.

Source: the vocabulary. Privileges: none; pure. Incomplete: a gap is no kind: it shows always, since what it swallowed
may have been of any.
"""

from ovltui.events.vocabulary import Object, Pane

_EVERYWHERE = (Object.DOCKER, Object.UNKNOWN)
_OF_PANE: dict[Pane, tuple[Object, ...]] = {
    Pane.LINK: (
        *(Object.LINK, Object.ADDR, Object.NSID, Object.NETCONF),
        *(Object.VLAN, Object.TUNNEL, Object.STATS),
    ),
    Pane.ROUTE: (Object.ROUTE, Object.RULE, Object.NEXTHOP, Object.PREFIX, Object.MROUTE),
    Pane.NEIGH: (Object.NEIGH, Object.FDB, Object.MDB),
}


def kinds_of(pane: Pane | None) -> tuple[Object, ...]:
    """Return the kinds that a pane may show, those that matter first; of all panes for None."""
    of_panes = _OF_PANE.values() if pane is None else (_OF_PANE[pane],)
    return (*(kind for kinds in of_panes for kind in kinds), *_EVERYWHERE)
