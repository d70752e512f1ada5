"""Building side-pane texts: headings, facts, errors. Everything that is put in is untrusted and made safe here."""

from __future__ import annotations

from rich.text import Text

from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.tui.text import lines, safe

PALETTE = {"faint": "#8b949e", "good": "#8fbf8f", "warn": "#d8b26e", "bad": "#e08080", "accent": "#7aa7d0"}
"""The colours of app.tcss's theme, for texts that are no widget of their own."""


def style(tone: str) -> str:
    return PALETTE.get(tone, tone)


class Page:
    """A text that grows line by line."""

    def __init__(self) -> None:
        self.text = Text()

    def line(self, words: str = "", tone: str = "") -> Page:
        self.text.append(safe(words), style(tone))
        self.text.append("\n")
        return self

    def heading(self, words: str, rest: str = "", tone: str = "") -> Page:
        """A heading, with a blank line before it."""
        if self.text:
            self.text.append("\n")
        self.text.append(safe(words), "bold")
        if rest:
            self.text.append(f"  {safe(rest)}", style(tone))
        self.text.append("\n")
        return self

    def fact(self, name: str, words: str, tone: str = "", *, width: int = 18) -> Page:
        """A name and its value."""
        self.text.append(f"{safe(name):<{width}} ", style("faint"))
        self.text.append(safe(words), style(tone))
        self.text.append("\n")
        return self

    def error(self, error: GenesysError) -> Page:
        """What failed, why, what to do, the command to type."""
        self.line(f"✗ {error.what}", "bad")
        for line in _why(error):
            self.line(f"  {line}")
        if error.todo:
            self.line(f"  → {error.todo}")
        if error.command:
            self.line(f"  $ {error.command}", "accent")
        return self


def _why(error: GenesysError) -> list[str]:
    if isinstance(error, WishError):
        return [str(problem) for problem in error.problems]
    return lines(error.why) if error.why else []
