"""The way of a build: lock, layer, code, artifact. What did not change since the last one is not done again."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from platform import machine
from threading import RLock, local
from time import perf_counter
from typing import TYPE_CHECKING

from genesys_tui.engine.functions.hints import hints
from genesys_tui.engine.functions.langpack import Langpack, langpack
from genesys_tui.engine.functions.languages import Builder, Lock, builder
from genesys_tui.engine.functions.packing.binaries import check_binaries
from genesys_tui.engine.functions.packing.layers import Layers, key_of, name_of
from genesys_tui.engine.functions.packing.parts import Parts, check_fits
from genesys_tui.engine.functions.packing.ready_zip import members_of, ready_zip
from genesys_tui.engine.functions.source.kept import Kept
from genesys_tui.engine.functions.source.mirror import Mirror
from genesys_tui.engine.functions.source.source import Sources
from genesys_tui.engine.functions.staging import sweep
from genesys_tui.engine.functions.workshop.choice import workshop
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import StoppedError, Told, Workshop
from genesys_tui.engine.local import is_kept, keep_artifact
from genesys_tui.engine.model.build import (
    Architecture,
    Built,
    BuiltImage,
    BuiltLayer,
    Language,
    Project,
    Seconds,
    Target,
    Where,
)
from genesys_tui.engine.model.errors import GenesysError

if TYPE_CHECKING:
    from genesys_tui.engine.functions.images.images import Images

_ARCHITECTURES: Mapping[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64"}


@dataclass
class _Clock:
    """Seconds by what they were spent on."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.spent[what] = self.spent.get(what, 0.0) + perf_counter() - began


class Builds:
    """The builds of this machine, one after the other, from any thread.

    `home`: where Genesys keeps all; `told`: is told progress in words; `settings`: None for those of the home.
    """

    def __init__(self, home: Path, told: Told, settings: BuilderSettings | None = None) -> None:
        self.home = home
        self.told = told
        self.stop = threading.Event()
        """Set it, and the build that is under way raises StoppedError."""
        self.where: Where | None = None
        """Where to build, whatever the settings say."""
        self._settings = settings
        self._folder = home / "functions"
        self._layers = Layers(self._folder, home / "artifacts")
        self._one = RLock()
        self._kept: dict[Project, Kept] = {}
        self._given = local()
        self._shops: dict[Target, tuple[BuilderSettings, Workshop]] = {}
        self._builders: dict[Language, Builder] = {}
        self._images: Images | None = None
        self._swept = False

    def build(self, project: Project) -> Built:
        """Raises GenesysError for what can't be built, SourceError for a mistake in the source, StoppedError."""
        given: Built | None = getattr(self._given, "built", None)
        if given is not None and given.project == project:
            return given
        clock = _Clock()
        with self._one, clock.on("total"):
            self.stop.clear()
            self._sweep()
            ready, pack = ready_zip(project), self._pack(project)
            if ready is not None or pack is None:
                _check_no_image(project)
                made = self._plain(project, ready)
            else:
                made = self._packed(project, pack, clock)
        return _timed(made, clock)

    @contextmanager
    def given(self, built: Built) -> Iterator[None]:
        """What this thread asks for meanwhile is what was built already, whatever was saved since: so that a plan is of
        the very code that was shown."""
        self._given.built = built
        try:
            yield
        finally:
            self._given.built = None

    def here(self, built: Built) -> Built:
        """The same, as files that this machine can run: made for its own architecture, where that is another one. Where
        a newer build came, it is that."""
        target = replace(built.project.target, architecture=_ARCHITECTURES.get(machine(), "x86_64"))
        project = built.project
        with self._one:
            if target != project.target:
                project = replace(project, target=target)
                self._unpacked(project)
            return self._known(project).shown()

    def hints(self, built: Built) -> tuple[str, ...]:
        """What makes it big or slow to start. It looks at every file of the layers, so not at each save."""
        known = self._known(built.project)
        folders = {layer.folder for layer in built.layers}
        found = [package for folder in folders for package in self._layers.packages(folder)]
        said = hints(built.project.target, known.members, built.size, found, known.sources.left_out)
        if built.image and built.project.package is None:
            return (f"{Parts(known.members, built.layers, None).too_big}: so it is a container image", *said)
        return said

    def close(self) -> None:
        """End what was kept alive between builds."""
        for _, shop in self._shops.values():
            shop.close()
        for known in self._kept.values():
            known.mirror.close()
        self._shops.clear()
        self._kept.clear()
        self._builders.clear()

    def _sweep(self) -> None:
        """Take away, once, what builds left that were killed."""
        if not self._swept:
            self._swept = True
            for place in ("staging", "code"):
                sweep(self._folder / place)

    def _known(self, project: Project) -> Kept:
        """The same whatever it becomes: nobody may have said so before it was deployed first."""
        project = replace(project, package=None)
        if project not in self._kept:
            place = sha256(str(project).encode()).hexdigest()[:12]
            self._kept[project] = Kept(Sources(project), Mirror(self._folder / "code" / f"{place}-{os.getpid()}"))
        return self._kept[project]

    # the ways -----------------------------------------------------------------------------------------------------
    def _plain(self, project: Project, ready: bytes | None) -> Built:
        """As it is: a zip, or files of a language that there is no langpack for."""
        known, language = self._known(project), project.target.language
        members = members_of(project, ready) if ready is not None else known.sources.files()
        handler = self._builder(language).handler(project, members) if language else project.handler
        parts = Parts(members, (), handler)
        check_fits(project, parts)
        return self._as_zip(project, known, parts, content=ready)

    def _unpacked(self, project: Project) -> Built:
        """To be run here only: no zip, and no image, whose base may be had for the target's architecture only."""
        ready, pack = ready_zip(project), self._pack(project)
        if ready is not None or pack is None:
            return self._plain(project, ready)
        parts, lock = self._parts(project, pack, _Clock())
        return self._built(project, self._known(project), parts, parts.digest, 0, lock)

    def _pack(self, project: Project) -> Langpack | None:
        """None where none builds for the target: its files are sent as they are."""
        language = project.target.language
        pack = langpack(language, self.home, project.folder) if language else None
        return pack if pack and pack.knows(project.target) else None

    def _packed(self, project: Project, pack: Langpack, clock: _Clock) -> Built:
        known = self._known(project)
        parts, lock = self._parts(project, pack, clock)
        if self._becomes_image(project, known, parts):
            with clock.on("zip"):
                return self._as_image(project, known, pack, parts, lock)
        check_fits(project, parts)
        with clock.on("install"):
            parts = replace(parts, layers=self._zips(parts.layers))
        with clock.on("zip"):
            return self._as_zip(project, known, parts, lock)

    def _parts(self, project: Project, pack: Langpack, clock: _Clock) -> tuple[Parts, Lock | None]:
        maker, shop = self._builder(pack.name), self._shop(project.target, pack)
        with clock.on("resolve"):
            lock = maker.lock(project, pack, shop)
        with clock.on("install"):
            contents = (self._content(lock, project, pack, shop),) if lock else ()
        with clock.on("zip"):
            members = maker.code(project, pack, shop, self._known(project).sources.files())
            return Parts(members, contents, maker.handler(project, members)), lock

    def _content(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop) -> BuiltLayer:
        runtime, target = pack.runtime(project.target), project.target
        compiled_in = _compiled_in(shop) if lock.compiled else ()
        platform = runtime.platform.get(target.architecture, "")
        key = key_of(
            pack.name, target.version, target.architecture, platform, str(pack.recipe), lock.text, *compiled_in
        )

        def fill(opt: Path) -> None:
            self._builder(pack.name).install(lock, project, pack, shop, opt)
            check_binaries(opt, runtime, target.architecture)

        return self._layers.content(key, name_of(target, key), fill)

    def _becomes_image(self, project: Project, known: Kept, parts: Parts) -> bool:
        """What was asked for; where nothing was said, what a zip can't hold."""
        if project.package is not None or parts.fits:
            return project.package == "image"
        if known.built is None or known.built.image is None:
            self.told(f"{parts.too_big}: it becomes a container image")
        return True

    def _zips(self, contents: Iterable[BuiltLayer]) -> tuple[BuiltLayer, ...]:
        zips = tuple(zip for content in contents for zip in self._layers.zips(content))
        for layer in zips:
            if not layer.reused:
                self.told(f"layer {layer.name}: {layer.size / 1e6:.1f} MB")
        return zips

    def _as_zip(
        self, project: Project, known: Kept, parts: Parts, lock: Lock | None = None, content: bytes | None = None
    ) -> Built:
        before = known.zip_of(parts.members)
        if before and is_kept(self.home, before.sha256, before.size):
            digest, size = before.sha256, before.size
        else:
            content = known.zipped(parts.members) if content is None else content
            digest, size = keep_artifact(content, self.home, sha256(content).hexdigest()), len(content)
        return self._built(project, known, parts, digest, size, lock)

    def _as_image(self, project: Project, known: Kept, pack: Langpack, parts: Parts, lock: Lock | None) -> Built:
        """Its parts are there already where nothing changed; to put them together is quick."""
        from genesys_tui.engine.functions.images.images import Images

        settings = self._settings_now()
        if self._images is None or self._images.settings != settings:
            self._images = Images(self.home, settings, self.told, self.stop)
        try:
            image, layers = self._images.build(project, pack, parts)
        except StoppedError:
            raise
        except GenesysError as error:
            if project.package == "image":
                raise
            what = f"function '{project.name}' is too big for a zip, and can't be made a container image"
            todo = "leave out what it does not need" + (f", or {error.todo}" if error.todo else "")
            raise GenesysError(what, why=f"{parts.too_big}; {error}", todo=todo, command=error.command) from error
        return self._built(project, known, replace(parts, layers=layers), image.id, image.size, lock, image)

    def _built(
        self,
        project: Project,
        known: Kept,
        parts: Parts,
        digest: str,
        size: int,
        lock: Lock | None,
        image: BuiltImage | None = None,
    ) -> Built:
        files = lock.files if lock else frozenset()
        layers = tuple(parts.layers)
        built = Built(project, parts.handler, digest, size, parts.code, known.place, layers, locks=files, image=image)
        return known.keep(parts.members, built)

    # what is kept -------------------------------------------------------------------------------------------------
    def _builder(self, language: Language) -> Builder:
        if language not in self._builders:
            self._builders[language] = builder(language)
        return self._builders[language]

    def _settings_now(self) -> BuilderSettings:
        settings = self._settings or BuilderSettings.load(self.home)
        return settings.model_copy(update={"builder": self.where}) if self.where else settings

    def _shop(self, target: Target, pack: Langpack) -> Workshop:
        """Made anew when the settings are other ones: who reads what is wrong with them corrects them."""
        settings = self._settings_now()
        before, shop = self._shops.get(target, (None, None))
        if shop is None or before != settings:
            if shop is not None:
                shop.close()
            shop = workshop(settings, pack.runtime(target), target, self._folder, self.told, self.stop)
            self._shops[target] = settings, shop
        return shop


def _compiled_in(shop: Workshop) -> tuple[str, str]:
    """What decides the bytes of what is compiled, beside its source."""
    from importlib.metadata import version

    return shop.identity(), version("uv")


def _timed(made: Built, clock: _Clock) -> Built:
    return replace(made, seconds=Seconds(**{what: round(spent, 4) for what, spent in clock.spent.items()}))


def _check_no_image(project: Project) -> None:
    if project.package == "image":
        zipped = project.source.suffix == ".zip"
        raise GenesysError(
            f"function '{project.name}' can't become an image",
            why=f"{project.source.name} is a zip already" if zipped else f"no langpack builds {project.target.runtime}",
            todo="give the folder of its code" if zipped else "build the image yourself, and write its URI as `image`",
        )
