"""Ids that look random and are the same in every run: drawn from a hash of what they are for."""

from __future__ import annotations

from hashlib import sha256
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

_HEX = "0123456789abcdef"


def _drawn(seed: str, alphabet: str, length: int) -> str:
    number = int.from_bytes(sha256(f"{length}/{seed}".encode()).digest(), "big")
    out = []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        out.append(alphabet[place])
    return "".join(out)


def hexes(seed: str, length: int) -> str:
    """`0a1b2c3`: ids of EC2, Pulumi's suffixes."""
    return _drawn(seed, _HEX, length)


def number(seed: str, length: int) -> str:
    """Digits."""
    return _drawn(seed, digits, length)


def lower(seed: str, length: int) -> str:
    """Lowercase letters and digits: what CloudFormation ends the names of buckets and databases with."""
    return _drawn(seed, ascii_lowercase + digits, length)


def letters(seed: str, length: int) -> str:
    """Lowercase letters only: SST's suffixes."""
    return _drawn(seed, ascii_lowercase, length)


def upper(seed: str, length: int) -> str:
    """`1BTV0U0YP4EDH`: what CloudFormation ends the names of tables and older roles with."""
    return _drawn(seed, ascii_uppercase + digits, length)


def mixed(seed: str, length: int) -> str:
    """`hcXHvB3dWWFo`: what CloudFormation ends most names with today."""
    return _drawn(seed, ascii_letters + digits, length)


def uuid(seed: str) -> str:
    """`8-4-4-4-12` hexadecimal digits."""
    raw = hexes(seed, 32)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
