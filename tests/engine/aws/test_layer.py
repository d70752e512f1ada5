"""The layer kind as data: what the emulator lacks, permissions, and code that is too big for one call."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.executor.params import captured
from genesys_tui.engine.local import heavy, keep_artifact
from genesys_tui.engine.model.call import Blob
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.layer import LayerSpec
from genesys_tui.engine.providers.aws import iam
from genesys_tui.engine.providers.aws.serverless.layer import Layer
from genesys_tui.engine.providers.aws.serverless.layer_readings import published_layers, users_of_layers
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

NAME = "genesys-python3-13-x86_64-0123456789abcdef"
ARN = f"arn:aws:lambda:eu-west-1:123456789012:layer:{NAME}"
DIGEST = "ab" * 32
CODE = b64encode(bytes.fromhex(DIGEST)).decode()
BUCKET = "genesys-artifacts-123456789012-eu-west-1"
HEAVY = replace(PLACE, heavy={DIGEST: 63 << 20})
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:answer"


def version(number: int, arn: str = ARN, **more: Any) -> dict[str, Any]:
    told = {"LayerVersionArn": f"{arn}:{number}", "Version": number, "CreatedDate": "2026-11-20T10:00:00.123+0000"}
    return {**told, "CompatibleRuntimes": ["python3.13"], "Description": "12 packages", **more}


def spec(**fields: Any) -> LayerSpec:
    return LayerSpec.model_validate({"code": CODE, **fields})


def function(layers: list[str], number: str = "$LATEST") -> dict[str, Any]:
    return {"FunctionArn": f"{FUNCTION}:{number}", "Version": number, "Layers": [{"Arn": one} for one in layers]}


# reading ----------------------------------------------------------------------------------------------------------
def test_a_layer_is_its_newest_version_in_whatever_order_they_are_told() -> None:
    for listed in ([version(9), version(10)], [version(10), version(9)]):
        found = Fed({"ListLayerVersions": {"LayerVersions": listed}}).run(Layer().locate(NAME))
        assert found is not None
        assert found.id == found.arn == f"{ARN}:10"
        assert found.created == datetime(2026, 11, 20, 10, 0, 0, 123_000, UTC)


@pytest.mark.parametrize("answer", [None, {"LayerVersions": []}])
def test_a_layer_without_versions_is_none(answer: Any) -> None:
    assert Fed({"ListLayerVersions": answer}).run(Layer().locate(NAME)) is None


def test_what_is_told_of_it_is_never_compared() -> None:
    fed = Fed({"GetLayerVersion": version(3, Content={"CodeSha256": "other", "CodeSize": 5})})
    found = fed.run(Layer().read(f"{ARN}:3", frozenset()))
    assert found is not None
    assert found.spec["code"] == "other"
    assert found.spec.keys() <= LayerSpec.write_only
    assert fed.asked[0].params == {"LayerName": ARN, "VersionNumber": 3}
    assert list(Layer().update(found, spec(description="new"), PLACE, None)) == []


def test_published_versions_of_functions_are_users_too() -> None:
    functions = [function([f"{ARN}:1", f"{ARN}:2"]), function([f"{ARN}:1"], "7"), {"FunctionArn": FUNCTION}]
    fed = Fed({"ListFunctions": {"Functions": functions}})
    assert fed.run(users_of_layers()) == {f"{ARN}:1": (FUNCTION, f"{FUNCTION}:7"), f"{ARN}:2": (FUNCTION,)}
    assert fed.asked[0].params == {"FunctionVersion": "ALL"}
    have = Actual("layer", f"{ARN}:1", NAME, "", arn=f"{ARN}:1")
    facts = fed.run(Layer().prepare(NAME, LayerSpec(), have))
    assert Layer().users(have, facts) == (FUNCTION, f"{FUNCTION}:7")


def test_unused_are_the_versions_that_no_function_has() -> None:
    theirs = {"LayerName": "lib", "LatestMatchingVersion": version(1, "arn:x:lib")}
    fed = Fed(
        {
            "ListLayers": {"Layers": [{"LayerName": NAME, "LatestMatchingVersion": version(3)}, theirs]},
            "ListLayerVersions": {"LayerVersions": [version(number) for number in (3, 2, 1)]},
            "ListFunctions": {"Functions": [function([f"{ARN}:2"])]},
            "GetLayerVersion": lambda params: _content(params["VersionNumber"]),
        }
    )
    found = fed.run(published_layers("genesys-", unused=True))
    assert [(one.name, one.version, one.size) for one in found] == [(NAME, 1, 1000), (NAME, 3, None)]
    assert {call.params.get("LayerName") for call in fed.asked} == {None, NAME, ARN}
    check_permissions(fed.asked)


def _content(number: int) -> Any:
    denied = CallError("lambda:GetLayerVersion", "denied", "AccessDeniedException", "no")
    return version(number, Content={"CodeSize": 1000 * number}) if number == 1 else denied


def test_who_uses_it_must_be_known_to_call_it_unused() -> None:
    denied = CallError("lambda:ListFunctions", "denied", "AccessDeniedException", "no")
    reading = published_layers("genesys-", unused=True)
    next(reading)
    with pytest.raises(CallError):
        reading.send([{"Layers": []}, denied])


# lowering ---------------------------------------------------------------------------------------------------------
def test_it_is_published_with_what_is_said_of_it() -> None:
    want = spec(runtimes=["python3.13"], architectures=["arm64"], description="12 packages", license="MIT")
    [line] = Layer().create(NAME, want, PLACE, None)
    [call] = line.calls
    assert line.sentence == f"Publish layer '{NAME}', for python3.13 on arm64"
    assert call.params == {
        "LayerName": NAME,
        "Content": {"ZipFile": Blob(DIGEST)},
        "CompatibleRuntimes": ["python3.13"],
        "CompatibleArchitectures": ["arm64"],
        "Description": "12 packages",
        "LicenseInfo": "MIT",
    }
    assert iam.actions(call) == ("lambda:PublishLayerVersion",)
    assert call.guard is not None
    check_permissions([call])


def test_a_lost_publish_is_found_by_its_name() -> None:
    [call] = calls_of(Layer().create(NAME, spec(), PLACE, None))
    assert call.find is not None
    listed = {"LayerVersions": [version(9), version(10)]}
    assert captured(call.find.captures, listed) == {"id": f"{ARN}:10", "arn": f"{ARN}:10", "name": NAME}
    assert captured(call.find.captures, {"LayerVersions": []}) is None


def test_a_version_is_deleted_by_its_number() -> None:
    [call] = calls_of(Layer().delete(Actual("layer", f"{ARN}:12", NAME, "", arn=f"{ARN}:12"), None))
    assert call.params == {"LayerName": NAME, "VersionNumber": 12}
    check_permissions([call])


def test_without_content_it_can_not_be_published() -> None:
    with pytest.raises(GenesysError, match="no content"):
        list(Layer().create(NAME, LayerSpec(), PLACE, None))


# through a bucket -------------------------------------------------------------------------------------------------
def test_more_than_50_mb_go_through_a_bucket_of_the_account() -> None:
    upload, publish = Layer().create(NAME, spec(), HEAVY, None)
    assert upload.sentence == f"Upload layer '{NAME}' (63 MB) to bucket '{BUCKET}'"
    made, kept, put = upload.calls
    assert made.params == {"Bucket": BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    assert made.absent_on == ("BucketAlreadyOwnedByYou",)
    assert kept.operation == "PutBucketLifecycleConfiguration"
    assert put.params == {
        "Bucket": BUCKET,
        "ExpectedBucketOwner": "123456789012",
        "Key": f"{DIGEST}.zip",
        "Body": Blob(DIGEST),
    }
    assert all(call.idempotent for call in upload.calls)
    assert publish.calls[0].params["Content"] == {"S3Bucket": BUCKET, "S3Key": f"{DIGEST}.zip"}
    calls = [*upload.calls, *publish.calls]
    check_permissions(calls)
    actions = {action for call in calls for action in iam.actions(call)}
    assert actions >= {"s3:CreateBucket", "s3:PutLifecycleConfiguration", "s3:PutObject", "s3:GetObject"}


def test_in_the_first_region_a_bucket_says_no_place() -> None:
    upload = next(iter(Layer().create(NAME, spec(), replace(HEAVY, region="us-east-1"), None)))
    assert upload.calls[0].params == {"Bucket": "genesys-artifacts-123456789012-us-east-1"}


def test_what_is_heavy_is_told_by_the_artifacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genesys_tui.engine.local.DIRECT_LIMIT", 10)
    for digest, content in ((DIGEST, b"x" * 11), ("cd" * 32, b"x" * 10)):
        keep_artifact(content, tmp_path, digest)
    codes = [b64encode(bytes.fromhex(digest * 32)).decode() for digest in ("ab", "cd", "ef")]
    assert heavy(tmp_path, codes) == {DIGEST: 11}


# wishes -----------------------------------------------------------------------------------------------------------
def test_its_name_holds_the_key() -> None:
    assert LayerSpec.check_name(NAME) == LayerSpec.check_name(f"{NAME}-2") == ""
    for name in ("lib", "genesys-0123", f"{NAME}x", "a.b-0123456789abcdef", f"{'x' * 140}-0123456789abcdef"):
        assert LayerSpec.check_name(name), name


def test_a_wish_for_one_says_its_code() -> None:
    assert [path for path, _ in LayerSpec.model_validate({}, context=WISH).mistakes()] == [("code",)]
    with pytest.raises(ValueError, match="code"):
        LayerSpec.model_validate({"code": "short"})
