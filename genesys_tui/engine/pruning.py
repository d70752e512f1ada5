"""Layers that nobody uses any more, and the plan that deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from genesys_tui.engine.model.layers import PublishedLayer
from genesys_tui.engine.model.plan import Plan, Reversal
from genesys_tui.engine.model.resource import Actual, Fragment, address_of
from genesys_tui.engine.planner.decide import NOTHING_WANTED, Decision
from genesys_tui.engine.providers import registry

KIND = "layer"


def decided(unused: Sequence[PublishedLayer], fragments: Mapping[str, Fragment]) -> list[Decision]:
    """To delete them all. One that the stack remembers is forgotten with it."""
    remembered = {one.id: one for one in fragments.values() if one.kind == KIND}
    return [_decision(layer, remembered.get(layer.arn)) for layer in unused]


def without_way_back(plan: Plan) -> Plan:
    """What no stack of ours remembers can't be undone."""
    never = Reversal("irreversible", "the next build that needs it publishes it again")
    steps = (step if step.remembered else replace(step, reversal=never) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


def _decision(layer: PublishedLayer, fragment: Fragment | None) -> Decision:
    """Versions of one name are told from each other by their number."""
    there = Actual(KIND, layer.arn, layer.name, "", arn=layer.arn, created=layer.created)
    address = fragment.address if fragment else f"{address_of(KIND, layer.name)}:{layer.version}"
    return Decision("delete", address, registry.kind(KIND), layer.name, NOTHING_WANTED, None, fragment, there)
