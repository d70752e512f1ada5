"""The reference stack: a site, an API, a function, a table, queues, a database and their network, from nothing to
nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

FILE = Path(__file__).parents[2] / "examples" / "shop" / "genesys.yaml"
REGION = "eu-west-1"


def client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION)


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Any:
    client("route53", aws).create_hosted_zone(Name="example.com", CallerReference="theirs")
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="shop", home=tmp_path))
    yield workspace
    workspace.close()


def left_over(workspace: Workspace) -> set[str]:
    """What exists and is neither AWS's own nor the zone that was there before."""
    inventory = workspace.inventory()
    assert inventory.errors == ()
    found = (resource.actual for resource in inventory.resources if not resource.actual.of_aws)
    return {f"{actual.kind}.{actual.name}" for actual in found}


def test_it_is_made_drifts_is_put_right_and_goes(workspace: Workspace, aws: str) -> None:
    before = left_over(workspace)
    wish = read_stack_file(FILE)

    plan = workspace.plan(wish)
    assert not plan.blocked, plan.findings
    assert {step.outcome.partition(":")[0] for step in plan.steps} == {
        "",
        "API 'shop-api'",
        "Static site 'shop.example.com'",
    }
    made = workspace.apply(plan).wait()
    assert made.status == "done", [(step.address, step.why) for step in made.steps]
    assert workspace.plan(wish).steps == ()

    url = next(step.remember.outputs["url"] for step in made.steps if step.kind == "distribution" and step.remember)
    assert url.startswith("https://")
    records = client("route53", aws).list_resource_record_sets(
        HostedZoneId=client("route53", aws).list_hosted_zones()["HostedZones"][0]["Id"]
    )["ResourceRecordSets"]
    [alias] = [one for one in records if one["Name"] == "shop.example.com."]
    assert url.endswith(alias["AliasTarget"]["DNSName"].removesuffix("."))

    # others change a function, a queue and a bucket behind our back: the plan puts exactly that right
    client("lambda", aws).update_function_configuration(FunctionName="shop-api", MemorySize=1024)
    queue = client("sqs", aws).get_queue_url(QueueName="orders")["QueueUrl"]
    client("sqs", aws).set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})
    plan = workspace.plan(wish)
    assert {(step.address, step.action) for step in plan.steps} == {
        ("function.shop-api", "update"),
        ("queue.orders", "update"),
    }
    assert workspace.apply(plan).wait().status == "done"
    assert workspace.plan(wish).steps == ()

    # nothing that holds data goes unasked
    assert workspace.plan_destroy("shop").blocked
    gone = workspace.apply(workspace.plan_destroy("shop", delete_data=True)).wait()
    assert gone.status == "done", [(step.address, step.why) for step in gone.steps]
    snapshots = {name for name in left_over(workspace) if name.startswith("rds:snapshot")}
    assert left_over(workspace) - snapshots == before
    assert "rds:snapshot.shop-db-final-1" in snapshots  # what the database held is kept, as the plan said
