"""What is to be adopted, of what a sweep found: by ids, ARNs, names or addresses, or all that is safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from genesys_tui.engine.inventory.discovery import Inventory, Resource
from genesys_tui.engine.model.document import Document, without_absent
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.resource import Actual, Desired, Wish, address_of
from genesys_tui.engine.model.specs.base import WISH, Spec
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.session import Session


def candidates(inventory: Inventory) -> list[Resource]:
    """What could be adopted, the safest first. What is shared is nobody's own."""
    found = [one for one in inventory.resources if one.adoption and not one.actual.of_aws and not _shared(one)]
    return sorted(found, key=lambda one: (-_score(one), one.actual.kind, one.actual.name))


def _shared(resource: Resource) -> bool:
    return resource.actual.kind in registry.names() and registry.kind(resource.actual.kind).shared


def _score(resource: Resource) -> float:
    return resource.adoption.score if resource.adoption else 0.0


def addresses(resources: Sequence[Resource]) -> dict[str, Resource]:
    """An address for each: by its name, or by its id where several bear that name."""
    count = Counter((one.actual.kind, one.actual.name) for one in resources)
    found = {}
    for one in resources:
        actual = one.actual
        alone = count[actual.kind, actual.name] == 1
        found[address_of(actual.kind, actual.name if alone else actual.id)] = one
    return found


def wish_to_adopt(
    inventory: Inventory,
    identity: Identity,
    words: Sequence[str],
    *,
    all_from: float | None = None,
    forced: Collection[str] = (),
    threshold: float,
) -> Wish:
    """`words`: ids, ARNs, names or addresses. `all_from`: all that scores this much. Raises UsageError for what can't
    be found, naming why."""
    there = addresses(candidates(inventory))
    chosen: dict[str, Resource] = {}
    for word in words:
        chosen |= _named(word, there, inventory, identity)
    if all_from is not None:
        chosen |= {address: one for address, one in there.items() if one.adoption and one.adoption.score >= all_from}
    unknown = sorted(set(forced) - chosen.keys())
    if unknown:
        raise UsageError(f"--force names {unknown[0]}, which is not to be adopted", todo="name it among the ids too")
    wanted = tuple(
        Desired(address, one.actual.kind, address.partition(".")[2], {}, adopt=True) for address, one in chosen.items()
    )
    said = " ".join(words) if words else "all that is safe"
    return Wish(wanted, f"adopt {said}", forced=frozenset(forced), threshold=threshold)


def _named(word: str, there: dict[str, Resource], inventory: Inventory, identity: Identity) -> dict[str, Resource]:
    found = {address: one for address, one in there.items() if word in _words_for(address, one)}
    if len(found) > 1:
        raise UsageError(
            f"{word!r} is the name of {len(found)} things: {', '.join(sorted(found))}", todo="give one's address or ARN"
        )
    if not found:
        raise _missing(word, inventory.resources, identity)
    return found


def _words_for(address: str, resource: Resource) -> frozenset[str]:
    actual = resource.actual
    return frozenset(filter(None, (address, actual.arn, actual.id, actual.name)))


def _missing(word: str, resources: Iterable[Resource], identity: Identity) -> UsageError:
    """Why a word names nothing that could be adopted."""
    for one in resources:
        if word in (one.actual.arn, one.actual.id, one.actual.name):
            if one.managed:
                return UsageError(f"{word!r} is managed already", why=f"as {one.address} of stack {one.stack}")
            if one.actual.of_aws:
                return UsageError(f"{word!r} is AWS's own", why=one.actual.of_aws)
            if _shared(one):
                why = "it is the same for everybody: a stack that needs it uses it as it is"
                return UsageError(f"{word!r} is shared, and can't be adopted", why=why)
            kinds = ", ".join(registry.names())
            return UsageError(f"{word!r} is a {one.actual.kind}, which has no kind yet", why=f"kinds are {kinds}")
    _, _, _, region, account, *_ = (word.split(":") + [""] * 6)[:6] if word.startswith("arn:") else [""] * 6
    if account and account != identity.account:
        return UsageError(
            f"{word!r} is of account {account}", why=f"this is {identity.account}", todo="name that account's --profile"
        )
    if region and region != identity.region:
        return UsageError(f"{word!r} is in {region}", why=f"this is {identity.region}", todo=f"give --region {region}")
    return UsageError(
        f"there is no {word!r} in this account and region", todo="see what could be adopted", command="genesys adopt"
    )


def as_written(wish: Wish, session: Session) -> Wish:
    """The same as a stack file would ask for it: every field as it is now."""
    kinds = [registry.kind(one.kind) for one in wish.resources]
    located = session.run([kind.locate(one.name) for kind, one in zip(kinds, wish.resources, strict=True)])
    found = [one for one in located if isinstance(one, Actual)]
    read = session.run([registry.kind(one.kind).read(one.id, registry.kind(one.kind).fields) for one in found])
    specs = {(one.kind, one.id): one for one in read if isinstance(one, Actual)}
    resources = (
        _written(one, specs.get((there.kind, there.id))) if isinstance(there, Actual) else one
        for one, there in zip(wish.resources, located, strict=True)
    )
    return replace(wish, resources=tuple(resources))


def _written(desired: Desired, actual: Actual | None) -> Desired:
    """What a stack file would say of a thing as it is: all that may be asked for. What can't be asked for so (AWS lets
    others be what we would refuse) is left out, and so stays unmanaged."""
    if actual is None:
        return desired
    spec = registry.kind(actual.kind).spec
    left_out = {"aws", *spec.write_only}
    asked = {
        field: without_absent(value) if isinstance(value, Mapping) else value
        for field, value in actual.spec.items()
        if field not in left_out
    }
    asked = {field: value for field, value in asked.items() if value not in (None, {}, [], "")}
    while asked and (wrong := _refused_fields(spec, asked)):
        asked = {field: value for field, value in asked.items() if field not in wrong}
    document = spec.model_validate(asked, context=WISH).document
    return replace(desired, spec=document, complete=True)


def _refused_fields(spec: type[Spec], asked: Document) -> set[str]:
    try:
        wish = spec.model_validate(asked, context=WISH)
    except ValidationError as error:
        return {str(one["loc"][0]) for one in error.errors() if one["loc"]} or set(asked)
    return {str(path[0]) for path, _ in wish.mistakes()}
