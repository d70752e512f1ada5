"""A list to choose from, under headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from genesys_tui.tui.text import crop, fit
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.wizard import Choice

LABEL = 28


@dataclass(frozen=True, slots=True)
class Laid:
    item: int
    heading: str | None = None


class Choices(Listing):
    """Its items are the choices."""

    DEFAULT_CSS = "Choices { height: auto; max-height: 1fr; margin-top: 1; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices: list[Choice] = []
        self._laid: list[Laid] = []
        self._spans: list[tuple[int, int]] = []

    @property
    def current(self) -> Choice | None:
        """The one under the cursor."""
        return self._choices[self.cursor] if 0 <= self.cursor < len(self._choices) else None

    def show(self, choices: Sequence[Choice], *, anew: bool) -> None:
        """`anew`: it is another question, so begin at its top."""
        self._choices = list(choices)
        self._laid, self._spans = [], []
        for item, choice in enumerate(self._choices):
            if choice.group and (not item or self._choices[item - 1].group != choice.group):
                self._laid += [Laid(item, "")] * bool(item) + [Laid(item, choice.group)]
            self._spans.append((len(self._laid), len(self._laid) + 1))
            self._laid.append(Laid(item))
        self.styles.height = max(1, len(self._laid))
        self.resized_content()
        if anew:
            self.cursor = 0
            self.touched = False

    def items(self) -> int:
        return len(self._choices)

    def height_in_lines(self) -> int:
        return len(self._laid)

    def span(self, item: int) -> tuple[int, int]:
        return self._spans[item]

    def item_at(self, line: int) -> int:
        return self._laid[line].item

    def paint(self, line: int, width: int) -> list[Segment]:
        laid = self._laid[line]
        if laid.heading is not None:
            return [Segment(crop(f" {laid.heading}", width), self.tone("strong"))]
        choice, here = self._choices[laid.item], laid.item == self.cursor
        wash = ("cursor",) if here else ()
        several = len(choice.runtimes) > 1
        note = f"‹ {choice.note} ›" if here and several else f"  {choice.note}" if several else choice.note
        label = min(LABEL, max(12, *(cell_len(one.label) + 2 for one in self._choices)))
        left = "   ▸ " if here else "     "
        return [
            Segment(left, self.tone("accent", *wash)),
            Segment(fit(choice.label, label), self.tone(*wash)),
            Segment(fit(note, max(0, width - label - len(left))), self.tone("faint", *wash)),
        ]
