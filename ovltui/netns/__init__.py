"""Which network namespaces exist, and by which evidence.

Source: ``/proc/*/ns/net``, the nsfs mounts of every mount namespace, and the nsid table; each finding is opened once,
identified by its kernel id, and closed. Privileges: CAP_SYS_PTRACE and CAP_SYS_ADMIN for those of other users.
Incomplete: a namespace kept alive only by a descriptor, a thread or a socket is not seen yet; what could not be
read is counted.
"""
