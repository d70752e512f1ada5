"""The example of a whole web presence, as YAML and as TOML: planned, applied, planned again, and taken down."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

FOLDER = Path(__file__).parents[2] / "examples" / "example-com"
REGION = "us-east-1"


@pytest.mark.parametrize("name", ["genesys.yaml", "genesys.toml"])
def test_it_is_made_is_as_it_was_asked_for_and_goes(name: str, aws: str, tmp_path: Path) -> None:
    route53 = boto3.client("route53", endpoint_url=aws, region_name=REGION)
    route53.create_hosted_zone(Name="example.com", CallerReference="theirs")
    workspace = Workspace(Settings(region=REGION, endpoint=aws, home=tmp_path))
    try:
        wish = read_stack_file(FOLDER / name)
        plan = workspace.plan(wish)
        assert not plan.blocked, plan.findings
        made = workspace.apply(plan).wait()
        assert made.status == "done", [(step.address, step.why) for step in made.steps]
        assert workspace.plan(wish).steps == ()

        ec2 = boto3.client("ec2", endpoint_url=aws, region_name=REGION)
        running = [one for group in ec2.describe_instances()["Reservations"] for one in group["Instances"]]
        assert {one["InstanceType"] for one in running} == {"t3.medium"}
        assert len(running) == 3

        # what protects the database against deletion is taken off with the data that it holds
        gone = workspace.apply(workspace.plan_destroy("example-com", delete_data=True)).wait()
        assert gone.status == "done", [(step.address, step.why) for step in gone.steps]
        left = [one.actual for one in workspace.inventory().resources if not one.actual.of_aws]
        # the emulator lists AWS's public parameters as the account's own
        kinds = {one.kind for one in left if not one.name.startswith("/aws/service/")}
        assert kinds <= {"dns-zone", "rds:snapshot"}, kinds
    finally:
        workspace.close()
