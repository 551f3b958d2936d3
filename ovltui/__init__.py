"""ovltui: live events, a browser and shells for every network namespace of a Docker host.

The map, top first; each room imports only from rooms below it:

- ``cli``        one verb a file: ``ls``, ``watch``, ``exec``, ``lab`` …; starts ``tui``
- ``tui``        the screens; the only room that imports Textual
- ``report``     one file for a ticket: what is there, what is wrong, drawn and told
- ``session``    the running whole for both front ends, and the frozen snapshot that they draw
- ``checks``     what is wrong, by which evidence, since when
- ``remote``     the streams of other machines: ssh, what is sent where ovltui is missing, NATS
- ``capture``    recordings: pcapng and rtmon's format, and the files that hold them
- ``topology``   how the links of all namespaces hang together, and the way of a frame through them
- ``config``     the user's file: theme, keys, columns, hosts
- ``terminal``   a shell in a namespace: its pty, its screen, its keys; without Textual
- ``lab``        an overlay network of namespaces to practise on, its faults and its tour
- ``state``      links and addresses of each namespace, by (netns, ifindex), over time; the kernel's tables as they are
- ``identity``   whose a namespace is: Docker Engines, containers, networks, the one name to show
- ``netns``      which namespaces exist, and by which evidence
- ``events``     pure: records, the ring, decoding on sight, filters, lines
- ``kernel``     the only door to sockets, setns, /proc and ioctls
- ``errors``, ``text``   what may go wrong; how outside strings are cleaned
- ``passing``          the line that says how far long work is

Data goes one way: reader process → frames → ring → decoded on sight → line → front end. Events of Docker Engines enter
the ring where they arrive. A stream from another machine is a recording that has not ended; ``session.joined`` takes
several in, in numbers of its own.
"""
