"""The order of steps: what must be done before what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.plan import Step
from genesys_tui.engine.model.resource import Desired

REMOVING = frozenset({"delete", "forget"})


def ordered(steps: Sequence[Step], needs: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """The steps, each after those it needs. `needs`: by address, what is wanted of it, and what we remember of what is
    to go. A thing is removed only after all that used it was changed or removed. Raises GenesysError for a cycle."""
    by_address = {step.address: step for step in steps}
    before: dict[str, set[str]] = {address: set() for address in by_address}
    for address, step in by_address.items():
        for needed in needs.get(address, ()):
            _edge(before, by_address, address, needed)
        for needed in step.remembered.needs if step.remembered else ():
            if needed in by_address and by_address[needed].action in REMOVING:
                before[needed].add(address)
    return tuple(replace(step, needs=tuple(sorted(before[step.address]))) for step in _sequence(before, by_address))


def _sequence(before: Mapping[str, set[str]], steps: Mapping[str, Step]) -> Iterator[Step]:
    """Steps of one outcome follow each other wherever that is possible."""
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        raise cycle_error(error.args[1]) from None
    ready = list(sorter.get_ready())
    outcome = ""
    while ready:
        address = next((one for one in ready if steps[one].outcome == outcome), ready[0])
        ready.remove(address)
        outcome = steps[address].outcome
        yield steps[address]
        sorter.done(address)
        ready += sorter.get_ready()


def in_order(resources: Sequence[Desired]) -> list[Desired]:
    """Each after those that it needs. Raises GenesysError that names the cycle, if there is one."""
    by_address = {desired.address: desired for desired in resources}
    try:
        order = list(TopologicalSorter({desired.address: desired.needs for desired in resources}).static_order())
    except CycleError as error:
        raise cycle_error(error.args[1]) from None
    return [by_address[address] for address in order if address in by_address]


def cycle_error(cycle: Sequence[str]) -> GenesysError:
    """graphlib names each node before the one that it is needed by."""
    return GenesysError(
        "these resources need each other, so none can be first",
        why=" -> ".join(reversed(cycle)),
        todo="take one of the references (or `depends_on`) out",
    )


def _edge(before: Mapping[str, set[str]], steps: Mapping[str, Step], address: str, needed: str) -> None:
    if needed in steps and steps[address].action not in REMOVING:
        before[address].add(needed)
