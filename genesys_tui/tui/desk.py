"""The plan on the desk: of the open stack file, of words, or of an undo; and its apply. It has no look of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genesys_tui.engine.model.errors import GenesysError, Problem, UsageError, WishError
from genesys_tui.engine.watch import Watch
from genesys_tui.tui.background import Latest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Thread

    from genesys_tui.engine.model.events import Event
    from genesys_tui.engine.model.plan import Plan
    from genesys_tui.engine.model.resource import Wish
    from genesys_tui.engine.workspace import Execution, Inventory, Workspace
    from genesys_tui.tui.background import Background
    from genesys_tui.tui.engine import Engine
    from genesys_tui.tui.progress import Progress

State = Literal["empty", "planning", "ready", "broken", "applying", "ended"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is planned. `what`: the file, the words, or the execution to undo (empty: the last one). `adopt`: take over
    what exists already under a wanted name. `addresses`: what is to be given back, of `stack`."""

    kind: Literal["file", "words", "undo", "release"]
    what: str
    path: Path | None = None
    wish: Wish | None = None
    adopt: bool = False
    addresses: tuple[str, ...] = ()
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, what it was made of (nothing for an undo), and the seconds it took."""

    plan: Plan
    wish: Wish | None
    seconds: float


class Desk:
    """Plans beside the screen; the newest wish wins. `changed` is called on the screen's thread after every change."""

    def __init__(
        self,
        engine: Engine,
        background: Background,
        changed: Callable[[], None],
        ended: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        """`ended` is called after every apply; `say` with what is worth a word in the corner."""
        self._engine = engine
        self._background = background
        self._changed = changed
        self._ended = ended
        self._say = say
        self._latest = Latest(background)
        self._watch: Watch | None = None
        self._execution: Execution | None = None
        self._applying: Thread | None = None
        self.folder = Path()
        self.workspace: Workspace | None = None
        self.file: Path | None = None
        self.source: Source | None = None
        self.state: State = "empty"
        self.plan: Plan | None = None
        self.wish: Wish | None = None
        """What `plan` was made of."""
        self.error: GenesysError | None = None
        self.progress: Progress | None = None
        self.planned_seconds = 0.0
        self._read: datetime | None = None
        self.reads_at: datetime | None = None
        """When the reads that the plan stands on were asked for; None for just now."""
        self.saved_at: datetime | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The mistakes in what was asked for."""
        return self.error.problems if isinstance(self.error, WishError) else ()

    @property
    def changes(self) -> int:
        return self.plan.changes if self.plan and self.state in ("ready", "planning", "applying") else 0

    # what to plan -------------------------------------------------------------------------------------------------
    def watch(self, folder: Path, file: Path | None) -> None:
        """Open this file, or the folder's stack file once there is one; plan it anew whenever it is saved."""
        self.folder, self.file = folder, file
        if file is not None:
            self.folder = file.parent
            self.source = Source("file", file.name, path=file)
        else:
            self._look_for_file()
        self._watch = Watch((self.folder,), lambda paths: self._background.deliver(lambda: self._saved(paths)))
        self._watch.start()

    def stop(self) -> None:
        if self._watch:
            self._watch.stop()

    @property
    def watching(self) -> bool:
        """The folder is watched by now: no save is missed from here on."""
        return self._watch is not None and self._watch.ready.is_set()

    def connect(self, workspace: Workspace) -> None:
        """There is an account to plan against."""
        self.workspace = workspace
        self.replan(refresh=True)

    def account_listed(self) -> None:
        """The account was read anew: what the stack file would create may be there under another name."""
        creates = self.plan is not None and any(step.action == "create" for step in self.plan.steps)
        if self.state == "ready" and creates and self.source is not None and self.source.kind == "file":
            self.replan(refresh=False)

    def open_words(self, words: str, opened: Callable[[], None], refused: Callable[[GenesysError], None]) -> None:
        """Plan an intent. `refused`: the words make no sense; what is on the desk stays."""

        def parsed(wish: Wish) -> None:
            opened()
            self._open(Source("words", words, wish=wish))

        if self.state == "applying":
            refused(GenesysError("an apply is running", todo="wait for its end, or cancel it, then ask again"))
        else:
            self._background.run(lambda: self._engine.parse_intent([words]), parsed, refused)

    def open_adoption(
        self,
        inventory: Inventory,
        words: list[str],
        opened: Callable[[], None],
        refused: Callable[[GenesysError], None],
    ) -> None:
        """Plan to take these over. `refused`: one of them can't be; what is on the desk stays."""
        workspace = self.workspace

        def found(wish: Wish) -> None:
            opened()
            self._open(Source("words", wish.source, wish=wish))

        if workspace is None or self.state == "applying":
            refused(GenesysError("an apply is running", todo="wait for its end, then ask again"))
        else:
            self._background.run(lambda: workspace.wish_to_adopt(inventory, words), found, refused)

    def adopt(self) -> None:
        """Plan the same, taking over what exists already under a wanted name."""
        if self.source is not None and self.state == "ready":
            self._open(replace(self.source, adopt=True))

    def open_undo(self, execution: str | None, refused: Callable[[GenesysError], None]) -> None:
        """Plan the undo of an execution, or of the last one. `refused`: there is none; what is on the desk stays."""
        workspace = self.workspace
        if workspace is None or self.state == "applying":
            return
        source = Source("undo", execution or "")

        def planned(made: Made) -> None:
            self.source, self.progress = source, None
            self._planned(made, True)

        self._latest.ask(lambda: self._make(workspace, source, True), planned, refused)

    def open_release(self, stack: str, addresses: Sequence[str]) -> None:
        """Plan to give these back, which a stack of ours took over."""
        self._open(Source("release", f"release {' '.join(addresses)}", addresses=tuple(addresses), stack=stack))

    def discard(self) -> None:
        """Put away what is on the desk; the stack file comes back."""
        if self.state != "applying":
            self.source, self.error, self.state = None, None, "empty"
            self.plan, self.wish, self.progress = None, None, None
            self._latest.forget()
            if self.file is not None:
                self._open(Source("file", self.file.name, path=self.file))
            self._changed()

    def _open(self, source: Source) -> None:
        if self.state == "applying":
            return
        self.source, self.plan, self.error, self.progress = source, None, None, None
        self.replan(refresh=True)

    def _look_for_file(self) -> None:
        def found(file: Path | None) -> None:
            if file is not None and self.file is None:
                self.file = file
                if self.source is None:
                    self._open(Source("file", file.name, path=file))
                else:
                    self._say(f"{file.name} was found: x puts this plan away and opens it.")

        self._background.run(lambda: self._engine.find_stack_file(self.folder), found, self._broken)

    def _saved(self, paths: frozenset[Path]) -> None:
        names = {path.name for path in paths}
        if self.file is None:
            if any(name.startswith("genesys.") for name in names):
                self._look_for_file()
        elif self.file.name in names and self.source and self.source.kind == "file" and self.state != "applying":
            self.saved_at = datetime.now().astimezone()
            self.replan(refresh=False)

    # planning -----------------------------------------------------------------------------------------------------
    def replan(self, *, refresh: bool) -> None:
        """Plan what is on the desk again. Without `refresh`, what was read before serves again."""
        source, workspace = self.source, self.workspace
        if source is None or self.state == "applying":
            return
        self.state, self.error, self.progress = "planning", None, None
        self._changed()
        if workspace is None:
            return

        self._latest.ask(
            lambda: self._make(workspace, source, refresh), lambda made: self._planned(made, refresh), self._broken
        )

    def _planned(self, made: Made, refresh: bool) -> None:
        self.plan, self.wish, self.planned_seconds = made.plan, made.wish, made.seconds
        if refresh:
            self._read = datetime.now().astimezone()
        self.reads_at = None if refresh else self._read
        self.state, self.error = "ready", None
        self._changed()

    def _make(self, workspace: Workspace, source: Source, refresh: bool) -> Made:
        """In a thread."""
        began = time.perf_counter()
        if source.kind == "undo":
            wish, plan = None, workspace.plan_undo(source.what or None)
        elif source.kind == "release":
            wish, plan = None, workspace.plan_release(source.addresses, stack=source.stack)
        else:
            wish = self._wish(source)
            plan = workspace.plan(wish, refresh=refresh)
        return Made(plan, wish, time.perf_counter() - began)

    def _wish(self, source: Source) -> Wish:
        wish = self._engine.read_stack_file(source.path) if source.path is not None else source.wish
        if wish is None:
            raise UsageError("nothing is asked for")
        if not source.adopt:
            return wish
        return replace(wish, resources=tuple(replace(one, adopt=True) for one in wish.resources))

    def _broken(self, error: GenesysError) -> None:
        self.state, self.error = "broken", error
        self._changed()

    # applying -----------------------------------------------------------------------------------------------------
    def apply(self) -> None:
        """Apply the plan that is ready. Its confirmation is the screen's matter."""
        plan, workspace = self.plan, self.workspace
        if plan is None or workspace is None or self.state != "ready":
            return
        from genesys_tui.tui.progress import Progress

        progress = Progress(time.monotonic())
        for step in plan.steps:
            progress.of(step.address)
        self.state, self.progress = "applying", progress
        self._changed()

        def work() -> None:
            execution = self._execution = workspace.apply(plan)
            if progress.cancelling:
                execution.cancel()
            for event in execution.events():
                self._background.deliver(partial(self._take, progress, event))

        def over(_: None) -> None:
            self._execution = None
            self.state = "ended"
            self._changed()
            self._ended()

        def refused(error: GenesysError) -> None:
            self._execution = None
            self.progress = None
            self._broken(error)

        self._applying = self._background.run(work, over, refused)

    def wait(self, seconds: float) -> None:
        """After the screen has closed: a while for a cancelled apply to record how it ended."""
        if self._applying is not None:
            self._applying.join(seconds)

    def save(self, path: Path, saved: Callable[[], None], failed: Callable[[GenesysError], None]) -> None:
        """Save the plan for `genesys apply PATH`."""
        plan, wish, workspace = self.plan, self.wish, self.workspace
        if plan is None or workspace is None:
            failed(UsageError("there is no plan to save"))
        elif wish is None:
            release = self.source is not None and self.source.kind == "release"
            what, command = ("a release", "genesys adopt --release") if release else ("an undo", "genesys undo --apply")
            why = f"{what} is planned anew from what is there when it is applied"
            failed(UsageError(f"{what} can't be saved", why=why, command=command))
        else:
            self._background.run(lambda: workspace.save_plan(plan, wish, path), lambda _: saved(), failed)

    def _take(self, progress: Progress, event: Event) -> None:
        progress.take(event)
        self._changed()

    def cancel(self) -> None:
        """Send no further call; what is in flight is waited for and recorded."""
        if self.progress is not None and self.state == "applying":
            self.progress.cancelling = True
            if (execution := self._execution) is not None:
                self._background.thread(execution.cancel)
            self._changed()
