"""A Lambda function between its wire shape and the spec. Pure."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.specs.base import in_order
from genesys_tui.engine.model.specs.function import CORS as NEW_CORS
from genesys_tui.engine.model.specs.function import Cors, FunctionSpec
from genesys_tui.engine.providers.aws.serverless.artifacts import code_of

PLAIN = {
    "runtime": "Runtime",
    "handler": "Handler",
    "memory": "MemorySize",
    "timeout": "Timeout",
    "role": "Role",
}
CORS = {
    "origins": "AllowOrigins",
    "methods": "AllowMethods",
    "headers": "AllowHeaders",
    "max_age": "MaxAge",
    "credentials": "AllowCredentials",
}
PUBLIC = frozenset({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
"""What anybody must be allowed, so that a URL needs no authentication (since October 2025)."""
ANYBODY = ("*", {"AWS": "*"})
BY_URL = frozenset({"lambda:FunctionUrlAuthType", "lambda:InvokedViaFunctionUrl"})
"""The conditions of these statements that leave it to anybody."""


def spec_of(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What the configuration of a function tells."""
    network = configuration.get("VpcConfig") or {}
    layers = [layer["Arn"] for layer in configuration.get("Layers") or ()]
    image = configuration.get("PackageType") == "Image"
    return {
        **{field: configuration.get(wire) or None for field, wire in PLAIN.items()},
        "code": None if image else configuration.get("CodeSha256"),
        "disk": (configuration.get("EphemeralStorage") or {}).get("Size", 512),
        "environment": (configuration.get("Environment") or {}).get("Variables", {}),
        "layers": ", ".join(layers) or None,
        "architecture": (configuration.get("Architectures") or ["x86_64"])[0],
        "dead_letter": (configuration.get("DeadLetterConfig") or {}).get("TargetArn") or None,
        "tracing": (configuration.get("TracingConfig") or {}).get("Mode") == "Active",
        "description": configuration.get("Description") or None,
        "subnets": network.get("SubnetIds") or None,
        "security_groups": network.get("SecurityGroupIds") or None,
        "aws": configuration,
    }


def settings(want: FunctionSpec, before: Mapping[str, Any]) -> dict[str, Value]:
    """The settings of `want` that are set, by Lambda's names. `before`: the configuration there is, for what is
    written whole."""
    wire: dict[str, Value] = {PLAIN[field]: value for field, value in want.document.items() if field in PLAIN and value}
    if want.has("description"):
        wire["Description"] = want.description or ""
    if want.has("disk") and want.disk:
        wire["EphemeralStorage"] = {"Size": want.disk}
    if want.has("environment"):
        wire["Environment"] = {"Variables": _environment(want.environment or {}, before)}
    if want.has("layers"):
        wire["Layers"] = in_order(want.layers or "")
    if want.has("tracing"):
        wire["TracingConfig"] = {"Mode": "Active" if want.tracing else "PassThrough"}
    if want.has("dead_letter"):
        wire["DeadLetterConfig"] = {"TargetArn": want.dead_letter or ""}
    if want.has("subnets") or want.has("security_groups"):
        network = before.get("VpcConfig") or {}
        out = want.has("subnets") and not want.subnets
        wire["VpcConfig"] = {
            "SubnetIds": _list(want, "subnets", network.get("SubnetIds")),
            "SecurityGroupIds": [] if out else _list(want, "security_groups", network.get("SecurityGroupIds")),
            **({"Ipv6AllowedForDualStack": True} if network.get("Ipv6AllowedForDualStack") and not out else {}),
        }
    return wire | dict(want.aws or {})


def code(image: str | None, digest: str | None, place: Placement) -> dict[str, Value]:
    """Where the code is: an image, or the zip of this hash (in hexadecimal)."""
    return {"ImageUri": image} if image else code_of(digest or "", place)


def hexadecimal(digest: str | None) -> str:
    """A hash as artifacts are known by, from one as Lambda tells it, in base64."""
    return b64decode(digest or "").hex()


def url_of(answer: Mapping[str, Any] | None, opened: Mapping[str, str]) -> dict[str, Any] | None:
    """The function's own URL; None where it has none. Without authentication it answers anybody only where its policy
    lets them in: `opened`."""
    if answer is None:
        return None
    raw = answer.get("Cors") or {}
    cors = {field: raw.get(wire, NEW_CORS.get(field)) for field, wire in CORS.items()} if raw else None
    auth = "iam" if answer["AuthType"] != "NONE" else "none" if opened.keys() >= PUBLIC else None
    return {"auth": auth, "cors": cors}


def opened_to_all(answer: Mapping[str, Any] | None) -> dict[str, str]:
    """The statements of a function's policy that let anybody call its URL: by action, their ids. One with a further
    condition (an organization's accounts only) is somebody's own."""
    policy = json.loads((answer or {}).get("Policy") or "{}")
    return {
        one["Action"]: one["Sid"]
        for one in policy.get("Statement", ())
        if one.get("Action") in PUBLIC and one.get("Effect") == "Allow" and one.get("Principal") in ANYBODY
        if all(BY_URL.issuperset(keys) for keys in one.get("Condition", {}).values())
    }


def cors_on_wire(cors: Cors | None) -> dict[str, Value]:
    """All of it: Lambda writes it whole."""
    document = cors.model_dump(exclude_none=True) if cors else {}
    return {CORS[field]: value for field, value in document.items()}


def queues_of(mappings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The queues that start the function, by name. Other sources are not ours to show."""
    found = {}
    for mapping in mappings:
        if mapping.get("State") == "Deleting":
            continue
        arn = mapping.get("EventSourceArn", "")
        if ":sqs:" in arn:
            found[name_in(arn)] = {
                "queue": arn,
                "batch": mapping.get("BatchSize", 10),
                "window": mapping.get("MaximumBatchingWindowInSeconds", 0),
                "enabled": mapping.get("State", "Enabled") in ("Enabled", "Creating", "Enabling", "Updating"),
            }
    return found


def _environment(wanted: Mapping[str, str | None], before: Mapping[str, Any]) -> dict[str, Value]:
    """All variables after a change: those of others stay."""
    merged = {**(before.get("Environment") or {}).get("Variables", {}), **wanted}
    return {key: value for key, value in merged.items() if value is not None}


def _list(want: FunctionSpec, field: str, before: Any) -> Value:
    return list(getattr(want, field) or ()) if want.has(field) else list(before or ())
