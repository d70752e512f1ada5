"""Pages of words: headings, facts, errors. Everything that is put in is untrusted and made safe here."""

from __future__ import annotations

from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.tui.text import hung, lines, safe

PALETTE = {"faint": "#8b949e", "good": "#8fbf8f", "warn": "#d8b26e", "bad": "#e08080", "accent": "#7aa7d0"}
"""The colours of app.tcss's theme, for texts that are no widget of their own."""
DEEPER = 2
"""Cells by which what is wrapped stands further in than its line."""


def style(tone: str) -> str:
    return PALETTE.get(tone, tone)


class Page:
    """A text that grows line by line. A line that is too long goes on below, further in."""

    def __init__(self) -> None:
        self.lines: list[tuple[Text, int]] = []
        """Each with the cells by which it hangs when it is wrapped."""

    def __bool__(self) -> bool:
        return bool(self.lines)

    def same(self, other: Page) -> bool:
        return self.lines == other.lines and all(
            one.spans == two.spans for (one, _), (two, _) in zip(self.lines, other.lines, strict=True)
        )

    def line(self, words: str = "", tone: str = "", *, hang: int | None = None) -> Page:
        """`hang`: cells; without it, a little more than the line itself."""
        shown = safe(words)
        indent = len(shown) - len(shown.lstrip())
        deeper = DEEPER if indent or hang is not None else 0
        self.lines.append((Text(shown, style(tone)), indent + deeper if hang is None else hang))
        return self

    def blank(self) -> Page:
        """A blank line, unless there is one or nothing is above it."""
        if self.lines and self.lines[-1][0].plain:
            self.lines.append((Text(), 0))
        return self

    def heading(self, words: str, rest: str = "", tone: str = "") -> Page:
        """A heading, with a blank line before it."""
        self.blank()
        line = Text(safe(words), "bold")
        if rest:
            line = Text.assemble(line, (f"  {safe(rest)}", style(tone)))
        self.lines.append((line, DEEPER))
        return self

    def fact(self, name: str, words: str, tone: str = "", *, width: int = 18) -> Page:
        """A name and its value, which hangs under itself."""
        line = Text.assemble((f"{safe(name):<{width}} ", style("faint")), (safe(words), style(tone)))
        self.lines.append((line, max(width, len(safe(name))) + 1))
        return self

    def error(self, error: GenesysError) -> Page:
        """What failed, why, what to do, the command to type."""
        self.line(f"✗ {error.what}", "bad", hang=2)
        for line in _why(error):
            self.line(f"  {line}")
        if error.todo:
            self.line(f"  → {error.todo}", hang=4)
        if error.command:
            self.line(f"  $ {error.command}", "accent", hang=4)
        return self

    def laid(self, width: int) -> list[Text]:
        """In lines of at most this many cells."""
        return [part for line, hang in self.lines for part in hung(line, width, hang)]


def _why(error: GenesysError) -> list[str]:
    if isinstance(error, WishError):
        return [str(problem) for problem in error.problems]
    return lines(error.why) if error.why else []


class Words(Widget):
    """Shows a page, wrapped to its own width. Showing the same one again moves nothing."""

    DEFAULT_CSS = "Words { height: auto; }"
    auto_links = False

    def __init__(self, page: Page | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._page = page or Page()

    def show(self, page: Page) -> None:
        if not page.same(self._page):
            self._page = page
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._page.laid(width))

    def render(self) -> Text:
        return Text("\n", no_wrap=True).join(self._page.laid(self.content_size.width))
