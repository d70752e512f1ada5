"""CloudFront distributions. Source: the CloudFront API reference; prices of November 2026.

A private bucket before which one stands lets it in by a statement of its policy, which is a part of the distribution:
it can be written only when both are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import (
    Answer,
    Call,
    Capture,
    Each,
    Find,
    Guard,
    Joined,
    Merge,
    Params,
    Token,
    Value,
    Wait,
    fingerprint,
    read,
)
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output, name_in
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.distribution import DistributionSpec
from genesys_tui.engine.model.statements import merged, statement_in
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.network.distribution_documents import new_config, patched, spec_of
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

TRAFFIC = Price("traffic to readers", "GB", 0.085, low=0, typical=10, high=1_000)
REQUESTS = Price("requests", "10,000 requests", 0.01, low=0, typical=10, high=1_000)
GONE = ("NoSuchDistribution",)
ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution, for aliases (Route 53 API reference, AliasTarget)."""


def _describe(id: Value) -> Call:
    return read("cloudfront", "GetDistribution", {"Id": id}, absent_on=GONE)


def _tags(id: str) -> Reading[Answer | None]:
    whole = yield _describe(id)
    if whole is None:
        return None
    answer: Answer = yield read("cloudfront", "ListTagsForResource", {"Resource": whole["Distribution"]["ARN"]})
    return answer


class Distribution(Described[DistributionSpec]):
    """A distribution. Its id is the one that CloudFront gives; its name is its comment."""

    name = "distribution"
    title = "CloudFront distribution"
    noun = "distribution"
    purpose = "distribution"
    spec = DistributionSpec
    everywhere = True
    kept: ClassVar[frozenset[str]] = frozenset({"bucket", "origin"})
    create_only: ClassVar[frozenset[str]] = frozenset({"bucket", "origin"})
    defaults: ClassVar[Document] = {"price_class": "100", "enabled": True}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "domain", "url", "zone"})
    tagging = Tagging("cloudfront", on="Resource")
    parts: ClassVar[Mapping[str, Part]] = {"distribution": Part(_describe), "tags": Part(_tags, frozenset({"tags"}))}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("cloudfront", "ListDistributions", paginate=True)
        listed = (answer.get("DistributionList") or {}).get("Items") or ()
        yield Found(tuple(_bare(one, one.get("Comment", "")) for one in listed))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("cloudfront", "ListDistributions", paginate=True)
        listed = (answer.get("DistributionList") or {}).get("Items") or ()
        return next((_bare(one, name) for one in listed if one.get("Comment") == name), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["distribution"] or {}
        raw: Mapping[str, Any] = whole["Distribution"]
        config = raw["DistributionConfig"]
        tags = tags_from_wire(((told.get("tags") or {}).get("Tags") or {}).get("Items"))
        spec = spec_of(config)
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        data = {"config": config, "etag": whole.get("ETag"), "domain": raw["DomainName"], "name": _name(config, id)}
        busy = "" if raw.get("Status") == "Deployed" else "being deployed"
        return Actual("distribution", id, data["name"], "", spec, tags, raw["ARN"], None, data, transition=busy)

    def prepare(self, name: str, want: DistributionSpec, have: Actual | None) -> Reading[Facts]:
        """The policy of the bucket that must let it in, or let it in no more; and where that bucket is."""
        removed = have is not None and not want.model_fields_set
        bucket = str(have.spec.get("bucket") or "") if have and removed else name_in(want.bucket or "")
        if not bucket:
            return None
        absent = ("NoSuchBucketPolicy", "NoSuchBucket")
        policy: Answer | None = yield read("s3", "GetBucketPolicy", {"Bucket": bucket}, absent_on=absent)
        return policy

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"domains": None, "certificate": None, "root": None, "spa": False, "errors": None, "tags": {}}

    def create(self, name: str, want: DistributionSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.bucket and not want.origin:
            raise GenesysError(f"distribution '{name}' stands before nothing", todo="give it a `bucket` or an `origin`")
        if want.bucket:
            yield Line(f"Let only distribution '{name}' sign for the bucket", "It stays private", (_access(name),))
        outputs = {
            "id": Capture("Distribution.Id"),
            "arn": Capture("Distribution.ARN"),
            "domain": Capture("Distribution.DomainName"),
            "url": Capture("join('', ['https://', Distribution.DomainName])"),
            "name": fixed(name),
            "zone": fixed(ZONE),
        }
        item = f"DistributionList.Items[?Comment=='{name}'] | [0]"
        found = {
            **outputs,
            "id": Capture(f"{item}.Id"),
            "arn": Capture(f"{item}.ARN"),
            "domain": Capture(f"{item}.DomainName"),
            "url": Capture(f"{item} | join('', ['https://', DomainName])"),
        }
        tags = {"Items": tags_on_wire(marked(want.tags, place))}
        config = {"DistributionConfig": new_config(name, want, place.region, Token()), "Tags": tags}
        call = Call(
            "cloudfront",
            "CreateDistributionWithTags",
            {"DistributionConfigWithTags": config},
            captures=outputs,
            find=Find(read("cloudfront", "ListDistributions"), found, ("DistributionAlreadyExists",)),
            wait=_deployed(Output("id"), f"until distribution '{name}' is everywhere"),
            on=(place.arn("cloudfront", "distribution/*", region=""),),
            also_needs={"cloudfront:TagResource": (place.arn("cloudfront", "distribution/*", region=""),)},
            seconds=180,
        )
        sentence = f"Create distribution '{name}'" + (f" for {', '.join(want.domains)}" if want.domains else "")
        yield Line(sentence, "Deliver from places near the readers, over HTTPS", (call,))
        if want.bucket:
            yield _let_in(name, want.bucket, _statement(name, Output("arn"), want.bucket, place.partition), facts)

    def update(self, have: Actual, changed: DistributionSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        settings = changed.model_dump(exclude_unset=True, exclude={"tags"})
        if settings:
            data = have.provider_data
            config = patched(data["config"], changed, place.region)
            params: Params = {"Id": have.id, "IfMatch": data["etag"], "DistributionConfig": config}
            wait = _deployed(have.id, f"until distribution '{have.name}' is everywhere as changed")
            call = Call(
                "cloudfront", "UpdateDistribution", params, idempotent=True, wait=wait, on=(have.arn,), seconds=180
            )
            yield Line(f"Set {settings_in_words(settings)} of distribution '{have.name}'", "Asked for", (call,))
        yield from self.retag(have, changed)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        put: dict[str, Value] = {key: value for key, value in tags.items() if value is not None}
        gone = sorted(key for key, value in tags.items() if value is None)
        wire: Params = {"Resource": have.arn, "Tags": {"Items": tags_on_wire(put)}}
        keys: Params = {"Resource": have.arn, "TagKeys": {"Items": gone}}
        tag = Call("cloudfront", "TagResource", wire, idempotent=True, on=(have.arn,))
        untag = Call("cloudfront", "UntagResource", keys, idempotent=True, on=(have.arn,))
        return (*((tag,) if put else ()), *((untag,) if gone else ()))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        data = have.provider_data
        who = {"Id": have.id}
        etag: Value = data["etag"]
        if data["config"].get("Enabled"):
            config = {**data["config"], "Enabled": False}
            off = Call(
                "cloudfront",
                "UpdateDistribution",
                {**who, "IfMatch": etag, "DistributionConfig": config},
                captures={"_etag": Capture("ETag")},
                wait=_deployed(have.id, f"until distribution '{have.name}' is off everywhere"),
                on=(have.arn,),
                seconds=300,
            )
            yield Line(f"Switch distribution '{have.name}' off", "CloudFront deletes only what is off", (off,))
            etag = Output("_etag")
        last = Call(
            "cloudfront",
            "DeleteDistribution",
            {**who, "IfMatch": etag},
            absent_on=GONE,
            idempotent=True,
            on=(have.arn,),
        )
        yield self.removal_line(have, last, *_drop_access(data["config"]))
        bucket = have.spec.get("bucket")
        if isinstance(bucket, str) and statement_in(_policy(facts), _sid(have.name)):
            yield _let_in(have.name, bucket, None, facts)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        domain = have.provider_data["domain"]
        fixed_ones = {"id": have.id, "arn": have.arn, "name": have.name, "zone": ZONE}
        return {**fixed_ones, "domain": domain, "url": f"https://{domain}"}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: DistributionSpec) -> tuple[Price, ...]:
        return (TRAFFIC, REQUESTS)

    def findings(self, address: str, want: DistributionSpec) -> Iterator[Finding]:
        if want.domains:
            what = f"{', '.join(want.domains)} must be an alias of its `domain` in DNS"
            yield Finding("note", address, what, "a dns-record with `alias`")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is made again at another address of CloudFront")


def _name(config: Mapping[str, Any], id: str) -> str:
    return config.get("Comment") or id


def _bare(one: Mapping[str, Any], name: str) -> Actual:
    data = {"domain": one["DomainName"]}
    return Actual("distribution", one["Id"], name or one["Id"], "", arn=one["ARN"], provider_data=data)


def _deployed(id: Value, why: str) -> Wait:
    return Wait(_describe(id), "Distribution.Status=='Deployed'", why, interval=15, limit=2_400)


def _access(name: str) -> Call:
    config: Params = {
        "Name": f"genesys-{name}",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    ours = Capture(f"OriginAccessControlList.Items[?Name=='genesys-{name}'] | [0].Id")
    look = read("cloudfront", "ListOriginAccessControls")
    return Call(
        "cloudfront",
        "CreateOriginAccessControl",
        {"OriginAccessControlConfig": config},
        captures={"_access": Capture("OriginAccessControl.Id")},
        find=Find(look, {"_access": ours}, ("OriginAccessControlAlreadyExists",)),
    )


def _drop_access(config: Mapping[str, Any]) -> tuple[Call, ...]:
    """What let it sign for the bucket goes with it."""
    origins = config.get("Origins", {}).get("Items") or ()
    id = next((one["OriginAccessControlId"] for one in origins if one.get("OriginAccessControlId")), None)
    if not id:
        return ()
    absent = ("NoSuchOriginAccessControl",)
    look = Call(
        "cloudfront",
        "GetOriginAccessControl",
        {"Id": id},
        effect="read",
        captures={"_access_etag": Capture("ETag", required=False)},
        absent_on=absent,
        idempotent=True,
    )
    params: Params = {"Id": id, "IfMatch": Output("_access_etag")}
    return (look, Call("cloudfront", "DeleteOriginAccessControl", params, absent_on=absent, idempotent=True))


def _sid(name: str) -> str:
    return "Genesys" + "".join(part.capitalize() for part in name.replace(".", "-").replace("_", "-").split("-"))


def _statement(name: str, arn: Value, bucket: Value, partition: str) -> dict[str, Any]:
    return {
        "Sid": _sid(name),
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": Joined((f"arn:{partition}:s3:::", bucket, "/*")),
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }


def _policy(facts: Answer | None) -> str | None:
    """The bucket's policy, as it was read."""
    return facts["Policy"] if facts else None


def _let_in(name: str, bucket: str, statement: Mapping[str, Any] | None, facts: Answer | None) -> Line:
    """Write the bucket's policy with our statement, or without it; those of others stay, and nobody's is lost."""
    absent = ("NoSuchBucketPolicy", "NoSuchBucket")
    look = read("s3", "GetBucketPolicy", {"Bucket": bucket}, absent_on=absent)
    before, changed = _policy(facts), {_sid(name): statement}
    who: Params = {"Bucket": bucket}
    if merged(before, changed):
        merge = Merge(look, "Policy", changed)
        call = Call("s3", "PutBucketPolicy", {**who, "Policy": Each()}, merge=merge, idempotent=True)
    else:
        guard = Guard(look, "Policy", fingerprint(before))
        call = Call("s3", "DeleteBucketPolicy", who, guard=guard, absent_on=absent, idempotent=True)
    if statement:
        return Line(f"Let distribution '{name}' read the bucket", "Nobody else can", (call,))
    return Line(f"Let distribution '{name}' read the bucket no more", "It is deleted", (call,))
