"""The way of a build: lock, layer, code, artifact. What did not change since the last one is not done again."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from platform import machine
from threading import RLock
from time import perf_counter
from zipfile import BadZipFile, ZipFile

from genesys_tui.engine.functions.archive import MB, UNZIPPED_LIMIT, files_of, zipped
from genesys_tui.engine.functions.binaries import check_binaries
from genesys_tui.engine.functions.hints import hints
from genesys_tui.engine.functions.images import Images, Parts
from genesys_tui.engine.functions.langpack import Langpack, langpack
from genesys_tui.engine.functions.languages import Builder, Lock, builder
from genesys_tui.engine.functions.layers import Layers, key_of, name_of
from genesys_tui.engine.functions.mirror import Mirror
from genesys_tui.engine.functions.source import Sources
from genesys_tui.engine.functions.sweeping import sweep
from genesys_tui.engine.functions.workshop.choice import workshop
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import Told, Where, Workshop
from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.build import Architecture, Built, BuiltLayer, Language, Member, Project, Seconds, Target
from genesys_tui.engine.model.errors import GenesysError

_ARCHITECTURES: Mapping[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64"}


@dataclass
class _Known:
    """What is kept of one project between its builds."""

    sources: Sources
    mirror: Mirror
    members: Sequence[Member] = ()
    built: Built | None = None


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
        self._known: dict[Project, _Known] = {}
        self._shops: dict[Target, tuple[BuilderSettings, Workshop]] = {}
        self._builders: dict[Language, Builder] = {}
        self._images: Images | None = None
        self._swept = False

    def build(self, project: Project) -> Built:
        """Raises GenesysError for what can't be built, SourceError for a mistake in the source, StoppedError."""
        clock = _Clock()
        with self._one, clock.on("total"):
            self.stop.clear()
            self._sweep()
            known = self._known.setdefault(project, self._first_look(project))
            ready = _ready_zip(project)
            pack = self._pack(project)
            if ready is not None or pack is None:
                _check_no_image(project)
                made = self._plain(project, known, ready)
            else:
                made = self._packed(project, known, pack, clock)
        return _timed(made, clock)

    def here(self, built: Built) -> Built:
        """The same, as this machine can run it: built for its own architecture, where that is another one. What runs
        here is no image."""
        target = replace(built.project.target, architecture=_ARCHITECTURES.get(machine(), "x86_64"))
        if target == built.project.target:
            return built
        return self.build(replace(built.project, target=target, package="zip"))

    def close(self) -> None:
        """End what was kept alive between builds."""
        for _, shop in self._shops.values():
            shop.close()
        for known in self._known.values():
            known.mirror.close()
        self._shops.clear()
        self._known.clear()
        self._builders.clear()

    def _sweep(self) -> None:
        """Take away, once, what builds left that were killed."""
        if not self._swept:
            self._swept = True
            for place in ("staging", "code"):
                sweep(self._folder / place)

    def _first_look(self, project: Project) -> _Known:
        place = sha256(str(project).encode()).hexdigest()[:12]
        return _Known(Sources(project), Mirror(self._folder / "code" / f"{place}-{os.getpid()}"))

    # the ways -----------------------------------------------------------------------------------------------------
    def _plain(self, project: Project, known: _Known, ready: bytes | None) -> Built:
        """As it is: a zip, or files of a language that there is no langpack for."""
        members = _members_of(project, ready) if ready is not None else known.sources.files()
        language = project.target.language
        handler = self._builder(language).handler(project, members) if language else project.handler
        return self._built(project, known, members, handler, content=ready)

    def _pack(self, project: Project) -> Langpack | None:
        """None where none builds for the target: its files are sent as they are."""
        language = project.target.language
        pack = langpack(language, self.home, project.folder) if language else None
        return pack if pack and pack.knows(project.target) else None

    def _packed(self, project: Project, known: _Known, pack: Langpack, clock: _Clock) -> Built:
        maker, shop = self._builder(pack.name), self._shop(project.target, pack)
        with clock.on("resolve"):
            lock = maker.lock(project, pack, shop)
        with clock.on("install"):
            layers = self._layers_of(lock, project, pack, shop) if lock else ()
        with clock.on("zip"):
            sources = known.sources.files()
            members = maker.code(project, pack, shop, sources)
            handler = maker.handler(project, members)
            if project.package == "image":
                return self._in_image(project, known, pack, Parts(members, layers, handler), lock)
            return self._built(project, known, members, handler, layers, lock)

    def _layers_of(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop) -> tuple[BuiltLayer, ...]:
        runtime, target = pack.runtime(project.target), project.target
        compiled_in = (shop.identity(), version("uv")) if lock.compiled else ()
        platform = runtime.platform.get(target.architecture, "")
        key = key_of(
            pack.name, target.version, target.architecture, platform, str(pack.recipe), lock.text, *compiled_in
        )
        name = name_of(target, key)

        def fill(opt: Path) -> None:
            self.told(f"install the dependencies for {target.runtime} on {target.architecture}")
            self._builder(pack.name).install(lock, project, pack, shop, opt)
            check_binaries(opt, runtime, target.architecture)

        if project.package == "image":
            layers: tuple[BuiltLayer, ...] = (self._layers.unzipped(key_of("image", key), name, fill),)
        else:
            layers = self._layers.find(key, name) or self._layers.make(key, name, fill)
        for layer in layers:
            if not layer.reused:
                self.told(f"layer {layer.name}: {(layer.size or layer.unzipped) / 1e6:.1f} MB")
        return layers

    def _built(
        self,
        project: Project,
        known: _Known,
        members: Sequence[Member],
        handler: str | None,
        layers: tuple[BuiltLayer, ...] = (),
        lock: Lock | None = None,
        content: bytes | None = None,
    ) -> Built:
        before = known.built
        same = before is not None and list(members) == list(known.members)
        if before is not None and same and (self.home / "artifacts" / before.sha256).is_file():
            digest, size, unzipped = before.sha256, before.size, before.unzipped
        else:
            content = zipped(members) if content is None else content
            unzipped = sum(len(member.content) for member in members)
            _check_total(project, unzipped, layers)
            digest = keep_artifact(content, self.home, sha256(content).hexdigest())
            size = len(content)
        known.members = members
        code = known.mirror.show(members)
        said = before.hints if before is not None and before.layers == layers else _hints(project, known, size, layers)
        files = lock.files if lock else frozenset()
        known.built = Built(project, handler, digest, size, unzipped, code, layers, files, hints=said)
        return known.built

    def _in_image(self, project: Project, known: _Known, pack: Langpack, parts: Parts, lock: Lock | None) -> Built:
        """Its parts are there already where nothing changed; to put them together is quick."""
        if self._images is None:
            settings = self._settings or BuilderSettings.load(self.home)
            self._images = Images(self.home, settings, self.told, self.stop)
        image, layers = self._images.build(project, pack, parts)
        before, known.members = known.built, parts.members
        same = before is not None and [one.key for one in before.layers] == [one.key for one in layers]
        said = before.hints if before and same else _hints(project, known, image.size, layers)
        known.built = Built(
            project,
            parts.handler,
            image.id,
            image.size,
            sum(len(member.content) for member in parts.members),
            known.mirror.show(parts.members),
            layers,
            lock.files if lock else frozenset(),
            hints=said,
            image=image,
        )
        return known.built

    # what is kept -------------------------------------------------------------------------------------------------
    def _builder(self, language: Language) -> Builder:
        if language not in self._builders:
            self._builders[language] = builder(language)
        return self._builders[language]

    def _shop(self, target: Target, pack: Langpack) -> Workshop:
        """Made anew when the settings are other ones: who reads what is wrong with them corrects them."""
        settings = self._settings or BuilderSettings.load(self.home)
        if self.where:
            settings = settings.model_copy(update={"builder": self.where})
        before, shop = self._shops.get(target, (None, None))
        if shop is None or before != settings:
            if shop is not None:
                shop.close()
            shop = workshop(settings, pack.runtime(target), target, self._folder, self.told, self.stop)
            self._shops[target] = settings, shop
        return shop


def _hints(project: Project, known: _Known, size: int, layers: Sequence[BuiltLayer]) -> tuple[str, ...]:
    """They look at every file of the layers, so they are not given anew at each save."""
    folders = {layer.folder for layer in layers}
    return hints(project.target, known.members, size, folders, known.sources.left_out)


def _timed(made: Built, clock: _Clock) -> Built:
    return replace(made, seconds=Seconds(**{what: round(spent, 4) for what, spent in clock.spent.items()}))


def _ready_zip(project: Project) -> bytes | None:
    """The bytes of a source that is a zip already. Raises GenesysError where it can't be read."""
    if project.source.suffix != ".zip" or not project.source.is_file():
        return None
    try:
        return project.source.read_bytes()
    except OSError as error:
        raise GenesysError(f"{project.source} can't be read", why=error.strerror or str(error)) from error


def _check_no_image(project: Project) -> None:
    if project.package == "image":
        zipped = project.source.suffix == ".zip"
        raise GenesysError(
            f"function '{project.name}' can't become an image",
            why=f"{project.source.name} is a zip already" if zipped else f"no langpack builds {project.target.runtime}",
            todo="give the folder of its code" if zipped else "build the image yourself, and write its URI as `image`",
        )


def _members_of(project: Project, content: bytes) -> list[Member]:
    """Raises GenesysError for what is no zip, or one that holds too much or a name that leads out of it: Lambda might
    take it, but it is unzipped here too."""
    try:
        with ZipFile(BytesIO(content)) as zip:
            files = files_of(zip)
            if (size := sum(info.file_size for _, info in files)) > UNZIPPED_LIMIT:
                raise _too_big(project, size, ())
            return [
                Member(name.decode(), zip.read(info), bool(info.external_attr >> 16 & 0o100)) for name, info in files
            ]
    except (BadZipFile, EOFError, zlib.error, RuntimeError, NotImplementedError) as error:
        raise GenesysError(
            f"{project.source} can't be sent",
            why=f"it is no zip: {error}",
            todo="correct `source`: a folder, file or .zip",
        ) from error


def _check_total(project: Project, unzipped: int, layers: Sequence[BuiltLayer]) -> None:
    total = unzipped + sum(layer.unzipped for layer in layers)
    if total > UNZIPPED_LIMIT:
        raise _too_big(project, total, layers)


def _too_big(project: Project, total: int, layers: Sequence[BuiltLayer]) -> GenesysError:
    packages = sorted((one for layer in layers for one in layer.contents), key=lambda one: -one[1])[:5]
    biggest = ", ".join(f"{name} {size / MB:.0f} MB" for name, size in packages)
    return GenesysError(
        f"function '{project.name}' is too big",
        why=f"unzipped it is {total / MB:.0f} MB, and Lambda takes {UNZIPPED_LIMIT / MB:.0f} MB"
        + (f"; the biggest are {biggest}" if biggest else ""),
        todo="leave out what it does not need, or make it a container image, which may hold 10 GB: `package: image`",
        command=f"genesys execute function {project.name} --source {project.source} --package image",
    )
