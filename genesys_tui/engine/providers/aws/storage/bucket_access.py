"""How a bucket is reached: as a website, from pages of other origins, whose its objects are, and where it is written
down who asked. Documents and lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genesys_tui.engine.model.call import Answer, Call, Guard, Params, Value, fingerprint
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket import Cors, Logging, Website
from genesys_tui.engine.providers.aws.described import present
from genesys_tui.engine.providers.aws.storage.bucket_settings import setting
from genesys_tui.engine.providers.aws.words import plain

OWNERSHIP: Mapping[str, str] = {
    "enforced": "BucketOwnerEnforced",
    "preferred": "BucketOwnerPreferred",
    "writer": "ObjectWriter",
}
WHOSE: Mapping[str, str] = {
    "enforced": "the bucket's owner, all of them",
    "preferred": "the bucket's owner where their writers say so",
    "writer": "their writers",
}
WEBSITE = ("IndexDocument", "ErrorDocument", "RedirectAllRequestsTo", "RoutingRules")
INDEX = "index.html"
CORS: Mapping[str, str] = {
    "origins": "AllowedOrigins",
    "methods": "AllowedMethods",
    "headers": "AllowedHeaders",
    "max_age": "MaxAgeSeconds",
}
"""Our words for a rule's settings, and S3's."""


# website ----------------------------------------------------------------------------------------------------------
def website_of(answer: Answer) -> Document | None:
    """The pages of a website; None where the bucket is none."""
    if not any(answer.get(part) for part in WEBSITE):
        return None
    redirect: Mapping[str, str] = answer.get("RedirectAllRequestsTo") or {}
    protocol = f"{redirect['Protocol']}://" if redirect.get("Protocol") else ""
    return {
        "index": (answer.get("IndexDocument") or {}).get("Suffix"),
        "error": (answer.get("ErrorDocument") or {}).get("Key"),
        "redirect": f"{protocol}{redirect['HostName']}" if redirect else None,
    }


def website_line(have: Actual, changed: Website | None) -> Line:
    """Write the website's document: what others wrote into it (rules of redirection) stays where it can."""
    before: Mapping[str, Any] | None = have.provider_data.get("website")
    whole: dict[str, Any] = dict(website_of(before or {}) or {})
    whole = {} if changed is None else {**whole, **changed.model_dump(exclude_unset=True)}
    guard = (
        None
        if before is None
        else Guard(
            setting(have.id, "website"), f"[{', '.join(WEBSITE)}]", fingerprint([before.get(part) for part in WEBSITE])
        )
    )
    if not any(whole.values()):
        call = Call("s3", "DeleteBucketWebsite", {"Bucket": have.id}, guard=guard, idempotent=True)
        return Line("Serve the bucket as a website no more", "Asked for", (call,))
    document = _website(whole, before or {})
    params: Params = {"Bucket": have.id, "WebsiteConfiguration": document}
    call = Call("s3", "PutBucketWebsite", params, guard=guard, idempotent=True)
    if whole.get("redirect"):
        return Line(f"Send every request to {whole['redirect']}", "Asked for", (call,))
    error = f" and error page {whole['error']}" if whole.get("error") else ""
    return Line(
        f"Serve the bucket as a website with index page {whole.get('index') or INDEX}{error}", "Asked for", (call,)
    )


def _website(whole: Mapping[str, Any], before: Mapping[str, Any]) -> Value:
    if redirect := whole.get("redirect"):
        protocol, _, host = str(redirect).rpartition("://")
        return {"RedirectAllRequestsTo": present({"HostName": host, "Protocol": protocol or None})}
    error = {"ErrorDocument": {"Key": whole["error"]}} if whole.get("error") else {}
    rules = {"RoutingRules": before["RoutingRules"]} if before.get("RoutingRules") else {}
    return {"IndexDocument": {"Suffix": whole.get("index") or INDEX}, **error, **rules}


# cors -------------------------------------------------------------------------------------------------------------
def cors_of(rules: Sequence[Mapping[str, Any]]) -> Document:
    """The rules by their ids."""
    return {
        rule["ID"]: {field: _told(rule.get(wire)) for field, wire in CORS.items()} for rule in rules if rule.get("ID")
    }


def cors_line(have: Actual, changed: Mapping[str, Cors | None]) -> Line:
    """Write all rules: ours as wanted, each in its place, since the first that fits decides; those of others stay."""
    before: Sequence[Mapping[str, Any]] | None = have.provider_data.get("cors")
    known = {rule.get("ID"): rule for rule in before or ()}
    ours = {id: None if one is None else _rule(id, known.get(id) or {}, one) for id, one in changed.items()}
    rules = [ours.get(rule["ID"], rule) if rule.get("ID") else rule for rule in before or ()]
    rules = [rule for rule in (*rules, *(one for id, one in ours.items() if id not in known)) if rule is not None]
    guard = None if before is None else Guard(setting(have.id, "cors"), "CORSRules", fingerprint(before))
    if rules:
        params: Params = {"Bucket": have.id, "CORSConfiguration": {"CORSRules": rules}}
        call = Call("s3", "PutBucketCors", params, guard=guard, idempotent=True)
    else:
        call = Call("s3", "DeleteBucketCors", {"Bucket": have.id}, guard=guard, idempotent=True)
    said = "; ".join(_in_words(id, one) for id, one in ours.items())
    return Line(f"Set who may use the bucket from other pages: {said}", "Browsers ask for it", (call,))


def _rule(id: str, before: Mapping[str, Any], changed: Cors) -> dict[str, Any]:
    wire = {CORS[field]: value for field, value in changed.model_dump(exclude_unset=True).items()}
    return {"ID": id, **{key: value for key, value in {**before, **wire}.items() if value is not None and key != "ID"}}


def _in_words(id: str, rule: Mapping[str, Any] | None) -> str:
    if rule is None:
        return f"take out '{id}'"
    return f"{', '.join(rule.get('AllowedMethods', ()))} from {', '.join(rule.get('AllowedOrigins', ()))}"


def _told(value: Any) -> Leaf:
    """An empty list is as good as none."""
    found: Leaf = list(value) if isinstance(value, list) else value
    return None if found == [] else found


# logging ----------------------------------------------------------------------------------------------------------
def logging_of(answer: Answer) -> Document | None:
    """Where the log goes; None where none is written."""
    enabled: Mapping[str, Any] = answer.get("LoggingEnabled") or {}
    if not enabled:
        return None
    return {"bucket": enabled["TargetBucket"], "prefix": enabled.get("TargetPrefix") or None}


def logging_line(have: Actual, changed: Logging | None) -> Line:
    """Write where the log goes; what else others said of it (its format) stays."""
    before: Mapping[str, Any] | None = have.provider_data.get("logging")
    wanted = {"bucket": None} if changed is None else changed.model_dump(exclude_unset=True)
    guard = None if before is None else Guard(setting(have.id, "logging"), "LoggingEnabled", fingerprint(before))
    whole = {**(logging_of({"LoggingEnabled": before}) or {}), **wanted}
    enabled: dict[str, Any] = {}
    if whole.get("bucket"):
        enabled = {**(before or {}), "TargetBucket": whole["bucket"], "TargetPrefix": whole.get("prefix") or ""}
    elif whole.get("prefix"):
        raise GenesysError(f"the log of bucket '{have.name}' goes nowhere", todo="give `logging` a `bucket` too")
    status: Params = {"LoggingEnabled": enabled} if enabled else {}
    call = Call(
        "s3", "PutBucketLogging", {"Bucket": have.id, "BucketLoggingStatus": status}, guard=guard, idempotent=True
    )
    if not enabled:
        return Line("Write down no more who asks for what", "Asked for", (call,))
    return Line(f"Write down in bucket {plain(str(whole['bucket']))} who asks for what", "Asked for", (call,))


# ownership --------------------------------------------------------------------------------------------------------
def ownership_of(answer: Answer) -> Leaf:
    """Whose the objects are; of a bucket of before 2023 that nobody told, the writer's. Source: S3 user guide."""
    rules = (answer.get("OwnershipControls") or {}).get("Rules") or [{}]
    told = rules[0].get("ObjectOwnership", "ObjectWriter")
    return next((word for word, wire in OWNERSHIP.items() if wire == told), told)


def ownership_line(have: Actual, wanted: str | None) -> Line:
    """None is what S3 gives a new bucket."""
    word = wanted or "enforced"
    controls = {"Rules": [{"ObjectOwnership": OWNERSHIP[word]}]}
    params: Params = {"Bucket": have.id, "OwnershipControls": controls}
    call = Call("s3", "PutBucketOwnershipControls", params, idempotent=True)
    reason = "ACLs are off: policies alone decide" if word == "enforced" else "Asked for: ACLs are on"
    return Line(f"Let objects belong to {WHOSE[word]}", reason, (call,))
