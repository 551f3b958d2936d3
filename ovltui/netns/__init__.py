"""Which network namespaces exist, by which evidence, and who keeps each alive.

Source: ``/proc/*/ns/net``, the nsfs mounts of every mount namespace, what threads, descriptors and sockets keep alive,
and the nsid table; each finding is opened once, identified by its kernel id, and closed. Privileges: CAP_SYS_PTRACE and
CAP_SYS_ADMIN for those of other users. Incomplete: what processes hold is looked at every few seconds only
(``netns.beat``); what could not be read is counted.
"""
