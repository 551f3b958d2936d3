"""The screens: what happens, where, from inside; drawn from snapshots and the ring.

Source: a ``Session``; nothing here opens a socket or a namespace. Privileges: a terminal. Incomplete: painting is
throttled to a few times a second for data (keys are drawn at once), so the newest record may be a blink behind.
"""
