"""The value of a secret goes to the cloud, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import zstandard

from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent, plan_document

VALUE, OTHER = "correct-horse-battery-staple", "quite-another-horse"


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, home=tmp_path / "home"))
    yield workspace
    workspace.close()


def traces(folder: Path, value: str) -> list[str]:
    """The files that hold the value, as it is or packed."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        frames = [content[at:] for at in range(len(content)) if content.startswith(b"\x28\xb5\x2f\xfd", at)]
        unpacked = [zstandard.ZstdDecompressor().decompressobj().decompress(frame) for frame in frames]
        if any(value.encode() in part for part in (content, *unpacked)):
            found.append(path.name)
    return found


def do(workspace: Workspace, *words: str) -> tuple[Any, Any]:
    plan = workspace.plan(parse_intent(list(words)))
    execution = workspace.apply(plan)
    return plan, [*execution.events()]


@pytest.mark.parametrize("kind", ["secret", "parameter"])
def test_it_is_sent_and_kept_nowhere(
    kind: str, workspace: Workspace, aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", VALUE)
    plan, events = do(workspace, kind, "shop/db", "--value", "env:DB_PASSWORD")
    assert VALUE not in json.dumps(plan_document(plan)) + repr(plan) + repr(events)
    assert held(kind, aws) == VALUE
    assert workspace.plan(parse_intent([kind, "shop/db", "--value", "env:DB_PASSWORD"])).steps == ()

    monkeypatch.setenv("DB_PASSWORD", OTHER)
    plan, events = do(workspace, kind, "shop/db", "--value", "env:DB_PASSWORD")
    assert plan.steps[0].reversal.kind == "irreversible"
    assert held(kind, aws) == OTHER
    undo = workspace.plan_undo()
    assert any("can't be put back" in conflict.message for conflict in undo.conflicts)
    assert repr(undo).count(VALUE) == repr(undo).count(OTHER) == 0
    assert traces(tmp_path, VALUE) == traces(tmp_path, OTHER) == []


def held(kind: str, aws: str) -> str:
    if kind == "secret":
        client = boto3.client("secretsmanager", endpoint_url=aws, region_name="eu-west-1")
        return str(client.get_secret_value(SecretId="shop/db")["SecretString"])
    client = boto3.client("ssm", endpoint_url=aws, region_name="eu-west-1")
    return str(client.get_parameter(Name="shop/db", WithDecryption=True)["Parameter"]["Value"])


def test_one_by_chance_is_chosen_once(workspace: Workspace, aws: str) -> None:
    do(workspace, "secret", "shop/db", "--value", "random:40")
    first = held("secret", aws)
    assert len(first) == 40
    assert workspace.plan(parse_intent(["secret", "shop/db", "--value", "random:40"])).steps == ()


def test_a_value_itself_is_refused_and_a_missing_source_is_told(workspace: Workspace) -> None:
    with pytest.raises(WishError) as caught:
        parse_intent(["secret", "shop/db", "--value", VALUE])
    assert "where the value comes from" in str(caught.value.problems[0])
    with pytest.raises(GenesysError, match="the environment has no NOWHERE"):
        workspace.plan(parse_intent(["secret", "shop/db", "--value", "env:NOWHERE"]))
