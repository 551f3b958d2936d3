"""Recordings: what a session takes in, in files that other tools read too.

pcapng (``blocks``, ``encode``, ``decode``) is what ovltui records and replays; Wireshark and tshark show it as netlink
messages under the names of their namespaces. rtmon's format (``rtmon``) is what ``ip monitor file`` prints. ``sink``
and ``source`` are the files themselves. Nothing here knows a session.
"""
