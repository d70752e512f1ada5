"""The wizard: from nothing to a loop, by a few choices. It has no look of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.tui.background import Latest
from genesys_tui.tui.bench import Work
from genesys_tui.tui.draft import Draft, event_of, made, pulled, with_trigger

if TYPE_CHECKING:
    from collections.abc import Callable

    from genesys_tui.engine.functions.beginning import Trigger
    from genesys_tui.engine.model.build import Language
    from genesys_tui.engine.model.resource import Desired
    from genesys_tui.engine.workspace import Workspace
    from genesys_tui.tui.background import Background
    from genesys_tui.tui.bench import Bench
    from genesys_tui.tui.engine import Engine

Step = Literal["start", "pull", "folder", "name", "trigger", "detail", "making"]
LANGUAGES = {"python": "Python", "node": "Node.js", "go": "Go"}
FILE = "genesys.yaml"


@dataclass(frozen=True, slots=True)
class Choice:
    """A line to choose. `group`: the heading that it stands under; `do`: what choosing it does."""

    label: str
    note: str
    do: Callable[[], None]
    group: str = ""
    runtimes: tuple[str, ...] = ()
    """It can be had in these: the arrows go through them."""


@dataclass(slots=True)
class Runtimes:
    """What a language can be had in; `at` is the one that is chosen."""

    language: Language
    names: tuple[str, ...]
    at: int = 0

    @property
    def chosen(self) -> str:
        return self.names[self.at]


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to choose from. `written`: the functions of the stack file that have a source here."""

    written: tuple[Desired, ...]
    runtimes: tuple[Runtimes, ...]
    triggers: tuple[Trigger, ...]
    queues: frozenset[str]


class Wizard:
    """What it comes to is laid on the bench. `changed` is called on the screen's thread after every change."""

    def __init__(self, engine: Engine, background: Background, changed: Callable[[], None], bench: Bench) -> None:
        self._engine = engine
        self._background = background
        self._changed = changed
        self._bench = bench
        self._latest = Latest(background)
        self.workspace: Workspace | None = None
        self.folder = Path()
        self.file: Path | None = None
        self.known: Known | None = None
        self.step: Step = "start"
        self.draft = Draft()
        self.keep = False
        """Whether it becomes an entry of the stack file, which is made where there is none."""
        self.error: GenesysError | None = None
        self._made_at: Step = "start"
        """Where to go on when it can't be made."""
        self._work: Work | None = None
        """What is to be started by something more."""
        self.pullable: tuple[str, ...] = ()
        """The functions of the account."""

    # what there is ------------------------------------------------------------------------------------------------
    def look(self, workspace: Workspace | None, folder: Path, file: Path | None) -> None:
        """Look what can be opened."""
        if file is not None and file != self.file:
            self.keep = True
        self.workspace, self.folder, self.file = workspace, folder, file
        if workspace is None:
            return
        chosen = {one.language: one.at for one in self.known.runtimes} if self.known else {}

        def looked() -> Known:
            from genesys_tui.engine.functions.beginning import TRIGGERS, runtime_here

            wanted = self._engine.read_stack_file(file).resources if file else ()
            packs = workspace.functions.languages()
            runtimes = []
            for pack in packs:
                names = tuple(one.name for one in pack.runtimes)
                at = chosen[pack.name] if pack.name in chosen else names.index(runtime_here(pack))
                runtimes.append(Runtimes(pack.name, names, at))
            functions = tuple(one for one in wanted if one.kind == "function" and "source" in one.spec)
            queues = frozenset(one.name for one in wanted if one.kind == "queue")
            return Known(functions, tuple(runtimes), TRIGGERS, queues)

        def took(known: Known) -> None:
            self.known = known
            if self.step == "start":
                self.error = None
            self._changed()

        self._latest.ask(looked, took, self._failed)

    def _failed(self, error: GenesysError) -> None:
        self.error = error
        if self.step == "making":
            self.step = self._made_at
        self._changed()

    # the steps ----------------------------------------------------------------------------------------------------
    @property
    def question(self) -> str:
        """What this step asks."""
        match self.step:
            case "start":
                return "Which function?"
            case "pull":
                return "Pull the code of which function?"
            case "folder":
                return "In which folder is its code?"
            case "name":
                return "What is it called?"
            case "trigger":
                return "What starts it?"
            case "detail":
                asks = self.draft.trigger.asks if self.draft.trigger else ""
                return asks[:1].upper() + asks[1:]
            case _:
                return "Making it…"

    @property
    def asks_text(self) -> bool:
        return self.step in ("folder", "name", "detail")

    @property
    def default(self) -> str:
        """The answer that is there already."""
        match self.step:
            case "folder":
                return "."
            case "name" if self.draft.origin == "folder":
                return self.draft.source.resolve().name
            case "name":
                return self._free("hello")
            case "detail" if self.draft.trigger:
                return self.draft.trigger.default.replace("{name}", self.draft.name)
            case _:
                return ""

    def _free(self, name: str) -> str:
        """The name, or with a number: what nothing has yet."""
        written = {one.name for one in self.known.written} if self.known else set()
        names = [name, *(f"{name}-{number}" for number in range(2, 100))]
        return next((one for one in names if one not in written and not (self.folder / one).exists()), name)

    @property
    def choices(self) -> list[Choice]:
        """What this step offers."""
        if self.known is None:
            return []
        match self.step:
            case "start":
                return [*self._written(), *self._new(), *self._there()]
            case "pull":
                return [Choice(name, "", partial(self._pull, name)) for name in self.pullable]
            case "trigger":
                triggers = [one for one in self.known.triggers if one.starts != "none" or self.draft.origin != "more"]
                return [Choice(one.label, one.does, partial(self._start_by, one)) for one in triggers]
            case _:
                return []

    def _written(self) -> list[Choice]:
        group = self.file.name if self.file else ""
        return [
            Choice(
                one.name,
                f"{one.spec.get('runtime', '')}  {one.spec['source']}".strip(),
                partial(self._open_written, one),
                group,
            )
            for one in (self.known.written if self.known else ())
        ]

    def _new(self) -> list[Choice]:
        return [
            Choice(
                LANGUAGES[one.language],
                one.chosen,
                partial(self._begin, Draft("new", one.language, one.chosen)),
                "New from a template",
                one.names,
            )
            for one in (self.known.runtimes if self.known else ())
        ]

    def _there(self) -> list[Choice]:
        group = "Code that is there"
        pulled = f"{len(self.pullable)} in this account" if self.pullable else "none is known in this account"
        return [
            Choice("a folder", "its language is told by its files", self._from_folder, group),
            Choice("of the account", f"pull its code into a new folder · {pulled}", self._from_account, group),
        ]

    def turn(self, index: int, by: int) -> None:
        """Another runtime of the language at this place."""
        choices = self.choices
        if self.known is None or not 0 <= index < len(choices):
            return
        for one in self.known.runtimes:
            if choices[index].runtimes == one.names and self.step == "start":
                one.at = (one.at + by) % len(one.names)
                self._changed()

    def back(self) -> bool:
        """One step back. False where there is none."""
        self.error = None
        if self.draft.origin == "more" and self.step == "trigger":
            self.start()
            return False
        before: dict[Step, Step] = {"pull": "start", "folder": "start", "trigger": "name", "detail": "trigger"}
        if self.step == "name":
            before["name"] = "folder" if self.draft.origin == "folder" else "start"
        there = before.get(self.step)
        self.step = there or self.step
        self._changed()
        return there is not None

    def start(self) -> None:
        """At the beginning again."""
        self.step, self.error, self.draft = "start", None, Draft()

    def start_more(self, work: Work) -> None:
        """Let something more start the function that is worked on."""
        self.draft = Draft("more", name=work.name)
        self._work = work
        self._to("trigger")

    def _to(self, step: Step) -> None:
        self.step, self.error = step, None
        self._changed()

    # choosing -----------------------------------------------------------------------------------------------------
    def _open_written(self, function: Desired) -> None:
        file = self.file
        if file is not None:
            self._bench.open(Work(function.name, lambda: self._engine.read_stack_file(file), file, event_of(function)))

    def _begin(self, draft: Draft) -> None:
        self.draft = draft
        self._to("name")

    def _from_folder(self) -> None:
        self.draft = Draft("folder")
        self._to("folder")

    def _from_account(self) -> None:
        self.draft = Draft("pull")
        self._to("pull")

    def _pull(self, name: str) -> None:
        self.draft.name, self.draft.source = name, self.folder / name
        self._make()

    def _start_by(self, trigger: Trigger) -> None:
        self.draft.trigger = trigger
        if trigger.asks:
            self._to("detail")
        else:
            self._make()

    def answer(self, text: str) -> None:
        """What was typed."""
        text = text.strip()
        # Of all answers only that of a URL's CORS may be none.
        if not text and not (self.step == "detail" and self.draft.trigger and self.draft.trigger.starts == "url"):
            text = self.default
        match self.step:
            case "folder":
                self._found_in(Path(text).expanduser())
            case "name":
                self.draft.name = text
                if self.draft.origin == "new":
                    self.draft.source = self.folder / text
                self._to("trigger")
            case "detail":
                self._make(text)

    def _found_in(self, folder: Path) -> None:
        functions = self.workspace.functions if self.workspace else None
        if functions is None:
            return
        source = folder if folder.is_absolute() else self.folder / folder

        def look() -> tuple[Language, str]:
            from genesys_tui.engine.functions.beginning import runtime_here

            if not source.exists():
                raise UsageError(f"there is no {source}", todo="give the folder of the code")
            pack = functions.detected(source)
            if pack is None:
                raise UsageError(f"the language of {source} is not known", todo="give the folder of the code itself")
            return pack.name, runtime_here(pack)

        def found(said: tuple[Language, str]) -> None:
            self.draft.source = source
            self.draft.language, self.draft.runtime = said
            self._to("name")

        self._latest.ask(look, found, self._failed)

    # making -------------------------------------------------------------------------------------------------------
    def _make(self, said: str = "") -> None:
        workspace, known, draft, before = self.workspace, self.known, self.draft, self._work
        if workspace is None or known is None:
            return
        keep = (self.file or self.folder / FILE) if self.keep and draft.origin != "pull" else None
        self._made_at = self.step
        self._to("making")

        def make() -> Work:
            if draft.origin == "more" and before is not None:
                return with_trigger(self._engine, before, draft.trigger, said, known.queues)
            if draft.origin == "pull":
                return pulled(workspace.functions, draft)
            return made(workspace, self._engine, draft, said, keep, known.queues)

        def ready(work: Work) -> None:
            self.start()
            self._bench.open(work)
            if draft.origin == "more":
                self._bench.choose_event(work.event, self._failed)

        self._latest.ask(make, ready, self._failed)
