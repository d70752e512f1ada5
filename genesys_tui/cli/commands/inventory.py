"""`genesys inventory`: what exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.change import age_text, cached_option
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, viewed
from genesys_tui.cli.render.inventory import (
    inventory_summary,
    inventory_text,
    suggestions_summary,
    suggestions_text,
)
from genesys_tui.cli.render.text import counted
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.plan_document import inventory_document
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.panorama import Panorama
    from genesys_tui.engine.workspace import Inventory, OnPage, Resource


def _inventory(*, cached: bool, all: bool, suggestions: bool, regions: str | None, profiles: str | None) -> int:
    from genesys_tui.engine.panorama import Places

    if cached and suggestions:
        why = "they come of what a sweep sees, and of that only names and tags are kept"
        raise UsageError("--suggestions needs a fresh look", why=why, todo="leave --cached out")
    common, terminal = begin()
    with viewed(common, Places.parse(regions, profiles), cached=cached) as panorama:
        inventory = _recalled(panorama) if cached else read_all(panorama.inventory, terminal)
        identity = panorama.home.identity()
    whole, inventory = inventory, inventory if all else without_furniture(inventory)
    if cached:
        terminal.message(f"What was read before, {age_text(inventory.read_at)}.")
    if terminal.as_json:
        terminal.document(inventory_document(identity, inventory))
    elif suggestions:
        _show_suggestions(inventory, terminal)
    elif inventory.resources:
        terminal.result(inventory_text(inventory, terminal.columns, terminal.paint))
    for error in inventory.errors:
        terminal.message(f"{terminal.message_paint.warning('!')} {shown(error)}")
    if inventory.errors:
        terminal.message("The rest is complete.")
    if not terminal.as_json:
        _sum_up(inventory, len(whole.resources) - len(inventory.resources), terminal, suggestions=suggestions)
    return exits.DONE


def _show_suggestions(inventory: Inventory, terminal: Terminal) -> None:
    if any(one.suggestions for one in inventory.resources):
        terminal.result(suggestions_text(inventory, terminal.columns, terminal.paint))


def _sum_up(inventory: Inventory, hidden: int, terminal: Terminal, *, suggestions: bool) -> None:
    """`hidden`: how much of AWS's own is left out."""
    if suggestions:
        terminal.message(f"{suggestions_summary(inventory)}. A closer look at one: genesys adopt ID")
        return
    terminal.message(inventory_summary(inventory))
    if hidden:
        terminal.message(f"{counted(hidden, 'thing')} of AWS's own left out: --all shows them.")


def read_all(sweep: Callable[[OnPage], Inventory], terminal: Terminal) -> Inventory:
    """Sweep, and say meanwhile how much was found."""
    found: set[tuple[str, str, str]] = set()

    def count(page: tuple[Resource, ...]) -> None:
        found.update((resource.account, resource.actual.kind, resource.actual.id) for resource in page)
        terminal.status(f"reading the account: {counted(len(found), 'resource')}")

    inventory = sweep(count)
    terminal.status("")
    return inventory


def _recalled(panorama: Panorama) -> Inventory:
    inventory = panorama.cached_inventory()
    if inventory is None:
        raise UsageError("this account was not listed yet", todo="list it once", command="genesys inventory")
    return inventory


def without_furniture(inventory: Inventory) -> Inventory:
    """Without what is AWS's own: default networks, roles that services made for themselves."""
    return replace(inventory, resources=tuple(one for one in inventory.resources if not one.actual.of_aws))


command = GenesysCommand(
    "inventory",
    callback=_inventory,
    help="List what exists in the account and region, and what of it is managed. Changes nothing.",
    params=[
        cached_option(),
        click.Option(["--regions"], metavar="A,B", help="Several regions side by side, or `all`."),
        click.Option(["--profiles"], metavar="A,B", help="Several AWS profiles side by side."),
        click.Option(
            ["--suggestions"], is_flag=True, help="What would be better: settings, overlaps, copies, what is unused."
        ),
        click.Option(["--all"], is_flag=True, help="With what is AWS's own: default networks, service-linked roles."),
    ],
)
