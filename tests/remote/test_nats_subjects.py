import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.remote.nats_subjects import Class, Published, published_at


@given(st.text(min_size=1, max_size=64).filter(lambda text: not any(0xD800 <= ord(char) < 0xE000 for char in text)))
def test_every_name_of_a_host_is_one_part_of_a_subject_and_comes_back(host: str) -> None:
    one = Published(host, "0123abcd")
    subject = one.subject(Class.LINK)
    assert subject.isascii()
    assert subject.count(".") == 3
    assert not set("*> \t\r\n") & set(subject)
    assert published_at(subject) == one


def test_a_name_reads_as_it_is_where_it_can() -> None:
    assert Published("web-07", "0123abcd").subject(Class.FRAME) == "ovltui.web-07.0123abcd.frame"
    assert Published("a.b", "0123abcd").subject("*") == "ovltui.a_2eb.0123abcd.*"


def test_what_a_terminal_obeys_is_not_in_the_name_that_is_shown() -> None:
    found = published_at(Published("a\x1b[2Jb", "0123abcd").subject(Class.FRAME))
    assert found
    assert "\x1b" not in found.name


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "ovltui.a.0123abcd",
        "ovltui.a.0123abcd.x",
        "other.a.0123abcd.link",
        "ovltui.a.0123ABCD.link",
        "ovltui.a.b.c.d",
    ],
)
def test_a_subject_of_others_is_no_host(subject: str) -> None:
    assert published_at(subject) is None
