"""The addresses of one namespace.

Source: RTM_NEWADDR and RTM_DELADDR as decoded events, and the answers of a dump. Incomplete: a dump that began before
an address was removed may bring it back until the next dump; the kernel reports every removal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An address on a link."""

    ifindex: int
    local: str
    prefixlen: int

    def __str__(self) -> str:
        return f"{self.local}/{self.prefixlen}"


@dataclass(frozen=True, slots=True)
class AddressesMemory:
    """All that is known of the addresses of a namespace, as a value; each with the last record about it."""

    now: tuple[tuple[Address, int], ...]
    gone: tuple[tuple[Address, int], ...]


def address_from(fields: Mapping[str, Any]) -> Address:
    """Return the address that the fields of an addr event describe."""
    local = fields.get("local") or fields.get("address") or ""
    return Address(fields["ifindex"], local, fields["prefixlen"])


@lru_cache(maxsize=1 << 14)
def _parsed(local: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(local)
    except ValueError:  # of a length that is no address
        return None


class Addresses:
    """Addresses, in the order in which they came. One thread writes, any thread reads."""

    def __init__(self) -> None:
        self._now: dict[Address, int] = {}
        self._gone: dict[Address, int] = {}

    @property
    def now(self) -> tuple[Address, ...]:
        """All addresses."""
        return tuple(self._now.copy())

    @property
    def telling(self) -> tuple[str, ...]:
        """Addresses that tell where a namespace is: neither loopback nor link-local, IPv4 first."""
        parsed = [(_parsed(address.local), str(address)) for address in self.now]
        kept = [(ip.version, text) for ip, text in parsed if ip and not (ip.is_loopback or ip.is_link_local)]
        return tuple(text for _, text in sorted(kept, key=lambda entry: entry[0]))

    def learn(self, seq: int, address: Address) -> None:
        """Take in a RTM_NEWADDR at ``seq``."""
        self._now[address] = seq
        self._gone.pop(address, None)

    def forget(self, seq: int, address: Address) -> None:
        """Take in a RTM_DELADDR at ``seq``."""
        self._now.pop(address, None)
        self._gone[address] = seq

    def memory(self) -> AddressesMemory:
        """Return all that is known; nobody may write meanwhile."""
        return AddressesMemory(tuple(self._now.items()), tuple(self._gone.items()))

    def recall(self, memory: AddressesMemory) -> None:
        """Know what was known when ``memory`` was made, and nothing else."""
        self._now, self._gone = dict(memory.now), dict(memory.gone)

    def load(self, seq: int, addresses: Iterable[Address]) -> None:
        """Take in a dump that began when ``seq`` was the next record: newer events win over it."""
        dumped = set(addresses)
        for address in sorted(dumped):
            if self._gone.get(address, -1) < seq and address not in self._now:
                self._now[address] = seq
        for address in [held for held, since in self._now.items() if since < seq and held not in dumped]:
            del self._now[address]
        self._gone = {address: when for address, when in self._gone.items() if when >= seq}
