"""Several regions and profiles side by side: a workspace each, one inventory of all.

What exists is looked at everywhere; plans and applies are the home workspace's, which is the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from genesys_tui.engine.inventory.discovery import Inventory, OnPage, Resource
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.identity import REGION, Identity
from genesys_tui.engine.model.kind import Fields
from genesys_tui.engine.model.resource import Actual

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Settings, Workspace

ALL = "all"
"""In the place of regions: every one that the account has switched on."""
AT_ONCE = 4
"""Workspaces that are asked at once: each has threads of its own."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look. Empty: where the settings say."""

    regions: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    @classmethod
    def parse(cls, regions: str | None, profiles: str | None) -> Places:
        """`eu-west-1,us-east-1` or `all`, and `dev,prod`. Raises UsageError."""
        places = cls(_listed(regions), _listed(profiles))
        for region in places.regions:
            if region != ALL and not REGION.fullmatch(region):
                raise UsageError(
                    f"--regions can't hold {region!r}", todo="name some such as eu-west-1,us-east-1, or all"
                )
        if ALL in places.regions and len(places.regions) > 1:
            raise UsageError("--regions is either `all`, or names them", todo="leave the others out")
        return places


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (one.strip() for one in (text or "").split(",")))))


class Panorama:
    """Opens nothing yet. Every method blocks and may be called from any thread."""

    def __init__(self, workspaces: Sequence[Workspace], *, everywhere: bool = False) -> None:
        """`everywhere`: in every region of their accounts."""
        self._workspaces = list(workspaces)
        self._everywhere = everywhere
        self._opening = Lock()
        self._reading = Lock()
        self._by_place: dict[tuple[str, str], Workspace] = {}

    @classmethod
    def of(cls, settings: Settings, places: Places) -> Panorama:
        """Each profile in each region."""
        from genesys_tui.engine.workspace import Workspace

        regions = tuple(region for region in places.regions if region != ALL) or (settings.region,)
        profiles = places.profiles or (settings.profile,)
        each = [replace(settings, profile=profile, region=region) for profile in profiles for region in regions]
        return cls([Workspace(one) for one in each], everywhere=ALL in places.regions)

    @property
    def home(self) -> Workspace:
        """Where plans are made and applied."""
        return self._workspaces[0]

    @property
    def beside(self) -> int:
        """How many places are looked at beside home, as far as that is known."""
        return (len(self._by_place) or len(self._workspaces)) - 1

    @property
    def several(self) -> bool:
        """Whether there is more than one place to look at."""
        return self._everywhere or len(self._workspaces) > 1

    def inventory(self, on_page: OnPage | None = None) -> Inventory:
        """List all of it, side by side. A place that can't be listed is a line in `errors`; the rest is complete.
        Raises GenesysError where the only place, or each of them, can't be."""
        began = monotonic()
        self._spread()
        places, errors = self._identified()
        jobs = [partial(self._listed, workspace, on_page, global_kinds=first) for _, workspace, first in places]
        found: list[Inventory] = []
        for (label, _, _), answer in zip(places, self._all(jobs), strict=True):
            if isinstance(answer, GenesysError):
                errors.append((label, answer))
            else:
                lines = tuple(f"{label}: {line}" if self.several else line for line in answer.errors)
                found.append(replace(answer, errors=lines))
        if not found:
            raise errors[0][1]
        merged = _merged(found, [f"{label}: {error}" for label, error in errors])
        return replace(merged, seconds=monotonic() - began) if self.several else merged

    def cached_inventory(self) -> Inventory | None:
        """As the last sweeps saw it; None where none of it was ever listed."""
        found = [one for one in self._all([workspace.cached_inventory for workspace in self._workspaces]) if one]
        kept = [one for one in found if not isinstance(one, GenesysError)]
        return _merged(kept, []) if kept else None

    def details(self, resource: Resource, fields: Fields | None = None) -> Actual | None:
        """Read all (or these) fields of one resource, where it is."""
        if not self._by_place:
            self._identified()
        near = [one for (account, _), one in self._by_place.items() if account == resource.account]
        there = self._by_place.get((resource.account, resource.actual.region))
        with self._reading:
            return (there or next(iter(near), self.home)).details(resource, fields)

    def cancel(self) -> None:
        """Let every read that is under way end at once."""
        for workspace in list(self._workspaces):
            workspace.cancel()

    def close(self) -> None:
        """Close what was opened."""
        for workspace in list(self._workspaces):
            workspace.close()

    def _listed(self, workspace: Workspace, on_page: OnPage | None, *, global_kinds: bool) -> Inventory:
        try:
            return workspace.inventory(on_page, global_kinds=global_kinds)
        finally:
            if workspace is not self.home:
                with self._reading:
                    workspace.rest()

    def _all(self, jobs: Sequence[Callable[[], T]]) -> list[T | GenesysError]:
        """The answers, in order, an error as an answer."""
        if len(jobs) == 1:
            return [_answered(jobs[0])]
        with ThreadPoolExecutor(max(1, min(len(jobs), AT_ONCE)), "genesys-place") as threads:
            try:
                return list(threads.map(_answered, jobs))
            except KeyboardInterrupt:
                self.cancel()  # else the threads would be waited for
                raise

    def _spread(self) -> None:
        """To all regions, where that was asked for: each profile's account says which it has."""
        from genesys_tui.engine.workspace import Workspace

        with self._opening:
            starts = list(self._workspaces) if self._everywhere else []
            for start, answer in zip(starts, self._all([one.regions for one in starts]), strict=True):
                if not isinstance(answer, GenesysError):
                    others = (region for region in answer if region != start.identity().region)
                    self._workspaces += [Workspace(replace(start.settings, region=region)) for region in others]
            self._everywhere = False

    def _identified(self) -> tuple[list[tuple[str, Workspace, bool]], list[tuple[str, GenesysError]]]:
        """Each place once, with what it is called, and whether it is the first of its account; and what can't be
        asked."""
        accounts: set[str] = set()
        errors: list[tuple[str, GenesysError]] = []
        places: list[tuple[str, Workspace, bool]] = []
        answers = self._all([workspace.identity for workspace in self._workspaces])
        for workspace, answer in zip(self._workspaces, answers, strict=True):
            label = _label(workspace, answer)
            if isinstance(answer, GenesysError):
                errors.append((label, answer))
            elif self._by_place.setdefault((answer.account, answer.region), workspace) is workspace:
                places.append((label, workspace, answer.account not in accounts))
                accounts.add(answer.account)
        return places, errors


def _label(workspace: Workspace, answer: Identity | GenesysError) -> str:
    """What a place is called in a message: `prod eu-west-1`."""
    if isinstance(answer, Identity):
        return f"{answer.profile} {answer.region}"
    return " ".join(filter(None, (workspace.settings.profile, workspace.settings.region))) or "here"


def _merged(found: Sequence[Inventory], errors: Collection[str]) -> Inventory:
    """What is seen from two places (a certificate of us-east-1) is there once."""
    resources: dict[tuple[str, str, str], Resource] = {}
    for inventory in found:
        for resource in inventory.resources:
            actual = resource.actual
            resources.setdefault(
                (resource.account, actual.kind, actual.arn or f"{actual.region} {actual.id}"), resource
            )
    return Inventory(
        resources=tuple(resources.values()),
        errors=(*errors, *(line for inventory in found for line in inventory.errors)),
        calls=sum(inventory.calls for inventory in found),
        seconds=max(inventory.seconds for inventory in found),
        read_at=min(inventory.read_at for inventory in found),
    )


def _answered(job: Callable[[], T]) -> T | GenesysError:
    try:
        return job()
    except GenesysError as error:
        return error
