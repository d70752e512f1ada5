"""The bench: the function that is worked on, and what its loop tells. It has no look of its own."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.tui.background import Latest
from genesys_tui.tui.saves import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread

    from genesys_tui.engine.functions.loop import Loop
    from genesys_tui.engine.functions.workbench import Workbench
    from genesys_tui.engine.model.invocation import Invocation, LogLine
    from genesys_tui.engine.model.loop import LoopEvent
    from genesys_tui.engine.model.resource import Wish
    from genesys_tui.engine.workspace import Workspace
    from genesys_tui.tui.background import Background

State = Literal["closed", "opening", "open"]
LINES = 1_000
"""Lines of a log that are kept."""
BEFORE = timedelta(minutes=10)
"""How far back the log of the deployed function is read at first."""


@dataclass(frozen=True, slots=True)
class Work:
    """A function to work on. `wish` reads anew what is wanted of it; `file`: the stack file it stands in, if any.
    `event`: the name of what to run it with."""

    name: str
    wish: Callable[[], Wish]
    file: Path | None = None
    event: str = "empty"


class Log:
    """The last lines of a log. Lines that come faster than they are drawn are taken in together."""

    def __init__(self, background: Background, changed: Callable[[], None]) -> None:
        self._background = background
        self._changed = changed
        self._lock = threading.Lock()
        self._came: list[LogLine] = []
        self.lines: deque[LogLine] = deque(maxlen=LINES)

    def put(self, line: LogLine) -> None:
        """From any thread."""
        with self._lock:
            first = not self._came
            self._came.append(line)
            del self._came[:-LINES]
        if first:
            self._background.deliver(self._take)

    def _take(self) -> None:
        with self._lock:
            came, self._came = self._came, []
        self.lines.extend(came)
        self._changed()


class Bench:
    """One function at a time. `changed` is called on the screen's thread after every change."""

    def __init__(
        self,
        background: Background,
        changed: Callable[[], None],
        ended: Callable[[bool], None],
        say: Callable[[str], None],
    ) -> None:
        """`ended` is called after every apply, with whether more than code changed; `say` with what is worth a word in
        the corner."""
        self._background = background
        self._changed = changed
        self._ended = ended
        self._say = say
        self._latest = Latest(background)
        self._following: threading.Event | None = None
        self._ending: list[Thread] = []
        self.workspace: Workspace | None = None
        self.state: State = "closed"
        self.work: Work | None = None
        self.loop: Loop | None = None
        self.opened = 0
        """How often something was chosen to be worked on."""
        self.error: GenesysError | None = None
        """Why it could not be opened."""
        self.timeline = Timeline(_now())
        self.event = ""
        self.events: tuple[str, ...] = ()
        self.files = 0
        """How many files its code is."""
        self.log = Log(background, changed)
        self.cloud: Log | None = None
        """The log of the deployed function, while it is looked at."""
        self.cloud_error: GenesysError | None = None

    @property
    def functions(self) -> Workbench | None:
        return self.workspace.functions if self.workspace else None

    @property
    def live(self) -> bool:
        return self.loop is not None and self.loop.live

    @property
    def read_only(self) -> bool:
        return self.workspace is not None and self.workspace.settings.read_only

    # opening ------------------------------------------------------------------------------------------------------
    def connect(self, workspace: Workspace) -> None:
        """What is opened from now on is opened there."""
        self.workspace = workspace
        workspace.told = lambda line: self._background.deliver(partial(self._at, line))
        if self.state == "opening" and self.work is not None:
            self.open(self.work)

    def open(self, work: Work) -> None:
        """Begin the loop of this function, in the place of the one before. That of the very same goes on."""
        self.opened += 1
        same = self.work is not None and work.file is not None and _place(work) == _place(self.work)
        if same and self.state == "open":
            self._changed()
            return
        self.shut()
        self.state, self.work, self.error = "opening", work, None
        self._changed()
        workspace = self.workspace
        if workspace is None:
            return  # `connect` goes on
        timeline, log = Timeline(_now()), Log(self._background, self._changed)

        def told(event: LoopEvent) -> None:
            self._background.deliver(partial(self._told, timeline, event))

        def begin() -> tuple[Loop, tuple[str, ...], str]:
            functions = workspace.functions
            subject = functions.subject(work.name, work.wish, work.file)
            subject.read()
            events = functions.events(subject)
            loop = functions.loop(subject, told, log.put, event=functions.event(subject, work.event))
            return loop, events, work.event

        def begun(made: tuple[Loop, tuple[str, ...], str]) -> None:
            self.timeline, self.log, self.files = timeline, log, 0
            self.loop, self.events, self.event = made
            self.state = "open"
            self.loop.start()
            self._changed()

        self._latest.ask(begin, begun, self._not_opened)

    def _not_opened(self, error: GenesysError) -> None:
        self.state, self.error = "closed", error
        self._changed()

    def shut(self) -> None:
        """End the loop. An apply that is under way goes on to its end."""
        self._latest.forget()
        self._unfollow()
        loop, self.loop, self.state = self.loop, None, "closed"
        if loop is not None:
            self._end(loop.close)

    def leave(self) -> None:
        """End the loop, and then what builds keep alive."""
        loop, workspace = self.loop, self.workspace
        self.loop = None
        self.shut()
        if loop is not None and workspace is not None:

            def end() -> None:
                loop.close()
                loop.wait()
                workspace.builds.close()

            self._end(end)

    def _end(self, do: Callable[[], None]) -> None:
        self._ending = [one for one in self._ending if one.is_alive()]
        self._ending.append(self._background.thread(do))

    def wait(self, seconds: float) -> None:
        """After the screen has closed: a while for processes to end."""
        for one in self._ending:
            one.join(seconds)

    # what the loop tells ------------------------------------------------------------------------------------------
    def _told(self, timeline: Timeline, event: LoopEvent) -> None:
        save = timeline.take(event)
        if timeline is not self.timeline or save is None:
            return
        if save.planned is event and self.live and save.planned.width == "code" and not save.planned.plan.blocked:
            save.sending = True
        if save.built is not None and save.built is event:
            self.files = save.built.built.files
        if save.deployed is event:
            self._ended(save.planned is not None and save.planned.width == "wider")
        self._changed()

    def _at(self, line: str) -> None:
        """A build tells what it is at."""
        if self.state == "open" and self.timeline.newest.built is None:
            self.timeline.newest.note = line
            self._changed()

    # what is asked of it ------------------------------------------------------------------------------------------
    def invoke(self) -> None:
        """Run the newest code once more."""
        if self.loop is not None:
            self.loop.invoke()

    def choose_event(self, word: str, refused: Callable[[GenesysError], None]) -> None:
        """Run it with this event from now on: a name, `@FILE`, or JSON. `refused`: there is none such."""
        functions, loop = self.functions, self.loop
        if functions is None or loop is None:
            return

        def chosen(event: Invocation) -> None:
            self.event = event.name
            loop.event = event
            loop.invoke()
            self._changed()

        self._background.run(lambda: functions.event(loop.subject, word), chosen, refused)

    def keep_event(self, name: str, refused: Callable[[GenesysError], None]) -> None:
        """Keep the event with the project, under a name."""
        functions, loop = self.functions, self.loop
        if functions is None or loop is None or loop.event is None:
            return
        event = loop.event

        def kept(path: Path) -> None:
            self.event, self.events = name, functions.events(loop.subject)
            self._say(f"Kept as {path}")
            self._changed()

        self._background.run(lambda: functions.keep_event(loop.subject, name, event), kept, refused)

    def switch_live(self) -> None:
        """From now on send a change of the code alone by itself, or no more. A plan that waits is sent at once."""
        if self.loop is None:
            return
        self.loop.live = not self.loop.live
        waiting = self.timeline.waiting
        if self.loop.live and waiting and waiting.planned and waiting.planned.width == "code":
            self.apply()
        self._changed()

    def apply(self) -> None:
        """Apply the newest plan. Its confirmation is the screen's matter."""
        if self.loop is not None and not self.timeline.newest.sending:
            self.timeline.newest.sending = self.timeline.newest.by_hand = True
            self.loop.apply()
            self._changed()

    def bring_back(self) -> None:
        """Send the code of before the loop began; live ends with it."""
        if self.loop is not None:
            self.loop.live = False
            self.loop.bring_back()
            self._changed()

    # the log of the deployed function -----------------------------------------------------------------------------
    def switch_log(self) -> None:
        """Look at the log of the deployed function, or at that of the code that runs here."""
        functions, loop = self.functions, self.loop
        if self.cloud is not None or functions is None or loop is None:
            self._unfollow()
            self._changed()
            return
        log, stop = Log(self._background, self._changed), threading.Event()
        self.cloud, self.cloud_error, self._following = log, None, stop

        def follow() -> None:
            for line in functions.log(loop.subject.name, datetime.now(UTC) - BEFORE, follow=stop):
                if stop.is_set():
                    return
                log.put(line)

        def failed(error: GenesysError) -> None:
            if self.cloud is log:
                self.cloud_error = error
                self._changed()

        self._background.run(follow, lambda _: None, failed)
        self._changed()

    def _unfollow(self) -> None:
        if self._following is not None:
            self._following.set()
        self._following, self.cloud = None, None


def _place(work: Work) -> tuple[str, Path | None]:
    return work.name, work.file


def _now() -> datetime:
    return datetime.now().astimezone()
