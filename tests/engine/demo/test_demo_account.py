"""The demo account: what is in it, who may join it, and that nothing is left of it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from genesys_tui.engine.demo import Demo, account
from genesys_tui.engine.demo.records import ACCOUNT, REGION
from genesys_tui.engine.inventory.discovery import Resource
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.workspace import Workspace

PATIENCE = 60.0
"""Seconds after which something that should happen never will."""

OWNER = """
import sys
from genesys_tui.engine.demo import Demo
demo = Demo.start(seeded=False)
print(demo.pid, demo.endpoint, demo.home, flush=True)
sys.stdin.read()
"""

GUEST = """
from genesys_tui.engine.demo import Demo
with Demo.join_or_start() as demo:
    import boto3
    print(demo.endpoint, demo.home, boto3.client("sts").get_caller_identity()["Account"])
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The seeded account, one for all tests here: they only look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENESYS_HOME", str(tmp_path_factory.mktemp("genesys")))
        with Demo.start() as demo:
            yield demo


@pytest.fixture
def demo(company: Demo, notices: Path) -> Iterator[Demo]:
    """The company's account as one who joins it sees it."""
    text = json.dumps({"endpoint": company.endpoint, "pid": company.pid, "home": str(company.home)})
    (notices / "demo.json").write_text(text)
    joined = Demo.join()
    assert joined is not None
    with joined:
        yield joined


@pytest.fixture
def notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where demos say that they run: the user's `~/.genesys`."""
    folder = tmp_path / "genesys"
    folder.mkdir()
    monkeypatch.setenv("GENESYS_HOME", str(folder))
    return folder


def gone(pid: int) -> bool:
    """Waits for the end of a process."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], PATIENCE)[0])
    finally:
        os.close(watched)


def tagged(region: str = REGION) -> list[str]:
    pages = boto3.client("resourcegroupstaggingapi", region_name=region).get_paginator("get_resources").paginate()
    return [resource["ResourceARN"] for page in pages for resource in page["ResourceTagMappingList"]]


@pytest.mark.usefixtures("demo")
def test_the_account_is_of_a_size_and_variety_that_look_real() -> None:
    arns = tagged()
    buckets = {bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]}
    queues = boto3.client("sqs").list_queues()["QueueUrls"]
    functions = boto3.client("lambda").list_functions()["Functions"]
    networks = boto3.client("ec2").describe_vpcs()["Vpcs"]

    assert boto3.client("sts").get_caller_identity()["Account"] == ACCOUNT
    assert len(arns) >= 60
    assert len({arn.split(":")[2] for arn in arns}) >= 15
    assert len(buckets) >= 14
    assert f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}" in buckets
    assert len(queues) >= 6
    assert len(functions) == 4
    assert sorted(network["CidrBlock"] for network in networks) == ["10.0.0.0/16", "10.20.0.0/16", "172.31.0.0/16"]
    assert any(":us-east-1:" in arn for arn in tagged("us-east-1"))


@pytest.mark.usefixtures("demo")
def test_tags_are_as_messy_as_people_make_them() -> None:
    pages = boto3.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate()
    tags = {(t["Key"], t["Value"]) for page in pages for r in page["ResourceTagMappingList"] for t in r["Tags"]}

    assert {"Team", "team", "owner", "Owner"} <= {key for key, _ in tags}
    assert {("env", "prod"), ("env", "prd"), ("note", "[red]urgent[/]"), ("Owner", "財務部"), ("📦", "yes")} <= tags
    assert max(len(value) for _, value in tags) == 256
    assert ("aws:cloudformation:stack-name", "CDKToolkit") in tags


def test_the_state_of_terraform_tells_what_is_its_and_makes_the_rest_safe(demo: Demo) -> None:
    """What it is said to manage by tags is in its state, and nothing that anybody else made."""
    workspace = Workspace(demo.settings())
    try:
        assert not [
            one for one in workspace.inventory().resources if one.adoption and one.adoption.confidence == "high"
        ]
        workspace.own_by(["s3://acme-terraform-state/"])
        found = workspace.inventory().resources
    finally:
        workspace.close()
    whose = {(one.actual.kind, one.actual.name): one.owner and one.owner.tool for one in found}
    said = {kind_and_name(one) for one in found if one.actual.tags.get("ManagedBy") == "terraform"}
    assert said <= {key for key, tool in whose.items() if tool == "terraform"}
    assert whose["function", "notifications-prod-email"] == "serverless"
    assert whose["role", "notifications-prod-eu-west-1-lambdaRole"] == "serverless"
    assert whose["queue", "acme-mail"] is None
    safe = [one for one in found if one.adoption and one.adoption.confidence == "high" and not one.actual.of_aws]
    assert len(safe) >= 40


def kind_and_name(resource: Resource) -> tuple[str, str]:
    return resource.actual.kind, resource.actual.name


def test_settings_and_environment_lead_to_the_demo_and_keep_state_with_it(demo: Demo) -> None:
    settings = demo.settings(stack="shop", read_only=True)

    assert (settings.endpoint, settings.region, settings.stack) == (demo.endpoint, "eu-west-1", "shop")
    assert settings.read_only
    assert settings.home is not None
    assert settings.home.is_dir()
    assert demo.environment()["AWS_ENDPOINT_URL"] == demo.endpoint
    assert demo.environment()["GENESYS_HOME"] == str(settings.home)


@pytest.mark.usefixtures("demo")
def test_real_credentials_are_out_of_reach_until_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "real")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example")
    before = dict(os.environ)

    joined = Demo.join()
    assert joined is not None
    credentials = boto3.session.Session().get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.token) == ("demo", None)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"} & set(os.environ)

    joined.stop()
    assert os.environ == before


def test_another_process_joins_and_leaves_without_ending_it(demo: Demo) -> None:
    guest = subprocess.run([sys.executable, "-c", GUEST], capture_output=True, text=True, timeout=PATIENCE, check=True)

    assert guest.stdout.split() == [demo.endpoint, str(demo.home), ACCOUNT]
    assert boto3.client("s3").list_buckets()["Buckets"]


@pytest.mark.parametrize("state", ["none", "dead process", "nobody answers", "garbage", "another shape"])
def test_a_stale_notice_is_ignored(state: str, notices: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
    texts = {
        "dead process": json.dumps({"endpoint": endpoint, "pid": ended.pid, "home": str(notices)}),
        "nobody answers": json.dumps({"endpoint": endpoint, "pid": os.getpid(), "home": str(notices)}),
        "garbage": "\x00{",
        "another shape": "[1]",
    }
    if state in texts:
        (notices / "demo.json").write_text(texts[state])
    before = dict(os.environ)

    assert Demo.join() is None
    assert os.environ == before


def test_stopping_leaves_nothing(notices: Path) -> None:
    with Demo.start(seeded=False) as demo:
        assert json.loads((notices / "demo.json").read_text())["pid"] == demo.pid
        assert not boto3.client("s3").list_buckets()["Buckets"]
    demo.stop()

    assert gone(demo.pid)
    assert not demo.home.parent.exists()
    assert not list(notices.iterdir())


def test_a_killed_owner_leaves_nothing(notices: Path) -> None:
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid, _, home = owner.stdout.readline().split()
        assert (notices / "demo.json").exists()
        owner.send_signal(signal.SIGKILL)

        assert gone(int(pid))
    assert not Path(home).parent.exists()
    assert not list(notices.iterdir())


@pytest.mark.usefixtures("notices")
def test_it_outlives_the_thread_that_started_it() -> None:
    started: list[Demo] = []
    thread = threading.Thread(target=lambda: started.append(Demo.start(seeded=False)))
    thread.start()
    thread.join()

    with started[0]:
        assert boto3.client("sts").get_caller_identity()["Account"] == ACCOUNT


def test_without_moto_the_error_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto", None)

    with pytest.raises(GenesysError) as error:
        Demo.start()
    assert error.value.command == 'pip install "genesys-tui[demo]"'


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'no such thing' >&2; exit 1", "ended at once: no such thing"),
        ("exec cat", "did not answer in 0.3 seconds"),
    ],
)
def test_a_server_that_does_not_start_is_an_error_that_leaves_nothing(
    script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    folders = tmp_path / "folders"
    folders.mkdir()
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(account, "START_LIMIT", 0.3)
    monkeypatch.setattr("tempfile.tempdir", str(folders))
    before = dict(os.environ)

    with pytest.raises(GenesysError, match=why):
        Demo.start(seeded=False)
    assert not list(folders.iterdir())
    assert os.environ == before
