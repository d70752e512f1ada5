"""An inventory as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.cli.render.text import counted, duration, money

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Inventory, Resource

HEADER = ("KIND", "NAME", "REGION", "OWNER", "ADOPT", "ID", "TAGS")


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
    return actual.kind, actual.name, actual.region, owner_text(resource), _score(resource), id or "-", tags


def owner_text(resource: Resource) -> str:
    """`genesys (shop)`, `cdk (CDKToolkit)`, `-`"""
    if resource.stack:
        return f"genesys ({resource.stack})"
    owner = resource.owner
    if owner is None:
        return "aws" if resource.actual.of_aws else "-"
    return f"{owner.tool} ({owner.id})" if owner.id and owner.tool != "aws" else owner.tool


def _score(resource: Resource) -> str:
    return f"{resource.adoption.score:.2f}" if resource.adoption and not resource.actual.of_aws else "-"


def suggestions_text(inventory: Inventory, columns: int | None, paint: Paint) -> str:
    """One line a suggestion, what costs most first."""
    rows = sorted(
        ((one.usd or 0.0, resource, one) for resource in inventory.resources for one in resource.suggestions),
        key=lambda row: (-row[0], row[1].actual.kind, row[1].actual.name, row[2].words),
    )
    cells = [
        (address_text(resource), one.topic, one.words, one.fix, f"~{money(usd)}" if usd else "-")
        for usd, resource, one in rows
    ]
    return table(("ADDRESS", "WHAT", "SUGGESTION", "BETTER", "A MONTH"), cells, columns, paint)


def suggestions_summary(inventory: Inventory) -> str:
    """`12 suggestions; what is not used costs ~$23.65 a month`"""
    found = [one for resource in inventory.resources for one in resource.suggestions]
    unused = sum(one.usd or 0.0 for one in found if one.topic == "unused")
    cost = f"; what seems unused costs ~{money(unused)} a month" if unused else ""
    return f"{counted(len(found), 'suggestion')}{cost}"


def address_text(resource: Resource) -> str:
    """How it goes by: our address, else that which it would have."""
    return resource.address or f"{resource.actual.kind}.{resource.actual.name}"


def adoption_text(resources: Sequence[Resource], columns: int | None, paint: Paint) -> str:
    """One line for each that could be adopted: its score, and what speaks most for or against it."""
    return table(("SCORE", "", "KIND", "NAME", "WHY"), [_candidate(one) for one in resources], columns, paint)


def _candidate(resource: Resource) -> tuple[str, ...]:
    adoption = resource.adoption
    if adoption is None:
        return ("-", "", resource.actual.kind, resource.actual.name, "")
    said = adoption.best if adoption.confidence == "high" or adoption.worst is None else adoption.worst
    return (
        f"{adoption.score:.2f}",
        adoption.confidence,
        resource.actual.kind,
        resource.actual.name,
        said.words if said else "",
    )
