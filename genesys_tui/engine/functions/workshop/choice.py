"""Chooses where code is built: in a container where there is an engine for it, else on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.functions.workshop.container import Container
from genesys_tui.engine.functions.workshop.engine import Engine, EngineError, Image, find_engine
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import StoppedError, Told, Workshop
from genesys_tui.engine.model.build import Architecture, Target, Where


def workshop(
    settings: BuilderSettings, runtime: Runtime, target: Target, folder: Path, told: Told, stop: threading.Event
) -> Workshop:
    """Where a target is built. Nothing is looked for, pulled or started before the first command: a build that has all
    it needs costs none of it. Then `auto` says why there is no container, and `container` raises EngineError."""
    if settings.builder == "host":
        return Host(folder, told, stop)
    image = settings.image_for(runtime)

    def choose() -> Workshop:
        try:
            return _container(settings, image, target.architecture, folder, told, stop)
        except EngineError as error:
            if settings.builder == "container":
                raise
            told(f"{error}; building on this machine, where nothing can be compiled")
            return Host(folder, told, stop)

    return _Later(choose, folder, told, stop)


def _container(
    settings: BuilderSettings, name: str, architecture: Architecture, folder: Path, told: Told, stop: threading.Event
) -> Container:
    engine = find_engine(settings.engine)
    image = _image(engine, name, architecture, told, stop.is_set)
    container = Container(engine, image, settings, folder, told, stop)
    try:
        container.open()
    except BaseException:
        container.close()
        raise
    told(f"building in {name} with {engine.name} {engine.version}")
    return container


def _image(engine: Engine, name: str, architecture: Architecture, told: Told, stopped: Callable[[], bool]) -> Image:
    """Of the target's architecture where the engine runs it; else of its own, which does for all but compiling."""
    wanted = architecture if engine.runs(architecture) else engine.architecture
    image = engine.image(name)
    if image and image.architecture == wanted:
        return image
    try:
        return engine.pull(name, wanted, told, stopped)
    except EngineError as error:
        if image is None or not engine.runs(image.architecture):
            raise
        told(f"{error}; building in the one for {image.architecture}")
        return image


class _Later:
    """A workshop that is chosen when it is first needed."""

    def __init__(self, choose: Callable[[], Workshop], folder: Path, told: Told, stop: threading.Event) -> None:
        self.folder = folder
        self.told = told
        self.stop = stop
        self._choose = choose
        self._choosing = threading.Lock()
        self._chosen: Workshop | None = None

    @property
    def where(self) -> Where:
        return self._shop().where

    def uv(self) -> str:
        return self._shop().uv()

    def identity(self) -> str:
        return self._shop().identity()

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        return self._shop().run(command, folder=folder, env=env, limit=limit)

    def close(self) -> None:
        if self._chosen:
            self._chosen.close()

    def _shop(self) -> Workshop:
        with self._choosing:
            if self._chosen is None:
                if self.stop.is_set():
                    raise StoppedError("the build was stopped")
                self._chosen = self._choose()
            return self._chosen
