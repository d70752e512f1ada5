"""How a resource differs from good practice, as far as its settings were read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import ValidationError

from genesys_tui.engine.model.document import Document, Leaf, Path, Unset, leaves, lookup
from genesys_tui.engine.model.kind import AnyKind
from genesys_tui.engine.model.plan import Finding
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion
from genesys_tui.engine.providers import registry

_SETTING: Final = re.compile(r"(?:--)?([a-z][a-z-]*):? ")
"""A fix that is a setting: `--versioning on`, `auth: iam`."""
GB: Final = 1_000_000_000


def practices(actual: Actual) -> tuple[Suggestion, ...]:
    """What its kind says of the settings that were read, and what lacks of them. Nothing is said of what was not."""
    if actual.of_aws or not actual.spec or actual.kind not in registry.names():
        return ()
    kind = registry.kind(actual.kind)
    spec = typed(kind, actual.spec)
    said = tuple(_said(kind, actual, spec))
    told = tuple(Suggestion("practice", one.message, one.fix, _kept_usd(kind, actual, spec, one)) for one in said)
    return (*told, *_lacks(kind, actual, {_option(one.fix) for one in said}))


def typed(kind: AnyKind, spec: Document) -> Any:
    """The spec of what is there, less the fields that a cloud has as we would refuse them."""
    asked = {field: value for field, value in spec.items() if field in kind.fields}
    while True:
        try:
            return kind.spec.of(asked)
        except ValidationError as error:
            wrong = {one["loc"][0] for one in error.errors() if one["loc"]} & asked.keys() or set(asked)
            asked = {field: value for field, value in asked.items() if field not in wrong}


def _said(kind: AnyKind, actual: Actual, spec: Any) -> Iterator[Finding]:
    """Notes on the way of making it are none; nor is what would lead away from good practice."""
    for one in kind.findings(actual.name, spec):
        option = _option(one.fix)
        practised = option in kind.defaults and lookup(actual.spec, (option,)) == kind.defaults[option]
        if not practised and (option or one.severity != "note"):
            yield one


def _lacks(kind: AnyKind, actual: Actual, said: set[str]) -> Iterator[Suggestion]:
    """The settings of good practice that are off, and of which the kind itself said nothing."""
    for path, best in leaves(kind.defaults):
        there = lookup(actual.spec, path)
        if path[0] in kind.practice and _off(there, best) and not said & set(path):
            words = f"{_in_words(path)} is {_value(there)}; good practice: {_value(best)}"
            yield Suggestion("practice", words, f"--{path[-1].replace('_', '-')} {_value(best)}")


def _off(there: Leaf | Unset, best: Leaf) -> bool:
    """Nothing where there should be something, or a switch the other way. Another value is a choice."""
    if isinstance(there, Unset):
        return False
    return bool(there) is not best if isinstance(best, bool) else not there and bool(best)


def _kept_usd(kind: AnyKind, actual: Actual, spec: Any, finding: Finding) -> float | None:
    """What logs that are kept for ever cost a month by now."""
    stored = actual.provider_data.get("stored")
    if _option(finding.fix) != "retention" or not isinstance(stored, int):
        return None
    prices = kind.prices(spec) or ()
    return next((round(one.unit_usd * stored / GB, 2) or None for one in prices if one.unit == "GB-month"), None)


def _option(fix: str) -> str:
    """The field that a fix sets; empty where it sets none."""
    found = _SETTING.match(fix)
    return found[1].replace("-", "_") if found and (fix.startswith("--") or ": " in fix[: found.end()]) else ""


def _in_words(path: Path) -> str:
    return " ".join(part.replace("_", " ") for part in path)


def _value(value: Leaf | Unset) -> str:
    if value is None or isinstance(value, bool | Unset):
        return "on" if value is True else "off"
    return str(value)
