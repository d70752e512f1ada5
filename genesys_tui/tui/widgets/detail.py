"""The details of one resource, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from genesys_tui.engine.model.document import without_absent
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion
from genesys_tui.tui.account import Row
from genesys_tui.tui.text import age, setting
from genesys_tui.tui.widgets.words import Page

TAGS = 60
"""Tags shown; AWS allows 50 on nearly everything."""


def detail(
    row: Row,
    actual: Actual | None,
    note: str,
    error: GenesysError | None,
    suggestions: Sequence[Suggestion] = (),
) -> Page:
    """`actual`: read in full, or None while it is not; then `note` says why. `suggestions`: what would be better."""
    shown = actual or row.resource.actual
    page = Page()
    page.heading(row.kind, row.name)
    page.line(shown.arn or shown.id, "faint")
    page.line()
    if shown.arn and shown.id not in (shown.name, shown.arn):
        page.fact("id", shown.id)
    created = shown.created or row.created
    page.fact("region", shown.region or row.region or "–")
    if created:
        page.fact("created", f"{created:%Y-%m-%d}  ({age(created, datetime.now(UTC))} ago)")
    _whose(page, row)
    _suggestions(page, suggestions)
    _fields(page, shown)
    _tags(page, shown)
    if note:
        page.blank().line(note, "faint")
    if error is not None:
        page.blank().error(error)
    return page


def _whose(page: Page, row: Row) -> None:
    """Who manages it and how that is known; and how safely it may be taken over."""
    resource = row.resource
    if row.managed:
        page.fact("owner", f"{resource.address} in stack {row.owner}")
        return
    page.fact("owner", row.owner or "nobody known", "" if row.owner else "faint")
    for line in resource.owner.evidence[:3] if resource.owner else ():
        page.line(f"  {line}", "faint", hang=2)
    adoption = resource.adoption
    if adoption is None or resource.actual.of_aws:
        return
    may = f" (up to {adoption.high:.2f} once all is read)" if not adoption.final else ""
    page.fact("adopt", f"{adoption.score:.2f} {adoption.confidence}{may}")
    for remark in sorted(adoption.reasons, key=lambda one: -one.points):
        page.line(f"  + {remark.words}", "good", hang=4)
    for remark in sorted(adoption.risks, key=lambda one: one.points):
        page.line(f"  - {remark.words}", "warn", hang=4)


def _suggestions(page: Page, suggestions: Sequence[Suggestion]) -> None:
    """What would be better, and what it costs as it is."""
    if suggestions:
        page.heading("suggestions")
    for one in suggestions:
        cost = f" (~${one.usd:,.2f} a month)" if one.usd else ""
        page.line(f"  · {one.words}{cost}", "warn", hang=4)
        if one.fix:
            page.line(f"    better: {one.fix}", "faint", hang=6)


def _fields(page: Page, actual: Actual) -> None:
    """What was read of the spec. In a record only what is there is named."""
    fields = {field: thing for field, thing in actual.spec.items() if field != "tags"}
    if fields:
        page.line()
    for field, thing in fields.items():
        there = without_absent(thing) if isinstance(thing, Mapping) else {}
        plain = "" if there else "none" if isinstance(thing, Mapping) else setting(field, thing)
        page.fact(field.replace("_", " "), plain)
        for name, inner in there.items():
            if isinstance(inner, Mapping):
                page.line(f"  {name}: {', '.join(f'{key} {setting(key, leaf)}' for key, leaf in inner.items())}")
            else:
                page.line(f"  {name.replace('_', ' ')}: {setting(name, inner)}")


def _tags(page: Page, actual: Actual) -> None:
    page.heading("tags", "" if actual.tags else "none", "faint")
    for key, words in sorted(actual.tags.items())[:TAGS]:
        page.fact(key, words[:400] + ("…" if len(words) > 400 else ""))
    if len(actual.tags) > TAGS:
        page.line(f"… and {len(actual.tags) - TAGS} more", "faint")
