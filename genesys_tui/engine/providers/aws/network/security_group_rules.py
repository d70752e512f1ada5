"""The rules of a security group: as EC2 tells them, as it takes them, and in words. Pure.

A rule goes by its tag `Name`. One without is somebody else's and goes by its id, but for the one that AWS itself puts
into every new group, which is `all-out`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.references import name_in, references
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.security_group import ALL_OUT, SELF, Rule
from genesys_tui.engine.providers.aws.network.network_told import tags_of

Raw = Mapping[str, Any]

ANYBODY: Final = ("0.0.0.0/0", "::/0")
ALL_OUT_RULE: Final[Document] = {"direction": "out", "protocol": "all", "to": ANYBODY[0]}
RISKY: Final = {22: "SSH", 3389: "remote desktop", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis"}
"""The ports that are none for the whole internet."""


# as EC2 tells them ----------------------------------------------------------------------------------------------------
def rule_of(raw: Raw) -> Document:
    """The spec of a rule."""
    direction, end = ("out", "to") if raw["IsEgress"] else ("in", "from")
    protocol = "all" if raw["IpProtocol"] == "-1" else raw["IpProtocol"]
    ports = _ports_of(protocol, raw.get("FromPort", -1), raw.get("ToPort", -1))
    there = {"direction": direction, "protocol": protocol, "ports": ports, end: _peer_of(raw)}
    return {key: value for key, value in there.items() if value is not None}


def by_name(raws: Iterable[Raw]) -> dict[str, Raw]:
    """The rules by the names that they go by. The second of a name goes by its id."""
    found: dict[str, Raw] = {}
    for raw in sorted(raws, key=lambda raw: (not tags_of(raw).get("Name"), raw["SecurityGroupRuleId"])):
        name = tags_of(raw).get("Name") or (ALL_OUT if rule_of(raw) == ALL_OUT_RULE else "")
        found[name if name and name not in found else raw["SecurityGroupRuleId"]] = raw
    return found


def is_of_aws(name: str, raw: Raw) -> bool:
    """The rule that AWS puts into every new group, which nobody has named."""
    return name == ALL_OUT and not tags_of(raw).get("Name")


def _ports_of(protocol: str, low: int, high: int) -> str | None:
    if (low, high) == (-1, -1) or protocol not in ("tcp", "udp", "icmp", "icmpv6"):
        return None
    return str(low) if low == high else f"{low}-{high}"


def _peer_of(raw: Raw) -> str:
    """A range, a prefix list, a group; `self` for the group's own members."""
    if group := raw.get("ReferencedGroupInfo"):
        return SELF if group["GroupId"] == raw["GroupId"] else str(group["GroupId"])
    return str(raw.get("CidrIpv4") or raw.get("CidrIpv6") or raw.get("PrefixListId") or "")


# as EC2 takes them ----------------------------------------------------------------------------------------------------
def permission(rule: Document, own: Value) -> Value:
    """For the calls that allow and revoke. `own`: the group's id."""
    kind, wire = peer_on_wire(rule, own)
    shape = {
        "CidrIpv4": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "PrefixListId": ("PrefixListIds", "PrefixListId"),
        "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
    }[kind]
    return {**_traffic(rule), shape[0]: [{shape[1]: wire}]}


def modified(rule: Document, own: Value, raw: Raw) -> Value:
    """For the call that changes a rule in place: it takes the rule whole, its description too."""
    kind, wire = peer_on_wire(rule, own)
    said = {"Description": raw["Description"]} if raw.get("Description") else {}
    changed: Value = {**_traffic(rule), kind: wire, **said}
    return {"SecurityGroupRuleId": raw["SecurityGroupRuleId"], "SecurityGroupRule": changed}


def peer_on_wire(rule: Document, own: Value) -> tuple[str, Value]:
    """The parameter that names the other side, and its value."""
    peer = peer_in(rule)
    if peer == SELF:
        return "ReferencedGroupId", own
    if is_group(peer):
        return "ReferencedGroupId", peer
    if peer.startswith("pl-"):
        return "PrefixListId", peer
    return ("CidrIpv6" if ":" in peer and not isinstance(peer, Reference) else "CidrIpv4"), peer


def peer_in(rule: Document) -> str:
    """The other side."""
    peer = rule.get("from" if rule.get("direction") == "in" else "to")
    return peer if isinstance(peer, str) else ""


def is_group(peer: str) -> bool:
    """A group's id, or a reference to one: what refers to another output (a network's `cidr`) is a range."""
    if not isinstance(peer, Reference):
        return peer.startswith("sg-")
    named = references(peer)
    return len(named) == 1 and named[0].name == "id"


def _traffic(rule: Document) -> dict[str, Value]:
    protocol, ports = str(rule.get("protocol")), rule.get("ports")
    low, _, high = str(ports).partition("-") if isinstance(ports, str) else ("-1", "", "-1")
    return {
        "IpProtocol": "-1" if protocol == "all" else protocol,
        "FromPort": int(low),
        "ToPort": int(high or low),
    }


# what changes ---------------------------------------------------------------------------------------------------------
def merged(have: Document, change: Rule) -> Document:
    """The rule that is there with what is to change. Only the end of its direction counts."""
    whole = {**have, **change.model_dump(exclude_unset=True)}
    other = "to" if whole.get("direction") == "in" else "from"
    return {key: value for key, value in whole.items() if value is not None and key != other}


def changes_in_place(have: Document, want: Document) -> bool:
    """EC2 changes all of a rule but its direction and the type of the other side."""
    same_type = peer_on_wire(have, SELF)[0] == peer_on_wire(want, SELF)[0]
    return have.get("direction") == want.get("direction") and same_type


# in words -------------------------------------------------------------------------------------------------------------
def in_words(rule: Document) -> str:
    """`tcp 443 in from 10.0.0.0/16`"""
    protocol, ports, peer = rule.get("protocol"), rule.get("ports"), peer_in(rule)
    traffic = "all traffic" if protocol == "all" else f"{protocol} {ports}" if ports else f"{protocol}"
    if peer in ANYBODY:
        who = "anybody"
    elif peer == SELF:
        who = "its own members"
    else:
        who = f"group '{name_in(peer)}'" if is_group(peer) else peer
    return f"{traffic} {'in from' if rule.get('direction') == 'in' else 'out to'} {who}"


def exposed(rules: Mapping[str, Rule | None]) -> Mapping[str, str]:
    """By rule, what it lets the whole internet reach and should not."""
    found: dict[str, str] = {}
    for name, rule in rules.items():
        if rule and rule.direction == "in" and rule.from_ in ANYBODY:
            what = [f"{word} (port {port})" for port, word in RISKY.items() if _covers(rule, port)]
            if what:
                found[name] = "everything" if len(what) == len(RISKY) else ", ".join(what)
    return found


def _covers(rule: Rule, port: int) -> bool:
    if rule.protocol == "all":
        return True
    low, _, high = (rule.ports or "").partition("-")
    return rule.protocol in ("tcp", "6") and low.isdigit() and int(low) <= port <= int(high or low)
