"""Security groups. Source: the EC2 API reference. They cost nothing.

Each rule is managed alone, by its tag `Name`; rules of others survive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Token, Value, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, address_of
from genesys_tui.engine.model.specs.security_group import ALL_OUT, SecurityGroupSpec
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.network import security_group_rules as rules
from genesys_tui.engine.providers.aws.network.network_calls import lambda_gone
from genesys_tui.engine.providers.aws.tags import tags_from_wire

GONE = ("InvalidGroup.NotFound",)
LET_GO = RetryOn("DependencyViolation", 120)
"""The network interface of what was just deleted may hold it for a while."""
THERE = RetryOn("InvalidGroup.NotFound")


class SecurityGroup(Described[SecurityGroupSpec]):
    """A security group. Its id is EC2's (`sg-...`)."""

    name = "security-group"
    title = "security group"
    noun = "security group"
    purpose = "security group"
    spec = SecurityGroupSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"network", "description"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    parts: ClassVar[Mapping[str, Part]] = {
        "group": Part(lambda id: read("ec2", "DescribeSecurityGroups", {"GroupIds": [id]}, absent_on=GONE)),
        "rules": Part(
            lambda id: read(
                "ec2", "DescribeSecurityGroupRules", {"Filters": ec2.filters({"group-id": id})}, paginate=True
            ),
            frozenset({"rules"}),
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ec2", "DescribeSecurityGroups", paginate=True)
        yield Found(tuple(_bare(raw, place) for raw in answer.get("SecurityGroups", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        """A name is unique within its network only: ours goes first, and none is guessed."""
        answer = yield read(
            "ec2", "DescribeSecurityGroups", {"Filters": ec2.filters({"group-name": name})}, paginate=True
        )
        found = [_bare(raw) for raw in answer.get("SecurityGroups", ())]
        made_for_it = f"/{address_of(self.name, name)}"
        found = [one for one in found if one.tags.get(f"{MARK_PREFIX}step", "").endswith(made_for_it)] or found
        found = [one for one in found if f"{MARK_PREFIX}stack" in one.tags] or found
        if len(found) > 1:
            raise GenesysError(
                f"There are {len(found)} security groups named '{name}'",
                why=f"{', '.join(sorted(one.id for one in found))} all carry this name, each in another network",
                todo="Use another name, or write the id of the one you mean where you refer to it",
            )
        return found[0] if found else None

    def composed(self, id: str, told: Told) -> Actual | None:
        groups = (told["group"] or {}).get("SecurityGroups", ())
        if not groups:
            return None
        found = _bare(groups[0])
        if "rules" not in told:
            return found
        by_name = rules.by_name((told["rules"] or {}).get("SecurityGroupRules", ()))
        spec = {**found.spec, "rules": {name: rules.rule_of(raw) for name, raw in by_name.items()}}
        return Actual(
            "security-group", id, found.name, "", spec, found.tags, found.arn, None, {"rules": by_name}, found.of_aws
        )

    def prepare(self, name: str, want: SecurityGroupSpec, have: Actual | None) -> Reading[Facts]:
        """Before a delete: who uses it, in words."""
        if have is None or want.model_fields_set:
            return ()
        answers = yield [
            read("ec2", "DescribeNetworkInterfaces", {"Filters": ec2.filters({"group-id": have.id})}, paginate=True),
            *(
                read("ec2", "DescribeSecurityGroups", {"Filters": ec2.filters({key: have.id})}, paginate=True)
                for key in ("ip-permission.group-id", "egress.ip-permission.group-id")
            ),
        ]
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        inside, *named = answers
        naming = {raw["GroupId"]: raw["GroupName"] for answer in named for raw in answer.get("SecurityGroups", ())}
        return (
            *(_interface(raw) for raw in inside.get("NetworkInterfaces", ())),
            *(f"a rule of '{name}'" for id, name in naming.items() if id != have.id),
        )

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"rules": {ALL_OUT: rules.ALL_OUT_RULE}, "tags": {}}

    def create(self, name: str, want: SecurityGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        ours = read("ec2", "DescribeSecurityGroups", {"Filters": ec2.ours()})
        arn = place.arn("ec2", "security-group/")
        id = Capture("SecurityGroups[0].GroupId")
        call = Call(
            "ec2",
            "CreateSecurityGroup",
            present(
                {
                    "GroupName": name,
                    "Description": want.description or name,
                    "VpcId": want.network,
                    "TagSpecifications": ec2.tagged("security-group", name, want.tags, place),
                }
            ),
            captures=_outputs(name, Capture("GroupId"), arn),
            find=Find(ours, _outputs(name, id, arn), codes=("InvalidGroup.Duplicate",)),
            retry_on=(RetryOn("InvalidVpcID.NotFound"),),
        )
        yield Line(
            f"Create security group '{name}'",
            "What no rule of it allows is refused; AWS lets all out of a new one (rule 'all-out')",
            (call,),
        )
        asked = {key: rule.model_dump(exclude_unset=True) if rule else None for key, rule in (want.rules or {}).items()}
        for key, rule in asked.items():
            if rule and rule != rules.ALL_OUT_RULE:
                yield _allowed(key, rule, Output("id"), place)
        taken = [key for key, rule in asked.items() if rule == rules.ALL_OUT_RULE and key != ALL_OUT]
        if taken:
            yield _all_out_named(taken[0])
        if ALL_OUT in asked and asked[ALL_OUT] != rules.ALL_OUT_RULE:
            yield _not_all_out(rules.ANYBODY[len(taken) :])

    def update(self, have: Actual, changed: SecurityGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("rules"):
            yield from _rule_lines(have, changed, place)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        call = Call(
            "ec2", "DeleteSecurityGroup", {"GroupId": have.id}, absent_on=GONE, retry_on=(LET_GO,), idempotent=True
        )
        yield self.removal_line(have, *((lambda_gone({"group-id": have.id}),) if facts else ()), call)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        return ec2.tag_calls(have.id, tags)

    # words and numbers --------------------------------------------------------------------------------------------
    def findings(self, address: str, want: SecurityGroupSpec) -> Iterator[Finding]:
        for name, what in rules.exposed(want.rules or {}).items():
            message = f"rule '{name}' lets anybody on the internet reach {what}"
            yield Finding("warning", address, message, "name the addresses or the group that may: `from`")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a new group with these rules gets a new id")

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        held: Sequence[str] = facts or ()
        more = f" and {len(held) - 5} more" if len(held) > 5 else ""
        return f"it is used by {', '.join(held[:5])}{more}" if held else ""


def _bare(raw: Mapping[str, Any], place: Placement | None = None) -> Actual:
    tags = tags_from_wire(raw.get("Tags"))
    spec: Document = {
        "network": raw.get("VpcId"),
        "description": raw.get("Description"),
        "tags": ec2.users_tags(raw),
    }
    id, name = raw["GroupId"], raw["GroupName"]
    arn = raw.get("SecurityGroupArn") or (place.arn("ec2", f"security-group/{id}") if place else "")
    of_aws = "the default group of its network" if name == "default" else ""
    data = {"names": list(_groups_in(raw))}
    return Actual("security-group", id, name, "", spec, tags, arn, provider_data=data, of_aws=of_aws)


def _groups_in(raw: Mapping[str, Any]) -> Iterator[str]:
    """The groups that its rules name."""
    for permission in (*raw.get("IpPermissions", ()), *raw.get("IpPermissionsEgress", ())):
        yield from (pair["GroupId"] for pair in permission.get("UserIdGroupPairs", ()) if "GroupId" in pair)


def _interface(raw: Mapping[str, Any]) -> str:
    what = raw.get("Attachment", {}).get("InstanceId") or raw.get("Description") or raw.get("InterfaceType", "")
    return f"network interface {raw['NetworkInterfaceId']}" + (f" ({what})" if what else "")


def _outputs(name: str, id: Capture, arn: str) -> Mapping[str, Capture]:
    return {"id": id, "arn": Capture(f"join('', ['{arn}', {id.expression}])"), "name": fixed(name)}


def _allowed(key: str, rule: Document, group: Value, place: Placement) -> Line:
    """A rule of its own, tagged with its name, so that it is found again."""
    way = "Ingress" if rule.get("direction") == "in" else "Egress"
    ours = {"group-id": group, f"tag:{MARK_PREFIX}step": Token(), "tag:Name": key}
    call = Call(
        "ec2",
        f"AuthorizeSecurityGroup{way}",
        {
            "GroupId": group,
            "IpPermissions": [rules.permission(rule, group)],
            "TagSpecifications": ec2.tagged("security-group-rule", key, {}, place),
        },
        find=Find(
            read("ec2", "DescribeSecurityGroupRules", {"Filters": ec2.filters(ours)}),
            {"_rule": Capture("SecurityGroupRules[0].SecurityGroupRuleId")},
            codes=("InvalidPermission.Duplicate",),
        ),
        retry_on=(THERE,),
    )
    return Line(f"Allow {rules.in_words(rule)} (rule '{key}')", "Asked for", (call,))


def _all_out_named(key: str) -> Line:
    """Under another name than AWS's own: EC2 would refuse the same rule twice."""
    look = read("ec2", "DescribeSecurityGroupRules", {"Filters": ec2.filters({"group-id": Output("id")})})
    own = f"SecurityGroupRules[?IsEgress && IpProtocol=='-1' && CidrIpv4=='{rules.ANYBODY[0]}'] | [0]"
    captures = {"_all_out": Capture(f"{own}.SecurityGroupRuleId")}
    wait = Wait(look, own, "until the rule that AWS puts into a new group is told", captures=captures)
    named: Value = [{"Key": "Name", "Value": key}]
    tag = Call("ec2", "CreateTags", {"Resources": [Output("_all_out")], "Tags": named}, idempotent=True)
    return Line(
        f"Name the rule that lets all out '{key}'", "AWS has put it in already", (replace(look, wait=wait), tag)
    )


def _not_all_out(ranges: Sequence[str]) -> Line:
    """In a network with IPv6 addresses AWS has put in a second one, for these."""
    calls = tuple(
        Call(
            "ec2",
            "RevokeSecurityGroupEgress",
            {"GroupId": Output("id"), "IpPermissions": [rules.permission(rule, Output("id"))]},
            absent_on=("InvalidPermission.NotFound",),
            retry_on=(THERE,),
            idempotent=True,
        )
        for rule in ({**rules.ALL_OUT_RULE, "to": anybody} for anybody in ranges)
    )
    return Line("Take away the rule that lets all out", "Only what its rules name may go out", calls)


def _rule_lines(have: Actual, changed: SecurityGroupSpec, place: Placement) -> Iterator[Line]:
    """In place where EC2 can; else the new one is allowed before the old one goes. What is there already under no name,
    or under one that goes, is only given its name."""
    there: Mapping[str, Mapping[str, Any]] = have.provider_data.get("rules", {})
    asked = changed.rules or {}
    gone = {key: there[key] for key, rule in asked.items() if rule is None and key in there}
    unnamed = {key: raw for key, raw in there.items() if key == raw["SecurityGroupRuleId"] or rules.is_of_aws(key, raw)}
    free = {**gone, **{key: raw for key, raw in unnamed.items() if key not in asked}}
    modify: list[tuple[str, Document, Mapping[str, Any]]] = []
    for key, rule in asked.items():
        if rule is None:
            continue
        before = rules.rule_of(there[key]) if key in there else {}
        want = rules.merged(before, rule)
        twin = next((name for name, raw in free.items() if key not in there and rules.rule_of(raw) == want), None)
        if twin is not None:
            gone.pop(twin, None)
            calls = ec2.tag_calls(free.pop(twin)["SecurityGroupRuleId"], {"Name": key})
            yield Line(f"Name the rule {rules.in_words(want)} '{key}'", "It is there already", calls)
        elif before and rules.changes_in_place(before, want):
            modify.append((key, want, there[key]))
        else:
            yield _allowed(key, want, have.id, place)
            gone |= {key: there[key]} if before else {}
    if modify:
        yield _modified(have, modify)
    if gone:
        yield _revoked(have, gone)


def _modified(have: Actual, changes: Sequence[tuple[str, Document, Mapping[str, Any]]]) -> Line:
    wire: Value = [rules.modified(want, have.id, raw) for _, want, raw in changes]
    call = Call("ec2", "ModifySecurityGroupRules", {"GroupId": have.id, "SecurityGroupRules": wire}, idempotent=True)
    said = "; ".join(f"rule '{key}' to {rules.in_words(want)}" for key, want, _ in changes)
    return Line(f"Change of security group '{have.name}': {said}", "Asked for", (call,))


def _revoked(have: Actual, gone: Mapping[str, Mapping[str, Any]]) -> Line:
    """One by one: of several EC2 would take away none if one is gone already."""
    missing = ("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound")
    calls = [
        Call(
            "ec2",
            f"RevokeSecurityGroup{'Egress' if raw['IsEgress'] else 'Ingress'}",
            {"GroupId": have.id, "SecurityGroupRuleIds": [raw["SecurityGroupRuleId"]]},
            absent_on=missing,
            idempotent=True,
        )
        for raw in gone.values()
    ]
    said = "; ".join(f"{rules.in_words(rules.rule_of(raw))} (rule '{key}')" for key, raw in gone.items())
    return Line(f"No longer allow {said}", "No longer wanted", tuple(calls))
