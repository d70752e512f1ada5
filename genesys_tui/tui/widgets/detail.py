"""The details of one resource, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.text import Text

from genesys_tui.engine.model.document import leaves
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.tui.account import Row
from genesys_tui.tui.text import age, value
from genesys_tui.tui.widgets.words import Page

TAGS = 60
"""Tags shown; AWS allows 50 on nearly everything."""


def detail(row: Row, actual: Actual | None, note: str, error: GenesysError | None) -> Text:
    """`actual`: read in full, or None while it is not; then `note` says why."""
    shown = actual or row.resource.actual
    page = Page()
    page.heading(row.kind, row.name)
    page.line(shown.arn or shown.id, "faint")
    page.line()
    if shown.arn and shown.id not in (shown.name, shown.arn):
        page.fact("id", shown.id)
    page.fact("region", shown.region or "–")
    if shown.created:
        page.fact("created", f"{shown.created:%Y-%m-%d}  ({age(shown.created, datetime.now(UTC))} ago)")
    owner = f"{row.resource.address} in stack {row.owner}" if row.managed else "not managed by genesys"
    page.fact("owner", owner, "" if row.managed else "faint")
    fields = list(leaves(shown.spec))
    if fields:
        page.line()
    for path, thing in fields:
        page.fact(" ".join(path).replace("_", " "), value(thing))
    _tags(page, shown)
    if note:
        page.line().line(note, "faint")
    if error is not None:
        page.line().error(error)
    return page.text


def _tags(page: Page, actual: Actual) -> None:
    page.heading("tags", "" if actual.tags else "none", "faint")
    for key, words in sorted(actual.tags.items())[:TAGS]:
        page.fact(key, words[:400] + ("…" if len(words) > 400 else ""))
    if len(actual.tags) > TAGS:
        page.line(f"… and {len(actual.tags) - TAGS} more", "faint")
