"""Inventory: what is in the account."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widget import Widget

from genesys_tui.tui.account import Row
from genesys_tui.tui.actions import Action, Where, bindings
from genesys_tui.tui.background import Latest
from genesys_tui.tui.filter import Filter, parse
from genesys_tui.tui.screens.mode import ModeScreen
from genesys_tui.tui.text import age, count
from genesys_tui.tui.widgets.detail import detail
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.table import Column, Table, TableHead
from genesys_tui.tui.widgets.topbar import KeyBar, TopBar
from genesys_tui.tui.widgets.words import Page, Words

if TYPE_CHECKING:
    from genesys_tui.engine.model.errors import GenesysError
    from genesys_tui.engine.model.resource import Actual
    from genesys_tui.engine.model.suggestion import Suggestion
    from genesys_tui.tui.widgets.filter_bar import FilterBar

SLICE = 4_000
"""Rows that are filtered in one go: a few milliseconds."""

REST = 0.15
"""Seconds that the cursor rests on a resource before its details are read."""

NEVER = datetime.min.replace(tzinfo=UTC)


def _created(row: Row) -> datetime:
    created = row.created or NEVER
    return created if created.tzinfo else created.replace(tzinfo=UTC)


COLUMNS: tuple[Column[Row], ...] = (
    Column("KIND", lambda row: row.kind, 16, grow=1, order=lambda row: row.order, tone=lambda _: "accent"),
    Column("NAME", lambda row: row.name, 26, grow=4, order=lambda row: (row.order[1], row.order)),
    Column(
        "OWNER", lambda row: row.owner or "–", 12, grow=1, order=lambda row: (not row.managed, row.owner, row.order)
    ),
    Column(
        "ADOPT",
        lambda row: meter(row.adopt, row.score),
        9,
        drop=1,
        order=lambda row: (-row.score, row.order),
        tone=lambda row: {"high": "good", "medium": "warn"}.get(row.adopt, "faint"),
    ),
    Column("REGION", lambda row: row.region or "–", 12, drop=4, order=lambda row: (row.region, row.order)),
    Column(
        "AGE",
        lambda row: age(row.created, datetime.now(UTC)),
        4,
        drop=3,
        right=True,
        order=lambda row: -_created(row).timestamp() if row.created else float("inf"),
        tone=lambda _: "faint",
    ),
)


ACCOUNT: Column[Row] = Column("ACCOUNT", lambda row: row.account, 12)
"""Where there are several."""


def meter(adopt: str, score: float) -> str:
    """`▮▮▮▮▯ .91`; a sign alone where there is nothing to take over."""
    if adopt == "ours":
        return "✓ adopted"
    if adopt in ("", "foreign"):
        return "✗" if adopt else "–"
    full = round(score * 5)
    return f"{'▮' * full}{'▯' * (5 - full)} {f'{score:.2f}'.removeprefix('0')}"


def sliced(rows: list[Row]) -> Iterator[list[Row]]:
    """The rows, so many at a time."""
    return (rows[start : start + SLICE] for start in range(0, len(rows), SLICE))


class InventoryScreen(ModeScreen):
    """The table, its filter, and the details of the resource under the cursor."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["mode.tcss", "inventory.tcss"]
    BINDINGS = bindings("inventory")
    mode: ClassVar[Where] = "inventory"

    columns: ClassVar[tuple[Column[Row], ...]] = COLUMNS
    first_sorted: ClassVar[int] = 0
    """The column that it is sorted by at first."""

    def __init__(self) -> None:
        super().__init__()
        self.table: Table[Row] = Table(self.columns, lambda row: row.key, id="resources")
        self.head = TableHead(self.table)
        self.filter = Filter()
        self.furniture = False
        """Whether what is AWS's own is shown too."""
        self.sorted_by = self.first_sorted
        self._wanted: tuple[object, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self._arranging = False
        self._read: dict[Hashable, Actual | None] = {}
        self._suggested: dict[Hashable, tuple[Suggestion, ...]] = {}
        self._fresh: set[Hashable] = set()
        self._fresh_for = 0.0
        self._error: GenesysError | None = None
        self._shown_key: Hashable = None
        self._resting: Timer | None = None
        self._bar: FilterBar | None = None

    def main(self) -> Iterable[Widget]:
        yield self.head
        yield self.table
        yield Words(id="state", classes="state")
        yield Words(id="errors")

    @property
    def listing(self) -> Listing:
        return self.table

    def on_mount(self) -> None:
        self._reader = Latest(self.genesys.background)
        super().on_mount()

    # drawing ------------------------------------------------------------------------------------------------------
    def status(self) -> str:
        shown, total = len(self.table.rows), len(self.genesys.account.rows)
        own = (
            0 if self.furniture else sum(bool(row.resource.actual.of_aws) for row in self.genesys.account.rows.values())
        )
        marked = f"{len(self.table.marked)} marked · " if self.table.marked else ""
        if self.filter:
            return f"{marked}{shown:,} of {total:,} · /{self.filter.text} "
        hidden = f" · {own} of AWS's own hidden (.)" if own else ""
        return f"{marked}{count(total - own, 'resource')}{hidden} " if total else ""

    def actions(self) -> tuple[Action, ...]:
        if not self.table.rows and not self.filter:
            return tuple(action for action in super().actions() if action.name in ("refresh", "app.go('plan')"))
        row = self.table.current
        idle = (set() if self.narrow else {"open"}) | (set() if row and row.resource.adopted else {"release"})
        return tuple(action for action in super().actions() if action.name not in idle)

    def show(self) -> None:
        account = self.genesys.account
        if (account.revision, self.filter.text, self.furniture, self.sorted_by) != self._wanted:
            self._wanted = (account.revision, self.filter.text, self.furniture, self.sorted_by)
            if len(account.rows) <= SLICE:
                rows = [*filter(self.filter, self._of_interest(account.rows.values()))]
                rows.sort(key=self.columns[self.sorted_by].order)
                self._arranged(rows)
            elif not self._arranging:
                self._arranging = True
                self.run_worker(self._arrange())
        if account.read_at != self._fresh_for:
            self._fresh_for = account.read_at
            self._fresh.clear()
            self._rest()
        self._show_state(bool(self.table.rows))
        errors = Page()
        for error in account.errors:
            errors.line(f" ! {error}, the rest is complete", "warn", hang=3)
        if account.stale and account.error:
            errors.line(f" ! could not refresh: {account.error} (r tries again)", "warn", hang=3)
        bar = self.query_one("#errors", Words)
        bar.show(errors)
        bar.display = bool(errors)
        self._show_detail()

    async def _arrange(self) -> None:
        """Many rows, a slice at a time, so that keys are answered meanwhile; anew when another filter is typed. While
        rows are still arriving, no more than half the time goes into it."""
        while self._wanted != self._drawn:
            wanted, keep, began = self._wanted, self.filter, time.monotonic()
            rows: list[Row] = []
            for part in sliced([*self.genesys.account.rows.values()]):
                rows += filter(keep, self._of_interest(part))
                await asyncio.sleep(0)
                if self.filter is not keep:
                    break
            else:
                rows.sort(key=self.columns[self.sorted_by].order)
                self._drawn, ends = wanted, 2 * time.monotonic() - began
                self._arranged(rows)
                self.query_one(TopBar).refresh()
                while self.filter is keep and self.genesys.account.phase == "listing" and time.monotonic() < ends:
                    await asyncio.sleep(0.02)
        self._arranging = False
        self._show_all()

    def _of_interest(self, rows: Iterable[Row]) -> Iterable[Row]:
        return rows if self.furniture else (row for row in rows if not row.resource.actual.of_aws)

    def _arranged(self, rows: list[Row]) -> None:
        several = len({row.account for row in rows}) > 1
        self.table.columns = (*self.columns, ACCOUNT) if several else self.columns
        self.table.replace(rows)
        self.head.sorted_by = self.sorted_by
        self.head.refresh()

    def _show_state(self, any_rows: bool) -> None:
        any_rows = any_rows or self._arranging
        state = self.query_one("#state", Words)
        state.display = not any_rows
        self.table.display = self.head.display = any_rows
        if not any_rows:
            state.show(self._state())

    def _state(self) -> Page:
        account, page = self.genesys.account, Page()
        if account.rows:
            return page.line("Nothing matches this filter.", "bold").line("esc clears it.")
        match account.phase:
            case "opening" if account.demo:
                page.line("Starting the demo account…", "bold")
                page.line("A small company's AWS, run on this machine. Nothing leaves it.")
            case "opening":
                page.line("Connecting…", "bold")
            case "listing":
                page.line("Reading the account…", "bold").line("Resources appear here as they are found.")
            case "failed" if account.error:
                page.error(account.error).blank().line("r tries again · : goes anywhere · q quits")
            case _:
                page.line("There is nothing in this account and region yet.", "bold")
                page.line("Type  : bucket my-first-bucket  to see what making one would take.")
        return page

    # details ------------------------------------------------------------------------------------------------------
    def _show_detail(self) -> None:
        row = self.table.current
        if row is None:
            self.side.show(Page())
            return
        moved = row.key != self._shown_key
        if moved:
            self._shown_key, self._error = row.key, None
        actual = self._read.get(row.key)
        note = "" if row.key in self._read or self._error else "reading the rest…"
        if row.key in self._read and actual is None:
            note = "It is gone. r reads the account again."
        suggestions = self._suggested.get(row.key, row.resource.suggestions)
        self.side.show(detail(row, actual, note, self._error, suggestions), top=moved)
        if moved and row.key not in self._fresh and (self.side_opened or not self.narrow):
            self._rest()

    def _rest(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST, self._ask)

    def _ask(self) -> None:
        row, account = self.table.current, self.genesys.account
        hidden = self.narrow and not self.side_opened
        if row is None or row.key in self._fresh or account.workspace is None or hidden:
            return

        def look() -> tuple[Actual | None, tuple[Suggestion, ...]]:
            actual = account.details(row)
            return actual, account.suggestions(row, actual)

        def read(seen: tuple[Actual | None, tuple[Suggestion, ...]]) -> None:
            actual, self._suggested[row.key] = seen
            self._read[row.key] = actual
            self._fresh.add(row.key)
            if row.key == self._shown_key:
                self._error = None
            self._show_detail()

        def failed(error: GenesysError) -> None:
            if row.key == self._shown_key:
                self._error = error
                self._show_detail()

        self._reader.ask(look, read, failed)

    @on(Listing.Moved)
    def _moved(self) -> None:
        self._show_detail()
        self.query_one(KeyBar).refresh()

    # actions ------------------------------------------------------------------------------------------------------
    @on(Listing.Chosen)
    def action_open(self) -> None:
        if self.narrow and self.table.current is not None:
            self.open_side(not self.side_opened)
            if self.side_opened:
                self._ask()

    def action_back(self) -> None:
        if self.side_opened:
            self.open_side(False)
        elif self.filter:
            self.filter_by("")
        elif self.table.marked:
            self.table.marked.clear()
            self._show_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A slash that is typed into the filter stays there."""
        return action != "filter" or self.keys_are_free

    async def action_filter(self) -> None:
        self.open_side(False)
        if self._bar is None:
            from genesys_tui.tui.widgets.filter_bar import FilterBar

            self._bar = FilterBar(self.filter_by, self.table)
            await self.query_one("#main").mount(self._bar)
        self._bar.open(self.filter.text)

    def filter_by(self, text: str) -> None:
        """Show only what holds to these terms."""
        self.filter = parse(text)
        self._show_all()

    def action_furniture(self) -> None:
        self.furniture = not self.furniture
        self._show_all()

    def action_refresh(self) -> None:
        self.genesys.reconnect_or_refresh()

    def action_adopt(self) -> None:
        account, rows = self.genesys.account, self.table.chosen_rows()
        if account.inventory is None or account.phase == "listing":
            self.genesys.say("The account is being read: then it is known whose things are.", "warning")
        elif rows:
            words = [row.resource.actual.arn or row.resource.actual.id for row in rows]
            self.genesys.desk.open_adoption(account.inventory, words, self._adopting, self._refused)

    def action_release(self) -> None:
        rows = [row for row in self.table.chosen_rows() if row.resource.adopted and row.resource.address]
        stacks = {row.resource.stack or "" for row in rows}
        if not rows:
            self.genesys.say("Only what was adopted can be given back: this was not.", "warning")
        elif len(stacks) > 1:
            self.genesys.say(f"These are of several stacks ({', '.join(sorted(stacks))}): one at a time.", "warning")
        elif self.genesys.desk.state == "applying":
            self.genesys.say("An apply is running: wait for its end.", "warning")
        else:
            self.genesys.desk.open_release(stacks.pop(), [row.resource.address or "" for row in rows])
            self._adopting()

    def _adopting(self) -> None:
        self.table.marked.clear()
        self.app.switch_mode("plan")

    def _refused(self, error: GenesysError) -> None:
        self.genesys.say(". ".join(filter(None, (str(error), error.why, error.todo))), "warning")

    def action_mark_all(self) -> None:
        shown = {row.key for row in self.table.rows}
        self.table.marked = set() if self.table.marked >= shown else shown
        self.table.refresh()
        self._show_all()

    def action_mark(self) -> None:
        self.table.toggle_mark()
        self._show_all()

    def action_sort(self) -> None:
        self.sorted_by = (self.sorted_by + 1) % len(self.columns)
        self._show_all()

    def action_copy_id(self) -> None:
        self.genesys.copy("id", [row.resource.actual.id for row in self.table.chosen_rows()])

    def action_copy_arn(self) -> None:
        self.genesys.copy(
            "ARN", [row.resource.actual.arn for row in self.table.chosen_rows() if row.resource.actual.arn]
        )
