"""History: what was applied, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.widget import Widget

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.tui.actions import Action, Where, bindings
from genesys_tui.tui.screens.mode import ModeScreen
from genesys_tui.tui.text import age, count, took
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.plan_words import outcome
from genesys_tui.tui.widgets.table import Column, Table, TableHead
from genesys_tui.tui.widgets.words import Page, Words

TONES = {"done": "good", "running": "accent", "failed": "bad"}


def _status(record: ExecutionRecord) -> str:
    return "undone" if record.undone_by else record.status


COLUMNS: tuple[Column[ExecutionRecord], ...] = (
    Column(
        "WHEN", lambda record: f"{age(record.started, datetime.now(UTC))} ago", 8, right=True, tone=lambda _: "faint"
    ),
    Column("WHAT", lambda record: record.title, 30, grow=4),
    Column("STATUS", _status, 11, tone=lambda record: TONES.get(_status(record), "warn")),
    Column("STACK", lambda record: record.stack, 12, grow=1, drop=1),
    Column("STEPS", lambda record: str(len(record.steps)), 5, right=True, drop=2),
    Column("TOOK", lambda record: took(record.seconds), 8, right=True, drop=3),
)


class HistoryScreen(ModeScreen):
    """The executions, newest first."""

    BINDINGS = bindings("history")
    mode: ClassVar[Where] = "history"

    def __init__(self) -> None:
        super().__init__()
        self.table: Table[ExecutionRecord] = Table(COLUMNS, lambda record: record.id, id="executions")
        self.head = TableHead(self.table, sorted_by=None)
        self._error: GenesysError | None = None
        self._reading = False

    def main(self) -> Iterable[Widget]:
        yield self.head
        yield self.table
        yield Words(id="state", classes="state")

    @property
    def listing(self) -> Listing:
        return self.table

    def on_screen_resume(self) -> None:
        self.action_refresh()

    def actions(self) -> tuple[Action, ...]:
        idle = set() if self.narrow else {"open"}
        if not self.table.rows:
            idle = {"open", "undo"}
        return tuple(action for action in super().actions() if action.name not in idle)

    def status(self) -> str:
        return f"{count(len(self.table.rows), 'apply', 'applies')} " if self.table.rows else ""

    def show(self) -> None:
        state, page = self.query_one("#state", Words), Page()
        if self._error is not None:
            page.error(self._error)
        elif not self.table.rows:
            page.line("Reading…" if self._reading else "Nothing was applied yet.", "bold")
        state.show(page)
        state.display = bool(page)
        self.table.display = self.head.display = bool(self.table.rows)
        self._show_side()

    def _show_side(self) -> None:
        record = self.table.current
        self.side.show(outcome(record) if record else Page(), top=True)

    def action_refresh(self) -> None:
        """Read the history again; also whenever this mode is entered."""
        workspace = self.genesys.account.workspace
        if workspace is None or self._reading:
            return
        self._reading = True

        def read(records: list[ExecutionRecord]) -> None:
            self._reading, self._error = False, None
            self.table.replace(records)
            self._show_all()

        def failed(error: GenesysError) -> None:
            self._reading, self._error = False, error
            self._show_all()

        self.genesys.background.run(workspace.history, read, failed)

    @on(Listing.Moved)
    def _moved(self) -> None:
        self._show_side()

    @on(Listing.Chosen)
    def action_open(self) -> None:
        if self.table.current is not None:
            self.open_side(not self.side_opened)

    def action_back(self) -> None:
        self.open_side(False)

    def action_undo(self) -> None:
        record = self.table.current
        if record is None:
            return
        if record.undone_by:
            self.genesys.say("This was taken back already.", "warning")
        elif self.genesys.desk.state == "applying":
            self.genesys.say("An apply is running: undo when it has ended.", "warning")
        else:
            self.genesys.undo(record.id)
            self.app.switch_mode("plan")
