"""ovltui: live events, a browser and a shell for every network namespace of a Docker host.

The map, top first; each room imports only from rooms below it:

- ``cli``        one verb a file: ``ls``, ``watch``, ``exec``, ``info``; starts ``tui``
- ``tui``        the screens; the only room that imports Textual
- ``session``    the running whole for both front ends, and the frozen snapshot that they draw
- ``state``      links and addresses of each namespace, by (netns, ifindex), over time
- ``identity``   whose a namespace is: Docker Engines, containers, networks, the one name to show
- ``netns``      which namespaces exist, and by which evidence
- ``events``     pure: records, the ring, decoding on sight, filters, lines
- ``kernel``     the only door to sockets, setns, /proc and ioctls
- ``errors``, ``text``   what may go wrong; how outside strings are cleaned

Data goes one way: reader process → frames → ring → decoded on sight → line → front end. Events of Docker Engines enter
the ring where they arrive.
"""
