"""What has no kind yet, listed through the Resource Groups Tagging API (type, ARN, tags), so that nothing tagged is
invisible. Source: GetResources; it omits what never had a tag, and IAM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.kind import Found, Reading
from genesys_tui.engine.model.resource import Actual

COVERED = frozenset({"s3", "ec2:vpc", "ec2:subnet", "ec2:internet-gateway", "ec2:route-table"})
"""Types that a kind, or a part of one, lists already."""


def discover() -> Reading[None]:
    """Every tagged resource of the region that no kind lists."""
    answer = yield read("resourcegroupstaggingapi", "GetResources", paginate=True)
    yield Found(tuple(_untold(answer.get("ResourceTagMappingList", ()))))


def of_arn(arn: str, tags: Mapping[str, str]) -> Actual:
    """A resource from its ARN alone: `arn:partition:service:region:account:type/id`, or `...:type:id`, or `...:id`."""
    _, _, service, region, _, rest = (arn.split(":", 5) + [""] * 6)[:6]
    separator = next((char for char in rest if char in "/:"), "")
    head, _, tail = rest.partition(separator) if separator else ("", "", rest)
    kind = f"{service}:{head}" if head else service
    return Actual(kind, arn, tags.get("Name") or tail or rest, region, tags=tags, arn=arn)


def _untold(mappings: list[Mapping[str, Any]]) -> Iterator[Actual]:
    for mapping in mappings:
        tags = {tag["Key"]: tag["Value"] for tag in mapping.get("Tags", ())}
        actual = of_arn(mapping["ResourceARN"], tags)
        if actual.kind not in COVERED and actual.kind.partition(":")[0] not in COVERED:
            yield actual
