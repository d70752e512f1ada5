"""The parts of a load balancer: its listeners and target groups, as AWS tells them and as it takes them. Pure.

A part of ours bears its name in the tag `genesys:part`. A listener of others goes by its port, a target group by its
name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from genesys_tui.engine.model.call import Answer, Call, Value, read
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.resource import MARK_PREFIX
from genesys_tui.engine.providers.aws.tags import tags_from_wire

Raw = Mapping[str, Any]

PART_TAG: Final = f"{MARK_PREFIX}part"
GONE: Final = ("LoadBalancerNotFound",)
ENCRYPTED: Final = ("HTTPS", "TLS")
TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy."""


def target_output(key: str) -> str:
    """`target_web`: the output that holds the ARN of target group `web`."""
    return "target_" + key.lower().replace("-", "_")


def group_name(balancer: str, key: str, target: Document) -> str:
    """At most 32 characters; another one where what can't change in place is another."""
    fixed = "/".join(str(part) for part in (balancer, key, target["type"], target["protocol"], target["port"]))
    readable = f"{balancer}-{key}".replace("_", "-")[:25].rstrip("-")
    return f"{readable}-{sha256(fixed.encode()).hexdigest()[:6]}"


# as AWS tells them ----------------------------------------------------------------------------------------------------
def parts_told(arn: str) -> Reading[Answer | None]:
    """`Listeners`, `TargetGroups`; by ARN the `Tags` of both, and the ids of the `Targets` that are registered."""
    balancer = {"LoadBalancerArn": arn}
    listeners, groups = yield from _all(
        read("elbv2", "DescribeListeners", balancer, paginate=True, absent_on=GONE),
        read("elbv2", "DescribeTargetGroups", balancer, paginate=True, absent_on=(*GONE, "TargetGroupNotFound")),
    )
    listening: Sequence[Raw] = (listeners or {}).get("Listeners", ())
    behind: Sequence[Raw] = (groups or {}).get("TargetGroups", ())
    arns = [*(one["ListenerArn"] for one in listening), *(one["TargetGroupArn"] for one in behind)]
    registering = [one["TargetGroupArn"] for one in behind if one.get("TargetType") == "instance"]
    tags, *health = yield [
        tags_told(arns),
        *(
            read("elbv2", "DescribeTargetHealth", {"TargetGroupArn": one}, absent_on=("TargetGroupNotFound",))
            for one in registering
        ),
    ]
    _check([tags, *health])
    targets = {
        one: sorted({target["Target"]["Id"] for target in (answer or {}).get("TargetHealthDescriptions", ())})
        for one, answer in zip(registering, health, strict=True)
    }
    return {"Listeners": listening, "TargetGroups": behind, "Tags": tags, "Targets": targets}


def tags_told(arns: Sequence[str]) -> Reading[Mapping[str, Mapping[str, str]]]:
    """All tags by ARN; AWS tells those of 20 at once."""
    batches = [list(arns[start : start + 20]) for start in range(0, len(arns), 20)]
    pages = yield from _all(*(read("elbv2", "DescribeTags", {"ResourceArns": some}) for some in batches))
    found = (one for page in pages for one in page.get("TagDescriptions", ()))
    return {one["ResourceArn"]: tags_from_wire(one.get("Tags")) for one in found}


def _all(*calls: Call) -> Reading[list[Any]]:
    answers = yield list(calls)
    _check(answers)
    return list(answers)


def _check(answers: Sequence[Any]) -> None:
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer


def groups_by_key(told: Raw, balancer: str) -> dict[str, Raw]:
    """The target groups by the names that they go by."""
    return dict(_by_key(told["TargetGroups"], "TargetGroupArn", told["Tags"], lambda one: _short(one, balancer)))


def listeners_by_key(told: Raw) -> dict[str, Raw]:
    """The listeners by the names that they go by."""
    return dict(_by_key(told["Listeners"], "ListenerArn", told["Tags"], lambda one: str(one.get("Port", ""))))


def _by_key(
    raws: Sequence[Raw], arn: str, tags: Mapping[str, Mapping[str, str]], other: Any
) -> Iterator[tuple[str, Raw]]:
    seen: set[str] = set()
    for raw in sorted(raws, key=lambda one: (PART_TAG not in tags.get(one[arn], {}), one[arn])):
        name = tags.get(raw[arn], {}).get(PART_TAG) or other(raw)
        key = name if name and name not in seen else raw[arn].rpartition("/")[2]
        seen.add(key)
        yield key, raw


def _short(group: Raw, balancer: str) -> str:
    name: str = group["TargetGroupName"]
    return name.removeprefix(f"{balancer}-")


def target_of(raw: Raw, registered: Mapping[str, Sequence[str]]) -> dict[str, Leaf]:
    """The spec of a target group."""
    asks = raw.get("HealthCheckProtocol") in ("HTTP", "HTTPS")
    return {
        "port": raw.get("Port"),
        "protocol": raw.get("Protocol"),
        "type": raw.get("TargetType"),
        "health_path": raw.get("HealthCheckPath") if asks else None,
        "instances": registered.get(raw["TargetGroupArn"]),
    }


def listener_of(raw: Raw, keys: Mapping[str, str]) -> dict[str, Leaf]:
    """The spec of a listener. `keys`: the names of the target groups by ARN. What it does otherwise is left alone."""
    action: Raw = next(iter(raw.get("DefaultActions", ())), {})
    weighted = (action.get("ForwardConfig") or {}).get("TargetGroups", ())
    arn = action.get("TargetGroupArn") or (weighted[0].get("TargetGroupArn") if len(weighted) == 1 else None)
    certificate: Raw = next(iter(raw.get("Certificates") or ()), {})
    return {
        "port": raw.get("Port"),
        "protocol": raw.get("Protocol"),
        "certificate": certificate.get("CertificateArn"),
        "target": keys.get(arn or ""),
        "redirect_to_https": (action.get("RedirectConfig") or {}).get("Protocol") == "HTTPS" or None,
    }


# as AWS takes them ----------------------------------------------------------------------------------------------------
def whole_target(given: Document, type: str) -> dict[str, Leaf]:
    """With what is usual where nothing is said."""
    usual: Document = {"type": "ip", "protocol": "HTTP" if type == "application" else "TCP", "port": 80}
    return {**usual, **{key: value for key, value in given.items() if value is not None}}


def whole_listener(given: Document, type: str) -> dict[str, Leaf]:
    """With what is usual where nothing is said: encrypted where there is a certificate."""
    plain, encrypted = ("HTTP", "HTTPS") if type == "application" else ("TCP", "TLS")
    protocol = given.get("protocol") or (encrypted if given.get("certificate") else plain)
    port = given.get("port") or (443 if protocol in ENCRYPTED else 80)
    return {**{key: value for key, value in given.items() if value is not None}, "protocol": protocol, "port": port}


def health_check(target: Document) -> dict[str, Value]:
    """By the path, where there is one; else as AWS checks. What takes encrypted requests is asked so: AWS would ask it
    in plain HTTP, and find it unwell."""
    path, encrypted = target.get("health_path"), target.get("protocol") in ENCRYPTED
    if not path:
        return {"HealthCheckProtocol": "HTTPS"} if target.get("protocol") == "HTTPS" else {}
    return {"HealthCheckProtocol": "HTTPS" if encrypted else "HTTP", "HealthCheckPath": str(path)}


def actions(listener: Document, groups: Mapping[str, Value]) -> Value:
    """What a listener does. `groups`: the ARNs of the target groups, known or to be, by name."""
    if listener.get("redirect_to_https"):
        to: Value = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        return [{"Type": "redirect", "RedirectConfig": to}]
    return [{"Type": "forward", "TargetGroupArn": groups[str(listener["target"])]}]


def encryption(listener: Document) -> dict[str, Value]:
    """Nothing where it is not encrypted."""
    certificate = listener.get("certificate")
    if listener.get("protocol") not in ENCRYPTED or not isinstance(certificate, str):
        return {}
    return {"SslPolicy": TLS_POLICY, "Certificates": [{"CertificateArn": certificate}]}
