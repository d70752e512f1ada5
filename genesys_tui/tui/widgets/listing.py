"""A list drawn line by line: only what is in sight is ever rendered. Its length costs nothing.

It has items (what the cursor stands on) of one or more lines each. Subclasses say how many there are and paint a line.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from genesys_tui.tui.actions import bindings


class Listing(ScrollView, can_focus=True):
    """Cursor, keys, mouse and scrolling."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("lists")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"cursor", "faint", "strong", "good", "warn", "bad", "accent"}

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor stands on another item."""

    class Chosen(Message):
        """An item was clicked once more."""

    touched = False
    """Whether the user ever moved the cursor: until then it stays at the top while items arrive."""

    # what subclasses say ------------------------------------------------------------------------------------------
    def items(self) -> int:
        raise NotImplementedError

    def height_in_lines(self) -> int:
        return self.items()

    def span(self, item: int) -> tuple[int, int]:
        """First line of an item, and the line after its last."""
        return item, item + 1

    def item_at(self, line: int) -> int:
        return line

    def paint(self, line: int, width: int) -> list[Segment]:
        raise NotImplementedError

    # drawing ------------------------------------------------------------------------------------------------------
    def render_line(self, y: int) -> Strip:
        line = y + round(self.scroll_offset.y)
        width = self.size.width
        base = self.rich_style
        if line >= self.height_in_lines():
            return Strip.blank(width, base)
        return Strip(self.paint(line, width)).adjust_cell_length(width).apply_style(base)

    def tone(self, *names: str) -> Style:
        """The style of these words of the style sheet, laid over each other."""
        style = Style()
        for name in filter(None, names):
            style += self.get_component_rich_style(name, partial=True)
        return style

    def resized_content(self) -> None:
        """Items or width changed: measure anew and draw. What is hidden has no width: it is measured when shown."""
        self.virtual_size = Size(self.size.width, self.height_in_lines())
        self.cursor = max(0, min(self.cursor, self.items() - 1))
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self.resized_content()
        self.show_cursor()

    def on_show(self) -> None:
        self.resized_content()
        self.show_cursor()

    # moving -------------------------------------------------------------------------------------------------------
    def watch_cursor(self, old: int, new: int) -> None:
        if old != new:
            self._redraw(old)
            self._redraw(new)
            self.show_cursor()
            self.post_message(self.Moved())

    def _redraw(self, item: int) -> None:
        if 0 <= item < self.items():
            start, end = self.span(item)
            top = round(self.scroll_offset.y)
            self.refresh(Region(0, start - top, self.size.width, end - start))

    def show_cursor(self) -> None:
        """Scroll, only as far as needed, until the cursor's item is in sight."""
        if not self.items() or not self.size.height:
            return
        start, end = self.span(self.cursor)
        top, height = round(self.scroll_offset.y), self.size.height
        if start < top or end - start >= height:
            self.scroll_to(y=start, animate=False, immediate=True)
        elif end > top + height:
            self.scroll_to(y=end - height, animate=False, immediate=True)

    def _move(self, item: int) -> None:
        self.touched = True
        self.cursor = max(0, min(item, self.items() - 1))

    def action_down(self) -> None:
        self._move(self.cursor + 1)

    def action_up(self) -> None:
        self._move(self.cursor - 1)

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(self.items() - 1)

    def action_page_down(self) -> None:
        self._page(1)

    def action_page_up(self) -> None:
        self._page(-1)

    def _page(self, sign: int) -> None:
        if self.items():
            line = self.span(self.cursor)[0] + sign * max(1, self.size.height // 2)
            at = self.item_at(max(0, min(line, self.height_in_lines() - 1)))
            self._move(at if at != self.cursor else self.cursor + sign)

    def on_click(self, event: events.Click) -> None:
        line = event.y + round(self.scroll_offset.y)
        if line >= self.height_in_lines():
            return
        item = self.item_at(line)
        if item == self.cursor and self.touched:
            self.post_message(self.Chosen())
        self._move(item)
