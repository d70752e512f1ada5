"""Adopt: what could be taken over, the safest first, with the reasons beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from genesys_tui.tui.account import Row
from genesys_tui.tui.actions import Where
from genesys_tui.tui.screens.inventory import COLUMNS, InventoryScreen
from genesys_tui.tui.text import count


class AdoptScreen(InventoryScreen):
    """The inventory, less what can't be taken over, in the order of its scores; at its end what was taken over."""

    mode: ClassVar[Where] = "adopt"
    first_sorted: ClassVar[int] = next(place for place, one in enumerate(COLUMNS) if one.title == "ADOPT")

    def _of_interest(self, rows: Iterable[Row]) -> Iterable[Row]:
        return (row for row in rows if row.adopt)

    def status(self) -> str:
        rows = [row for row in self.genesys.account.rows.values() if row.adopt not in ("", "ours")]
        if not rows:
            return ""
        high = sum(row.adopt == "high" for row in rows)
        marked = f"{len(self.table.marked)} marked · " if self.table.marked else ""
        return f"{marked}{count(len(rows), 'thing')} not managed yet · {high} safe to take over "
