"""The lines of a plan that make, change and remove the parts of a load balancer. Source: the ELBv2 API reference."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Value, read
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import MARK_PREFIX
from genesys_tui.engine.model.specs.load_balancer import Listener, LoadBalancerSpec, Target
from genesys_tui.engine.providers.aws.network import load_balancer_parts as parts
from genesys_tui.engine.providers.aws.tags import marked, tags_on_wire

LET_GO = RetryOn("ResourceInUse", 60)
"""A target group is held some seconds after its listener has gone."""
NO_GROUP = ("TargetGroupNotFound",)


@dataclass(frozen=True, slots=True)
class Site:
    """The load balancer that parts are made for. `arn`, `vpc`: outputs while it is only being created. `groups`: the
    ARNs of its target groups by name; `left`: those, by AWS's name for them, that a create that was cut off left."""

    name: str
    type: str
    arn: Value
    vpc: Value
    place: Placement
    groups: Mapping[str, Value] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """`app/web`: how it stands in ARNs."""
        return f"{'app' if self.type == 'application' else 'net'}/{self.name}"

    def on(self, what: str) -> str:
        return self.place.arn("elasticloadbalancing", what)


def created(site: Site, want: LoadBalancerSpec) -> Iterator[Line]:
    """All parts of a new one."""
    groups: dict[str, Value] = {}
    for key, target in (want.targets or {}).items():
        if target:
            groups[key] = Output(parts.target_output(key))
            yield _new_group(site, key, parts.whole_target(_said(target), site.type))
    for key, listener in (want.listeners or {}).items():
        if listener:
            yield _new_listener(site, key, parts.whole_listener(_said(listener), site.type), groups)


def changed(
    site: Site, change: LoadBalancerSpec, have: Mapping[str, Mapping[str, Document]], arns: Mapping[str, str]
) -> Iterator[Line]:
    """What is new comes first, then the listeners turn to it, then what was there goes. `have`: the specs of
    `listeners` and `targets` as they are, by name. `arns`: those of the listeners."""
    targets = {key: _merged(have["targets"].get(key), target) for key, target in (change.targets or {}).items()}
    groups = dict(site.groups)
    anew: set[str] = set()
    for key, target in targets.items():
        there = have["targets"].get(key)
        if target is None:
            continue
        whole = parts.whole_target(target, site.type)
        if there is None or any(there.get(part) != whole.get(part) for part in ("type", "protocol", "port")):
            yield _new_group(site, key, whole)
            groups[key] = site.left.get(parts.group_name(site.name, key, whole), Output(parts.target_output(key)))
            anew.add(key)
        else:
            yield from _changed_group(site, key, there, whole, change.targets)
    yield from _listeners(site, change, have["listeners"], arns, groups, anew)
    gone = [key for key, target in targets.items() if key in site.groups and (target is None or key in anew)]
    if gone:
        yield removed_groups([site.groups[key] for key in gone], gone)


def removed_groups(arns: Sequence[Value], keys: Sequence[str]) -> Line:
    calls = tuple(
        Call(
            "elbv2",
            "DeleteTargetGroup",
            {"TargetGroupArn": arn},
            absent_on=NO_GROUP,
            retry_on=(LET_GO,),
            idempotent=True,
            on=(str(arn),),
        )
        for arn in arns
    )
    said = ", ".join(f"'{key}'" for key in keys)
    return Line(f"Delete target group{'s' * (len(calls) > 1)} {said}", "Nothing is passed on to it any more", calls)


def _listeners(
    site: Site,
    change: LoadBalancerSpec,
    have: Mapping[str, Document],
    arns: Mapping[str, str],
    groups: Mapping[str, Value],
    anew: set[str],
) -> Iterator[Line]:
    wishes = {key: _merged(have.get(key), listener) for key, listener in (change.listeners or {}).items()}
    for key, asked in (change.listeners or {}).items():
        protocol = (wishes[key] or {}).get("protocol")
        if asked and asked.certificate and protocol in ("HTTP", "TCP"):
            encrypted = "HTTPS" if protocol == "HTTP" else "TLS"
            raise GenesysError(
                f"door '{key}' of load balancer '{site.name}' can't take a certificate",
                why=f"it speaks {protocol}",
                todo=f"say `protocol: {encrypted}` and its `port` too, or open another door",
            )
    turning = {key: dict(there) for key, there in have.items() if there.get("target") in anew and key not in wishes}
    for key, listener in {**turning, **wishes}.items():
        if listener is None:
            yield from (_no_listener(key, arns[key]),) if key in arns else ()
        elif key in arns:
            whole = parts.whole_listener(listener, site.type)
            if wire := _differing(have.get(key, {}), whole, groups, anew):
                yield _changed_listener(site, key, arns[key], whole, wire)
        else:
            yield _new_listener(site, key, parts.whole_listener(listener, site.type), groups)


def _said(part: Listener | Target) -> dict[str, Leaf]:
    return part.model_dump(exclude_unset=True)


def _merged(there: Document | None, part: Listener | Target | None) -> dict[str, Leaf] | None:
    """As it is, with what is to change; a target and a redirect put each other out. None: it is to go."""
    if part is None:
        return None
    change = _said(part)
    whole = {**(there or {}), **change}
    if change.get("target"):
        whole["redirect_to_https"] = None
    if whole.get("protocol") in ("HTTP", "TCP"):
        whole.pop("certificate", None)
    return None if change and all(value is None for value in change.values()) else whole


def _tags(site: Site, key: str) -> Value:
    return tags_on_wire({**marked({}, site.place), f"{MARK_PREFIX}part": key})


def _new_group(site: Site, key: str, target: Document) -> Line:
    """One that a create that was cut off left behind is taken."""
    name = parts.group_name(site.name, key, target)
    arn: Value = site.left.get(name) or Output(parts.target_output(key))
    on = site.on(f"targetgroup/{name}/*")
    captures = {parts.target_output(key): Capture("TargetGroups[0].TargetGroupArn")}
    make = Call(
        "elbv2",
        "CreateTargetGroup",
        {
            "Name": name,
            "Protocol": str(target["protocol"]),
            "Port": _number(target["port"]),
            "VpcId": site.vpc,
            "TargetType": str(target["type"]),
            **parts.health_check(target),
            "Tags": _tags(site, key),
        },
        captures=captures,
        find=Find(
            read("elbv2", "DescribeTargetGroups", {"Names": [name]}, absent_on=NO_GROUP),
            captures,
            codes=("DuplicateTargetGroupName",),
        ),
        on=(on,),
        also_needs={"elasticloadbalancing:AddTags": (on,)},
    )
    instances = _instances(target)
    register = (_registration("RegisterTargets", arn, instances, on),) if instances else ()
    return Line(
        f"Create target group '{key}' ({target['protocol']} on port {target['port']})",
        "What stands behind it is asked whether it is well, and gets no requests while it is not",
        (*(() if name in site.left else (make,)), *register),
    )


def _changed_group(
    site: Site, key: str, there: Document, whole: Document, asked: Mapping[str, Target | None] | None
) -> Iterator[Line]:
    arn = site.groups[key]
    on = str(arn)
    if there.get("health_path") != whole.get("health_path") and whole.get("health_path"):
        # How it is asked now (HTTP or HTTPS) stays.
        check = (
            {"HealthCheckPath": str(whole["health_path"])} if there.get("health_path") else parts.health_check(whole)
        )
        params: Mapping[str, Value] = {"TargetGroupArn": arn, **check}
        call = Call("elbv2", "ModifyTargetGroup", params, idempotent=True, on=(on,))
        yield Line(f"Ask the targets of '{key}' at {whole['health_path']}", "Asked for", (call,))
    target = (asked or {}).get(key)
    if target and "instances" in target.model_fields_set:
        before, after = _instances(there), _instances(whole)
        new = [one for one in after if one not in before]
        gone = [one for one in before if one not in after]
        calls = (
            *((_registration("RegisterTargets", arn, new, on),) if new else ()),
            *((_registration("DeregisterTargets", arn, gone, on),) if gone else ()),
        )
        yield Line(f"Have {len(after)} instances in target group '{key}'", "Asked for", calls)


def _registration(operation: str, arn: Value, instances: Sequence[str], on: str) -> Call:
    params: Mapping[str, Value] = {"TargetGroupArn": arn, "Targets": [{"Id": one} for one in instances]}
    return Call("elbv2", operation, params, idempotent=True, on=(on,))


def _instances(target: Document) -> list[str]:
    found = target.get("instances")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list | tuple) else []


def _number(value: Leaf) -> int:
    return int(value) if isinstance(value, int | str) else 0


def _new_listener(site: Site, key: str, listener: Document, groups: Mapping[str, Value]) -> Line:
    port = _number(listener["port"])
    balancer = site.on(f"loadbalancer/{site.path}/*")
    call = Call(
        "elbv2",
        "CreateListener",
        {
            "LoadBalancerArn": site.arn,
            **_on_wire(listener, groups),
            "Tags": _tags(site, key),
        },
        captures={"_listener": Capture("Listeners[0].ListenerArn")},
        find=Find(
            read("elbv2", "DescribeListeners", {"LoadBalancerArn": site.arn}, paginate=True, absent_on=parts.GONE),
            {"_listener": Capture(f"Listeners[?Port==`{port}`] | [0].ListenerArn")},
            codes=("DuplicateListener",),
        ),
        retry_on=(RetryOn("TargetGroupNotFound"), RetryOn("CertificateNotFound")),
        on=(balancer,),
        also_needs={"elasticloadbalancing:AddTags": (site.on(f"listener/{site.path}/*/*"),)},
    )
    return Line(f"Listen on port {port} ({listener['protocol']}) and {_does(listener)}", f"Its door '{key}'", (call,))


def _differing(
    there: Document, listener: Document, groups: Mapping[str, Value], anew: Container[Leaf]
) -> dict[str, Value]:
    """Only what is to change: what is left out stays as it is, such as a TLS policy or an action of others. `anew`: the
    target groups that are made anew."""
    same = {field for field in (*there, *listener) if there.get(field) == listener.get(field)}
    wire = _on_wire(listener, groups)
    if there.get("protocol") in parts.ENCRYPTED:
        wire.pop("SslPolicy", None)
    if same >= {"target", "redirect_to_https"} and listener.get("target") not in anew:
        wire.pop("DefaultActions", None)
    keys = {"port": "Port", "protocol": "Protocol", "certificate": "Certificates"}
    return {key: value for key, value in wire.items() if key not in {keys.get(field) for field in same}}


def _changed_listener(site: Site, key: str, arn: str, listener: Document, wire: Mapping[str, Value]) -> Line:
    params = {"ListenerArn": arn, **wire}
    call = Call("elbv2", "ModifyListener", params, idempotent=True, on=(arn,))
    what = f"on port {listener['port']} ({listener['protocol']}) and {_does(listener)}"
    return Line(f"Change door '{key}' of '{site.name}': listen {what}", "Asked for", (call,))


def _no_listener(key: str, arn: str) -> Line:
    gone = ("ListenerNotFound", *parts.GONE)
    call = Call("elbv2", "DeleteListener", {"ListenerArn": arn}, absent_on=gone, idempotent=True, on=(arn,))
    return Line(f"Close door '{key}'", "No longer wanted", (call,))


def _on_wire(listener: Document, groups: Mapping[str, Value]) -> dict[str, Value]:
    return {
        "Port": _number(listener["port"]),
        "Protocol": str(listener["protocol"]),
        **parts.encryption(listener),
        **({"DefaultActions": parts.actions(listener, groups)} if _leads(listener) else {}),
    }


def _leads(listener: Document) -> bool:
    """Whether it does something that we have a word for."""
    return bool(listener.get("redirect_to_https") or listener.get("target"))


def _does(listener: Document) -> str:
    if not _leads(listener):
        return "do what it did"
    return "send to https" if listener.get("redirect_to_https") else f"pass on to '{listener['target']}'"
