"""The packet blocks of many messages at once: column by column, since nothing may be done to each of a storm's.

Source: as ``capture.blocks``. Pure, no privileges. Incomplete: no comments, which ``blocks.packet`` takes.
"""

import struct
import sys
from array import array
from collections.abc import Sequence

from ovltui.capture.blocks import COOKED, LENGTH, PACKET, PADS, BlockType

_WORDS = PACKET.size // 4
_HEAD = array("I", PACKET.pack(BlockType.PACKET, *(0,) * 6, COOKED))
_TOTAL, _NUMBER, _HIGH, _LOW, _CAPTURED, _ORIGINAL = range(1, 7)
"""Where the words of a head stand, after its type."""
_AROUND = PACKET.size - len(COOKED) + LENGTH.size
_FIRST_IS_LOW = sys.byteorder == "little"
_TAIL = tuple(struct.Struct(f"={len(pad)}xI") for pad in PADS)


def packets(numbers: Sequence[int], times: "array[int]", raws: Sequence[bytes]) -> bytes:
    """Return the blocks of messages, back to back, each as ``blocks.packet`` makes it.

    Args:
        numbers: of each, the interface, from 0.
        times: of each, in nanoseconds since the epoch.
        raws: of each, its bytes without the cooked header.
    """
    lengths = array("I", map(len, raws))
    around = {length: _around(length) for length in set(lengths)}
    halves = array("I", times.tobytes())
    heads = _HEAD * len(raws)
    heads[_TOTAL::_WORDS] = array("I", [around[length][0] for length in lengths])
    heads[_NUMBER::_WORDS] = array("I", numbers)
    heads[_HIGH::_WORDS] = halves[_FIRST_IS_LOW::2]
    heads[_LOW::_WORDS] = halves[not _FIRST_IS_LOW :: 2]
    heads[_CAPTURED::_WORDS] = heads[_ORIGINAL::_WORDS] = array("I", [len(COOKED) + length for length in lengths])
    before, size = heads.tobytes(), PACKET.size
    parts = [b""] * (3 * len(raws))
    parts[0::3] = [before[at : at + size] for at in range(0, len(before), size)]
    parts[1::3] = raws
    parts[2::3] = [around[length][1] for length in lengths]
    return b"".join(parts)


def _around(length: int) -> tuple[int, bytes]:
    """Return the total length of the block of a message of ``length`` bytes, and what follows the message."""
    pad = -(len(COOKED) + length) & 3
    total = _AROUND + len(COOKED) + length + pad
    return total, _TAIL[pad].pack(total)
