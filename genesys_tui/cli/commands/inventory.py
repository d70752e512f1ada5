"""`genesys inventory`: what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesys_tui.cli import exits
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.inventory import inventory_summary, inventory_text
from genesys_tui.cli.render.text import counted
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.plan_document import inventory_document
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Inventory, Resource, Workspace


def _inventory() -> int:
    common, terminal = begin()
    with opened(common) as workspace:
        identity = workspace.identity()
        inventory = _read(workspace, terminal)
    if terminal.as_json:
        terminal.document(inventory_document(identity, inventory))
    elif inventory.resources:
        terminal.result(inventory_text(inventory, terminal.columns, terminal.paint))
    for error in inventory.errors:
        terminal.message(f"{terminal.message_paint.warning('!')} {shown(error)}")
    if inventory.errors:
        terminal.message("The rest is complete.")
    if not terminal.as_json:
        terminal.message(inventory_summary(inventory))
    return exits.DONE


def _read(workspace: Workspace, terminal: Terminal) -> Inventory:
    found: set[tuple[str, str]] = set()

    def count(page: tuple[Resource, ...]) -> None:
        found.update((resource.actual.kind, resource.actual.id) for resource in page)
        terminal.status(f"reading the account: {counted(len(found), 'resource')}")

    inventory = workspace.inventory(on_page=count)
    terminal.status("")
    return inventory


command = GenesysCommand(
    "inventory",
    callback=_inventory,
    help="List what exists in the account and region, and what of it is managed. Changes nothing.",
)
