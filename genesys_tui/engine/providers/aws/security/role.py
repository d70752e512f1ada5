"""IAM roles. Source: the IAM API reference. They cost nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Json, Params, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.policy import grant_document, grant_of, normal
from genesys_tui.engine.model.specs.role import RoleSpec
from genesys_tui.engine.model.statements import VERSION
from genesys_tui.engine.providers.aws.described import Described, Part, Told, present
from genesys_tui.engine.providers.aws.quotas import Quota, asking, refuse_beyond
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import plain, settings_in_words

GONE = ("NoSuchEntity",)


def _inline(name: str) -> Reading[Answer | None]:
    """The role's own policies with their documents, which only single calls tell."""
    names = yield read("iam", "ListRolePolicies", {"RoleName": name}, paginate=True, absent_on=GONE)
    listed = (names or {}).get("PolicyNames", [])
    answers = yield [read("iam", "GetRolePolicy", {"RoleName": name, "PolicyName": one}) for one in listed]
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    return {"Policies": {one: answer["PolicyDocument"] for one, answer in zip(listed, answers, strict=True)}}


class Role(Described[RoleSpec]):
    """An IAM role. Its id is its name."""

    name = "role"
    title = "IAM role"
    noun = "role"
    purpose = "role"
    spec = RoleSpec
    everywhere = True
    create_only: ClassVar[frozenset[str]] = frozenset({"path"})
    kept: ClassVar[frozenset[str]] = frozenset({"trusts", "trust_policy"})
    defaults: ClassVar[Document] = {"max_session": 3600}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "unique_id"})
    tagging = Tagging("iam", "TagRole", "UntagRole", on="RoleName")
    parts: ClassVar[Mapping[str, Part]] = {
        "role": Part(lambda name: read("iam", "GetRole", {"RoleName": name}, absent_on=GONE)),
        "attached": Part(
            lambda name: read("iam", "ListAttachedRolePolicies", {"RoleName": name}, paginate=True, absent_on=GONE),
            frozenset({"managed"}),
        ),
        "inline": Part(_inline, frozenset({"policies"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("iam", "ListRoles", paginate=True)
        yield Found(tuple(_bare(role) for role in answer.get("Roles", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("iam", "GetRole", {"RoleName": name}, absent_on=GONE)
        return answer and _bare(answer["Role"])

    def composed(self, id: str, told: Told) -> Actual | None:
        role: Mapping[str, Any] = (told["role"] or {})["Role"]
        trust: Any = normal(role.get("AssumeRolePolicyDocument", {}))
        tags = tags_from_wire(role.get("Tags"))
        spec: dict[str, Any] = {
            "trusts": _trusts(trust),
            "trust_policy": trust,
            "description": role.get("Description") or None,
            "path": role["Path"],
            "max_session": role.get("MaxSessionDuration", 3600),
            "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "tags": users_tags(tags),
        }
        if attached := told.get("attached"):
            spec["managed"] = {one["PolicyArn"]: True for one in attached.get("AttachedPolicies", ())}
        if inline := told.get("inline"):
            spec["policies"] = {name: grant_of(document) for name, document in inline["Policies"].items()}
        bare = _bare(role)
        raw = {"unique_id": role["RoleId"], "description": spec["description"], "max_session": spec["max_session"]}
        return Actual("role", id, id, "", spec, tags, bare.arn, bare.created, raw, bare.of_aws)

    def prepare(self, name: str, want: RoleSpec, have: Actual | None) -> Reading[Facts]:
        """Before a create: how many roles the account may have, if that can be read."""
        if have is not None:
            return None
        [answer] = yield [read("iam", "GetAccountSummary")]
        summary = {} if isinstance(answer, CallError) else (answer or {}).get("SummaryMap", {})
        if not {"Roles", "RolesQuota"} <= summary.keys():
            return None
        most = summary["RolesQuota"]
        return Quota("roles", most, summary["Roles"], asking("iam", "L-FE177D64", most * 2))

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: RoleSpec, facts: Facts, siblings: Sequence[RoleSpec]) -> RoleSpec:
        refuse_beyond(facts, siblings, "the role")
        return super().fill(want, facts, siblings)

    def blank(self) -> Document:
        return {"path": "/", "managed": {}, "policies": {}, "description": None, "boundary": None, "tags": {}}

    def create(self, name: str, want: RoleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("iam", f"role{want.path or '/'}{name}", region="")
        params: Params = present(
            {
                "RoleName": name,
                "AssumeRolePolicyDocument": Json(_trust(want)),
                "Path": want.path,
                "Description": want.description,
                "MaxSessionDuration": want.max_session,
                "PermissionsBoundary": want.boundary,
                "Tags": tags_on_wire(marked(want.tags, place)),
            }
        )
        outputs = {
            "id": Capture("Role.RoleName"),
            "name": Capture("Role.RoleName"),
            "arn": Capture("Role.Arn"),
            "unique_id": Capture("Role.RoleId"),
        }
        find = Find(read("iam", "GetRole", {"RoleName": name}, absent_on=GONE), outputs, ("EntityAlreadyExists",))
        needs = {"iam:TagRole": (arn,)}
        call = Call("iam", "CreateRole", params, captures=outputs, find=find, on=(arn,), also_needs=needs)
        yield Line(f"Create role '{name}'", f"Let {_who(want)} act, with only what it is given", (call,))
        grants = want.document
        if any(grants.get(field) for field in ("managed", "policies")):
            yield from self._grants(Actual("role", name, name, "", arn=arn), want)

    def update(self, have: Actual, changed: RoleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        who = {"RoleName": have.id}
        if changed.trusts or changed.trust_policy:
            params: Params = {**who, "PolicyDocument": Json(_trust(changed))}
            yield Line(
                f"Let {_who(changed)} take role '{have.name}'",
                "Asked for: nobody else can then",
                (_set("UpdateAssumeRolePolicy", params, have),),
            )
        plain = changed.model_dump(include={"description", "max_session"}, exclude_unset=True)
        if plain:
            yield Line(f"Set {settings_in_words(plain)} on role '{have.name}'", "Asked for", (_settings(have, plain),))
        if changed.has("boundary"):
            yield self._boundary(have, changed.boundary)
        yield from self._grants(have, changed)
        yield from self.retag(have, changed)

    def _boundary(self, have: Actual, boundary: str | None) -> Line:
        if boundary is None:
            call = _set("DeleteRolePermissionsBoundary", {"RoleName": have.id}, have)
            return Line(f"Take the boundary off role '{have.name}'", "Asked for", (call,))
        call = _set("PutRolePermissionsBoundary", {"RoleName": have.id, "PermissionsBoundary": boundary}, have)
        return Line(f"Bound role '{have.name}' by {boundary}", "Asked for", (call,))

    def _grants(self, have: Actual, changed: RoleSpec) -> Iterator[Line]:
        for arn, on in (changed.managed or {}).items():
            verb, preposition = ("Attach", "to") if on else ("Detach", "from")
            call = _set(f"{verb}RolePolicy", {"RoleName": have.id, "PolicyArn": arn}, have)
            yield Line(
                f"{verb} policy '{arn.rpartition('/')[2]}' {preposition} role '{have.name}'", "Asked for", (call,)
            )
        before: Any = have.spec.get("policies") or {}
        for name, grant in (changed.policies or {}).items():
            target = {"RoleName": have.id, "PolicyName": name}
            if grant is None:
                call = _set("DeleteRolePolicy", target, have)
                yield Line(f"Take '{name}' from role '{have.name}'", "Asked for: it may do that no more", (call,))
                continue
            whole = {**(before.get(name) or {}), **grant.model_dump(exclude_unset=True)}
            call = _set("PutRolePolicy", {**target, "PolicyDocument": Json(grant_document(whole))}, have)
            yield Line(f"Allow role '{have.name}' {_in_words(whole)}", f"Its policy '{name}'", (call,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        who = {"RoleName": have.id}
        attached: Any = have.spec.get("managed") or {}
        policies: Any = have.spec.get("policies") or {}
        calls = [_set("DetachRolePolicy", {**who, "PolicyArn": arn}, have) for arn in attached]
        calls += [_set("DeleteRolePolicy", {**who, "PolicyName": name}, have) for name in policies]
        yield self.removal_line(have, *calls, _set("DeleteRole", who, have))

    def tag_target(self, have: Actual) -> Value:
        return have.id

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name, "arn": have.arn, "unique_id": have.provider_data["unique_id"]}

    # words --------------------------------------------------------------------------------------------------------
    def findings(self, address: str, want: RoleSpec) -> Iterator[Finding]:
        for name, grant in (want.policies or {}).items():
            if grant and grant.allow and "*" in grant.allow:
                yield Finding("warning", address, f"its policy '{name}' allows everything", "name the actions it needs")
        if "arn:aws:iam::aws:policy/AdministratorAccess" in (want.managed or {}):
            yield Finding("warning", address, "it may do everything in the account", "attach narrower policies")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a role of this name is made again, with another unique id")


def _bare(role: Mapping[str, Any]) -> Actual:
    name, path = role["RoleName"], role.get("Path", "/")
    of_aws = "a service-linked role" if path.startswith(("/aws-service-role/", "/aws-reserved/")) else ""
    raw = {"unique_id": role.get("RoleId", "")}
    return Actual(
        "role", name, name, "", arn=role["Arn"], created=role.get("CreateDate"), provider_data=raw, of_aws=of_aws
    )


def _settings(have: Actual, changed: Document) -> Call:
    """UpdateRole takes both settings; the one that stays is said again."""
    before = have.provider_data
    params: Params = {
        "RoleName": have.id,
        "Description": changed.get("description", before.get("description")) or "",
        "MaxSessionDuration": changed.get("max_session", before.get("max_session")),
    }
    return _set("UpdateRole", params, have)


def _set(operation: str, params: Params, have: Actual) -> Call:
    absent = GONE if operation.startswith(("Delete", "Detach")) else ()
    return Call("iam", operation, params, idempotent=True, on=(have.arn,), absent_on=absent)


def _trust(want: RoleSpec) -> Mapping[str, Any]:
    """The trust document of a wish; nobody where it says nothing."""
    if want.trust_policy:
        return want.trust_policy
    principals: dict[str, list[str]] = {}
    for one in want.trusts or []:
        principals.setdefault("Service" if one.endswith(".amazonaws.com") else "AWS", []).append(one)
    statement = {"Effect": "Allow", "Principal": principals, "Action": ["sts:AssumeRole"]}
    return {"Version": VERSION, "Statement": [statement]}


def _trusts(trust: Mapping[str, Any]) -> list[str] | None:
    """The principals of a trust document that says no more than who; None for any other."""
    statements = trust.get("Statement", [])
    if len(statements) != 1 or set(statements[0]) != {"Effect", "Principal", "Action"}:
        return None
    [one] = statements
    if one["Effect"] != "Allow" or one["Action"] != ["sts:AssumeRole"] or not isinstance(one["Principal"], Mapping):
        return None
    found = [
        principal for key, several in one["Principal"].items() if key in ("Service", "AWS") for principal in several
    ]
    return [_account(principal) for principal in found] if set(one["Principal"]) <= {"Service", "AWS"} else None


def _account(principal: str) -> str:
    """AWS tells a trusted account as the ARN of its root."""
    return principal.split(":")[4] if principal.endswith(":root") else principal


def _who(want: RoleSpec) -> str:
    return ", ".join(want.trusts or []) or "those whom its trust document names"


def _in_words(grant: Mapping[str, Any]) -> str:
    if grant.get("document"):
        return "what its document says"
    allowed = grant.get("allow") or []
    shown = ", ".join(allowed[:3]) + (f" and {len(allowed) - 3} more" if len(allowed) > 3 else "")
    resources = list(grant.get("on") or ["*"])
    if resources == ["*"]:
        return f"{shown} on anything"
    others = f" and {len(resources) - 2} more" if len(resources) > 2 else ""
    return f"{shown} on {', '.join(plain(str(one)) for one in resources[:2])}{others}"
