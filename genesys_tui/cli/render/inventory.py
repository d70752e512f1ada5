"""An inventory as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.cli.render.text import counted, duration

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Inventory, Resource

HEADER = ("KIND", "NAME", "REGION", "STACK", "ID", "TAGS")


def inventory_text(inventory: Inventory, columns: int | None, paint: Paint) -> str:
    """One line a resource, sorted by kind and name; with its account, where there are several."""
    resources = sorted(inventory.resources, key=lambda resource: (resource.actual.kind, resource.actual.name))
    if len({resource.account for resource in resources}) > 1:
        rows = [(resource.account, *_row(resource)) for resource in resources]
        return table(("ACCOUNT", *HEADER), rows, columns, paint)
    return table(HEADER, [_row(resource) for resource in resources], columns, paint)


def inventory_summary(inventory: Inventory) -> str:
    """What was found and what it took: `66 resources, 14 calls, 0.8 s`."""
    found = counted(len(inventory.resources), "resource")
    return f"{found}, {counted(inventory.calls, 'call')}, {duration(inventory.seconds)}"


def _row(resource: Resource) -> tuple[str, ...]:
    actual = resource.actual
    id = "" if actual.id == actual.name else actual.id
    tags = " ".join(f"{key}={value}" for key, value in sorted(actual.tags.items()))
    return actual.kind, actual.name, actual.region, resource.stack or "-", id or "-", tags
