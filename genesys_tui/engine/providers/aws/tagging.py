"""What has no kind yet, listed through the Resource Groups Tagging API (type, ARN, tags), so that nothing tagged is
invisible. Source: GetResources; it omits what never had a tag, and IAM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.kind import Found, Reading
from genesys_tui.engine.model.resource import Actual

PARTS = frozenset(
    {
        "ec2:internet-gateway",
        "ec2:natgateway",
        "ec2:route-table",
        "ec2:security-group-rule",
        "ec2:subnet",
        "ec2:vpc-endpoint",
        "ecs:task-definition",
        "elasticloadbalancing:listener",
        "elasticloadbalancing:targetgroup",
    }
)
"""Types that a kind shows as parts of its own."""

LISTED: Mapping[str, str] = {
    "ec2:instance": "instance",
    "ec2:volume": "volume",
    "ecs:cluster": "cluster",
    "ecs:service": "container-service",
    "elasticache:cluster": "cache",
    "elasticache:replicationgroup": "cache",
    "elasticfilesystem:file-system": "filesystem",
    "memorydb:cluster": "cache",
    "rds:cluster": "database",
    "rds:db": "database",
}
"""Types that the API goes on telling for a while after they are gone, and the kind that lists all there are."""


def discover() -> Reading[None]:
    """Every tagged resource of the region."""
    answer = yield read("resourcegroupstaggingapi", "GetResources", paginate=True)
    yield Found(tuple(_told(answer.get("ResourceTagMappingList", ()))))


def of_arn(arn: str, tags: Mapping[str, str]) -> Actual:
    """A resource from its ARN alone: `arn:partition:service:region:account:type/id`, or `...:type:id`, or `...:id`."""
    _, _, service, region, _, rest = (arn.split(":", 5) + [""] * 6)[:6]
    separator = next((char for char in rest if char in "/:"), "")
    head, _, tail = rest.partition(separator) if separator else ("", "", rest)
    type_ = f"{service}:{head}" if head else service
    name = tags.get("Name") or tail or rest
    return Actual(type_, arn, name, region, tags=tags, arn=arn)


def _told(mappings: list[Mapping[str, Any]]) -> Iterator[Actual]:
    for mapping in mappings:
        actual = of_arn(mapping["ResourceARN"], {tag["Key"]: tag.get("Value", "") for tag in mapping.get("Tags", ())})
        if actual.kind not in PARTS:
            yield actual
