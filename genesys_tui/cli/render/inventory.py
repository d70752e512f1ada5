"""An inventory as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.cli.render.text import counted, duration

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


def adoption_text(resources: Sequence[Resource], columns: int | None, paint: Paint) -> str:
    """One line for each that could be adopted: its score, and what speaks most for or against it."""
    return table(("SCORE", "", "KIND", "NAME", "WHY"), [_candidate(one) for one in resources], columns, paint)


def _candidate(resource: Resource) -> tuple[str, ...]:
    adoption = resource.adoption
    if adoption is None:
        return ("-", "", resource.actual.kind, resource.actual.name, "")
    best = max(adoption.reasons, key=lambda one: one.points, default=None)
    worst = min(adoption.risks, key=lambda one: one.points, default=None)
    said = best if adoption.confidence == "high" or worst is None else worst
    return (
        f"{adoption.score:.2f}",
        adoption.confidence,
        resource.actual.kind,
        resource.actual.name,
        said.words if said else "",
    )
