"""What a wish says of a function's code becomes what a cloud is sent: the hash of the code, and its layers, which are
resources of their own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.langpack import detect, python_version
from genesys_tui.engine.functions.starters import starter_zip
from genesys_tui.engine.local import keep_artifact, place_of
from genesys_tui.engine.model.build import Architecture, BuiltImage, BuiltLayer, Project, Target
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.layers import LAYERS
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, address_of
from genesys_tui.engine.model.specs.base import in_order
from genesys_tui.engine.model.specs.function import RUNTIMES, STARTERS, package_of
from genesys_tui.engine.model.specs.image import repository_of


def project_of(desired: Desired, fragment: Fragment | None, home: Path) -> Project | None:
    """The code on this machine that a wish for a function is about; None where it names no source. What the wish does
    not say is as it is remembered; the runtime of a new one is told by its files. `home`: of Genesys."""
    source = desired.spec.get("source")
    if not isinstance(source, str):
        return None
    before: Document = fragment.spec if fragment else {}
    place = place_of(source, desired.mark)
    runtime = _runtime(desired.spec.get("runtime"), before.get("runtime")) or _detected(place, home)
    handler = desired.spec.get("handler", before.get("handler"))
    architecture = desired.spec.get("architecture", before.get("architecture")) or "x86_64"
    target = Target(runtime, cast(Architecture, architecture))
    package = package_of(desired.spec, before)
    if package is None and (fragment is not None or desired.modify or desired.spec.get("layers")):
        package = "zip"  # AWS decides that when a function is made, and an image takes no layers
    return Project(desired.name, place, target, handler if isinstance(handler, str) else None, package)


def _runtime(asked: object, before: object) -> str:
    """The bare word of a language is what it meant when it was first asked for, else its newest runtime."""
    if isinstance(asked, str) and asked in RUNTIMES:
        return str(before) if before in RUNTIMES[asked] else RUNTIMES[asked][0]
    return str(asked or before or "")


def _detected(source: Path, home: Path) -> str:
    """The newest of its language, or the Python that a `.python-version` names."""
    pack = detect(source, home)
    if pack is None:
        return ""
    folder = source if source.is_dir() else source.parent
    pinned = Target(f"python{python_version(folder)}")
    return pinned.runtime if pack.knows(pinned) else pack.runtimes[0].name


def sealed(desired: Desired, fragment: Fragment | None, builds: Builds) -> tuple[Desired, ...]:
    """The same with `source` become `code` and `layers`, or an `image`; and what it brings along for them. So does the
    starter of a function that has no code yet. Where no handler is named, the one that was found is. Raises
    GenesysError for a source that can't be built."""
    spec: dict[str, Leaf] = dict(desired.spec)
    starter = spec.get("starter")
    if isinstance(starter, str) and starter in STARTERS:
        spec["starter"] = _kept(starter_zip(starter, str(spec.get("handler") or "")), builds.home)
    project = project_of(desired, fragment, builds.home)
    if project is None:
        return (replace(desired, spec=spec),)
    built = builds.build(project)
    del spec["source"]
    spec.pop("package", None)
    if built.image:
        return _as_image(desired, spec, built.image)
    spec["code"] = in_base64(built.sha256)
    if built.handler and "handler" not in spec:
        spec["handler"] = built.handler
    if fragment is None and not (desired.adopt or desired.modify) and project.target.runtime:
        spec.setdefault("runtime", project.target.runtime)
    layers = tuple(_layer(desired, layer, project.target) for layer in built.layers)
    if layers or _ours(fragment.spec.get("layers") if fragment else None):
        theirs = spec["layers"] if "layers" in spec else fragment.spec.get("layers") if fragment else None
        spec["layers"] = _with_layers(theirs, layers)
    needs = tuple(dict.fromkeys((*desired.needs, *(layer.address for layer in layers))))
    return (replace(desired, spec=spec, needs=needs), *layers)


def _as_image(function: Desired, spec: dict[str, Leaf], built: BuiltImage) -> tuple[Desired, ...]:
    """The image knows its handler, and Lambda takes no runtime beside it."""
    repository = repository_of(function.name)
    name = f"{repository}:{built.id[:16]}"
    address = address_of("image", name)
    for field in ("runtime", "handler"):
        spec.pop(field, None)
    spec["image"] = Reference(f"${{{address}.uri}}")
    place = address_of("repository", repository)
    return (
        replace(function, spec=spec, needs=tuple(dict.fromkeys((*function.needs, address)))),
        replace(_brought(function, "repository", repository, {}), adopt=function.adopt),
        replace(_brought(function, "image", name, {"manifest": built.manifest}), needs=(place,)),
    )


def _brought(function: Desired, kind: str, name: str, spec: Document) -> Desired:
    """A resource that belongs to the function's code."""
    return Desired(
        address_of(kind, name), kind, name, spec, function.complete, mark=function.mark, outcome=function.outcome
    )


def _kept(content: bytes, home: Path) -> str:
    return in_base64(keep_artifact(content, home, sha256(content).hexdigest()))


def in_base64(digest: str) -> str:
    """A SHA-256 as Lambda tells it."""
    return b64encode(bytes.fromhex(digest)).decode()


def _layer(function: Desired, layer: BuiltLayer, target: Target) -> Desired:
    spec: dict[str, Any] = {
        "code": in_base64(layer.sha256),
        "runtimes": [target.runtime],
        "architectures": [target.architecture],
        "description": f"{len(layer.contents)} packages",
    }
    return _brought(function, "layer", layer.name, spec)


def _ours(layers: object) -> bool:
    return isinstance(layers, str) and any(_is_ours(one) for one in in_order(layers))


def _is_ours(layer: str) -> bool:
    return layer.startswith(f"${{layer.{LAYERS}")


def _with_layers(asked: object, layers: Sequence[Desired]) -> Leaf:
    """The user's own come first: of what is in several layers the last one wins, and it is the lock that was tested."""
    own = [one for one in in_order(asked) if not _is_ours(one)] if isinstance(asked, str) else []
    ours = [f"${{{layer.address}.arn}}" for layer in layers]
    whole = ", ".join([*own, *ours])
    return (Reference(whole) if ours else whole) or None
