"""The image kind as data: what is uploaded and what is not, permissions, and who uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genesys_tui.engine.executor.params import captured
from genesys_tui.engine.model.call import Blob
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.image import ImageSpec, repository_of
from genesys_tui.engine.providers.aws.containers.image import Image
from genesys_tui.engine.providers.aws.containers.image_calls import PART, content_of, digest_of
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

NAME = "answer:0123456789abcdef"
ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/answer"
URI = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{NAME}"
DIGEST = "sha256:" + "ee" * 32
BASE, CODE, CONFIG = (f"sha256:{one * 32}" for one in ("aa", "bb", "cc"))
REPOSITORY = {"repositoryUri": URI.partition(":")[0], "repositoryArn": ARN}
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:answer"


def manifest(base: int = 2 * PART + 5, code: int = 7) -> str:
    layers = [{"digest": BASE, "size": base}, {"digest": CODE, "size": code}, {"digest": CODE, "size": code}]
    return json.dumps({"mediaType": "m", "config": {"digest": CONFIG, "size": 3}, "layers": layers})


WANT = ImageSpec.model_validate({"manifest": manifest()})


def prepared(*there: str, **more: Any) -> Any:
    layers = [{"layerDigest": one, "layerAvailability": "AVAILABLE"} for one in there]
    answers = {"DescribeImages": None, "DescribeRepositories": {"repositories": [REPOSITORY]}}
    return Fed({**answers, "BatchCheckLayerAvailability": {"layers": layers}, **more}).run(
        Image().prepare(NAME, WANT, None)
    )


def actual() -> Actual:
    data = {"digest": DIGEST, "uri": URI, "repository": ARN}
    return Actual("image", NAME, NAME, "", provider_data=data)


def test_an_image_is_told_with_its_repository() -> None:
    image = {"imageDetails": [{"imageDigest": DIGEST}]}
    fed = Fed({"DescribeImages": image, "DescribeRepositories": {"repositories": [REPOSITORY]}})
    found = fed.run(Image().locate(NAME))
    assert found == actual()
    assert Image().outputs_of(found) == {"id": NAME, "name": NAME, "uri": URI, "digest": DIGEST}
    assert fed.asked[0].params == {
        "repositoryName": "answer",
        "imageIds": [{"imageTag": "0123456789abcdef"}],
    }


@pytest.mark.parametrize("repository", [None, {"repositories": [REPOSITORY]}])
def test_no_image_is_none_with_or_without_its_repository(repository: Any) -> None:
    fed = Fed({"DescribeImages": None, "DescribeRepositories": repository})
    assert fed.run(Image().locate(NAME)) is None


def test_what_can_not_be_read_is_an_error() -> None:
    error = CallError("ecr:DescribeImages", "denied", "AccessDeniedException", "no")
    fed = Fed({"DescribeImages": error, "DescribeRepositories": {"repositories": [REPOSITORY]}})
    with pytest.raises(CallError):
        fed.run(Image().locate(NAME))


def test_layers_go_in_parts_and_once_each() -> None:
    calls = calls_of(Image().create(NAME, WANT, PLACE, prepared()))
    check_permissions(calls)
    parts = [call.params for call in calls if call.operation == "UploadLayerPart"]
    sent = [part["layerPartBlob"] for part in parts]
    assert sent == [
        Blob("aa" * 32, 0, PART),
        Blob("aa" * 32, PART, PART),
        Blob("aa" * 32, 2 * PART, 5),
        Blob("bb" * 32, 0, 7),
        Blob("cc" * 32, 0, 3),
    ]
    assert [(part["partFirstByte"], part["partLastByte"]) for part in parts][:3] == [
        (0, PART - 1),
        (PART, 2 * PART - 1),
        (2 * PART, 2 * PART + 4),
    ]
    whole = [call.params["layerDigests"] for call in calls if call.operation == "CompleteLayerUpload"]
    assert whole == [[BASE], [CODE], [CONFIG]]
    assert all(call.idempotent and call.on == (ARN,) for call in calls)


def test_what_the_repository_has_is_not_sent_again() -> None:
    calls = calls_of(Image().create(NAME, WANT, PLACE, prepared(BASE, CONFIG)))
    assert [call.operation for call in calls] == [
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
        "PutImage",
    ]
    [put] = calls_of(Image().create(NAME, WANT, PLACE, prepared(BASE, CODE, CONFIG)))
    assert put.params["imageDigest"] == digest_of(manifest())
    assert captured(put.captures, {}) == {"id": NAME, "name": NAME, "uri": URI, "digest": digest_of(manifest())}


def test_all_is_sent_to_a_repository_that_is_still_to_be_made() -> None:
    facts = prepared(BatchCheckLayerAvailability=None, DescribeRepositories=None)
    assert facts.lacks == content_of(manifest())


def test_many_layers_are_asked_for_in_several_calls() -> None:
    many = [{"digest": f"sha256:{number:064}", "size": 1} for number in range(150)]
    want = ImageSpec.model_validate({"manifest": json.dumps({"layers": many})})
    fed = Fed({"DescribeImages": None, "DescribeRepositories": None, "BatchCheckLayerAvailability": {"layers": []}})
    assert len(fed.run(Image().prepare(NAME, want, None)).lacks) == 150
    asked = [call.params["layerDigests"] for call in fed.asked if call.operation == "BatchCheckLayerAvailability"]
    assert [len(digests) for digests in asked if isinstance(digests, list)] == [100, 50]


def test_one_that_somebody_pushed_meanwhile_is_used() -> None:
    image = {"imageDetails": [{"imageDigest": DIGEST}]}
    assert Image().use(WANT, prepared(DescribeImages=image)) == actual()
    assert Image().use(WANT, prepared()) is None


def test_functions_that_run_it_are_its_users() -> None:
    """Of an image Lambda tells the digest, in hexadecimal, as CodeSha256."""
    ours = {"FunctionArn": f"{FUNCTION}:7", "Version": "7", "PackageType": "Image", "CodeSha256": "ee" * 32}
    others = [{**ours, "CodeSha256": "00" * 32}, {**ours, "PackageType": "Zip"}]
    fed = Fed({"ListFunctions": {"Functions": [ours, *others]}})
    facts = fed.run(Image().prepare(NAME, ImageSpec.model_validate({}), actual()))
    assert Image().users(actual(), facts) == (f"{FUNCTION}:7",)
    assert fed.asked[0].params == {"FunctionVersion": "ALL"}


def test_only_its_own_tag_goes() -> None:
    [call] = calls_of(Image().delete(actual(), None))
    check_permissions([call])
    assert call.params["imageIds"] == [{"imageTag": "0123456789abcdef"}]


def test_an_image_without_content_is_refused() -> None:
    with pytest.raises(GenesysError, match="no content"):
        list(Image().create(NAME, ImageSpec.model_validate({}), PLACE, None))
    assert list(ImageSpec.model_validate({}).mistakes())


def test_every_function_has_a_repository_of_a_name_that_ecr_takes() -> None:
    kind = Image().spec
    for name in ("answer", "Answer_V2", "__", "-a-", "9"):
        assert kind.check_name(f"{repository_of(name)}:0123456789abcdef") == "", name
