"""What is wrong: where the kernel's tables differ from what Docker intends, and from what can work at all.

Source: a ``Scene`` (the topology with all tables, what engines intend, what was read of the underlay). Pure: values
come in, frozen values go out; ``finding`` is the page to read first, ``table`` lists the checks, one file for each
theme; most look at an ``overlays.Overlay``, one end of a network, which ``index`` finds and keeps while nothing of it
changes. What a check reads of it is noted (``reading``), and it is asked again when some of that changed (``change``).
``sieve`` leaves out what follows from another finding, ``cases`` tells how findings stand over time. Privileges: none.
Incomplete: each check's page says when it can be wrong; a source that was not read, or not as a whole, makes the checks
that conclude from it silent.
"""
