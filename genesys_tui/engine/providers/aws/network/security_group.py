"""EC2 security groups. Source: the EC2 API reference. They cost nothing.

A rule of ours is known by its tag `Name`, so that each is managed alone and those of others stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Output, Params, RetryOn, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.security_group import SecurityGroupSpec
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import tags_from_wire

GONE = ("InvalidGroup.NotFound",)
SAME = ("InvalidPermission.Duplicate",)
OPEN = "0.0.0.0/0"
RISKY = {"22": "SSH", "3389": "remote desktops", "3306": "MySQL", "5432": "PostgreSQL", "6379": "Redis"}


def _told(id: str) -> Reading[Answer | None]:
    """The group, and its rules with their tags."""
    groups, rules = yield [
        read("ec2", "DescribeSecurityGroups", {"GroupIds": [id]}, absent_on=GONE),
        read("ec2", "DescribeSecurityGroupRules", {"Filters": ec2.filters({"group-id": id})}, paginate=True),
    ]
    for answer in (groups, rules):
        if isinstance(answer, CallError):
            raise answer
    if not groups or not groups.get("SecurityGroups"):
        return None
    return {"group": groups["SecurityGroups"][0], "rules": rules.get("SecurityGroupRules", [])}


class SecurityGroup(Described[SecurityGroupSpec]):
    """A security group. Its id is the one that EC2 gives."""

    name = "security-group"
    title = "EC2 security group"
    noun = "security group"
    purpose = "security group"
    spec = SecurityGroupSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"network", "description"})
    kept: ClassVar[frozenset[str]] = frozenset({"network", "description"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = ec2.TAGGING
    parts: ClassVar[Mapping[str, Part]] = {"group": Part(_told)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ec2", "DescribeSecurityGroups", paginate=True)
        yield Found(tuple(_actual(group, {}) for group in answer.get("SecurityGroups", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        found = read("ec2", "DescribeSecurityGroups", {"Filters": ec2.filters({"group-name": name})})
        answer = yield found
        return next((_actual(group, {}) for group in answer.get("SecurityGroups", ())), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["group"] or {}
        rules = {_rule_name(rule): rule for rule in whole["rules"] if not _given(rule)}
        spec = {"rules": {name: _rule(rule, id) for name, rule in rules.items()}}
        return _actual(whole["group"], spec, {"rules": rules})

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"rules": {}, "tags": {}}

    def create(self, name: str, want: SecurityGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        outputs = {
            "id": Capture("GroupId"),
            "name": fixed(name),
            "arn": Capture(f"join('', ['{place.arn('ec2', 'security-group/')}', GroupId])"),
        }
        item = "SecurityGroups[0]"
        found = {**outputs, "id": Capture(f"{item}.GroupId"), "arn": Capture(f"{item} | {outputs['arn'].expression}")}
        params: Params = {
            "GroupName": name,
            "Description": want.description or f"{name}, by Genesys",
            "TagSpecifications": ec2.tagged("security-group", name, want.tags, place),
            **({"VpcId": want.network} if want.network else {}),
        }
        look = read("ec2", "DescribeSecurityGroups", {"Filters": ec2.ours()})
        call = Call(
            "ec2",
            "CreateSecurityGroup",
            params,
            captures=outputs,
            find=Find(look, found, ("InvalidGroup.Duplicate",)),
            also_needs=ec2.NEEDS_TAGGING,
        )
        yield Line(f"Create security group '{name}'", "Say who may reach what stands in it", (call,))
        made = Actual("security-group", "", name, "")
        for one, rule in (want.rules or {}).items():
            if rule is not None:
                yield _allow(made, one, rule.model_dump())

    def update(self, have: Actual, changed: SecurityGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        before: Any = have.spec.get("rules") or {}
        for name, rule in (changed.rules or {}).items():
            there = have.provider_data.get("rules", {}).get(name)
            if rule is None:
                yield _revoke(have, name, there)
                continue
            whole = {**(before.get(name) or {}), **rule.model_dump(exclude_unset=True)}
            if there is None:
                yield _allow(have, name, whole)
            elif before[name]["direction"] == whole["direction"]:
                yield _modify(have, name, there, whole)
            else:
                yield _revoke(have, name, there)
                yield _allow(have, name, whole)
        yield from self.retag(have, changed)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        return ec2.tag_calls(have.id, tags)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        retry = (RetryOn("DependencyViolation", 120),)
        params = {"GroupId": have.id}
        call = Call("ec2", "DeleteSecurityGroup", params, absent_on=GONE, idempotent=True, retry_on=retry)
        yield self.removal_line(have, call)

    # words --------------------------------------------------------------------------------------------------------
    def findings(self, address: str, want: SecurityGroupSpec) -> Iterator[Finding]:
        for name, rule in (want.rules or {}).items():
            if rule and rule.direction == "in" and rule.peer in (OPEN, "::/0"):
                risk = "everything" if rule.ports == "all" else RISKY.get(rule.ports or "")
                if risk:
                    what = f"its rule '{name}' lets anybody reach {risk}"
                    yield Finding("warning", address, what, "name the addresses or the group that may: `from`")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a group with these rules is made again, with another id")


def _actual(group: Mapping[str, Any], more: Mapping[str, Any], data: Mapping[str, Any] = {}) -> Actual:
    id = group["GroupId"]
    tags = tags_from_wire(group.get("Tags"))
    spec: dict[str, Any] = {
        "network": group.get("VpcId"),
        "description": group.get("Description"),
        "tags": ec2.users_tags(group),
        **more,
    }
    name = group["GroupName"]
    of_aws = "the default group of its network" if name == "default" else ""
    region = (group.get("SecurityGroupArn") or "").split(":")
    owner = group.get("OwnerId", "")
    where = region[3] if len(region) > 3 else ""
    arn = group.get("SecurityGroupArn") or (f"arn:aws:ec2:{where}:{owner}:security-group/{id}" if where else "")
    return Actual("security-group", id, name, "", spec, tags, arn, provider_data=data, of_aws=of_aws)


def _rule_name(rule: Mapping[str, Any]) -> str:
    tags = tags_from_wire(rule.get("Tags"))
    return tags.get("Name") or str(rule["SecurityGroupRuleId"])


def _given(rule: Mapping[str, Any]) -> bool:
    """The rule that AWS gives every new group: whatever stands in it may reach anything."""
    anything = rule.get("IsEgress") and str(rule.get("IpProtocol")) == "-1" and rule.get("CidrIpv4") == OPEN
    return bool(anything) and not rule.get("Tags")


def _rule(rule: Mapping[str, Any], group: str) -> dict[str, Any]:
    protocol = {"-1": "all"}.get(str(rule.get("IpProtocol")), rule.get("IpProtocol"))
    first, last = rule.get("FromPort"), rule.get("ToPort")
    everything = first in (None, -1) or (first, last) == (0, 65_535)
    other = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    peer = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or other
    return {
        "direction": "out" if rule.get("IsEgress") else "in",
        "protocol": protocol if protocol in ("tcp", "udp", "icmp", "all") else None,
        "ports": "all" if everything else str(first) if first == last else f"{first}-{last}",
        "peer": "self" if peer == group else peer,
    }


def _ends(rule: Mapping[str, Any]) -> tuple[int, int]:
    """First and last port on the wire."""
    ports = str(rule.get("ports") or "all")
    if ports == "all":
        return (-1, -1) if rule["protocol"] in ("all", "icmp") else (0, 65_535)
    first, _, last = ports.partition("-")
    return int(first), int(last or first)


def _protocol(rule: Mapping[str, Any]) -> str:
    return "-1" if rule["protocol"] == "all" else str(rule["protocol"])


def _peer_is_group(peer: object) -> bool:
    text = str(peer)
    return text == "self" or text.startswith(("sg-", "${security-group."))


def _in_words(rule: Mapping[str, Any]) -> str:
    what = "anything" if rule["protocol"] == "all" else f"{rule['protocol']} {rule.get('ports') or 'all'}"
    peer = {OPEN: "anybody", "self": "its own members"}.get(str(rule["peer"]), rule["peer"])
    return f"{peer} reach {what}" if rule["direction"] == "in" else f"what stands in it reach {peer} by {what}"


def _allow(have: Actual, name: str, rule: Mapping[str, Any]) -> Line:
    group: Value = have.id or Output("id")
    first, last = _ends(rule)
    peer = group if rule["peer"] == "self" else rule["peer"]
    permission: dict[str, Value] = {"IpProtocol": _protocol(rule), "FromPort": first, "ToPort": last}
    if _peer_is_group(rule["peer"]):
        permission["UserIdGroupPairs"] = [{"GroupId": peer}]
    elif ":" in str(peer):
        permission["Ipv6Ranges"] = [{"CidrIpv6": peer}]
    elif str(peer).startswith("pl-"):
        permission["PrefixListIds"] = [{"PrefixListId": peer}]
    else:
        permission["IpRanges"] = [{"CidrIp": peer}]
    operation = "AuthorizeSecurityGroupEgress" if rule["direction"] == "out" else "AuthorizeSecurityGroupIngress"
    tags: Params = {"ResourceType": "security-group-rule", "Tags": [{"Key": "Name", "Value": name}]}
    params: Params = {"GroupId": group, "IpPermissions": [permission], "TagSpecifications": [tags]}
    needs = ec2.NEEDS_TAGGING
    call = Call("ec2", operation, params, absent_on=SAME, idempotent=True, also_needs=needs)
    return Line(f"Let {_in_words(rule)}, in group '{have.name}'", f"Its rule '{name}'", (call,))


def _modify(have: Actual, name: str, there: Mapping[str, Any], rule: Mapping[str, Any]) -> Line:
    first, last = _ends(rule)
    peer = have.id if rule["peer"] == "self" else rule["peer"]
    wire: dict[str, Value] = {"IpProtocol": _protocol(rule), "FromPort": first, "ToPort": last}
    wire["ReferencedGroupId" if _peer_is_group(rule["peer"]) else "CidrIpv6" if ":" in str(peer) else "CidrIpv4"] = peer
    entry: Params = {"SecurityGroupRuleId": there["SecurityGroupRuleId"], "SecurityGroupRule": wire}
    params: Params = {"GroupId": have.id, "SecurityGroupRules": [entry]}
    call = Call("ec2", "ModifySecurityGroupRules", params, idempotent=True)
    return Line(f"Let {_in_words(rule)}, in group '{have.name}'", f"Its rule '{name}' is changed", (call,))


def _revoke(have: Actual, name: str, there: Mapping[str, Any] | None) -> Line:
    egress = bool((there or {}).get("IsEgress"))
    operation = "RevokeSecurityGroupEgress" if egress else "RevokeSecurityGroupIngress"
    ids = [(there or {}).get("SecurityGroupRuleId", "")]
    params: Params = {"GroupId": have.id, "SecurityGroupRuleIds": ids}
    absent = ("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound")
    call = Call("ec2", operation, params, absent_on=absent, idempotent=True)
    return Line(f"Take the rule '{name}' out of group '{have.name}'", "Asked for", (call,))
