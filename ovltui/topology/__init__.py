"""How the links of all namespaces hang together, and the way that a packet takes through them.

Source: the tables of each namespace (``state.tables``), what nsids mean in it, and whose it is. Pure: values come in,
frozen values go out; ``model`` is the page to read first. Privileges: none. Incomplete: what lies in a namespace that
could not be visited is a node of its own, ``Unseen``; filters (nftables, tc, ebtables) are not looked at.
"""
