"""Untrusted text, made fit to show: the names, tags and messages of a cloud are hostile."""

from __future__ import annotations

JOINERS = frozenset("\u200c\u200d")
"""Parts of emoji and of words in some scripts; they steer nothing."""


def shown(text: str) -> str:
    """The text with every character that a terminal might obey, or that has no shape, made visible: ESC as ␛, others
    as ‹202E›."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return " " if character.isspace() and code not in (0x85, 0x2028, 0x2029) else f"‹{code:X}›"
