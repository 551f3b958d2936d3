"""What each screen shows and how it is read, as its help says it; keys are beside it, made from the bindings."""

EVENTS = """\
A line is one event of one namespace: when, where, mark, what.
+ new   - gone   ~ changed   → moved away   ? looked up, missed   LOST: the kernel dropped events
! behind a time: this event broke something; behind a name: something is wrong there; 4 tells what.
\N{BULLET} behind a name: events just now; $: a shell of yours runs there.
\N{MULTIPLICATION SIGN}12 in front of a text: it came twelve times, the first time when the line says.
Below a network (overlay 4097: its VNI): its own namespace with bridge and tunnel, its load balancer,
its containers. Choose one and the panes narrow to it; a widens. s: shell there; P: way between two.
Scrolling up pauses, G or End is live again; nothing is lost meanwhile.
f folds what the kernel did for an event of Docker beneath it, enter lists it.
"""
NAMESPACES = """\
All network namespaces of this machine, and what is known of each.
enter looks inside, l shows its events, S opens a shell with its network.
< and > choose the column to sort by, I turns the order round.
"""
TOPOLOGY = """\
Who is wired to whom, one network at a time; w goes to the next one.
From left to right: what is attached, the overlay's namespace with its
bridge and tunnel, the underlay that carries the tunnel, other machines.
The arrows walk along the wires; what is selected stands in full below.
A name flashes when its link has an event; !: wrong, 4 tells what.
f shows what was left out for want of room, z only what the selected is
wired to. P finds the way between two and marks it, X saves the drawing.
"""
CHECKS = """\
A line is one finding: something is, or will be, in the way of traffic.
error    traffic is lost now, or as soon as someone tries
warning  something will break, or breaks for some
note     worth to know: left over, or unusual
settling: so new that Docker may still be at work; it may go by itself.
c leads to the event that caused it, y copies the command that mends it;
ovltui runs none by itself. i tells what a check compares, f shows what
is over. Nothing chosen: what was checked, and what cannot be known.
PgDn scrolls what stands below, enter shows it whole. P walks the way
between two, hop by hop, up to where frames are lost.
"""
INSPECTOR = """\
All that is in one namespace, as it is now; it changes while you look:
+ new   - gone   ~ changed, for a moment.
tab leads from tab to tab. enter shows a row whole, Y copies the command
that prints the same by hand, l shows its events, s opens a shell in it.
"""
PATH = """\
The way of a frame from one end to the other and back, hop by hop.
At each hop an entry of the kernel's tables decides; it stands under BY.
ok: it leads on. missing, down, wrong: there frames are lost, the line
on top says why. unknown: that part of the way cannot be seen from here.
The page follows what changes. 3 shows the way in the drawing.
"""
SHELLS = """\
Each shell has the host's files and tools, and its namespace's network.
Every key goes to the shell but ctrl+], which leaves it running.
"""
HOSTS = """\
The machines that are shown together, and how the line to each is.
live     its events come
lost     its line broke off: what is shown of it is as of then
CLOCK says by how much a machine's clock is ahead of this one's; times of
its events are corrected by that. LOST: events of it that did not come.
a adds a machine, d drops one, r tries one again at once.
"""
RECORDINGS = """\
What was recorded here, the newest first. enter plays one on the same
screens, as they were at any moment; q comes back from there.
R on any screen records into a new file and ends it. o opens a file from
elsewhere: pcapng of ovltui or of Wireshark, and what rtmon writes.
ENDED: closed is whole; of one that is not closed the last moments are
missing, the rest can be played. d deletes one, after a question.
"""
