"""A function as a container image, on a real server: planned, pushed, changed, undone, destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from genesys_tui.engine.functions.packing import parts
from genesys_tui.engine.functions.subject import Subject
from genesys_tui.engine.functions.width import width_of
from genesys_tui.engine.model.build_document import build_document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent, plan_document, read_stack_file
from tests.engine.functions.bases import BASE, archive, engine_with_base, tar_of

REGION = "eu-west-1"
REPOSITORY = "functions/answer"
MAIN = "def handler(event, context):\n    return {!r}\n"


class Owner:
    """Somebody with a machine, a stack file and the code of a function."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.folder = folder
        (folder / "src").mkdir()
        self.workspace = Workspace(Settings(region=REGION, endpoint=endpoint, stack="shop", home=folder / "genesys"))

    def write(self, answer: str) -> None:
        (self.folder / "src" / "main.py").write_text(MAIN.format(answer))

    def plan(self, *, function: bool = True, **fields: Any) -> Plan:
        said = {"name": "answer", "source": "./src", "runtime": "python3.13", "package": "image", **fields}
        entry = {field: value for field, value in said.items() if value is not None}
        path = self.folder / "genesys.yaml"
        path.write_text(yaml.safe_dump({"stack": "shop", "resources": {"serverless": [entry] if function else []}}))
        return self.workspace.plan(read_stack_file(path))

    def apply(self, plan: Plan) -> None:
        assert not plan.blocked, plan.findings
        record = self.workspace.apply(plan).wait()
        assert record.status == "done", [(step.address, step.why) for step in record.steps]

    def have(self, answer: str) -> Plan:
        self.write(answer)
        plan = self.plan()
        self.apply(plan)
        assert self.plan().steps == ()
        return plan


@pytest.fixture
def owner(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    engine = engine_with_base(tmp_path, archive(tar_of({"etc/os-release": b"Amazon Linux"})))
    monkeypatch.setenv("GENESYS_ENGINE", str(engine.path))
    monkeypatch.setenv("GENESYS_BASE", BASE)
    owner = Owner(aws, tmp_path)
    yield owner
    owner.workspace.close()


def actions(plan: Plan) -> dict[str, str]:
    """Of the function's code, without its role and its log; an image's by `image`."""
    found = {step.address.partition(":")[0]: step.action for step in plan.steps}
    return {address: action for address, action in found.items() if not address.startswith(("role.", "log-group."))}


def calls(plan: Plan, kind: str) -> list[str]:
    return [call.operation for step in plan.steps if step.kind == kind for call in step.calls]


def image_in_use() -> str:
    uri: str = boto3.client("lambda", region_name=REGION).get_function(FunctionName="answer")["Code"]["ImageUri"]
    return uri


def pushed() -> dict[str, dict[str, Any]]:
    """The manifests in the repository, by tag."""
    ecr = boto3.client("ecr", region_name=REGION)
    ids = ecr.list_images(repositoryName=REPOSITORY)["imageIds"]
    images = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=ids)["images"] if ids else ()
    return {one["imageId"]["imageTag"]: json.loads(one["imageManifest"]) for one in images}


def test_it_is_pushed_and_run_and_then_nothing_is_left_to_do(owner: Owner) -> None:
    plan = owner.have("one")
    assert actions(plan) == {
        f"repository.{REPOSITORY}": "create",
        f"image.{REPOSITORY}": "create",
        "function.answer": "create",
    }
    [tag] = pushed()
    assert image_in_use() == f"123456789012.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}:{tag}"
    ecr = boto3.client("ecr", region_name=REGION)
    manifest = pushed()[tag]
    digests = [one["digest"] for one in (*manifest["layers"], manifest["config"])]
    there = ecr.batch_check_layer_availability(repositoryName=REPOSITORY, layerDigests=digests)
    assert [one["layerDigest"] for one in there["layers"]] == digests
    assert sha256((owner.folder / "genesys" / "artifacts" / digests[-1][7:]).read_bytes()).hexdigest()[:16] == tag


def test_other_code_sends_only_what_is_new_and_can_be_undone(owner: Owner) -> None:
    owner.have("one")
    before = image_in_use()
    plan = owner.have("two")
    assert sorted((step.kind, step.action) for step in plan.steps) == [
        ("function", "update"),
        ("image", "create"),
        ("image", "forget"),
    ]
    uploads = [operation for operation in calls(plan, "image") if operation == "InitiateLayerUpload"]
    assert len(uploads) == 2, "the code and the configuration"
    assert calls(plan, "function") == ["UpdateFunctionCode"]
    assert image_in_use() != before
    owner.apply(owner.workspace.plan_undo())
    assert image_in_use() == before
    assert len(pushed()) == 1
    owner.write("one")
    assert owner.plan().changes == 0


def test_the_undo_of_the_first_leaves_nothing(owner: Owner) -> None:
    owner.have("one")
    back = owner.workspace.plan_undo()
    assert back.conflicts == ()
    owner.apply(back)
    assert boto3.client("ecr", region_name=REGION).describe_repositories()["repositories"] == []


def test_all_of_it_can_be_destroyed(owner: Owner) -> None:
    owner.have("one")
    plan = owner.workspace.plan_destroy("shop", ())
    assert set(actions(plan).values()) == {"delete"}, plan.findings
    owner.apply(plan)
    assert boto3.client("ecr", region_name=REGION).describe_repositories()["repositories"] == []


def test_words_about_it_keep_it_an_image(owner: Owner) -> None:
    owner.have("one")
    owner.write("two")
    words = ["function", "answer", "--source", str(owner.folder / "src"), "--runtime", "python3.13"]
    plan = owner.workspace.plan(parse_intent(words))
    assert actions(plan) == {f"image.{REPOSITORY}": "create", "function.answer": "update"}
    owner.apply(plan)
    assert len(pushed()) == 2
    assert owner.workspace.plan(parse_intent(words)).steps == ()


def test_what_is_a_zip_does_not_become_an_image_in_place(owner: Owner) -> None:
    owner.write("one")
    owner.apply(owner.plan(package="zip"))
    plan = owner.plan()
    assert any("can't change between a zip and an image" in one.message for one in plan.findings)
    assert plan.blocked


def test_what_a_zip_cannot_hold_is_pushed_as_an_image(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.write("one")
    with monkeypatch.context() as limited:
        limited.setattr(parts, "UNZIPPED_LIMIT", 10)
        plan = owner.plan(package=None)
        assert actions(plan) == {
            f"repository.{REPOSITORY}": "create",
            f"image.{REPOSITORY}": "create",
            "function.answer": "create",
        }
        owner.apply(plan)
    owner.write("two")
    plan = owner.plan(package=None)
    stays = {("function", "update"), ("image", "create"), ("image", "forget")}
    assert {(step.kind, step.action) for step in plan.steps} == stays


def test_a_zip_that_became_too_big_is_refused(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.write("one")
    owner.apply(owner.plan(package=None))
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 10)
    with pytest.raises(GenesysError, match="function 'answer' is too big"):
        owner.plan(package=None)


def test_what_is_written_of_the_repository_wins(owner: Owner) -> None:
    owner.write("one")
    path = owner.folder / "genesys.yaml"
    function = {"name": "answer", "source": "./src", "runtime": "python3.13", "package": "image"}
    repository = {"name": REPOSITORY, "type": "repository", "tags": {"team": "shop"}}
    path.write_text(
        yaml.safe_dump({"stack": "shop", "resources": {"serverless": [function], "containers": [repository]}})
    )
    owner.apply(owner.workspace.plan(read_stack_file(path)))
    ecr = boto3.client("ecr", region_name=REGION)
    [made] = ecr.describe_repositories()["repositories"]
    tags = ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"]
    assert {"Key": "team", "Value": "shop"} in tags
    worked_on = {one.address for one in subject_of(owner).read().wish.resources}
    assert worked_on == {"function.answer", f"repository.{REPOSITORY}"}, "a loop leaves it as it is written too"


def test_a_saved_plan_is_applied_as_it_is(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(owner.folder)
    owner.write("one")
    plan = owner.plan()
    wish = read_stack_file(owner.folder / "genesys.yaml")
    owner.workspace.save_plan(plan, wish, tmp_path / "plan.json")
    said: Any = plan_document(plan)
    calls = [call for step in said["steps"] for line in step["lines"] for call in line["calls"]]
    parts = [call["params"] for call in calls if call["operation"] == "UploadLayerPart"]
    assert all(one["layerPartBlob"].keys() == {"$blob", "start", "size"} for one in parts)
    owner.apply(owner.workspace.load_plan(tmp_path / "plan.json"))
    assert owner.plan().steps == ()


def test_what_it_takes_is_said_before(owner: Owner) -> None:
    owner.write("one")
    plan = owner.plan()
    needed = {"ecr:PutImage", "ecr:UploadLayerPart", "ecr:CreateRepository", "ecr:SetRepositoryPolicy"}
    assert needed <= set(plan.permissions.actions)
    [granted] = [one for one in plan.permissions.policy["Statement"] if "ecr:SetRepositoryPolicy" in one["Action"]]
    assert granted["Resource"] == [f"arn:aws:ecr:{REGION}:123456789012:repository/{REPOSITORY}"]
    sentences = [line.sentence for step in plan.steps for line in step.lines if step.kind == "image"]
    assert sentences[0].startswith("Upload what image")


def test_images_that_are_left_keep_their_repository(owner: Owner) -> None:
    owner.have("one")
    owner.have("two")
    plan = owner.workspace.plan_destroy("shop", ())
    assert [one.message for one in plan.findings if one.severity == "blocked"] == [
        f"ECR repository '{REPOSITORY}' is not deleted, for it holds data: 1 images"
    ]
    owner.apply(owner.workspace.plan_destroy("shop", (), delete_data=True))
    assert boto3.client("ecr", region_name=REGION).describe_repositories()["repositories"] == []


def subject_of(owner: Owner) -> Subject:
    path = owner.folder / "genesys.yaml"
    return owner.workspace.functions.subject("answer", lambda: read_stack_file(path), path)


@pytest.mark.parametrize("saved", ["one", "two"])
def test_a_save_is_code_only_and_the_image_of_before_comes_back(owner: Owner, saved: str) -> None:
    """Whether the code had changed already when the loop began, or not."""
    owner.have("one")
    before = image_in_use()
    subject = subject_of(owner)
    owner.write(saved)
    plan = owner.workspace.plan(subject.read().wish)
    built = owner.workspace.builds.build(subject.read().project)
    assert subject.remember(plan, built) == (saved == "two")
    owner.write("three")
    plan = owner.workspace.plan(subject.read().wish)
    assert width_of(plan, subject.address) == "code"
    owner.apply(plan)
    assert image_in_use() != before
    owner.apply(owner.workspace.plan(subject.as_before()))
    assert image_in_use() == before
    assert owner.plan().changes == 1, "the file says the newest code"


def test_a_build_tells_the_digest_that_the_repository_tells(owner: Owner) -> None:
    owner.have("one")
    built = owner.workspace.builds.build(subject_of(owner).read().project)
    document: Any = build_document(built, owner.folder / "genesys" / "artifacts")
    ids = boto3.client("ecr", region_name=REGION).list_images(repositoryName=REPOSITORY)["imageIds"]
    image = document["image"]
    assert [(one["imageTag"], one["imageDigest"]) for one in ids] == [(image["id"][:16], image["digest"])]
    assert Path(document["artifact"]).is_file()
