"""A verdict on the lab, in sentences for a person.

Source: ``lab.trouble``. Pure. Incomplete: while a fault keeps its symptom, nothing is said that gives it away.
"""

from ovltui.lab.trouble import Lost, Verdict


def says(verdict: Verdict) -> list[str]:
    """Return a verdict in sentences; while a fault keeps its symptom, nothing that gives it away."""
    if verdict.right:
        state = "every ping between the nodes is answered, and everything is as it was built"
        return [f"repaired ({verdict.fault}): {state}." if verdict.fault else f"{state}."]
    lines = [f"the namespace {space.file} is gone: ovltui lab down, then ovltui lab up." for space in verdict.gone]
    lines += [_lost(one) for one in verdict.lost]
    if verdict.hidden:
        return [f"not repaired: {verdict.symptom}.", *lines]
    lines += [f"missing in {fact.file}: {fact.text}" for fact in verdict.missing]
    lines += [f"not as built in {fact.file}: {fact.text}" for fact in verdict.beyond]
    if verdict.fault and verdict.lost:
        return ["not repaired yet:", *lines]
    if verdict.fault:
        rest = [f"all that mends {verdict.fault}:", *(f"  {one}" for one in verdict.mends)]
        return ["every ping is answered, but not all is as it was built:", *lines, *rest]
    return lines


def _lost(one: Lost) -> str:
    return f"no answer: ping of {one.bytes} bytes from {one.source} to {one.target}"
