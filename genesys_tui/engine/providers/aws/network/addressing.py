"""IPv4 ranges: a free one, and its parts. Pure; the same question has always the same answer."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

PRIVATE_BLOCKS = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918."""

AVOIDED = IPv4Network("172.17.0.0/16")
"""Some AWS services use it inside (VPC user guide, "VPC CIDR blocks"); Docker does too."""

NETWORK_SIZES = (16, 20, 24)
"""Prefix lengths that a new network tries, the largest range first."""

LARGEST_SUBNET = 20
SMALLEST_SUBNET = 28
"""A subnet loses five addresses to AWS; it takes /28 at the least."""


def free_network(taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first private range that overlaps none of `taken`: a /16 where there is one, else a smaller one."""
    occupied = [*taken, AVOIDED]
    for prefix in NETWORK_SIZES:
        for block in PRIVATE_BLOCKS:
            if found := first_free(block, prefix, occupied):
                return found
    return None


def first_free(block: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The lowest range of this prefix length within `block` that overlaps none of `taken`."""
    if prefix < block.prefixlen:
        return None
    size = 1 << (32 - prefix)
    start, end = _span(block)
    for low, high in sorted(map(_span, taken)):
        if start + size <= low:
            break
        if high > start:
            start = -(-high // size) * size
    return IPv4Network((start, prefix)) if start + size <= end else None


def cut(whole: IPv4Network, count: int, taken: Iterable[IPv4Network]) -> list[IPv4Network] | None:
    """`count` equal parts of `whole` that overlap neither each other nor `taken`: /20 each, smaller where `whole` is
    too small for that. None where even the smallest do not fit."""
    occupied = list(taken)
    largest = max(LARGEST_SUBNET, whole.prefixlen + max(count - 1, 0).bit_length())
    for prefix in range(largest, SMALLEST_SUBNET + 1):
        if (parts := _fill(whole, count, prefix, occupied)) is not None:
            return parts
    return None


def smallest_for(count: int) -> int:
    """The prefix length of the smallest range that holds `count` subnets."""
    return SMALLEST_SUBNET - max(count - 1, 0).bit_length()


def _fill(whole: IPv4Network, count: int, prefix: int, taken: list[IPv4Network]) -> list[IPv4Network] | None:
    parts: list[IPv4Network] = []
    for _ in range(count):
        part = first_free(whole, prefix, [*taken, *parts])
        if part is None:
            return None
        parts.append(part)
    return parts


def _span(network: IPv4Network) -> tuple[int, int]:
    """First address, and the one after the last."""
    start = int(network.network_address)
    return start, start + network.num_addresses
