"""A function, running on this machine as it would in Lambda: one process, used again for each event."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, RLock, Timer
from typing import Self, TypeVar
from uuid import uuid4

from genesys_tui.engine.functions.local.call import Call, reason
from genesys_tui.engine.functions.local.instance import Instance
from genesys_tui.engine.functions.local.log import Log, Told
from genesys_tui.engine.functions.local.runtime_api import REQUEST_LIMIT
from genesys_tui.engine.functions.local.settings import SandboxSettings
from genesys_tui.engine.functions.local.spare import Spare
from genesys_tui.engine.functions.workshop.workshop import StoppedError
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.invocation import Answer, Invocation

_Given = TypeVar("_Given")

_REST = 0.3
"""Seconds after an answer in which nothing is made ready: what else a save brings about goes first."""
_PATIENCE = 1.0
"""Seconds that closing waits for a process that is just being started."""


def open_sandbox(built: Built, settings: SandboxSettings, home: Path, told: Told, *, changes: bool = False) -> Sandbox:
    """Start a function. It loads its code while nothing is asked of it yet. `home`: of Genesys. `changes`: its code
    will be replaced again and again, so the next process is made ready ahead. Raises GenesysError for what this machine
    can't run."""
    return Sandbox(built, settings, home, told, changes=changes)


class Sandbox:
    """A function that can be invoked, by several threads too: one after the other."""

    def __init__(
        self, built: Built, settings: SandboxSettings, home: Path, told: Told, *, changes: bool = False
    ) -> None:
        self._built = built
        self._settings = settings
        self._home = home
        self._log = Log(told)
        self._turn = Lock()  # whose event it is
        self._changing = RLock()  # which process it is
        self._closed = False
        self._busy = False
        self._changes = changes
        self._instance: Instance | None = None
        self._spare: Spare | None = None
        self._live()

    @property
    def pid(self) -> int:
        """Of its process; 0 while it has none."""
        instance = self._instance
        return instance.pid if instance and instance.ended is None else 0

    def invoke(self, invocation: Invocation, limit: float | None = None) -> Answer:
        """Send an event, and wait for what comes of it: at most `limit` seconds, or else the function's own timeout.
        Raises StoppedError when the sandbox is closed meanwhile, GenesysError for an event that Lambda would not take
        and where no process can be started."""
        event = json.dumps(invocation.event).encode()
        if len(event) > REQUEST_LIMIT:
            raise GenesysError(
                f"the event {invocation.name or invocation.request} is too large",
                why=f"it has {len(event):,} bytes, and Lambda takes at most {REQUEST_LIMIT:,}",
                todo="send a smaller one, such as the place of an object in a bucket",
            )
        return self._do(lambda call: call.run(event), invocation.request, limit)

    def load(self) -> Answer | None:
        """Wait until the code is loaded, and ask nothing of it; the answer where it can't be loaded. Raises as `invoke`
        does."""
        return self._do(lambda call: call.load(), str(uuid4()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def replace(self, built: Built, settings: SandboxSettings | None = None) -> None:
        """Run other code, or the same with other settings, in a new process. An invocation that runs is stopped."""
        with self._changing:
            self._end()
            self._log.take()
            self._built, self._settings = built, settings or self._settings
            self._live()

    def close(self) -> None:
        """End the process and all that it started."""
        self._closed = True
        if self._changing.acquire(timeout=_PATIENCE):  # else whoever is starting a process ends it
            try:
                self._end()
                self._put_away()
            finally:
                self._changing.release()

    def _do(self, what: Callable[[Call], _Given], request: str, limit: float | None = None) -> _Given:
        with self._turn:
            self._busy = True
            call: Call | None = None
            try:
                call = Call(self._live(), self._log, request, limit)
                given = what(call)
                if self._instance is not call.instance:
                    raise StoppedError(f"the invocation of {self._built.project.name} was stopped")
                return given
            finally:
                if call and not call.usable:  # for Ctrl-C too: its answer must not be the next one's
                    self._end(call.instance)
                self._busy = False
                if call and call.usable and self._changes and self._spare is None:
                    self._soon(call.instance)

    def _soon(self, after: Instance) -> None:
        """Make the next process ready, once there is a moment of rest."""
        if after.can_wait:
            timer = Timer(_REST, self._make_ready, (after,))
            timer.daemon = True
            timer.start()

    def _make_ready(self, after: Instance) -> None:
        with self._changing, suppress(GenesysError):  # without one, the next process only takes longer
            if not self._closed and self._spare is None and self._instance is after:
                self._spare = Spare(after, self._home, self._log.write, self._gone)
                if self._closed:
                    self._put_away()

    def _next(self) -> Instance:
        spare, self._spare = self._spare, None
        if spare is not None:
            if spare.fits(self._built, self._settings):
                return spare.go(self._built)
            spare.close()
        return Instance(self._built, self._settings, self._home, self._log.write, self._gone)

    def _put_away(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()

    def _live(self) -> Instance:
        """The process that takes the next event: a new one where the last has ended."""
        with self._changing:
            instance = self._instance
            if instance is None or (instance.ended and instance.ready is not None):
                self._end()
                self._refuse_closed()
                instance = self._instance = self._next()
                self._refuse_closed()
            return instance

    def _refuse_closed(self) -> None:
        if self._closed:
            self._end()
            self._put_away()
            raise StoppedError(f"the function {self._built.project.name} is closed")

    def _end(self, which: Instance | None = None) -> None:
        """End the process; `which`: only if it is still that one."""
        with self._changing:
            instance = self._instance
            if instance and which in {None, instance}:
                self._instance = None
                instance.close()

    def _gone(self, instance: Instance) -> None:
        if instance is self._instance and instance.ended and instance.ready is not None and not self._busy:
            self._log.add(f"the process of the function ended between two invocations ({reason(instance.ended)})")
