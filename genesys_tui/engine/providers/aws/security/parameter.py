"""Parameters of Systems Manager. Source: its API reference. Standard ones cost nothing; prices of November 2026.

Whether a value is still the one that is wanted is told by a tag, the keyed fingerprint with the version it was written
as: a value itself is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Joined, Params, Secret, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual
from genesys_tui.engine.model.specs.parameter import ParameterSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

ADVANCED = Price("advanced parameter", "parameter-month", 0.05, low=1, typical=1, high=1)
GONE = ("ParameterNotFound", "InvalidResourceId")
FINGERPRINT = f"{MARK_PREFIX}value"


def _listed(name: str) -> Call:
    by_name: Params = {"Key": "Name", "Option": "Equals", "Values": [name]}
    return read("ssm", "DescribeParameters", {"ParameterFilters": [by_name]})


def _tags(name: str) -> Call:
    return read("ssm", "ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": name}, absent_on=GONE)


def _told(name: str) -> Reading[Answer | None]:
    """With the tags, for one of them tells of the value."""
    listed, tags = yield [_listed(name), _tags(name)]
    if isinstance(listed, CallError):
        raise listed
    if not listed.get("Parameters"):
        return None
    if isinstance(tags, CallError):
        raise tags
    return {"parameter": listed["Parameters"][0], "tags": (tags or {}).get("TagList", [])}


class Parameter(Described[ParameterSpec]):
    """A parameter. Its id is its name."""

    name = "parameter"
    title = "SSM parameter"
    noun = "parameter"
    purpose = "parameter"
    spec = ParameterSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"secure"})
    kept: ClassVar[frozenset[str]] = frozenset({"value", "source"})
    defaults: ClassVar[Document] = {"secure": True}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("ssm", "AddTagsToResource", "RemoveTagsFromResource", on="ResourceId")
    parts: ClassVar[Mapping[str, Part]] = {"parameter": Part(_told)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ssm", "DescribeParameters", paginate=True)
        yield Found(
            tuple(
                Actual("parameter", one["Name"], one["Name"], "", arn=_arn(one, place), created=None)
                for one in answer.get("Parameters", ())
            )
        )

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["parameter"] or {}
        raw: Mapping[str, Any] = whole["parameter"]
        tags = tags_from_wire(whole["tags"])
        written, _, version = tags.get(FINGERPRINT, "").partition(":")
        spec: dict[str, Any] = {
            "value": written if version == str(raw.get("Version")) else f"version {raw.get('Version')}",
            "secure": raw["Type"] == "SecureString",
            "key": None if raw.get("KeyId") in (None, "alias/aws/ssm") else raw["KeyId"],
            "tier": str(raw.get("Tier", "Standard")).lower(),
            "description": raw.get("Description") or None,
            "tags": users_tags(tags),
        }
        return Actual("parameter", id, id, "", spec, tags, raw.get("ARN", ""), provider_data=raw)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"key": None, "tier": "standard", "description": None, "tags": {}}

    def create(self, name: str, want: ParameterSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.source:
            raise GenesysError(
                f"parameter '{name}' has no value", todo="say where its value comes from: --value env:NAME"
            )
        arn = place.arn("ssm", f"parameter/{name.lstrip('/')}")
        outputs = {"id": fixed(name), "name": fixed(name), "arn": fixed(arn)}
        tags = {**marked(want.tags, place), **({FINGERPRINT: f"{want.value}:1"} if want.value else {})}
        params = {**_put(name, want, want.source), "Tags": tags_on_wire(tags)}
        there = Capture(f"Parameters[0] && '{name}'")
        find = Find(_listed(name), {**outputs, "id": there}, ("ParameterAlreadyExists",))
        needs = {"ssm:AddTagsToResource": (arn,)}
        call = Call("ssm", "PutParameter", params, captures=outputs, find=find, on=(arn,), also_needs=needs)
        yield Line(f"Create parameter '{name}' from {want.source}", "Programs read it when they start", (call,))

    def update(self, have: Actual, changed: ParameterSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        settings = changed.model_dump(include={"key", "tier", "description"}, exclude_unset=True)
        if (changed.has("value") or settings) and changed.source:
            params: Params = {**_put(have.name, _whole(have, changed), changed.source), "Overwrite": True}
            version = {"_version": Capture("Version")}
            put = Call("ssm", "PutParameter", params, captures=version, idempotent=True, on=(have.arn,))
            what = "a new value" if changed.has("value") else " and ".join(sorted(settings))
            calls = (put, *self._written(have, changed))
            yield Line(f"Write {what} to parameter '{have.name}', from {changed.source}", "Asked for", calls)
        elif settings:
            raise GenesysError(
                f"the settings of parameter '{have.name}' can't change alone",
                why="AWS takes them only together with its value",
                todo="say where its value comes from: --value env:NAME",
            )
        yield from self.retag(have, changed)

    def _written(self, have: Actual, changed: ParameterSpec) -> tuple[Call, ...]:
        value = changed.value or have.spec.get("value")
        if not isinstance(value, str):
            return ()
        tag: Params = {"Key": FINGERPRINT, "Value": Joined((value, ":", Output("_version")))}
        params: Params = {"ResourceType": "Parameter", "ResourceId": have.id, "Tags": [tag]}
        return (Call("ssm", "AddTagsToResource", params, idempotent=True, on=(have.arn,)),)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        call = Call("ssm", "DeleteParameter", {"Name": have.id}, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        return self.tagging.calls(have.id, tags, {"ResourceType": "Parameter"}, on=(have.arn,))

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name, "arn": have.arn}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ParameterSpec) -> tuple[Price, ...]:
        return (ADVANCED,) if want.tier == "advanced" else ()

    def reversal(self, have: Actual, changed: ParameterSpec) -> Reversal:
        gone = changed.has("value") and have.spec.get("value") is not None
        return Reversal("irreversible", "its value before is kept nowhere here") if gone else Reversal()

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is made again from its source, as that is then")


def _arn(raw: Mapping[str, Any], place: Placement) -> str:
    return raw.get("ARN") or place.arn("ssm", f"parameter/{raw['Name'].lstrip('/')}")


def _put(name: str, want: ParameterSpec, source: str) -> Params:
    return present(
        {
            "Name": name,
            "Value": Secret(source),
            "Type": "String" if want.secure is False else "SecureString",
            "KeyId": want.key,
            "Tier": want.tier.capitalize() if want.tier else None,
            "Description": want.description,
        }
    )


def _whole(have: Actual, changed: ParameterSpec) -> ParameterSpec:
    """PutParameter writes all: what stays is said again."""
    raw = have.provider_data
    before = {"secure": raw.get("Type") != "String", "description": raw.get("Description") or None}
    return ParameterSpec.of({**before, **changed.document})
