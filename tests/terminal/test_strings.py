"""Control strings are cut at their limit, and nothing else is touched, however the bytes are cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from ovltui.terminal.strings import LIMIT, Bounded


def passed(*pieces: bytes) -> bytes:
    bounded = Bounded()
    return b"".join(bounded.pass_on(piece) for piece in pieces)


def test_short_strings_and_all_else_go_through() -> None:
    data = b"text\x1b]0;title\x07more\x1bP$q m\x1b\\\x1b[31mred\x1b"
    assert passed(data) == data


def test_a_long_string_is_cut_and_still_ends() -> None:
    text = b"52;c;" + b"x" * (2 * LIMIT)
    assert passed(b"a\x1b]" + text + b"\x1b\\b") == b"a\x1b]" + text[:LIMIT] + b"\x1b\\b"


def test_one_without_an_end_holds_back_no_more_than_itself() -> None:
    pieces = [b"\x1b", b"P", *[b"q" * 4096] * 100, b"\x18after"]
    assert passed(*pieces) == b"\x1bP" + b"q" * LIMIT + b"\x18after"


@given(st.lists(st.sampled_from([b"\x1b", b"]", b"P", b"\x07", b"\\", b"x", b"[", b"0;t"]), max_size=40), st.data())
def test_it_makes_no_difference_where_the_pieces_are_cut(parts: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(parts)
    cut = data.draw(st.integers(0, len(whole)))
    assert passed(whole[:cut], whole[cut:]) == whole
