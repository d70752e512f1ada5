"""What Lambda tells of layers, and of who uses them. Source: the Lambda API reference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from genesys_tui.engine.model.call import Call, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.layers import PublishedLayer
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.described import from_wire

GONE = ("ResourceNotFoundException",)
NAMES = {
    "runtimes": "CompatibleRuntimes",
    "architectures": "CompatibleArchitectures",
    "description": "Description",
    "license": "LicenseInfo",
}
Users = Mapping[str, tuple[str, ...]]
"""By the ARN of a layer version, the ARNs of the functions that use it; a published version of a function with its own
number."""


def version(arn: str) -> Call:
    """The read of one version, by its ARN."""
    name, _, number = arn.rpartition(":")
    return read("lambda", "GetLayerVersion", {"LayerName": name, "VersionNumber": int(number)}, absent_on=GONE)


def listing(name: str) -> Call:
    """The read of all versions of a layer of this account."""
    return read("lambda", "ListLayerVersions", {"LayerName": name}, paginate=True, absent_on=GONE)


def versions_of(name: str) -> Reading[tuple[Actual, ...]]:
    """All versions of a layer of this account."""
    answer = yield listing(name)
    return tuple(actual(name, one) for one in (answer or {}).get("LayerVersions", ()))


def users_of_layers() -> Reading[Users]:
    """Who uses which version of a layer, published versions of functions among them."""
    answer = yield read("lambda", "ListFunctions", {"FunctionVersion": "ALL"}, paginate=True)
    found: dict[str, tuple[str, ...]] = {}
    for one in answer.get("Functions", ()):
        for layer in one.get("Layers") or ():
            found[layer["Arn"]] = (*found.get(layer["Arn"], ()), user(one))
    return found


def published_layers(prefix: str, *, unused: bool = False) -> Reading[tuple[PublishedLayer, ...]]:
    """The versions of layers whose names start so, the oldest first; `unused`: those that no function uses."""
    listed, users = yield [read("lambda", "ListLayers", paginate=True), users_of_layers()]
    for answer in (listed, users):
        if isinstance(answer, CallError):
            raise answer
    names = [one["LayerName"] for one in listed.get("Layers", ()) if one["LayerName"].startswith(prefix)]
    answers = yield [versions_of(name) for name in names]
    there = [one for answer in answers for one in _told(answer) if not (unused and one.id in users)]
    sizes = yield [version(one.id) for one in there]
    found = [
        _published(one, size, users.get(one.id, ())) for one, size in zip(there, sizes, strict=True) if size is not None
    ]
    return tuple(sorted(found, key=lambda one: (str(one.created), one.name, one.version)))


def version_of(arn: str) -> int:
    """The number of a version, from 1."""
    return int(arn.rpartition(":")[2])


def name_of(arn: str) -> str:
    """The name of the layer."""
    return arn.split(":")[6]


def actual(name: str, raw: Mapping[str, Any]) -> Actual:
    """A version as any of Lambda's answers tells it; a listing lacks its content."""
    arn = raw["LayerVersionArn"]
    digest = (raw.get("Content") or {}).get("CodeSha256")
    spec = {**from_wire(raw, NAMES), **({"code": digest} if digest else {})}
    created = datetime.fromisoformat(raw["CreatedDate"]) if raw.get("CreatedDate") else None
    return Actual("layer", arn, name, "", spec, arn=arn, created=created)


def _told(answer: Any) -> tuple[Actual, ...]:
    if isinstance(answer, CallError):
        raise answer
    versions: tuple[Actual, ...] = answer
    return versions


def _published(layer: Actual, answer: Mapping[str, Any] | CallError, users: tuple[str, ...]) -> PublishedLayer:
    size = None if isinstance(answer, CallError) else (answer.get("Content") or {}).get("CodeSize")
    return PublishedLayer(layer.id, layer.name, version_of(layer.id), layer.created, size, users)


def user(function: Mapping[str, Any]) -> str:
    """The ARN of a function; of a published version of it with the number."""
    arn = ":".join(function["FunctionArn"].split(":")[:7])
    number = function.get("Version", "$LATEST")
    return arn if number == "$LATEST" else f"{arn}:{number}"
