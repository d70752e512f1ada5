"""The line over the timeline: the function, and whether it is live."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.widget import Widget

from genesys_tui.tui.bench import Bench, Work
from genesys_tui.tui.text import count, safe
from genesys_tui.tui.widgets.topbar import both_ends
from genesys_tui.tui.widgets.words import style


class BenchTitle(Widget):
    """`invoice-render · python3.13 · arm64 · ./src                 live ●  watching 23 files`."""

    DEFAULT_CSS = "BenchTitle { height: 1; }"

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench

    def render(self) -> Text:
        return both_ends(self._left(), self._right(), self.size.width)

    def _left(self) -> Text:
        bench = self._bench
        line = Text.assemble(" ", (safe(bench.work.name if bench.work else ""), "bold"))
        last = bench.timeline.last_built
        if last is not None:
            project = last.built.project
            rest = [project.target.runtime, project.target.architecture, _near(project.source, bench.work)]
            line.append("".join(f" · {safe(part)}" for part in rest if part), style("faint"))
        return line

    def _right(self) -> Text:
        bench = self._bench
        if bench.state == "opening":
            return Text("opening… ", style("faint"))
        live = Text("live ●", style("good")) if bench.live else Text("live ○", style("faint"))
        watching = bench.loop is not None and bench.loop.watching
        files = f"watching {count(bench.files, 'file')}" if watching and bench.files else "not watching yet"
        return Text.assemble(live, "  ", (f"{files} ", style("faint")))


def _near(source: Path, work: Work | None) -> str:
    """A folder as people write it: from the stack file, or from home."""
    whole = source.resolve()
    start = (work.file.parent if work and work.file else Path()).resolve()
    if whole.is_relative_to(start):
        return f"./{whole.relative_to(start)}"
    return f"~/{whole.relative_to(Path.home())}" if whole.is_relative_to(Path.home()) else str(source)
