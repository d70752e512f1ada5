"""Layers of Lambda functions. Source: the Lambda API reference.

A layer is versions under one name, and our names hold the key of the content: so one that is there already is used, by
whomever it was published.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Guard, Params, fingerprint, read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.layer import LayerSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present, to_wire
from genesys_tui.engine.providers.aws.serverless import artifacts
from genesys_tui.engine.providers.aws.serverless.layer_readings import (
    GONE,
    NAMES,
    actual,
    listing,
    name_of,
    users_of_layers,
    version,
    version_of,
    versions_of,
)

NEWEST = "max_by(LayerVersions || `[]`, &Version).LayerVersionArn"


@dataclass(frozen=True, slots=True)
class Known:
    """`there`: what is published under the name. `users`: the ARNs of the functions that use it."""

    there: Actual | None = None
    users: tuple[str, ...] = ()


class Layer(Described[LayerSpec]):
    """A version of a layer. Its id is its ARN, with the version."""

    name = "layer"
    title = "Lambda layer"
    noun = "layer"
    purpose = "layer"
    spec = LayerSpec
    shared = True
    parts: ClassVar[Mapping[str, Part]] = {"version": Part(version)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """The newest version of each."""
        answer = yield read("lambda", "ListLayers", paginate=True)
        yield Found(tuple(actual(one["LayerName"], one["LatestMatchingVersion"]) for one in answer.get("Layers", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        versions = yield from versions_of(name)
        return max(versions, key=lambda one: version_of(one.id), default=None)

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = told["version"]
        return None if raw is None else actual(name_of(id), raw)

    def prepare(self, name: str, want: LayerSpec, have: Actual | None) -> Reading[Facts]:
        """Before a create, what is there by now; before a delete, who uses it."""
        if have is None:
            return Known(there=(yield from self.locate(name)))
        if want.model_fields_set:
            return Known()
        return Known(users=(yield from users_of_layers()).get(have.id, ()))

    # lowering -----------------------------------------------------------------------------------------------------
    def use(self, want: LayerSpec, facts: Facts) -> Actual | None:
        there: Actual | None = facts.there if facts else None
        return there

    def users(self, have: Actual, facts: Facts) -> tuple[str, ...]:
        users: tuple[str, ...] = facts.users if facts else ()
        return users

    def create(self, name: str, want: LayerSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.code:
            raise GenesysError(f"layer '{name}' has no content", todo="build the function that it belongs to")
        digest = b64decode(want.code).hex()
        yield from artifacts.uploaded(digest, f"layer '{name}'", place)
        yield Line(
            f"Publish layer '{name}'{_for(want)}",
            "What functions need beside their own code is sent once, and used by all that need the same",
            (_publish(name, want, digest, place),),
        )

    def update(self, have: Actual, changed: LayerSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        """Nothing can change, and nothing has to: one of this name is one of this content."""
        yield from ()

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params: Params = {"LayerName": name_of(have.id), "VersionNumber": version_of(have.id)}
        yield self.removal_line(
            have, Call("lambda", "DeleteLayerVersion", params, idempotent=True, on=(have.id,), absent_on=GONE)
        )

    # words and numbers --------------------------------------------------------------------------------------------
    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is published again if its zip is still among the artifacts of this machine")


def _publish(name: str, want: LayerSpec, digest: str, place: Placement) -> Call:
    """It always makes a new version: so there must still be none when it is sent."""
    outputs = {"id": Capture("LayerVersionArn"), "arn": Capture("LayerVersionArn"), "name": fixed(name)}
    params: Params = {
        "LayerName": name,
        "Content": artifacts.code_of(digest, place),
        **present(to_wire(want.document, NAMES)),
    }
    return Call(
        "lambda",
        "PublishLayerVersion",
        params,
        captures=outputs,
        find=Find(listing(name), {**outputs, "id": Capture(NEWEST), "arn": Capture(NEWEST)}),
        guard=Guard(listing(name), "LayerVersions", fingerprint(None)),
        on=(place.arn("lambda", f"layer:{name}"),),
        also_needs=artifacts.needed(digest, place),
        seconds=2,
    )


def _for(want: LayerSpec) -> str:
    """`, for python3.13 on arm64`"""
    on = " and ".join(want.architectures or ())
    said = " ".join(filter(None, (", ".join(want.runtimes or ()), f"on {on}" if on else "")))
    return f", for {said}" if said else ""
