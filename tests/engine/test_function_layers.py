"""Dependencies are published once for all who have the same ones, counted at the wire."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest

from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.functions.python_projects import host
from tests.faults import LOSE, FaultProxy, deny, on

REGION = "eu-west-1"
CODE = "import six\n\ndef handler(event, context):\n    return {!r}\n"

Open = Callable[..., Workspace]


@pytest.fixture
def opened(proxy: FaultProxy, tmp_path: Path) -> Iterator[Open]:
    """A workspace of a home, as a person at a machine has it."""
    made: list[Workspace] = []

    def open(home: str = "mine", stack: str = "shop") -> Workspace:
        folder = tmp_path / home
        host(folder)
        made.append(Workspace(Settings(region=REGION, endpoint=proxy.url, stack=stack, home=folder)))
        return made[-1]

    yield open
    for workspace in made:
        workspace.close()


def functions(folder: Path, *names: str, wants: str = "six==1.17.0\n", more: str = "") -> Path:
    """A stack file with these functions, which all depend on the same."""
    lines = [f"provider: aws\nregion: {REGION}\nresources:\n  serverless:\n"]
    for name in names:
        source = folder / name
        source.mkdir(parents=True, exist_ok=True)
        (source / "main.py").write_text(CODE.format(name))
        (source / "requirements.txt").write_text(wants)
        said = f"name: {name}, type: function, runtime: python3.12, source: ./{name}{more}"
        lines.append(f"    - {{{said}}}\n")
    path = folder / "genesys.yaml"
    path.write_text("".join(lines))
    return path


def applied(workspace: Workspace, file: Path) -> ExecutionRecord | None:
    """What came of applying it; None where there was nothing to do."""
    plan = workspace.plan(read_stack_file(file))
    if not plan.steps:
        return None
    record = workspace.apply(plan).wait()
    assert record.status == "done", [(step.address, step.why) for step in record.steps]
    return record


def published(proxy: FaultProxy) -> int:
    return sum(request.operation == "PublishLayerVersion" for request in proxy.requests)


def layers_of(name: str, proxy: FaultProxy) -> list[str]:
    client = boto3.client("lambda", region_name=REGION, endpoint_url=proxy.url)
    return [one["Arn"] for one in client.get_function_configuration(FunctionName=name).get("Layers", ())]


def version(arn: str, proxy: FaultProxy) -> Any:
    """A version of a layer. Raises ClientError where it is gone."""
    client = boto3.client("lambda", region_name=REGION, endpoint_url=proxy.url)
    name, _, number = arn.rpartition(":")
    return client.get_layer_version(LayerName=name, VersionNumber=int(number))


def test_the_layer_is_published_before_its_function(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    applied(opened(), functions(tmp_path / "a", "one"))
    writes = [request.operation for request in proxy.writes if request.service == "lambda"]
    assert writes.index("PublishLayerVersion") < writes.index("CreateFunction")
    [arn] = layers_of("one", proxy)
    there = version(arn, proxy)
    assert there["CompatibleRuntimes"] == ["python3.12"]
    digest = base64.b64decode(there["Content"]["CodeSha256"]).hex()
    assert "python/six.py" in ZipFile(tmp_path / "mine" / "artifacts" / digest).namelist()


def test_functions_with_the_same_dependencies_share_a_layer(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    workspace = opened()
    applied(workspace, functions(tmp_path / "a", "one", "two"))
    assert published(proxy) == 1
    applied(workspace, functions(tmp_path / "a", "one", "two", "three"))
    assert published(proxy) == 1
    assert layers_of("one", proxy) == layers_of("two", proxy) == layers_of("three", proxy)


@pytest.mark.parametrize(
    "same", ["# why\nsix==1.17.0  # because\n", "six == 1.17.0\n\n", "-r more.txt\n", "SIX==1.17.0\n"]
)
def test_other_words_for_the_same_dependencies_change_nothing(
    opened: Open, proxy: FaultProxy, tmp_path: Path, same: str
) -> None:
    """The requirements are sent with the code, and so it is another code; its layer stays."""
    workspace = opened()
    applied(workspace, functions(tmp_path / "a", "one"))
    before = layers_of("one", proxy)
    (tmp_path / "a" / "one" / "more.txt").write_text("six==1.17.0\n")
    proxy.clear()
    applied(workspace, functions(tmp_path / "a", "one", wants=same))
    assert [request.operation for request in proxy.writes if request.service == "lambda"] == ["UpdateFunctionCode"]
    assert layers_of("one", proxy) == before


def test_another_architecture_and_other_dependencies_publish_one(
    opened: Open, proxy: FaultProxy, tmp_path: Path
) -> None:
    """The package is the same pure Python: still, a layer says which architecture it was made for."""
    applied(opened(), functions(tmp_path / "a", "one"))
    applied(opened(stack="depot"), functions(tmp_path / "b", "two", more=", architecture: arm64"))
    assert published(proxy) == 2
    before = {*layers_of("one", proxy), *layers_of("two", proxy)}
    applied(opened(), functions(tmp_path / "a", "one", wants="six==1.16.0\n"))
    assert published(proxy) == 3
    assert len(before | {*layers_of("one", proxy)}) == 3


def test_what_was_there_before_is_found_when_it_is_wanted_again(
    opened: Open, proxy: FaultProxy, tmp_path: Path
) -> None:
    """There and back: the old layer is still in the account, or is published again, and never dangles."""
    workspace = opened()
    for wants in ("six==1.17.0\n", "six==1.16.0\n", "six==1.17.0\n"):
        applied(workspace, functions(tmp_path / "a", "one", wants=wants))
        [arn] = layers_of("one", proxy)
        assert version(arn, proxy)["LayerVersionArn"] == arn


def test_another_stack_publishes_none(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    applied(opened(stack="shop"), functions(tmp_path / "a", "one"))
    applied(opened(stack="depot"), functions(tmp_path / "b", "two"))
    assert published(proxy) == 1
    assert layers_of("one", proxy) == layers_of("two", proxy)


def test_a_colleague_publishes_none(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    """Another machine, where nothing is remembered of ours: the layer is found in the account by its name."""
    applied(opened("mine"), functions(tmp_path / "a", "one"))
    applied(opened("theirs", stack="depot"), functions(tmp_path / "b", "two"))
    assert published(proxy) == 1
    assert layers_of("one", proxy) == layers_of("two", proxy)


def test_a_publish_whose_answer_was_lost_is_not_repeated(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    """Each publish makes a version; the name is looked up again before the next try."""
    proxy.fault = on("PublishLayerVersion", LOSE, times=1)
    workspace, file = opened(), functions(tmp_path / "a", "one")
    workspace.apply(workspace.plan(read_stack_file(file))).wait()
    proxy.clear()
    applied(workspace, file)
    assert published(proxy) == 0
    [arn] = layers_of("one", proxy)
    assert arn.endswith(":1"), "it was published twice"


def test_no_function_goes_before_its_layer(opened: Open, proxy: FaultProxy, tmp_path: Path) -> None:
    proxy.fault = on("PublishLayerVersion", deny())
    workspace, file = opened(), functions(tmp_path / "a", "one")
    record = workspace.apply(workspace.plan(read_stack_file(file))).wait()
    assert record.status != "done"
    assert not [request for request in proxy.requests if request.operation == "CreateFunction"]
    proxy.clear()
    applied(workspace, file)
    assert (published(proxy), len(layers_of("one", proxy))) == (1, 1)
