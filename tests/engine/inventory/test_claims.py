"""State files of other tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from genesys_tui.engine.inventory.claims import claims_in, claims_of
from genesys_tui.engine.inventory.known_claims import KnownClaims
from genesys_tui.engine.inventory.ownership import Evidence, Subject, judged, key_of
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.resource import Actual

ARN = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def tfstate(*instances: Mapping[str, object], mode: str = "managed", module: str | None = None) -> str:
    resource: dict[str, object] = {"mode": mode, "type": "aws_sqs_queue", "name": "jobs", "instances": [*instances]}
    if module:
        resource["module"] = module
    return json.dumps({"version": 4, "terraform_version": "1.11.0", "resources": [resource]})


def queue(name: str = "jobs", region: str = "eu-west-1") -> Actual:
    return Actual("queue", name, name, region, arn=f"arn:aws:sqs:{region}:123456789012:{name}")


def owner_of(actual: Actual, text: str) -> str:
    found = judged([Subject(actual)], Evidence((), claims_of(text, "terraform.tfstate")))[key_of(actual)].owner
    return found.tool if found else ""


def test_terraform_owns_what_it_manages_and_not_what_it_looks_at() -> None:
    instance = {"attributes": {"arn": ARN, "password": "hush"}, "index_key": "blue"}
    [claim] = claims_of(tfstate(instance, module="module.work"), "terraform.tfstate")
    assert claim.address == 'module.work.aws_sqs_queue.jobs["blue"]'
    assert "hush" not in repr(claim)
    assert owner_of(queue(), tfstate(instance)) == "terraform"
    assert owner_of(queue(), tfstate(instance, mode="data")) == ""


def test_a_namesake_in_another_region_is_not_meant() -> None:
    text = tfstate({"attributes": {"arn": ARN, "id": "https://sqs/1/jobs", "name": "jobs"}})
    assert owner_of(queue(), text) == "terraform"
    assert owner_of(queue(region="us-east-1"), text) == ""


def test_a_checkpoint_of_pulumi() -> None:
    urn = "urn:pulumi:prod::shop::aws:sqs/queue:Queue::jobs"
    made = {"urn": urn, "type": "aws:sqs/queue:Queue", "custom": True, "id": "https://x", "outputs": {"arn": ARN}}
    text = json.dumps({"deployment": {"resources": [made, {**made, "external": True}]}})
    [claim] = claims_of(text, "stack.json")
    assert (claim.tool, claim.address, claim.scope) == ("pulumi", "jobs", "shop/prod")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("", "no state of"),
        ("[]", "no state of"),
        ('{"resources": 3, "terraform_version": "1"}', "no state of"),
        ('{"modules": [], "terraform_version": "0.11.1"}', "before 0.12"),
    ],
)
def test_what_is_no_state_file_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        claims_in(path)
    assert words in f"{refused.value} {refused.value.why}"


def test_a_folder_of_them_and_one_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "terraform.tfstate").write_text(tfstate({"attributes": {"arn": ARN}}))
    (tmp_path / "package.json").write_text("{}")
    assert len(claims_in(tmp_path)) == 1
    with pytest.raises(UsageError, match="can't be read"):
        claims_in(tmp_path / "nowhere")


def test_what_was_named_is_remembered_read_again_when_it_changes_and_kept_when_it_goes(tmp_path: Path) -> None:
    known, path = KnownClaims(tmp_path / "known.json"), tmp_path / "terraform.tfstate"
    path.write_text(tfstate({"attributes": {"arn": ARN}}))
    known.remember([str(path)])
    assert [claim.ids for claim in known.claims()] == [(ARN,)]
    path.write_text(tfstate({"attributes": {"arn": ARN + "-2"}}))
    assert [claim.ids for claim in known.claims()] == [(ARN + "-2",)]
    path.write_text("{")
    assert [claim.ids for claim in known.claims()] == [(ARN + "-2",)]
    path.unlink()
    assert [claim.ids for claim in known.claims()] == [(ARN + "-2",)]
    before = (tmp_path / "known.json").read_text()
    with pytest.raises(UsageError):
        known.remember([str(tmp_path / "nowhere")])
    assert (tmp_path / "known.json").read_text() == before
