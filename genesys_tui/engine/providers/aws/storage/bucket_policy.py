"""The policy of a bucket: statements in short as the spec has them, and as S3 takes them. Ours are known by their Sid;
those of others stay. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import Call, Each, Guard, Merge, Params, RetryOn, Value, fingerprint
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket_policy import ANYBODY, BUCKET, RESERVED, Statement, opens
from genesys_tui.engine.model.statements import merged, statement_in, statements_in
from genesys_tui.engine.providers.aws.storage.bucket_settings import setting
from genesys_tui.engine.providers.aws.words import plain

_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
_FEDERATED = re.compile(r"arn:[^:]+:iam::\d{12}:(saml|oidc)-provider/.*")
_CANONICAL = re.compile(r"[0-9a-f]{64}")


SETTLING = (
    RetryOn("MalformedPolicy", 30, "Invalid principal"),
    RetryOn("AccessDenied", 15, "BlockPublicPolicy"),
)
"""A role that was just made, and a block that was just lifted, take a while to be known."""


def policy_of(policy: str | None, arn: str) -> Document:
    """The statements by Sid, in short; those that have none, or that are a part of another kind, left out."""
    return {one["Sid"]: _short(one, arn) for one in statements_in(policy) if _is_told(one)}


def nameless_statements(policy: str | None) -> int:
    """How many statements have no Sid by which they could be told."""
    return sum(not one.get("Sid") for one in statements_in(policy))


def policy_line(have: Actual, changed: Mapping[str, Statement | None]) -> Line:
    """Write the policy with these statements, or without them (None)."""
    before: str | None = have.provider_data.get("policy")
    wire = {
        sid: None if one is None else _changed(statement_in(before, sid) or {"Sid": sid}, one, have.arn)
        for sid, one in changed.items()
    }
    look, who = setting(have.id, "policy"), {"Bucket": have.id}
    if merged(before, wire):
        params: Params = {**who, "Policy": Each()}
        merge = Merge(look, "Policy", wire)
        call = Call("s3", "PutBucketPolicy", params, merge=merge, idempotent=True, retry_on=SETTLING)
    else:
        guard = Guard(look, "Policy", fingerprint(before)) if "policy" in have.spec else None
        call = Call("s3", "DeleteBucketPolicy", who, guard=guard, absent_on=("NoSuchBucketPolicy",), idempotent=True)
    told: Mapping[str, Any] = policy_of(before, have.arn)
    said = "; ".join(_in_words(sid, one, told.get(sid) or {}) for sid, one in changed.items())
    others = len(statements_in(before)) - sum(sid in told for sid in changed)
    kept = (
        f"; {others} statement{'s' if others > 1 else ''} of others stay{'' if others > 1 else 's'}" if others else ""
    )
    return Line(f"Set the policy of the bucket: {said}", f"Asked for{kept}", (call,))


def _is_told(statement: Mapping[str, Any]) -> bool:
    sid: str = statement.get("Sid") or ""
    return bool(sid) and not sid.startswith(RESERVED)


def _in_words(sid: str, changed: Statement | None, before: Mapping[str, Any]) -> str:
    if changed is None:
        return f"take out '{sid}'"
    whole = {**before, **changed.model_dump(exclude_unset=True)}
    who = ", ".join("anybody" if one == ANYBODY else plain(one) for one in whole.get("principal") or ())
    what = ", ".join(map(plain, whole.get("actions") or ()))
    return f"'{sid}' {'denies' if whole.get('effect') == 'deny' else 'allows'} {who} {what}"


def policy_opens(policy: Mapping[str, Statement | None] | None) -> list[str]:
    """The names of the statements that let anybody in."""
    return [name for name, one in (policy or {}).items() if one is not None and opens(one.model_dump())]


# from S3 ----------------------------------------------------------------------------------------------------------
def _short(raw: Mapping[str, Any], arn: str) -> Document:
    conditions: Mapping[str, Any] = raw.get("Condition") or {}
    return {
        "effect": str(raw.get("Effect", "")).lower(),
        "principal": list(_principals(raw["Principal"])) if "Principal" in raw else None,
        "actions": _listed(raw["Action"]) if "Action" in raw else None,
        "resources": [_path(one, arn) for one in _listed(raw["Resource"])] if "Resource" in raw else None,
        "condition": {
            operator: {key: _listed(value) for key, value in keys.items()} for operator, keys in conditions.items()
        }
        or None,
    }


def _principals(raw: Any) -> Iterator[str]:
    for several in raw.values() if isinstance(raw, Mapping) else [raw]:
        for one in _listed(several):
            yield _ROOT.sub(r"\1", one)


def _path(resource: str, arn: str) -> str:
    if resource == arn:
        return BUCKET
    return resource.removeprefix(arn) if resource.startswith(f"{arn}/") else resource


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


# to S3 ------------------------------------------------------------------------------------------------------------
def _changed(raw: Mapping[str, Any], changed: Statement, arn: str) -> Mapping[str, Any]:
    """The statement with what changed; the rest of it as it stands."""
    wire: dict[str, Any] = {**raw}
    wanted = changed.model_dump(exclude_unset=True)
    if effect := wanted.get("effect"):
        wire["Effect"] = str(effect).capitalize()
    for field, key, form in (("principal", "Principal", _principal), ("actions", "Action", _short_list)):
        if wanted.get(field):
            wire.pop(f"Not{key}", None)
            wire[key] = form(wanted[field])
    if wanted.get("resources"):
        wire.pop("NotResource", None)
        wire["Resource"] = _short_list([_resource(one, arn) for one in wanted["resources"]])
    if "condition" in wanted:
        condition = _condition(raw.get("Condition") or {}, wanted["condition"])
        wire = {key: value for key, value in wire.items() if key != "Condition"}
        wire |= {"Condition": condition} if condition else {}
    return wire


def _principal(who: list[str]) -> Value:
    if who == [ANYBODY]:
        return ANYBODY
    by_kind: dict[str, list[str]] = {}
    for one in who:
        by_kind.setdefault(_kind_of(one), []).append(one)
    return {kind: _short_list(several) for kind, several in by_kind.items()}


def _short_list(several: list[str]) -> Value:
    """As AWS itself writes it: one stands alone."""
    return several[0] if len(several) == 1 else several


def _kind_of(principal: str) -> str:
    if principal.endswith(".amazonaws.com") or principal.endswith(".amazonaws.com.cn"):
        return "Service"
    if _FEDERATED.fullmatch(principal):
        return "Federated"
    return "CanonicalUser" if _CANONICAL.fullmatch(principal) else "AWS"


def _resource(path: str, arn: str) -> str:
    if path == BUCKET:
        return arn
    return f"{arn}{path}" if path.startswith("/") else path


def _condition(raw: Mapping[str, Any], changed: Mapping[str, Any] | None) -> dict[str, Any]:
    """All conditions after a change: None takes out."""
    if changed is None:
        return {}
    merged_keys: dict[str, Any] = dict(raw)
    for operator, keys in changed.items():
        after = {**raw.get(operator, {}), **(keys or {})} if keys is not None else {}
        merged_keys[operator] = {
            key: _short_list(value) if isinstance(value, list) else value
            for key, value in after.items()
            if value is not None
        }
    return {operator: keys for operator, keys in merged_keys.items() if keys}
