"""ECR repositories. Source: the ECR API reference; prices of us-east-1, November 2026.

The lifecycle policy is a document that ECR replaces whole: our rules in it are known by their descriptions, those of
others stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Guard, Json, Params, fingerprint, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.repository import RepositorySpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

STORED = Price("image storage", "GB-month", 0.10, low=0.5, typical=5, high=200)
GONE = ("RepositoryNotFoundException",)
NO_POLICY = ("LifecyclePolicyNotFoundException", *GONE)
MOST = 100
"""Images that are looked at before a delete."""
RULES = {"keep_images": "genesys-keep", "delete_untagged_after_days": "genesys-untagged"}
"""The description of the rule that each field owns."""


def _describe(name: str) -> Call:
    return read("ecr", "DescribeRepositories", {"repositoryNames": [name]}, absent_on=GONE)


def _policy(name: str) -> Call:
    return read("ecr", "GetLifecyclePolicy", {"repositoryName": name}, absent_on=NO_POLICY)


def _tags(name: str) -> Reading[Mapping[str, Any] | None]:
    """They are told by ARN, which the repository tells."""
    found = yield _describe(name)
    if not found or not found.get("repositories"):
        return None
    arn = found["repositories"][0]["repositoryArn"]
    answer: Mapping[str, Any] = yield read("ecr", "ListTagsForResource", {"resourceArn": arn})
    return answer


class Repository(Described[RepositorySpec]):
    """An ECR repository. Its id is its name."""

    name = "repository"
    title = "ECR repository"
    noun = "repository"
    purpose = "repository"
    spec = RepositorySpec
    create_only: ClassVar[frozenset[str]] = frozenset({"key"})
    defaults: ClassVar[Document] = {"scan_on_push": True, "delete_untagged_after_days": 14}
    practice: ClassVar[frozenset[str]] = frozenset({"delete_untagged_after_days", "scan_on_push"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "uri"})
    tagging = Tagging("ecr", on="resourceArn", tags="tags", keys="tagKeys")
    parts: ClassVar[Mapping[str, Part]] = {
        "repository": Part(_describe),
        "policy": Part(_policy, frozenset(RULES)),
        "tags": Part(_tags, frozenset({"tags"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ecr", "DescribeRepositories", paginate=True)
        yield Found(tuple(_actual(one, {}) for one in answer.get("repositories", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        found = (told["repository"] or {}).get("repositories") or ()
        if not found:
            return None
        more: dict[str, Any] = {}
        data: dict[str, Any] = {}
        if "policy" in told:
            text = (told["policy"] or {}).get("lifecyclePolicyText")
            rules = json.loads(text)["rules"] if text else []
            more |= _rules_of(rules)
            data = {"rules": rules, "text": text}
        tags = tags_from_wire((told.get("tags") or {}).get("tags"))
        if "tags" in told:
            more["tags"] = users_tags(tags)
        return _actual(found[0], more, tags, data)

    def prepare(self, name: str, want: RepositorySpec, have: Actual | None) -> Reading[Facts]:
        """Before a delete: what is in it?"""
        if have is None or (want.model_fields_set and not want.has("key")):
            return None
        look = read("ecr", "ListImages", {"repositoryName": have.id, "maxResults": MOST}, absent_on=GONE)
        answer: Mapping[str, Any] | None = yield look
        return tuple(
            f"image.{have.id}:{one.get('imageTag', one['imageDigest'])}" for one in (answer or {}).get("imageIds", ())
        )

    def once_gone(self, facts: Facts, gone: frozenset[str]) -> Facts:
        """Where there are too many to be told, some are left for certain that nobody looked at."""
        return facts if not facts or len(facts) >= MOST else tuple(one for one in facts if one not in gone)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"immutable": False, "key": None, **dict.fromkeys(RULES), "tags": {}}

    def create(self, name: str, want: RepositorySpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("ecr", f"repository/{name}")
        outputs = {
            "id": fixed(name),
            "name": fixed(name),
            "arn": Capture("repository.repositoryArn"),
            "uri": Capture("repository.repositoryUri"),
        }
        found = {
            **outputs,
            "arn": Capture("repositories[0].repositoryArn"),
            "uri": Capture("repositories[0].repositoryUri"),
        }
        encryption: Params = {"encryptionType": "KMS", "kmsKey": want.key} if want.key else {"encryptionType": "AES256"}
        params: Params = {
            "repositoryName": name,
            "imageTagMutability": "IMMUTABLE" if want.immutable else "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": bool(want.scan_on_push)},
            "encryptionConfiguration": encryption,
            "tags": tags_on_wire(marked(want.tags, place)),
        }
        call = Call(
            "ecr",
            "CreateRepository",
            params,
            captures=outputs,
            find=Find(_describe(name), found, ("RepositoryAlreadyExistsException",)),
            on=(arn,),
            also_needs={"ecr:TagResource": (arn,)},
        )
        yield Line(f"Create repository '{name}'", "Keep container images where services can get them", (call,))
        if want.keep_images or want.delete_untagged_after_days:
            yield _lifecycle(Actual("repository", name, name, "", arn=arn), want)

    def update(self, have: Actual, changed: RepositorySpec, place: Placement, facts: Facts) -> Iterator[Line]:
        who = {"repositoryName": have.id}
        if changed.has("scan_on_push"):
            params: Params = {**who, "imageScanningConfiguration": {"scanOnPush": bool(changed.scan_on_push)}}
            verb = "Scan" if changed.scan_on_push else "No longer scan"
            call = _set("PutImageScanningConfiguration", params, have)
            yield Line(f"{verb} what is pushed to repository '{have.name}'", "Asked for", (call,))
        if changed.has("immutable"):
            params = {**who, "imageTagMutability": "IMMUTABLE" if changed.immutable else "MUTABLE"}
            sentence = "Let tags stay as they were pushed" if changed.immutable else "Let tags be pushed again"
            call = _set("PutImageTagMutability", params, have)
            yield Line(f"{sentence} in repository '{have.name}'", "Asked for", (call,))
        if any(changed.has(field) for field in RULES):
            yield _lifecycle(have, changed)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params: Params = {"repositoryName": have.id, "force": bool(facts)}
        call = Call("ecr", "DeleteRepository", params, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "arn": have.arn, "name": have.name, "uri": have.provider_data["uri"]}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: RepositorySpec) -> tuple[Price, ...]:
        return (STORED,)

    def findings(self, address: str, want: RepositorySpec) -> Iterator[Finding]:
        if want.scan_on_push is False:
            yield Finding("note", address, "nobody looks for known holes in its images", "--scan-on-push on")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a repository with these settings is made again; its images don't come back")

    def holds(self, have: Actual, facts: Facts) -> str:
        count = len(facts or ())
        return f"{count}{' or more' if count >= MOST else ''} images" if count else ""


def _set(operation: str, params: Params, have: Actual, guard: Guard | None = None) -> Call:
    return Call("ecr", operation, params, idempotent=True, guard=guard, on=(have.arn,))


def _actual(
    raw: Mapping[str, Any], more: Mapping[str, Any], tags: Mapping[str, str] = {}, data: Mapping[str, Any] = {}
) -> Actual:
    name = raw["repositoryName"]
    spec: dict[str, Any] = {
        "scan_on_push": raw.get("imageScanningConfiguration", {}).get("scanOnPush", False),
        "immutable": raw.get("imageTagMutability") == "IMMUTABLE",
        "key": raw.get("encryptionConfiguration", {}).get("kmsKey"),
        **more,
    }
    told = {**data, "uri": raw["repositoryUri"]}
    return Actual("repository", name, name, "", spec, tags, raw["repositoryArn"], raw.get("createdAt"), told)


def _rules_of(rules: list[Mapping[str, Any]]) -> dict[str, Any]:
    ours = {rule.get("description"): rule["selection"].get("countNumber") for rule in rules}
    return {field: ours.get(description) for field, description in RULES.items()}


def _lifecycle(have: Actual, changed: RepositorySpec) -> Line:
    before: list[Mapping[str, Any]] = have.provider_data.get("rules", [])
    wanted = {field: getattr(changed, field) for field in RULES if changed.has(field)}
    replaced = {RULES[field] for field in wanted}
    kept = [rule for rule in before if rule.get("description") not in replaced]
    rules = [*kept, *(_rule(field, number) for field, number in wanted.items() if number)]
    rules = [{**rule, "rulePriority": place} for place, rule in enumerate(rules, 1)]
    text = have.provider_data.get("text")
    guard = Guard(_policy(have.id), "lifecyclePolicyText", fingerprint(text)) if have.spec else None
    who = {"repositoryName": have.id}
    if rules:
        call = _set("PutLifecyclePolicy", {**who, "lifecyclePolicyText": Json({"rules": rules})}, have, guard)
    else:
        call = _set("DeleteLifecyclePolicy", who, have, guard)
    days, images = wanted.get("delete_untagged_after_days"), wanted.get("keep_images")
    words = [f"images without a tag go after {days} days"] if days else []
    words += [f"the newest {images} stay"] if images else []
    sentence = f"Clear repository '{have.name}': {' and '.join(words) or 'nothing goes'}"
    return Line(sentence, "Old images cost money", (call,))


def _rule(field: str, number: int) -> dict[str, Any]:
    if field == "keep_images":
        selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": number}
    else:
        selection = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": number,
        }
    return {"description": RULES[field], "selection": selection, "action": {"type": "expire"}}
