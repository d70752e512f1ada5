"""The loop: a file is saved, and its code is built, answers here, is planned, and is sent where that was allowed.

One thread works on the newest save. A newer one stops the build of an older; an apply is never stopped, and what was
saved meanwhile comes next. Another thread runs the code, so that neither waits for the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar

from genesys_tui.engine.executor.execution import Execution
from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.running import Running
from genesys_tui.engine.functions.subject import Subject
from genesys_tui.engine.functions.width import width_of
from genesys_tui.engine.functions.workshop.workshop import StoppedError
from genesys_tui.engine.model.build import Built, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.invocation import Invocation
from genesys_tui.engine.model.loop import (
    About,
    BuildDone,
    Deployed,
    Failed,
    Invoked,
    LoopEvent,
    Planned,
    Saved,
    Stage,
)
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.watch import Watch

Told = Callable[[LoopEvent], None]
"""Is told what happens, in the threads of the loop; it must not block."""

READY = 2.0
"""Seconds that a new watch may need until it misses nothing."""

LOCKS = frozenset(
    {"pyproject.toml", "uv.lock", "package.json", "package-lock.json", "npm-shrinkwrap.json", "go.mod", "go.sum"}
)
"""Files of dependencies, besides those that a lock was taken from."""


class Engine(Protocol):
    """The part of a workspace that the loop works with."""

    @property
    def builds(self) -> Builds: ...
    def plan(self, wish: Wish, *, refresh: bool = True) -> Plan: ...
    def apply(self, plan: Plan) -> Execution: ...


@dataclass(frozen=True, slots=True)
class _Save:
    number: int
    began: float
    names: tuple[str, ...] = ()
    about: frozenset[About] = frozenset()

    @property
    def ms(self) -> float:
        return round((perf_counter() - self.began) * 1000, 1)


T = TypeVar("T")


class _Newest:
    """A thread that works on the newest of what it is given."""

    def __init__(self, work: Callable[[_Save, Built], None]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._next: tuple[_Save, Built] | None = None
        self._closed = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="answers", daemon=True).start()

    def put(self, next: tuple[_Save, Built]) -> None:
        with self._changed:
            self._next = next
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._next is None and not self._closed:
                    self._changed.wait()
                if self._closed or self._next is None:
                    return
                (save, built), self._next = self._next, None
            self._work(save, built)


class Loop:
    """The loop of one function, from `start` to `close`. Its methods may be called from any thread, and none waits.

    `live`: a plan of the code alone is applied by itself. `event`: what the code is run with at each save; None: it is
    not run. `fetch` puts the code that is deployed among the artifacts, so that it can be brought back.
    """

    def __init__(
        self,
        subject: Subject,
        engine: Engine,
        running: Running,
        told: Told,
        *,
        live: bool = False,
        event: Invocation | None = None,
        fetch: Callable[[], object] = lambda: None,
    ) -> None:
        self.subject = subject
        self.live = live
        self.event = event
        self.plan: Plan | None = None
        """The newest."""
        self._engine = engine
        self._fetch = fetch
        self._running = running
        self._told = told
        self._changed = threading.Condition()
        self._save = _Save(0, perf_counter())
        self._asked: list[Callable[[], None]] = []
        """What was asked for and is to be done between saves, in order."""
        self._waiting = True
        self._working = False
        self._building = False
        self._closed = False
        self._built: Built | None = None
        self._answered: tuple[str, ...] | None = None
        """What was sent that gave the newest answer; that of an older save is not told."""
        self._watches: dict[tuple[Path, bool], Watch] = {}
        """By the folder, and whether with all within."""
        self._answers = _Newest(self._answer)
        self._worker = threading.Thread(target=self._work, name="loop", daemon=True)

    # from outside -------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Build, run and plan what is there, then wait for saves."""
        self._worker.start()
        self._answers.start()

    def close(self) -> None:
        """End it. An apply that is under way goes on to its end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._engine.builds.stop.set()
        for watch in list(self._watches.values()):
            watch.stop()
        self._answers.close()
        self._running.close()

    def wait(self) -> None:
        """Until it was closed and its last apply has ended."""
        self._worker.join()

    @property
    def watching(self) -> bool:
        """No save is missed any more."""
        return bool(self._watches) and all(watch.ready.is_set() for watch in list(self._watches.values()))

    @property
    def idle(self) -> bool:
        """All that was saved and asked for is done."""
        with self._changed:
            return not (self._waiting or self._asked or self._working)

    def apply(self) -> None:
        """Apply the newest plan, whatever it changes: who asks has seen it."""
        plan, save = self.plan, self._save
        if plan is not None and plan.steps:
            self._ask(lambda: self._deploy(save, plan))

    def invoke(self) -> None:
        """Run the newest code with the event once more."""
        if self._built is not None:
            self._answers.put((self._save, self._built))

    def bring_back(self) -> None:
        """Send the code of before the loop began."""
        save = self._save
        self._ask(lambda: self._send_back(save))

    def saved(self, paths: frozenset[Path]) -> None:
        """These changed; the watch tells it."""
        about: set[About] = set()
        changed = []
        for path in sorted(paths):
            if (what := self._about(path)) is not None:
                about.add(what)
                changed.append(path)
        if not about:
            return
        # What editors write beside and rename is gone already.
        names = [self._name(path) for path in changed if path.exists()] or [self._name(path) for path in changed]
        with self._changed:
            older = self._save if self._waiting else None
            self._save = _Save(
                self._save.number if older and older.number else self._save.number + 1,
                older.began if older and older.number else perf_counter(),
                tuple(dict.fromkeys((*(older.names if older else ()), *names))),
                frozenset(about | (older.about if older else set())),
            )
            self._waiting = True
            self._changed.notify_all()
            if self._building:
                self._engine.builds.stop.set()

    # saves --------------------------------------------------------------------------------------------------------
    def _about(self, path: Path) -> About | None:
        if path == self.subject.file:
            return "configuration"
        locks = self._built.locks if self._built else frozenset()
        if path.name in LOCKS or path.name.startswith("requirements") or any(map(path.is_relative_to, locks)):
            return "dependencies"
        return "source" if self.subject.holds(path) else None

    def _name(self, path: Path) -> str:
        folder = self.subject.folder
        return path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else path.name

    def _watch(self) -> None:
        """Watch what is worked on now: the source as a whole, the folders of the file and of the locks, and packages
        that lie elsewhere."""
        folder, file = self.subject.folder, self.subject.file
        paths = (*([file] if file else ()), *(self._built.locks if self._built else ()))
        wanted = {(path, True) if path.is_dir() else (path.parent, False) for path in paths}
        wanted = {one for one in wanted if folder is None or not one[0].is_relative_to(folder)}
        if folder is not None:
            wanted.add((folder, True))
        for gone in self._watches.keys() - wanted:
            self._watches.pop(gone).stop()
        for one in wanted - self._watches.keys():
            watch = self._watches[one] = Watch((one[0],), self.saved, deep=one[1])
            watch.start()
            watch.ready.wait(READY)

    def _ask(self, what: Callable[[], None]) -> None:
        with self._changed:
            self._asked.append(what)
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._working = False
                while not (self._closed or self._asked or self._waiting):
                    self._changed.wait()
                self._working = True
                if self._closed:
                    return
                if self._asked:
                    do = self._asked.pop(0)
                else:
                    self._waiting = False
                    do = partial(self._run, self._save)
            do()

    def _over(self, save: _Save) -> bool:
        """Whether a newer save came, or the end."""
        return self._closed or self._save.number != save.number

    # one save -----------------------------------------------------------------------------------------------------
    def _run(self, save: _Save) -> None:
        if save.number:
            self._told(Saved(save.number, datetime.now().astimezone(), save.names, save.about, save.ms))
        read = self._try(save, "read", self.subject.read)
        self._watch()
        built = self._build(save, read.project) if read else None
        if read is None or built is None or self._over(save):
            return
        self._watch()  # the locks may lie elsewhere
        plan = self._try(save, "plan", lambda: self._plan(save, read.wish, built))
        if plan is None or self._over(save):
            return
        self.plan = plan
        if self.subject.remember(plan, built):
            with suppress(GenesysError):  # it is told when the code is to be brought back
                self._fetch()
        width = width_of(plan, self.subject.address)
        self._told(Planned(save.number, save.ms, plan, width))
        if self.live and width == "code" and not plan.blocked:
            self._deploy(save, plan)

    def _plan(self, save: _Save, wish: Wish, built: Built) -> Plan:
        with self._engine.builds.given(built):
            return self._engine.plan(wish, refresh=save.number == 0)

    def _build(self, save: _Save, project: Project) -> Built | None:
        with self._changed:
            self._building = True
        try:
            built = None if self._over(save) else self._try(save, "build", lambda: self._engine.builds.build(project))
        finally:
            with self._changed:
                self._building = False
        if built is None or self._over(save):
            return None
        before = self._built
        as_before = before and (before.layer_keys, bool(before.image)) == (built.layer_keys, bool(built.image))
        built = replace(built, hints=before.hints if before and as_before else self._engine.builds.hints(built))
        self._built = built
        same = before is not None and before.sent == built.sent
        self._told(BuildDone(save.number, save.ms, built, same))
        if self.event is not None and (built.sent != self._answered or "configuration" in save.about):
            self._answers.put((save, built))
        return built

    def _answer(self, save: _Save, built: Built) -> None:
        event = self.event or Invocation({}, "empty")
        answer = self._try(
            save, "invoke", lambda: self._running.answer(self._engine.builds.here(built), event, self.subject.settings)
        )
        if answer is not None and not self._over(save):
            self._answered = built.sent
            self._told(Invoked(save.number, save.ms, answer, event.name))

    def _deploy(self, save: _Save, plan: Plan, *, back: bool = False) -> None:
        record = self._try(save, "deploy", lambda: self._engine.apply(plan).wait())
        if record is not None:
            self._told(Deployed(save.number, save.ms, record, back))

    def _send_back(self, save: _Save) -> None:
        self.live = False  # or the next save would send the new code again, unasked
        wish = self._try(save, "plan", self.subject.as_before)
        plan = self._try(save, "plan", lambda: self._engine.plan(wish)) if wish else None
        if plan is not None and plan.steps:
            self._deploy(save, plan, back=True)
        elif plan is not None:
            self._told(Planned(save.number, save.ms, plan, "nothing"))

    def _try(self, save: _Save, stage: Stage, do: Callable[[], T]) -> T | None:
        """What failed is told, and the loop goes on."""
        try:
            return do()
        except StoppedError:
            return None
        except GenesysError as error:
            failed = error
        except Exception as bug:  # noqa: BLE001 - the last door of these threads: the loop lives on, and the bug is told
            why = f"{type(bug).__name__}: {bug}"
            failed = GenesysError("a bug in Genesys", why=why, todo="report it, with what was saved")
            failed.__cause__ = bug
        if not self._over(save) or stage == "deploy":
            self._told(Failed(save.number, save.ms, stage, failed))
        return None
