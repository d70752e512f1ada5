"""The timeline: each save, newest first, and under it what came of it. An entry grows where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from genesys_tui.tui.saves import Save
from genesys_tui.tui.text import crop, fit
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.save_words import Said, lines_of

ABOUT = {"dependencies": "dependencies", "configuration": "configuration"}
INDENT = 12


@dataclass(frozen=True, slots=True)
class Laid:
    """A line as it was laid out; `head`: with the time of its save."""

    item: int
    said: Said
    head: bool = False


class SavesList(Listing):
    """Its items are the saves. The cursor stays on the newest, or on the save that it was put on."""

    DEFAULT_CSS = "SavesList { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._saves: list[Save] = []
        self._laid: list[Laid] = []
        self._spans: list[tuple[int, int]] = []

    @property
    def current(self) -> Save | None:
        """The save under the cursor."""
        return self._saves[self.cursor] if 0 <= self.cursor < len(self._saves) else None

    def show(self, saves: list[Save]) -> None:
        """Show these."""
        before = self.current if self.cursor else None
        self._saves = list(saves)
        self._lay()
        self.resized_content()
        if before in self._saves:
            self.cursor = self._saves.index(before)
        elif before is None:
            self.cursor = 0
        self.refresh()

    def _lay(self) -> None:
        self._laid, self._spans = [], []
        for item, save in enumerate(self._saves):
            start = len(self._laid)
            self._laid.append(Laid(item, (title(save), "strong"), head=True))
            self._laid += [Laid(item, said) for said in self._lines(save, newest=item == 0)]
            self._spans.append((start, len(self._laid)))
            self._laid.append(Laid(item, ("", "")))

    def _lines(self, save: Save, *, newest: bool) -> list[Said]:
        """Of an older save that a newer one overtook, only what there is."""
        if not newest and save.built is None and not save.unsent:
            return [("a newer save came first", "faint")]
        return [said for said in lines_of(save) if newest or not said[0].endswith("…")]

    def items(self) -> int:
        return len(self._spans)

    def height_in_lines(self) -> int:
        return len(self._laid)

    def span(self, item: int) -> tuple[int, int]:
        return self._spans[item]

    def item_at(self, line: int) -> int:
        return self._laid[line].item

    def paint(self, line: int, width: int) -> list[Segment]:
        laid = self._laid[line]
        words, tone = laid.said
        if not laid.head:
            return [Segment(" " * INDENT), Segment(crop(words, width - INDENT), self.tone(tone))]
        here = laid.item == self.cursor
        wash = ("cursor",) if here else ()
        time = f"{self._saves[laid.item].at:%H:%M:%S}"
        left = f"{'▸ ' if here else '  '}{time}"
        return [
            Segment(left, self.tone("accent" if here else "faint", *wash)),
            Segment("  ", self.tone(*wash)),
            Segment(fit(words, max(0, width - cell_len(left) - 2)), self.tone(tone, *wash)),
        ]


def title(save: Save) -> str:
    """What changed."""
    if not save.number:
        return "as it is"
    about = [ABOUT[one] for one in sorted(save.about) if one in ABOUT]
    names = ", ".join(save.names[:3]) + (f" and {len(save.names) - 3} more" if len(save.names) > 3 else "")
    return f"{names}  ({', '.join(about)})" if about else names
