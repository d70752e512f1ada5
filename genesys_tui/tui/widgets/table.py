"""A table of any number of rows. Rows are known by their key: when they change, the cursor stays on its row, and that
row stays where it is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from genesys_tui.tui.text import crop, fit
from genesys_tui.tui.widgets.listing import Listing

R = TypeVar("R")
GAP = 2
MARGIN = 3
"""Cells before the first column: the cursor's sign and the mark."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """`cell`: the text of a row, untrusted. `width`: in cells; `grow`: its share of what is left or lacking.
    `drop`: columns with the highest number go first when there is no room; 0 never goes. `order`: what to sort by."""

    title: str
    cell: Callable[[R], str]
    width: int
    grow: int = 0
    drop: int = 0
    right: bool = False
    order: Callable[[R], Any] = str
    tone: Callable[[R], str] | None = None


def layout(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """The columns that have room, with their widths in cells."""
    shown = list(columns)
    room = width - MARGIN

    def needed() -> int:
        return sum(column.width for column in shown) + GAP * (len(shown) - 1)

    while needed() > room and any(column.drop for column in shown):
        shown.remove(max(shown, key=lambda column: column.drop))
    spare, shares = room - needed(), sum(column.grow for column in shown)
    return [(column, max(4, column.width + (spare * column.grow // shares if shares else 0))) for column in shown]


class Table(Listing, Generic[R]):
    """Rows in columns."""

    DEFAULT_CSS = "Table { height: 1fr; }"

    def __init__(self, columns: Sequence[Column[R]], key: Callable[[R], Hashable], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = columns
        self.rows: Sequence[R] = ()
        self.marked: set[Hashable] = set()
        self._key = key

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def replace(self, rows: Sequence[R]) -> None:
        """Show these rows, in this order."""
        before, old = self.current, self.cursor
        self.rows = rows
        if before is None or not self.touched:
            self.resized_content()
            return
        key = self._key(before)
        at = next((index for index, row in enumerate(rows) if self._key(row) == key), None)
        top = round(self.scroll_offset.y)
        with self.prevent(self.Moved):
            self.set_reactive(type(self).cursor, min(old, max(0, len(rows) - 1)) if at is None else at)
            self.resized_content()
            if at is not None:
                self.scroll_to(y=max(0, top + at - old), animate=False, immediate=True)
            self.show_cursor()
        if at is None:
            self.post_message(self.Moved())

    def toggle_mark(self) -> None:
        """Mark the current row or take its mark off, and go on."""
        if (row := self.current) is not None:
            self.marked ^= {self._key(row)}
            self.refresh()
            self.action_down()

    def chosen_rows(self) -> list[R]:
        """The marked rows, or else the current one."""
        marked = [row for row in self.rows if self._key(row) in self.marked] if self.marked else []
        return marked or ([self.current] if self.current is not None else [])

    def items(self) -> int:
        return len(self.rows)

    def paint(self, line: int, width: int) -> list[Segment]:
        row = self.rows[line]
        here = line == self.cursor
        mark = "◆" if self._key(row) in self.marked else " "
        wash = ("cursor",) if here else ()
        segments = [Segment(f"{'▸' if here else ' '}{mark} ", self.tone("accent", *wash))]
        for column, cells in layout(self.columns, width):
            text = column.cell(row)
            shown = crop(text, cells).rjust(cells) if column.right else fit(text, cells)
            tones = (column.tone(row),) if column.tone and column.tone(row) else ()
            segments.append(Segment(shown + " " * GAP, self.tone(*tones, *wash)))
        used = sum(segment.cell_length for segment in segments)
        return [*segments, Segment(" " * max(0, width - used), self.tone(*wash))]


class TableHead(Widget):
    """The titles over a table."""

    DEFAULT_CSS = "TableHead { height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"faint"}

    def __init__(self, table: Table[Any], *, sorted_by: int | None = 0) -> None:
        """`sorted_by`: the place of the column that bears the sign; None where the order is no choice."""
        super().__init__()
        self._table = table
        self.sorted_by = sorted_by

    def on_mount(self) -> None:
        """The table is as wide as its scrollbar leaves it."""
        self.watch(self._table, "show_vertical_scrollbar", self._resized)

    def _resized(self) -> None:
        self.call_after_refresh(self.refresh)

    def render_line(self, y: int) -> Strip:
        style = self.rich_style + self.get_component_rich_style("faint", partial=True)
        room = self._table.size.width or self.size.width
        text = " " * MARGIN
        for column, cells in layout(self._table.columns, room):
            title = column.title + (" ▾" if self._table.columns.index(column) == self.sorted_by else "")
            text += (title.rjust(cells) if column.right else fit(title, cells)) + " " * GAP
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)
