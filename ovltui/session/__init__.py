"""The running whole for both front ends: the stream, the namespaces, their names, and a frozen picture of them.

Source: the rooms below. Privileges: those of the rooms; what is missing becomes a gap in the snapshot. Incomplete: a
snapshot is a moment; the ring beside it goes on.
"""
