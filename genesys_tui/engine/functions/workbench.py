"""All that a front end does with the code of functions. It works with a workspace, and needs no account to build and to
run code here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias

from genesys_tui.engine.functions import events
from genesys_tui.engine.functions.langpack import Langpack, all_langpacks, detect, langpack
from genesys_tui.engine.functions.packing.archive import unzip
from genesys_tui.engine.functions.subject import Subject
from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.build import Built, Language, Project, Target, Where
from genesys_tui.engine.model.errors import CallError, NoCredentialsError, UsageError
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.remembered import remembered

if TYPE_CHECKING:
    from genesys_tui.engine.functions.deployed import Sender
    from genesys_tui.engine.functions.loop import Loop, Told
    from genesys_tui.engine.functions.running import Logged
    from genesys_tui.engine.functions.templates import New
    from genesys_tui.engine.model.invocation import Answer, Invocation, LogLine
    from genesys_tui.engine.workspace import Workspace

Opened: TypeAlias = "Callable[[], Sender]"


class Workbench:
    """`workspace.functions`. Its methods block, and may be called from any thread."""

    def __init__(self, workspace: Workspace, home: Path, reader: Opened, writer: Opened) -> None:
        """`reader` and `writer` give the workspace's sessions, opened when they are needed."""
        self._workspace = workspace
        self.home = home
        self._reader = reader
        self._writer = writer

    # making -------------------------------------------------------------------------------------------------------
    def languages(self) -> tuple[Langpack, ...]:
        """What can be built here."""
        return tuple(all_langpacks(self.home))

    def detected(self, source: Path) -> Langpack | None:
        """The language that a folder or file seems to be written in."""
        return detect(source, self.home)

    def new(self, folder: Path, language: Language, template: str = "plain") -> New:
        """A new function from a template; in Python for the newest version that runs here too, which its
        `.python-version` then names. Raises UsageError for a folder that holds something already."""
        from genesys_tui.engine.functions import templates
        from genesys_tui.engine.functions.local.interpreters import newest

        pack = langpack(language, self.home)
        made = templates.make(folder, pack, template)
        minors = [Target(one.name).version for one in pack.runtimes] if language == "python" else []
        minor = newest(minors)
        return templates.pinned(made, minor) if minor else made

    def write(self, path: Path, wish: Wish, *, dry: bool = False) -> None:
        """Write what is wanted into a stack file, as `Workspace.write_into` does, and without an account too."""
        from genesys_tui.engine.desired.writing import extended, write_entries

        if not path.exists() and self._identity():
            self._workspace.write_into(path, wish, dry=dry)
            return
        settings = self._workspace.settings
        entries = [(one.kind, one.name, one.spec) for one in wish.resources]
        (extended if dry else write_entries)(path, entries, region=settings.region or "", stack=settings.stack or "")

    def pull(self, name: str, folder: Path) -> Project:
        """The code of a function of the account, unzipped into a new folder. Raises UsageError, GenesysError."""
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} is there already", todo="choose another folder")
        digest, configuration = self._fetch(name)
        unzip(self.home / "artifacts" / digest, folder)
        [architecture] = configuration.get("Architectures") or ["x86_64"]
        return Project(name, folder, Target(configuration["Runtime"], architecture), configuration.get("Handler"))

    # building and running here ------------------------------------------------------------------------------------
    def subject(self, name: str, wish: Callable[[], Wish], file: Path | None = None) -> Subject:
        """The function of this name in a stack file (`file`) or in words. Without an account it is built and run all
        the same."""
        identity = self._identity()
        if identity is None:
            return Subject(name, wish, None, self.home, file=file)
        place = events.Place(name, identity.region, identity.account)
        return Subject(name, wish, self._workspace.fragment, self.home, file=file, place=place)

    def _identity(self) -> Identity | None:
        """Who and where we are, as far as that is known: a workspace on what was read before asks nobody."""
        settings = self._workspace.settings
        try:
            return remembered(self.home, settings.target) if settings.cached else self._workspace.identity()
        except (NoCredentialsError, CallError, UsageError):
            return None

    def build_in(self, where: Where | None) -> None:
        """Where to build from now on; None: as the settings have it."""
        self._workspace.builds.where = where

    def build(self, subject: Subject) -> Built:
        """Raises GenesysError for what can't be built, SourceError for a mistake in the source."""
        built = self._workspace.builds.build(subject.read().project)
        return replace(built, hints=self._workspace.builds.hints(built))

    def answer(self, subject: Subject, built: Built, event: Invocation, logged: Logged) -> Answer:
        """What the code that was built answers, run here once."""
        from genesys_tui.engine.functions.running import Running

        running = Running(self.home, logged)
        try:
            return running.answer(self._workspace.builds.here(built), event, subject.settings)
        finally:
            running.close()

    def loop(
        self, subject: Subject, told: Told, logged: Logged, *, live: bool = False, event: Invocation | None = None
    ) -> Loop:
        """The loop of a function, that is still to be started."""
        from genesys_tui.engine.functions.loop import Loop
        from genesys_tui.engine.functions.running import Running

        running = Running(self.home, logged, changes=True)
        return Loop(
            subject, self._workspace, running, told, live=live, event=event, fetch=lambda: self._fetch(subject.name)
        )

    def _fetch(self, name: str) -> tuple[str, Mapping[str, Any]]:
        """Put the deployed code among the artifacts. Its SHA-256 in hexadecimal, and its configuration."""
        from genesys_tui.engine.functions import deployed

        content, configuration = deployed.code_of(self._reader(), name)
        return keep_artifact(content, self.home, sha256(content).hexdigest()), configuration

    # events -------------------------------------------------------------------------------------------------------
    def events(self, subject: Subject) -> tuple[str, ...]:
        """The events there are: the ready-made ones, then those that the project keeps."""
        kept = events.kept(subject.folder) if subject.folder else ()
        return (*events.READY, *(name for name in kept if name not in events.READY))

    def event(self, subject: Subject, word: str) -> Invocation:
        """The event of a name, or in a file (`@PATH`), or written as JSON. Raises UsageError."""
        from genesys_tui.engine.model.invocation import Invocation

        if word.startswith("@"):
            path = Path(word[1:]).expanduser()
            return Invocation(events.read(path), path.name)
        if word[:1] in '{["':
            try:
                return Invocation(json.loads(word), "written")
            except ValueError as error:
                raise UsageError("the event is no JSON", why=str(error), todo="quote it for the shell") from error
        return Invocation(events.load(subject.folder or Path(), word, subject.place), word)

    def keep_event(self, subject: Subject, name: str, event: Invocation) -> Path:
        """Keep an event with the project, to be used by its name."""
        return events.save(subject.folder or Path(), name, event.event)

    # in the cloud -------------------------------------------------------------------------------------------------
    def invoke(self, name: str, event: Invocation) -> Answer:
        """Run the deployed function, because the user asked for it. Raises BlockedError when read-only, CallError."""
        from genesys_tui.engine.functions import deployed

        return deployed.invoke(self._writer(), name, event)

    def log(self, name: str, since: datetime, *, follow: Event | None = None) -> Iterator[LogLine]:
        """The log of the deployed function."""
        from genesys_tui.engine.functions import deployed

        return deployed.log(self._reader(), name, since, follow=follow)
