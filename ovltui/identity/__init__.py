"""Whose a namespace is: the container, network or person behind it, and the one name to show.

Source: the HTTP API of every Docker Engine that can be reached, control groups, names in /run/netns, and processes.
Privileges: the right to connect to an engine's socket. Incomplete: without an engine, its namespaces keep the names of
their mounts; an engine that does not answer is a value that the user sees, and nobody waits for it.
"""
