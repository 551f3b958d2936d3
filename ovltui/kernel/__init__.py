"""The only door to the kernel: sockets, setns, /proc, ioctls, and processes that are born in a namespace.

Source: rtnetlink, nsfs, procfs, fanotify. Privileges: each module says which capabilities it needs and what is
missing without them. Incomplete: nothing is held open in a watched namespace longer than one visit, so everything
that comes back is a moment's truth; events say what changed since. ``wire`` and ``frames`` are pure codecs.
"""
