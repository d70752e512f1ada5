"""Laws over random stack files: plan, apply, plan is empty; undo of an apply is nothing; destroy leaves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.accounts import count_all

switch = st.booleans()
text = st.text("abcé日", max_size=5)  # no blanks: the emulator strips those at the ends of a bucket's tags
tags = st.dictionaries(st.sampled_from(("team", "env", "a.b:c/d", "Ünïcode")), text, max_size=3)
days = st.integers(1, 400)
lifecycle = st.fixed_dictionaries({}, optional={"archive_after_days": days, "abort_uploads_after_days": days})
bucket = st.fixed_dictionaries(
    {"name": st.sampled_from(("acme-one", "acme-two")), "type": st.just("bucket")},
    optional={"versioning": switch, "public_access": switch, "encryption": st.sampled_from((True, "kms")), "tags": tags}
    | {"lifecycle": lifecycle},
)
network = st.fixed_dictionaries(
    {"name": st.just("main")},
    optional={"zones": st.integers(1, 2), "tags": tags, "cidr": st.just("10.20.0.0/16"), "internet": st.just(True)},
)
stacks = st.fixed_dictionaries(
    {
        "storage": st.lists(bucket, max_size=2, unique_by=lambda entry: entry["name"]),
        "network": st.lists(network, max_size=1),
    }
)
law = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def file_of(folder: Path, resources: Mapping[str, Any]) -> Path:
    path = folder / "genesys.yaml"
    path.write_text(yaml.safe_dump({"stack": "laws", "resources": dict(resources)}, allow_unicode=True))
    return path


def bring_about(workspace: Workspace, path: Path) -> bool:
    """Apply what differs; then nothing does. Whether anything did."""
    wish = read_stack_file(path)
    plan = workspace.plan(wish)
    assume(not plan.blocked)  # fewer zones than there are subnets in, say: refused in words
    if plan.steps:
        record = workspace.apply(plan).wait()
        assert record.status == "done", [(step.address, step.why) for step in record.steps]
    assert workspace.plan(wish).steps == ()
    return bool(plan.steps)


def obey(aws: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    with urlopen(Request(f"{aws}/moto-api/reset", method="POST")) as answer:
        assert answer.status == 200
    empty = count_all(aws)
    with TemporaryDirectory() as home:
        workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, stack="laws", home=Path(home)))
        try:
            path = file_of(Path(home), first)
            bring_about(workspace, path)
            if bring_about(workspace, file_of(Path(home), second)):
                back = workspace.plan_undo()
                assert back.conflicts == ()
                assert workspace.apply(back).wait().status == "done"
                assert workspace.plan(read_stack_file(file_of(Path(home), first))).changes == 0
            destroy = workspace.plan_destroy("laws")
            if destroy.steps:
                assert workspace.apply(destroy).wait().status == "done"
        finally:
            workspace.close()
    assert count_all(aws) == empty


@law
@given(first=stacks, second=stacks)
def test_the_laws_of_plans(aws: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    obey(aws, first, second)


@pytest.mark.slow
@settings(law, max_examples=40)
@given(first=stacks, second=stacks)
def test_the_laws_over_many_more_stacks(aws: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    obey(aws, first, second)
