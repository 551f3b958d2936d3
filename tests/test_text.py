"""No string from outside can speak to the terminal, and none can hide what it holds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.text import clean, clean_bytes

UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufe00\ufe0f\U000e0100\U000e01ef"
"""Letters and marks of other categories that take no room or hide what follows."""

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def is_safe(text: str) -> bool:
    return all(unicodedata.category(char) not in UNSAFE_CATEGORIES and char not in INVISIBLE for char in text)


def test_every_control_and_format_character_of_unicode_becomes_visible() -> None:
    unsafe = [char for char in map(chr, range(0x110000)) if unicodedata.category(char) in UNSAFE_CATEGORIES]
    assert [hex(ord(char)) for char in unsafe if not is_safe(clean(char))] == []
    assert len(unsafe) > 2200


@pytest.mark.parametrize("char", INVISIBLE)
def test_characters_that_take_no_room_become_visible(char: str) -> None:
    assert clean(f"a{char}b") == f"a\\u{ord(char):04x}b"


@given(ANY_TEXT)
def test_clean_text_is_safe_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert is_safe(cleaned)
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters=INVISIBLE), max_size=40))
def test_letters_numbers_and_signs_of_every_script_stay(text: str) -> None:
    assert clean(text) == text


@given(st.binary(max_size=40))
def test_no_bytes_make_unsafe_text_and_none_raise(raw: bytes) -> None:
    cleaned = clean_bytes(raw)
    assert is_safe(cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"eth0\0", "eth0"),
        (b"eth0", "eth0"),
        (b"", ""),
        (b"\0eth0", ""),
        (b"eth0\0\x1b[2J", "eth0"),
        (b"\x1b[31mred", r"\x1b[31mred"),
        (b"a\nb\tc\r", r"a\x0ab\x09c\x0d"),
        (b"\xff\xfe\x80", r"\xff\xfe\x80"),
        (b"ok\xc3\xa4", "okä"),
        (b"\xc2\x9b31m", r"\x9b31m"),
        (b"\xc3", r"\xc3"),
        (b"\xed\xb2\x80", r"\xed\xb2\x80"),
        ("a\u202eb\u200bc\ufeff".encode(), r"a\u202eb\u200bc\ufeff"),
        (b"[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_bytes_of_the_kernel_are_shown_up_to_their_end(raw: bytes, shown: str) -> None:
    assert clean_bytes(raw) == shown


def test_halves_of_surrogate_pairs_are_told_from_bytes() -> None:
    assert clean("\ud800\udcff\udfff") == r"\ud800\xff\udfff"
