"""Events as values: what a netlink record says, without a socket in sight.

Source: the raw bytes that the kernel room received (``Record``), kept in a ``Ring`` and decoded when somebody looks.
Privileges: none; nothing here opens, reads or waits for anything. Incomplete: a ``GAP`` record stands where the
kernel dropped messages; a message of a kind or length that is not known is an event of object ``unknown`` and keeps
its bytes.
"""
