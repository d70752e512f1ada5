"""Images in ECR repositories. Source: the ECR API reference; "Create a Lambda function using a container image", Lambda
developer guide; the OCI image specification.

An image is pushed by ECR's own calls, and no container engine takes part: each blob that the repository lacks is
uploaded in parts, then the manifest that names them is put under a tag. Our tags hold what the image is: so one that is
there already is used, by whomever it was pushed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from genesys_tui.engine.model.call import Answer, Call, Params, read
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.image import ImageSpec, repository_and_tag
from genesys_tui.engine.providers.aws.containers.image_calls import MB, Content, content_of, put_image, uploads
from genesys_tui.engine.providers.aws.containers.repository import GONE
from genesys_tui.engine.providers.aws.described import Described, Part, Told
from genesys_tui.engine.providers.aws.serverless.layer_readings import user

NOT_THERE = ("ImageNotFoundException", *GONE)
MOST_DIGESTS = 100
"""Of BatchCheckLayerAvailability."""


@dataclass(frozen=True, slots=True)
class Known:
    """`there`: the image, if it was pushed by now. `lacks`: what the repository has not yet. `users`: the ARNs of the
    functions that run it."""

    there: Actual | None = None
    lacks: Sequence[Content] = ()
    users: tuple[str, ...] = ()


def _told(name: str) -> Reading[Answer | None]:
    """The image, and the repository that it is in, which alone tells the URI."""
    repository, tag = repository_and_tag(name)
    who: Params = {"repositoryName": repository, "imageIds": [{"imageTag": tag}]}
    answers = yield [
        read("ecr", "DescribeImages", who, absent_on=NOT_THERE),
        read("ecr", "DescribeRepositories", {"repositoryNames": [repository]}, absent_on=GONE),
    ]
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    image, found = answers
    return {**image["imageDetails"][0], **found["repositories"][0]} if image and found else None


class Image(Described[ImageSpec]):
    """An image with a tag. Its id is its name: `<repository>:<tag>`."""

    name = "image"
    title = "container image"
    noun = "image"
    purpose = "container image"
    spec = ImageSpec
    shared = True
    listed = False
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "name", "uri", "digest"})
    parts: ClassVar[Mapping[str, Part]] = {"image": Part(_told)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """The images of repositories are no part of an inventory: they are told by one call for each repository."""
        yield Found(())

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = told["image"]
        if raw is None:
            return None
        data = {
            "digest": raw["imageDigest"],
            "uri": f"{raw['repositoryUri']}:{repository_and_tag(id)[1]}",
            "repository": raw["repositoryArn"],
        }
        return Actual("image", id, id, "", created=raw.get("imagePushedAt"), provider_data=data)

    def prepare(self, name: str, want: ImageSpec, have: Actual | None) -> Reading[Facts]:
        """Before a create, what of it is there by now; before a delete, who uses it."""
        if have is None:
            there = yield from self.locate(name)
            return Known(there, () if there else (yield from _lacking(name, content_of(want.manifest))))
        if want.model_fields_set:
            return Known()
        return Known(users=(yield from _users(have)))

    # lowering -----------------------------------------------------------------------------------------------------
    def use(self, want: ImageSpec, facts: Facts) -> Actual | None:
        there: Actual | None = facts.there if facts else None
        return there

    def users(self, have: Actual, facts: Facts) -> tuple[str, ...]:
        users: tuple[str, ...] = facts.users if facts else ()
        return users

    def create(self, name: str, want: ImageSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.manifest:
            raise GenesysError(f"image '{name}' has no content", todo="build the function that it belongs to")
        repository, tag = repository_and_tag(name)
        on = _on(name, place)
        lacks = facts.lacks if facts else content_of(want.manifest)
        if lacks:
            size = sum(one.size for one in lacks) / MB
            yield Line(
                f"Upload what image '{name}' is made of ({size:.1f} MB) to repository '{repository}'",
                "What the repository has already is not sent again",
                tuple(uploads(repository, lacks, on)),
            )
        yield Line(
            f"Push image '{name}'",
            "Lambda takes an image from a repository of its own region",
            (put_image(repository, tag, want.manifest, _uri(name, place), on),),
        )

    def update(self, have: Actual, changed: ImageSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        """Nothing can change, and nothing has to: one of this name is one of this content."""
        yield from ()

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        repository, tag = repository_and_tag(have.id)
        params: Params = {"repositoryName": repository, "imageIds": [{"imageTag": tag}]}
        on = (have.provider_data["repository"],)
        yield self.removal_line(have, Call("ecr", "BatchDeleteImage", params, idempotent=True, on=on, absent_on=GONE))

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        data = have.provider_data
        return {"id": have.id, "name": have.name, "uri": data["uri"], "digest": data["digest"]}

    # words and numbers --------------------------------------------------------------------------------------------
    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is pushed again if its layers are still among the artifacts of this machine")


def _on(name: str, place: Placement) -> tuple[str, ...]:
    return (place.arn("ecr", f"repository/{repository_and_tag(name)[0]}"),)


def _uri(name: str, place: Placement) -> str:
    """Source: "Amazon ECR private registry", ECR user guide."""
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    return f"{place.account}.dkr.ecr.{place.region}.{suffix}/{name}"


def _lacking(name: str, contents: Sequence[Content]) -> Reading[tuple[Content, ...]]:
    """What of these blobs a repository has not yet; all, where there is none."""
    repository, _ = repository_and_tag(name)
    there: set[str] = set()
    for first in range(0, len(contents), MOST_DIGESTS):
        digests = [one.digest for one in contents[first : first + MOST_DIGESTS]]
        params = {"repositoryName": repository, "layerDigests": digests}
        answer = yield read("ecr", "BatchCheckLayerAvailability", params, absent_on=GONE)
        layers = (answer or {}).get("layers", ())
        there |= {one["layerDigest"] for one in layers if one["layerAvailability"] == "AVAILABLE"}
    return tuple(one for one in contents if one.digest not in there)


def _users(image: Actual) -> Reading[tuple[str, ...]]:
    """Who runs it, published versions of functions among them. Of an image Lambda tells the digest as the hash of the
    code."""
    answer = yield read("lambda", "ListFunctions", {"FunctionVersion": "ALL"}, paginate=True)
    digest = image.provider_data["digest"].removeprefix("sha256:")
    listed = [one for one in answer.get("Functions", ()) if one.get("PackageType") == "Image"]
    return tuple(user(one) for one in listed if one.get("CodeSha256") == digest)
