"""What each namespace contained at each moment of the stream: links by name, addresses, nsids; and all it contains now.

Source: dumps of short visits, kept current by events; keys are (netns, ifindex) and (nsid, moment), since the kernel
uses ifindexes, nsids and names again, and in ``tables``, which hold what is now, the kernel's own. Privileges: none;
bytes and values come in, values go out. Incomplete: before the first dump or event of a namespace its links have no
names (``if7``), and after a gap they may be old.
"""
