"""What was taken over under a name of its own: the stack file calls it one way, the cloud another. Pure.

The address is the file's, the name is the cloud's: it is remembered, and all that is planned goes by it. What refers to
such a thing does so by the outputs it has, for where a thing is known by its name (a function's queues, a topic's
subscriptions) it is the cloud's name that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.kind import AnyKind
from genesys_tui.engine.model.references import Outputs, referred, resolve
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Reference, split_address


def name_of(desired: Desired, fragment: Fragment | None) -> str:
    """What it is called in the cloud: once it is remembered, no file renames it."""
    return fragment.name if fragment is not None else desired.name


def as_called(
    resources: Sequence[Desired],
    fragments: Mapping[str, Fragment],
    actuals: Mapping[str, Actual | None],
    kind_of: Callable[[str], AnyKind],
) -> list[Desired]:
    """Each under the name that it has, and referring to the others by what they are."""
    named = [replace(one, name=name_of(one, fragments.get(one.address))) for one in resources]
    otherwise = {one.address: one for one in named if one.name != split_address(one.address)[1]}
    if not otherwise:
        return named
    outputs = {
        address: kind_of(one.kind).outputs_of(actual)
        for address, one in otherwise.items()
        if (actual := actuals.get(address)) is not None
    }
    return [_told(one, otherwise, outputs) for one in named]


def _told(desired: Desired, otherwise: Mapping[str, Desired], outputs: Outputs) -> Desired:
    addresses = {str(output.address) for output in referred(desired.spec)} & otherwise.keys()
    if not addresses:
        return desired
    names = {split_address(address)[1]: otherwise[address].name for address in addresses}
    known = {address: outputs[address] for address in addresses if address in outputs}
    return replace(desired, spec=_renamed(desired.spec, names, known))


def _renamed(document: Document, names: Mapping[str, str], outputs: Outputs) -> dict[str, Leaf]:
    return {_key(key, value, names): _value(value, names, outputs) for key, value in document.items()}


def _value(value: Leaf, names: Mapping[str, str], outputs: Outputs) -> Leaf:
    return _renamed(value, names, outputs) if isinstance(value, Mapping) else resolve(value, outputs)


def _key(key: str, value: Leaf, names: Mapping[str, str]) -> str:
    """`jobs`, or `sqs:jobs`, where what stands under it refers to the one called otherwise."""
    if not isinstance(value, Mapping) or not any(isinstance(inner, Reference) for inner in value.values()):
        return key
    before, colon, name = key.rpartition(":")
    return f"{before}{colon}{names.get(name, name)}"
