"""The one door of the engine: an account, a region and a stack; what is there, a plan, apply, undo, history.

Front ends call nothing else. Every method blocks and may be called from any thread: a screen calls them from threads of
its own. Only `apply` changes a cloud; all else runs on a read-only session.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from genesys_tui.engine.model.errors import BlockedError, GenesysError, MovedError
from genesys_tui.engine.model.identity import Identity, Target
from genesys_tui.engine.model.layers import YOUNG

if TYPE_CHECKING:
    from genesys_tui.engine.choosing import candidates
    from genesys_tui.engine.desired.completion import complete_intent
    from genesys_tui.engine.desired.intents import parse_intent
    from genesys_tui.engine.desired.stackfile import find_stack_file, read_stack_file
    from genesys_tui.engine.desired.writing import add_trigger, stack_for
    from genesys_tui.engine.executor.execution import Execution
    from genesys_tui.engine.functions.build import Builds
    from genesys_tui.engine.functions.workbench import Workbench
    from genesys_tui.engine.inventory.discovery import Inventory, OnPage, Resource
    from genesys_tui.engine.inventory.suggestions import suggestions_of
    from genesys_tui.engine.looking import Looking
    from genesys_tui.engine.model.history import ExecutionRecord
    from genesys_tui.engine.model.kind import Fields
    from genesys_tui.engine.model.layers import PublishedLayer
    from genesys_tui.engine.model.plan import Plan
    from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Wish
    from genesys_tui.engine.planfile import SavedPlan
    from genesys_tui.engine.planning import Planning
    from genesys_tui.engine.providers.aws.session import Session
    from genesys_tui.engine.state.backend import Backend
    from genesys_tui.engine.threshold import adoption_threshold

__all__ = [
    "Execution",
    "Identity",
    "Inventory",
    "OnPage",
    "Resource",
    "Settings",
    "Workspace",
    "add_trigger",
    "adoption_threshold",
    "candidates",
    "complete_intent",
    "find_stack_file",
    "parse_intent",
    "plan_document",
    "read_stack_file",
    "stack_for",
    "suggestions_of",
]

_ROOMS = {
    "Execution": "executor.execution",
    "Inventory": "inventory.discovery",
    "OnPage": "inventory.discovery",
    "Resource": "inventory.discovery",
    "add_trigger": "desired.writing",
    "adoption_threshold": "threshold",
    "candidates": "choosing",
    "complete_intent": "desired.completion",
    "find_stack_file": "desired.stackfile",
    "parse_intent": "desired.intents",
    "read_stack_file": "desired.stackfile",
    "stack_for": "desired.writing",
    "suggestions_of": "inventory.suggestions",
}
"""Where that is which front ends find here. A room is loaded when something of it is asked for: most commands need few
of them, and all together they take longer to load than many commands to run."""


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"genesys_tui.engine.{_ROOMS[name]}"), name)


DEFAULT_STACK = "default"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to work. None: as boto3 finds it (environment, config files). `home`: where state is kept. `cached`: take
    what was read before for what is; then nothing is ever applied."""

    profile: str | None = None
    region: str | None = None
    stack: str | None = None
    endpoint: str | None = None
    read_only: bool = False
    home: Path | None = None
    cached: bool = False

    @property
    def target(self) -> Target:
        return Target(self.profile, self.region, self.endpoint)


class _opened(cached_property[T]):  # noqa: N801 - it is used as a decorator
    """Opened once, whichever thread is first: from Python 3.12 on a cached property takes no lock of its own."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Self | T:
        if not isinstance(instance, Workspace):
            return self
        with instance.opening:
            return super().__get__(instance, owner)


class Workspace:
    """`Workspace(settings)` opens nothing yet: the first method that needs the account asks it who we are."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.opening = RLock()
        self._known: Identity | None = None
        self._introduced = settings.cached
        """Whether it is remembered already who we are."""
        self.told: Callable[[str], None] | None = None
        """Is told what takes long while a plan is made (a build), a line of words each."""

    def identity(self) -> Identity:
        """One STS call, remembered. Raises `NoCredentialsError`."""
        identity = self._reader.identity()
        if not self._introduced:
            from genesys_tui.engine.remembered import remember

            self._introduced = True
            remember(home_folder(self.settings.home), self.settings.target, identity)
        return identity

    @property
    def stack(self) -> str:
        """The stack that words work on."""
        return self.settings.stack or DEFAULT_STACK

    # what exists --------------------------------------------------------------------------------------------------
    def inventory(self, on_page: OnPage | None = None, *, global_kinds: bool = True) -> Inventory:
        """List the account. `on_page` is called with each page as it arrives, from another thread. `global_kinds`: with
        what is told alike in every region."""
        identity = self.identity()
        return self._looking.inventory(identity, self._reader, self._backend, on_page, global_kinds=global_kinds)

    def cached_inventory(self) -> Inventory | None:
        """The account as the last sweep saw it, and what of it is ours today: no call is sent. None where it was never
        listed, or where it is not known who we are."""
        from genesys_tui.engine.remembered import remembered
        from genesys_tui.engine.state.sqlite import SqliteBackend

        identity = remembered(home_folder(self.settings.home), self.settings.target)
        if identity is None:
            return None
        return self._looking.cached(identity, lambda: SqliteBackend(self._state_file(identity)))

    def wish_to_adopt(
        self,
        inventory: Inventory,
        words: Sequence[str],
        *,
        all_from: float | None = None,
        forced: Sequence[str] = (),
        threshold: float | None = None,
        tagged: bool = True,
    ) -> Wish:
        """To adopt these of an inventory (ids, ARNs, names, addresses), or all that scores so much. `tagged`: with our
        own tags; else they are only remembered. Raises UsageError."""
        from genesys_tui.engine.choosing import wish_to_adopt
        from genesys_tui.engine.threshold import adoption_threshold

        least = adoption_threshold() if threshold is None else threshold
        wish = wish_to_adopt(inventory, self.identity(), words, all_from=all_from, forced=forced, threshold=least)
        return replace(wish, resources=tuple(replace(one, tagged=tagged) for one in wish.resources))

    def as_written(self, wish: Wish) -> Wish:
        """The same as a stack file would ask for it: every field as it is now."""
        from genesys_tui.engine.choosing import as_written

        return as_written(wish, self._reader)

    def write_into(self, path: Path, wish: Wish, *, dry: bool = False) -> None:
        """Write what is wanted into a stack file, which is made where it is not there; `dry`: only see whether that can
        be. Raises GenesysError, and leaves the file as it was, where it can't."""
        from genesys_tui.engine.desired.writing import extended, write_entries
        from genesys_tui.engine.new_file import check_new_file
        from genesys_tui.engine.state.backend import Scope

        if not path.exists():
            check_new_file(wish, self._backend.load(Scope(self.identity().region, self.stack)).fragments, self.stack)
        entries = [(one.kind, one.name, one.spec) for one in wish.resources]
        (extended if dry else write_entries)(path, entries, region=self.identity().region, stack=self.stack)

    def own_by(self, sources: Sequence[str]) -> None:
        """Remember what state files of other tools say is theirs (files and folders, also in S3). Raises UsageError for
        what is none."""
        self._looking.known_claims(self.identity()).remember(sources, self._reader)

    def regions(self) -> tuple[str, ...]:
        """The regions that the account has switched on."""
        return self._reader.regions()

    def details(self, resource: Resource, fields: Fields | None = None) -> Actual | None:
        """Read all (or these) fields of one resource; what has no kind yet is returned as it was listed."""
        from genesys_tui.engine.providers import registry

        actual = resource.actual
        if actual.kind not in registry.names():
            return actual
        kind = registry.kind(actual.kind)
        return self._reader.ask(kind.read(actual.id, kind.fields if fields is None else fields))

    # what would be done -------------------------------------------------------------------------------------------
    def plan(self, wish: Wish, *, refresh: bool = True, delete_data: bool = False) -> Plan:
        """Preview. `refresh=False` takes what was read before, where it was. `delete_data`: what holds data may go."""
        from genesys_tui.engine.threshold import adoption_threshold

        threshold = adoption_threshold() if wish.threshold is None else wish.threshold
        wish = replace(wish, delete_data=delete_data or wish.delete_data, threshold=threshold)
        return self._planning.plan(wish, self.settings.stack or wish.stack or DEFAULT_STACK, refresh=refresh)

    def plan_destroy(
        self, stack: str | None = None, addresses: Sequence[str] = (), *, delete_data: bool = False
    ) -> Plan:
        """Preview the deletion of all (or these addresses) that a stack owns."""
        return self._planning.destroy(stack or self.stack, addresses, delete_data=delete_data)

    def plan_release(self, words: Sequence[str], *, stack: str | None = None, forced: Sequence[str] = ()) -> Plan:
        """Preview giving back what was adopted (addresses, ids, ARNs, names): our tags come off, and nothing else
        changes. `forced`: addresses that go though the stack made them. Raises UsageError."""
        return self._planning.release(stack or self.settings.stack, words, forced)

    def layers(self, older_than: timedelta = timedelta(), *, unused: bool = False) -> list[PublishedLayer]:
        """The layers that we published, the oldest first; `unused`: those that no function uses."""
        return self._planning.layers(older_than, unused=unused)

    def plan_prune_layers(self, older_than: timedelta = YOUNG) -> Plan:
        """Preview the deletion of those that no function uses."""
        return self._planning.prune_layers(self.stack, older_than)

    def plan_undo(self, execution: str | None = None) -> Plan:
        """Preview the undo of an execution; None: of the last one that is not undone and is no undo."""
        return self._planning.undo(execution, self.settings.stack)

    def save_plan(self, plan: Plan, wish: Wish, path: Path) -> None:
        """Save it, to be applied later. Raises GenesysError when the file can't be written."""
        from genesys_tui.engine import planfile

        planfile.save(plan, wish, plan_document(plan), path)

    def load_plan(self, path: Path) -> Plan:
        """A saved plan, planned anew. Raises `MovedError` when it does not come to the very same calls any more."""
        from genesys_tui.engine import planfile

        saved = planfile.load(path)
        plan = self._planning.plan(saved.asked(), saved.stack, refresh=True)
        if planfile.digest(plan) != saved.digest:
            raise MovedError(
                f"the world moved since {path} was saved",
                why=_moved(saved, plan),
                todo="look at the new plan and save that",
                command=f"genesys plan --out {path}",
            )
        return plan

    # what is done -------------------------------------------------------------------------------------------------
    def apply(self, plan: Plan) -> Execution:
        """Start it. Raises `BlockedError`, `LockedError` or `MovedError` before anything is sent."""
        from genesys_tui.engine.executor.run import start

        if self.settings.read_only:
            raise BlockedError("this workspace is read-only", todo="leave --read-only out to apply")
        if self.settings.cached:
            raise BlockedError("this plan rests on what was read before", todo="leave --cached out to apply")
        for finding in plan.findings:
            if finding.severity == "blocked":
                raise BlockedError(f"{finding.address}: {finding.message}", todo=finding.fix)
        if not plan.steps:
            raise BlockedError("there is nothing to apply")
        here = self.identity()
        if (plan.account, plan.region) != (here.account, here.region):
            raise MovedError(
                f"the plan is for {plan.account} in {plan.region}, this workspace is {here.account} in {here.region}",
                todo="plan again",
            )
        self._planning.forget_reads()
        artifacts = home_folder(self.settings.home) / "artifacts"
        return start(plan, self._writer, self._reader, self._backend, artifacts, self._planning.forget_reads)

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        """Newest first, of all stacks of the account. One whose process died is `interrupted`, though no plan has
        settled it yet."""
        from genesys_tui.engine.state.backend import Scope

        records = self._backend.history(limit)
        scopes = {Scope(record.region, record.stack) for record in records if record.status == "running"}
        dead = {record.id for scope in scopes for record in self._backend.interrupted(scope)}
        return [replace(record, status="interrupted") if record.id in dead else record for record in records]

    # ending -------------------------------------------------------------------------------------------------------
    def cancel(self) -> None:
        """Let every read that is under way end at once (they raise `CallError` of failure `cancelled`)."""
        if "_reader" in self.__dict__:
            self._reader.cancel()

    def rest(self) -> None:
        """Close what looking opened, of which a region takes some 40 MB. It is opened again when it is needed."""
        with self.opening:
            if "_reader" in self.__dict__ and "_planning" not in self.__dict__:
                self._known = self._reader.identity()
                self.__dict__.pop("_reader").close()

    def close(self) -> None:
        """Close what was opened."""
        for opened in ("builds", "_reader", "_writer", "_backend"):
            if opened in self.__dict__:
                self.__dict__[opened].close()

    # what is opened when it is needed -----------------------------------------------------------------------------
    @_opened
    def _reader(self) -> Session:
        return self._session(read_only=True)

    @_opened
    def _writer(self) -> Session:
        if self.settings.read_only:
            raise BlockedError("this workspace is read-only")
        return self._session(read_only=False)

    @_opened
    def _backend(self) -> Backend:
        from genesys_tui.engine.state.sqlite import SqliteBackend

        return SqliteBackend(self._state_file(self.identity()))

    @_opened
    def _planning(self) -> Planning:
        from genesys_tui.engine.planning import Planning

        identity, looking = self.identity(), self._looking
        claims = looking.known_claims(identity).claims
        home = home_folder(self.settings.home)
        return Planning(self._reader, self._backend, looking.cache(identity), home, self._build, claims)

    @_opened
    def _looking(self) -> Looking:
        from genesys_tui.engine.looking import Looking

        return Looking(home_folder(self.settings.home))

    @_opened
    def builds(self) -> Builds:
        """The builds of functions, with what they keep alive between two of them."""
        from genesys_tui.engine.functions.build import Builds

        return Builds(home_folder(self.settings.home), self._tell)

    def _tell(self, line: str) -> None:
        if self.told is not None:
            self.told(line)

    @_opened
    def functions(self) -> Workbench:
        """What is done with the code of functions."""
        from genesys_tui.engine.functions.workbench import Workbench

        return Workbench(self, home_folder(self.settings.home), lambda: self._reader, lambda: self._writer)

    def fragment(self, address: str) -> Fragment | None:
        """What the stack remembers of an address."""
        from genesys_tui.engine.state.backend import Scope

        return self._backend.load(Scope(self.identity().region, self.stack)).fragments.get(address)

    def _build(self, desired: Desired, fragment: Fragment | None) -> Sequence[Desired]:
        from genesys_tui.engine.functions.sealing import sealed

        return sealed(desired, fragment, self.builds)

    def _session(self, *, read_only: bool) -> Session:
        from genesys_tui.engine.providers.aws.session import Session
        from genesys_tui.engine.remembered import remembered

        home = home_folder(self.settings.home)
        if self.settings.cached and read_only:
            self._known = remembered(home, self.settings.target)
        return Session(self.settings.target, read_only=read_only, known=self._known if read_only else None)

    def _state_file(self, identity: Identity) -> Path:
        return state_folder(self.settings.home) / f"{identity.partition}.db"


def plan_document(plan: Plan) -> dict[str, object]:
    """The plan as `--json` prints it."""
    from genesys_tui.engine.model import plan_document as documents
    from genesys_tui.engine.providers.aws import iam

    return documents.plan_document(plan, iam.actions)


def _moved(saved: SavedPlan, plan: Plan) -> str:
    if (saved.account, saved.region) != (plan.account, plan.region):
        return f"it was made for {saved.account} in {saved.region}, this is {plan.account} in {plan.region}"
    return f"then it was: {saved.plan.get('summary')}; now it is: {plan.title}, with {plan.changes} changes"


def home_folder(home: Path | None) -> Path:
    """Where all is kept: `home`, else `$GENESYS_HOME`, else `~/.genesys`."""
    try:
        return home or Path(os.environ.get("GENESYS_HOME") or Path.home() / ".genesys")
    except RuntimeError as error:
        raise GenesysError("there is no home folder to keep state in", todo="set GENESYS_HOME to a folder") from error


def state_folder(home: Path | None) -> Path:
    """Where state is kept: the folder `state` of home."""
    return home_folder(home) / "state"
