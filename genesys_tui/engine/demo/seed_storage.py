"""Buckets: made by hand, by Terraform, by the CDK and by nobody any more, over years."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from genesys_tui.engine.demo.records import ACCOUNT, REGION, Calls, Seed, Tags, make, pairs
from genesys_tui.engine.demo.terraform_state import TERRAFORM_STATE
from genesys_tui.engine.model.call import Params, Value

PRIVATE = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
TERRAFORM = {"ManagedBy": "terraform", "Team": "platform", "env": "prod"}


def bucket(
    name: str,
    *,
    tags: Tags | None = None,
    region: str = REGION,
    versioning: str | None = None,
    encryption: str | None = None,
    private: bool = False,
    rules: Iterable[Params] = (),
    policy: Params | None = None,
    objects: Mapping[str, Value] | None = None,
) -> Calls:
    """What is not said is not set. `versioning`: Enabled or Suspended; `encryption`: AES256 or aws:kms."""
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    wishes: tuple[tuple[str, Params | None], ...] = (
        ("CreateBucket", place),
        ("PutBucketTagging", {"Tagging": {"TagSet": pairs(tags)}} if tags else None),
        ("PutBucketVersioning", {"VersioningConfiguration": {"Status": versioning}} if versioning else None),
        ("PutBucketEncryption", {"ServerSideEncryptionConfiguration": _encrypted(encryption)} if encryption else None),
        ("PutPublicAccessBlock", {"PublicAccessBlockConfiguration": PRIVATE} if private else None),
        ("PutBucketLifecycleConfiguration", {"LifecycleConfiguration": {"Rules": list(rules)}} if rules else None),
        ("PutBucketPolicy", {"Policy": json.dumps(policy)} if policy else None),
        *(("PutObject", {"Key": key, "Body": body}) for key, body in (objects or {}).items()),
    )
    return tuple(
        make("s3", operation, {"Bucket": name, **params}, region=region)
        for operation, params in wishes
        if params is not None
    )


def website(name: str, tags: Tags) -> Calls:
    """A public website of the old kind: readable by all, no public access block."""
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    pages = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "404.html"}}
    return (
        *bucket(
            name,
            tags=tags,
            policy=_policy(everyone),
            objects={"index.html": "<h1>Acme</h1>", "404.html": "<h1>Nothing here</h1>", "robots.txt": "User-agent: *"},
        ),
        make("s3", "PutBucketWebsite", {"Bucket": name, "WebsiteConfiguration": pages}, region=REGION),
    )


def _encrypted(algorithm: str) -> Params:
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}


def _policy(statement: Params) -> Params:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _service_writes(service: str, name: str) -> Params:
    return _policy(
        {
            "Sid": "AllowDelivery",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{name}/AWSLogs/{ACCOUNT}/*",
        }
    )


def _expire(name: str, days: int, prefix: str = "") -> Params:
    return {"ID": name, "Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}


def _archive(name: str, days: int) -> Params:
    to_glacier: list[Params] = [{"Days": days, "StorageClass": "GLACIER"}]
    return {"ID": name, "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": to_glacier}


ABORT_UPLOADS: Params = {
    "ID": "security-baseline-abort-mpu",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}

SEED: Seed = {
    "bucket.uploads": bucket(
        "acme-prod-uploads",
        tags={**TERRAFORM, "Team": "web", "data-class": "customer"},
        versioning="Enabled",
        encryption="AES256",
        private=True,
        rules=(ABORT_UPLOADS,),
        objects={"avatars/0001.png": "png", "avatars/0002.png": "png", "invoices/2024/10/4711.pdf": "%PDF-1.7"},
    ),
    "bucket.backups": bucket(
        "acme-prod-backups",
        tags=TERRAFORM,
        versioning="Enabled",
        encryption="aws:kms",
        private=True,
        rules=(_archive("to-glacier", 30), _expire("keep-seven-years", 2557)),
    ),
    "bucket.terraform-state": bucket(
        "acme-terraform-state",
        tags={"Team": "platform", "do-not-delete": "really"},
        versioning="Enabled",
        encryption="AES256",
        private=True,
        objects={"prod/terraform.tfstate": TERRAFORM_STATE},
    ),
    "bucket.cloudtrail": bucket(
        "acme-cloudtrail-logs",
        tags={**TERRAFORM, "Team": "security"},
        encryption="AES256",
        private=True,
        rules=(_expire("one-year", 365),),
        policy=_service_writes("cloudtrail.amazonaws.com", "acme-cloudtrail-logs"),
    ),
    "bucket.lb-logs": bucket(
        "acme-elb-access-logs",
        tags={"team": "Platform", "env": "prd"},
        rules=(_expire("90d", 90, "AWSLogs/"), ABORT_UPLOADS),
        policy=_service_writes("logdelivery.elasticloadbalancing.amazonaws.com", "acme-elb-access-logs"),
    ),
    "bucket.website": website("www.acme.example", {"owner": "marketing@acme.example", "env": "prod"}),
    "bucket.assets": bucket(
        "acme-static-assets",
        tags={"Team": "web", "Environment": "production"},
        encryption="AES256",
        private=True,
        objects={"css/site.css": "body{}", "js/app.js": "void 0"},
    ),
    "bucket.raw": bucket(
        "acme-analytics-raw",
        tags={"team": "data", "cost-center": "4210"},
        objects={"events/2023/01/part-0000.json": "{}", "events/2023/02/part-0000.json": "{}"},
    ),
    "bucket.athena": bucket(
        "acme-athena-results-eu", tags={"team": "data"}, private=True, rules=(_expire("cleanup", 7),)
    ),
    "bucket.invoices": bucket(
        "acme-invoices",
        tags={"Owner": "財務部", "env": "prod"},
        versioning="Enabled",
        encryption="AES256",
        private=True,
    ),
    "bucket.images": bucket(
        "acme-shop-images-eu", tags={"Team": "web", "env": "prd"}, versioning="Suspended", encryption="AES256"
    ),
    "bucket.playground": bucket("acme-dev-playground-jan"),
    "bucket.delete-me": bucket("test123-delete-me-2021", objects={"asdf.txt": "asdf"}),
    "bucket.mail": bucket(
        "acme-mail-inbound-us", region="us-east-1", tags={"owner": "ops"}, rules=(_expire("two-weeks", 14),)
    ),
}
