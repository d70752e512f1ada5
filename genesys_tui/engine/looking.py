"""What exists in an account, whose it is, and how safely it may be taken over: seen now, or as it was seen last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from genesys_tui.engine.inventory.assessment import assessed
from genesys_tui.engine.inventory.cache import EVERYWHERE, Cache
from genesys_tui.engine.inventory.discovery import Inventory, OnPage, discover, from_cache
from genesys_tui.engine.inventory.known_claims import KnownClaims
from genesys_tui.engine.inventory.ownership import Evidence
from genesys_tui.engine.inventory.suggestions import suggested
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.owner import Claim
from genesys_tui.engine.model.resource import Fragment
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.session import Session
from genesys_tui.engine.state.backend import Backend


class Looking:
    """`home`: where what was seen is kept, and the state files that other tools' things were named by."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def cache(self, identity: Identity) -> Cache:
        """What was read of an account before."""
        return Cache(self._home / "cache" / f"{identity.partition}.db")

    def known_claims(self, identity: Identity) -> KnownClaims:
        """What is another tool's, by the state files that were named."""
        return KnownClaims(self._home / "owned-by" / f"{identity.partition}.json")

    def inventory(
        self,
        identity: Identity,
        reader: Session,
        backend: Backend,
        on_page: OnPage | None = None,
        *,
        global_kinds: bool = True,
    ) -> Inventory:
        """Sweep a region. `on_page` is called with each page as it arrives, from another thread."""
        region, cache = identity.region, self.cache(identity)
        before = {(stack.id, changed): stack for stack, changed in cache.stacks(region) or ()}
        found = discover(
            reader,
            _ours(backend, region),
            on_page,
            global_kinds=global_kinds,
            known=lambda id, changed: before.get((id, changed)),
        )
        actuals = [resource.actual for resource in found.resources]
        cache.keep_sweep(region, (one for one in actuals if not _everywhere(one.kind)), found.read_at)
        if global_kinds:
            cache.keep_sweep(EVERYWHERE, (one for one in actuals if _everywhere(one.kind)), found.read_at)
        if found.stacks is not None:
            cache.keep_stacks(region, found.stacks)
        return _assessed(found, self.known_claims(identity).claims(reader))

    def cached(self, identity: Identity, open_state: Callable[[], Backend]) -> Inventory | None:
        """A region as the last sweep saw it, and what of it is ours today: no call is sent. None where it was never
        swept; then no state is opened either."""
        cache, region = self.cache(identity), identity.region
        kept = cache.sweep(region)
        if kept is None:
            return None
        with closing(open_state()) as backend:
            place = Placement(region, account=identity.account)
            found = from_cache(kept[0], _ours(backend, region), place, kept[1])
        stacks = cache.stacks(region)
        whole = replace(found, stacks=None if stacks is None else tuple(stacks))
        return _assessed(whole, self.known_claims(identity).claims())


def _assessed(found: Inventory, claims: tuple[Claim, ...]) -> Inventory:
    """With whose each thing is, and how safely it may be taken over."""
    stacks = None if found.stacks is None else tuple(stack for stack, _ in found.stacks)
    judged = assessed(found.resources, Evidence(stacks, claims), found.read_at)
    return replace(found, resources=suggested(judged, found.usage))


def _ours(backend: Backend, region: str) -> dict[tuple[str, str], tuple[str, Fragment]]:
    """What is managed in a region; and what is told alike in all of them, wherever it is managed."""
    return {
        (fragment.kind, fragment.id): (scope.stack, fragment)
        for scope in backend.stacks()
        for fragment in backend.load(scope).fragments.values()
        if scope.region == region or _everywhere(fragment.kind)
    }


def _everywhere(kind: str) -> bool:
    """Whether what is of this kind, or AWS's own type, is told alike in every region."""
    return kind in registry.names() and registry.kind(kind).everywhere
