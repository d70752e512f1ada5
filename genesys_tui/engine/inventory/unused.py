"""What nothing seems to use, and what it costs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import fsum

from genesys_tui.engine.inventory.practices import typed
from genesys_tui.engine.inventory.usage import ADDRESS, ADDRESS_USD, Usage
from genesys_tui.engine.model.document import leaves
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion
from genesys_tui.engine.providers import registry


def unused(actuals: Sequence[Actual], usage: Usage) -> Iterator[tuple[Actual, Suggestion]]:
    """Each that is not used, with the reason."""
    named = frozenset(_groups_named(actuals)) | (usage.groups or frozenset())
    for actual in actuals:
        if not (actual.of_aws or actual.transition) and (why := _why(actual, usage, named)):
            yield actual, Suggestion("unused", why, usd=_fixed_usd(actual))


def _why(actual: Actual, usage: Usage, named: frozenset[str]) -> str:
    """Why it seems not to be used; empty where it is, or where that is not known."""
    raw = actual.provider_data
    match actual.kind:
        case "volume" if raw.get("State") == "available" and not raw.get("Attachments"):
            return "no instance has it attached"
        case "load-balancer" if usage.balancers is not None and actual.id not in usage.balancers:
            return "no targets stand behind it"
        case "security-group" if usage.groups is not None and actual.id not in named:
            return "no network interface is in it, and nothing else that was listed names it"
        case "ec2:elastic-ip" if raw.get("free"):
            return "nothing has this address"
        case _:
            return ""


def _groups_named(actuals: Iterable[Actual]) -> Iterator[str]:
    """The security groups that rules of other groups, or the settings of whatever was listed, name."""
    for actual in actuals:
        yield from (group for group in actual.provider_data.get("names", ()) if group != actual.id)
        for _, value in leaves(actual.spec):
            values = value if isinstance(value, list | tuple) else (value,)
            yield from (one for one in values if isinstance(one, str) and one.startswith("sg-"))


def _fixed_usd(actual: Actual) -> float | None:
    """A month of it, whether it is used or not."""
    if actual.kind == ADDRESS:
        return ADDRESS_USD
    kind = registry.kind(actual.kind)
    prices = kind.prices(typed(kind, actual.spec)) or ()
    return round(fsum(one.unit_usd * one.typical for one in prices if one.fixed), 2) or None
