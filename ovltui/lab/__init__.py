"""An overlay network to practise on, made of namespaces alone as Docker makes one; and a tour through it.

Source: a plan (pure), laid out by ``ip`` and ``bridge`` in namespaces of its own; nothing is made outside of these and
of /run/ovltui/lab, where a description of it lies. Privileges: root. Incomplete: no engine, no gossip, no name service:
the rows that Docker would learn from other nodes are there from the beginning.
"""
