"""Aligned tables of untrusted cells, measured as a terminal shows them (wide characters take two columns)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, set_cell_size

from genesys_tui.cli.render.paint import Paint
from genesys_tui.engine.model.shown import shown

GAP: Final = "  "
NARROWEST: Final = 6
WIDEST: Final = 60
"""A longer cell than this stands out of its column rather than widen it for all, where no screen sets a width."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], columns: int | None, paint: Paint) -> str:
    """The table as text, cut to `columns` where that is given. Cells hold one line each."""
    cells = [[shown(cell) for cell in row] for row in rows]
    natural = [max(map(cell_len, column)) for column in zip_longest(header, *cells, fillvalue="")]
    widths = _fitted(natural, columns) if columns else [min(width, WIDEST) for width in natural]
    lines = [_line(row, widths, cut_off=columns is not None) for row in (header, *cells)]
    return "\n".join([paint.strong(lines[0]), *lines[1:]])


def cut(text: str, columns: int) -> str:
    """`text` in at most this many columns; … stands for what is left out."""
    return text if cell_len(text) <= columns else set_cell_size(text, columns - 1).rstrip() + "…"


def _fitted(widths: list[int], columns: int) -> list[int]:
    """Narrow the widest columns first until all fit, none below the narrowest."""
    fitted = list(widths)
    room = columns - len(GAP) * (len(widths) - 1)
    while sum(fitted) > room and max(fitted) > NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _line(cells: Sequence[str], widths: list[int], *, cut_off: bool) -> str:
    padded = (_padded(cut(cell, width) if cut_off else cell, width) for cell, width in zip(cells, widths, strict=True))
    return GAP.join(padded).rstrip()


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))
