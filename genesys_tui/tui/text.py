"""Untrusted text made safe to show, and words for ages, amounts and values.

Names and tags of a cloud are hostile: they are never parsed as markup, and a control character is shown, not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

SHOWN = 4096
"""Characters of one text that are looked at: more than any terminal shows of it."""

SWITCHES = {"public_access": ("blocked", "allowed"), "private": ("no", "yes"), "public": ("no", "yes")}
"""What off and on are called, where `off` and `on` can be misread."""
WORDS = {("encryption", "managed"): "AES256 (SSE-S3)", ("encryption", "kms"): "KMS, the key aws/s3"}
_WORD = re.compile(r" *[^ ]+ *| +")
_UNITS = ((365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def safe(text: str) -> str:
    """The text with every character that a terminal might obey, or that has no shape, made visible."""
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return cut if cut.isprintable() else "".join(char if char.isprintable() else _shape(char) for char in cut)


def _shape(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF:
        return "�"
    return " " if char.isspace() and code not in (0x85, 0x2028, 0x2029) else f"‹{code:X}›"


def lines(text: str) -> list[str]:
    """The lines of a text, each safe: the line breaks are kept, all other control characters shown."""
    return [safe(line) for line in text[: 4 * SHOWN].split("\n")]


def fit(text: str, width: int) -> str:
    """Safe text cut with `…`, or padded, to exactly `width` cells."""
    cut = crop(text, width)
    return cut + " " * (width - cell_len(cut))


def crop(text: str, width: int) -> str:
    """Safe text cut with `…` to at most `width` cells."""
    if width <= 0:
        return ""
    text = safe(text)
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…"


def wrap(text: str, width: int) -> list[str]:
    """Safe text in lines of at most `width` cells (at least 2), broken between words where that is possible."""
    return [line.plain for line in hung(Text(safe(text)), width, 0)]


def hung(line: Text, width: int, hang: int) -> list[Text]:
    """The line in lines of at most `width` cells (at least 2), broken between words where that is possible; all but the
    first stand `hang` cells in, or fewer where that would leave them less than half the width."""
    hang = min(hang, width // 2)
    if width < 2 or line.cell_len <= width:
        return [line]
    head, body = line[:0], line
    if hang and cell_len(line.plain[:hang]) == hang:
        head, body = line[:hang], line[hang:]
    first, *more = body.divide(_breaks(body.plain, width - hang))
    for part in (first, *more):
        part.rstrip()
    return [Text.assemble(head, first), *(Text.assemble(" " * hang, part) for part in more)]


def _breaks(text: str, width: int) -> list[int]:
    """Where new lines begin."""
    breaks: list[int] = []
    column = 0
    for match in _WORD.finditer(text):
        word, at = match[0].rstrip(" "), match.start()
        if column and column + cell_len(word) > width:
            breaks.append(at)
            column = 0
        for piece in chop_cells(word, width)[:-1]:
            at += len(piece)
            breaks.append(at)
            column = 0
        column += cell_len(text[at : match.end()])
    return breaks


def age(then: datetime | None, now: datetime) -> str:
    """`4d`: how long ago, in one unit; `–` where nobody knows."""
    if then is None:
        return "–"
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = max(0, int((now - then).total_seconds()))
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1, "s"))
    return f"{seconds // size}{unit}"


def ago(seconds: float) -> str:
    """`just now`, `20 s ago`, `3 min ago`: coarse, so that it need not be redrawn all the time."""
    if seconds < 10:
        return "just now"
    if seconds < 60:
        return f"{int(seconds // 10) * 10} s ago"
    return f"{int(seconds // 60)} min ago" if seconds < 3600 else f"{int(seconds // 3600)} h ago"


def took(seconds: float) -> str:
    """`41 ms`, `1.2 s`, `2 min 5 s`."""
    if seconds < 0.1:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def count(number: int, one: str, many: str = "") -> str:
    """`1 change`, `4 changes`, `1,032 things`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def setting(field: str, thing: object) -> str:
    """The value of a spec's field in the words that this field is spoken of."""
    if isinstance(thing, bool) and field in SWITCHES:
        return SWITCHES[field][thing]
    return WORDS.get((field, thing), value(thing)) if isinstance(thing, str) else value(thing)


def value(thing: object) -> str:
    """Any value in words: on, off, none, lists with commas."""
    match thing:
        case None:
            return "none"
        case bool():
            return "on" if thing else "off"
        case str():
            return thing or '""'
        case Mapping():
            return ", ".join(f"{key}={value(inner)}" for key, inner in thing.items()) or "none"
        case Sequence():
            return ", ".join(value(inner) for inner in thing) or "none"
        case _:
            return str(thing)
