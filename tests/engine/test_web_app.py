"""The outcome `web-app`, from nothing to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3

from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

REGION = "eu-west-1"
FILE = """
stack: shop
region: eu-west-1
outcomes:
  web-app:
    name: shop
    image: shop/web:1
    port: 8080
    health_path: /well
    environment: {STAGE: prod}
    scaling: {min: 2, max: 6, cpu: 60}
"""


def client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION)


def written(folder: Path, text: str) -> Wish:
    path = folder / "genesys.yaml"
    path.write_text(text)
    return read_stack_file(path)


def made(workspace: Workspace, wish: Wish) -> None:
    plan = workspace.plan(wish, delete_data=True)
    assert not plan.blocked, plan.findings
    assert {step.outcome.partition(":")[0] for step in plan.steps} == {"Web app 'shop'"}
    record = workspace.apply(plan).wait()
    assert record.status == "done", [(step.address, step.why) for step in record.steps]
    assert workspace.plan(wish).steps == ()


def test_it_is_made_grows_a_database_and_goes(aws: str, tmp_path: Path) -> None:
    client("route53", aws).create_hosted_zone(Name="example.com", CallerReference="theirs")
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="shop", home=tmp_path))
    try:
        made(workspace, written(tmp_path, FILE))
        [task] = tasks(aws)
        assert task["environment"] == [{"name": "STAGE", "value": "prod"}]
        assert doors(aws) == {80: "forward"}

        # a database and a name of its own are added to what runs
        made(workspace, written(tmp_path, f"{FILE}    domain: www.example.com\n    database: postgres\n"))
        [task] = tasks(aws)
        told = {one["name"]: one["value"] for one in task["environment"]}
        assert told.keys() == {"STAGE", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_USER"}
        [secret] = task["secrets"]
        [database] = client("rds", aws).describe_db_instances()["DBInstances"]
        assert secret["valueFrom"] == f"{database['MasterUserSecret']['SecretArn']}:password::"
        assert told["DATABASE_HOST"] == database["Endpoint"]["Address"]
        assert doors(aws) == {443: "forward", 80: "redirect"}

        gone = workspace.apply(workspace.plan_destroy("shop", delete_data=True)).wait()
        assert gone.status == "done", [(step.address, step.why) for step in gone.steps]
        left = {one.actual.kind for one in workspace.inventory().resources if not one.actual.of_aws}
        assert left == {"dns-zone", "rds:snapshot"}  # the zone was there before; what the database held is kept
    finally:
        workspace.close()


def tasks(endpoint: str) -> list[dict[str, Any]]:
    """The containers of the revision that runs."""
    ecs = client("ecs", endpoint)
    [service] = ecs.describe_services(cluster="shop", services=["shop"])["services"]
    found: list[dict[str, Any]] = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])[
        "taskDefinition"
    ]["containerDefinitions"]
    return found


def doors(endpoint: str) -> dict[int, str]:
    elb = client("elbv2", endpoint)
    [balancer] = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return {one["Port"]: one["DefaultActions"][0]["Type"] for one in listeners}
