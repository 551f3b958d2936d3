"""What a verdict on a lab says to a person, without a lab."""

from ovltui.lab.facts import address
from ovltui.lab.says import says
from ovltui.lab.trouble import Lost, Verdict

LEFT = address("node2", "eth0", "192.168.56.202", 24)
MENDS = ("ovltui exec /run/x/node2 -- ip address del 192.168.56.202/24 dev eth0",)
SILENT = Lost("docker1n", "docker2n", 84)


def verdict(*lost: Lost) -> Verdict:
    symptom = "docker1n does not reach docker2n: no ping is answered"
    return Verdict("source-address", symptom, gone=(), lost=lost, missing=(), beyond=(LEFT,), mends=MENDS)


def test_what_a_mended_fault_has_left_is_told_with_the_commands_that_take_it_away() -> None:
    assert says(verdict()) == [
        "every ping is answered, but not all is as it was built:",
        "not as built in node2: inet 192.168.56.202/24 dev eth0",
        "all that mends source-address:",
        f"  {MENDS[0]}",
    ]


def test_while_pings_are_lost_neither_the_fault_nor_its_remedy_is_told() -> None:
    told = "\n".join(says(verdict(SILENT)))
    assert told.startswith("not repaired: docker1n does not reach docker2n")
    assert "source-address" not in told
    assert "192.168.56.202" not in told
