"""Tools of developers that make CloudFormation stacks: CDK, SAM, Serverless Framework, SST 2; and nested stacks."""

from __future__ import annotations

from collections.abc import Mapping

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack, stack_id
from tests.corpus.builders.things import Tags
from tests.corpus.record import Owner

_ROLE = ("deploy-role", "cfn-exec-role", "file-publishing-role", "image-publishing-role", "lookup-role")


def cdk(
    book: Book,
    name: str,
    constructs: Mapping[str, str],
    *,
    tags: Tags | None = None,
    tool: Owner | None = None,
    metadata: bool = True,
    extra: Mapping[str, Tags] | None = None,
    specs: Mapping[str, Document] | None = None,
) -> dict[str, Actual]:
    """A stack of CDK: logical ids end in eight digits of a hash of the construct's path. Answers by construct."""
    logical = {one: one + ids.hexes(f"{name}/{one}", 8).upper() for one in constructs}
    resources = {logical[one]: word for one, word in constructs.items()}
    if metadata:
        resources["CDKMetadata"] = "CDK::Metadata=" + ids.uuid(name)
    made = stack(
        book,
        name,
        resources,
        owner=tool or Owner("cdk", name),
        tags=tags,
        extra={logical[one]: worn for one, worn in (extra or {}).items()},
        specs={logical[one]: spec for one, spec in (specs or {}).items()},
    )
    return {one: made[logical[one]] for one in constructs if logical[one] in made}


def bootstrap(book: Book, qualifier: str = "hnb659fds") -> None:
    """`cdk bootstrap`: the stack CDKToolkit."""
    where = f"{book.at.number}-{book.at.region}"
    roles = {
        "".join(word.title() for word in one.split("-")): f"IAM::Role=cdk-{qualifier}-{one}-{where}" for one in _ROLE
    }
    resources = {
        "StagingBucket": f"S3::Bucket=cdk-{qualifier}-assets-{where}",
        "ContainerAssetsRepository": f"ECR::Repository=cdk-{qualifier}-container-assets-{where}",
        "CdkBootstrapVersion": f"SSM::Parameter=/cdk-bootstrap/{qualifier}/version",
        **roles,
    }
    stack(book, "CDKToolkit", resources, owner=Owner("cdk", "CDKToolkit"), status="UPDATE_COMPLETE")


def sam(
    book: Book,
    name: str,
    resources: Mapping[str, str],
    tags: Tags | None = None,
    specs: Mapping[str, Document] | None = None,
) -> dict[str, Actual]:
    """`sam deploy`: its transform writes `lambda:createdBy` on functions, and `httpapi:createdBy` on HTTP APIs."""
    extra = {
        logical: {"httpapi:createdBy": "SAM"} if "Api" in word else {"lambda:createdBy": "SAM"}
        for logical, word in resources.items()
        if word.startswith(("Lambda::Function", "ApiGatewayV2::Api"))
    }
    owner = Owner("sam", name)
    return stack(book, name, resources, owner=owner, tags=tags, extra=extra, specs=specs, status="UPDATE_COMPLETE")


def sam_bucket(book: Book) -> None:
    """The bucket that `sam deploy --guided` makes for its artifacts."""
    name = "aws-sam-cli-managed-default"
    bucket = f"S3::Bucket={name}-samclisourcebucket-{ids.lower(book.at.number, 12)}"
    resources = {"SamCliSourceBucket": bucket, "SamCliSourceBucketBucketPolicy": "S3::BucketPolicy"}
    stack(book, name, resources, owner=Owner("sam", name), tags={"ManagedStackSource": "AwsSamCli"})


def serverless(
    book: Book, service: str, stage: str, functions: tuple[str, ...], more: Mapping[str, str] | None = None
) -> dict[str, Actual]:
    """`serverless deploy`. Answers by logical id."""
    name = f"{service}-{stage}"
    role = f"{name}-{book.at.region}-lambdaRole"
    resources = {"ServerlessDeploymentBucket": "S3::Bucket", "IamRoleLambdaExecution": f"IAM::Role={role}"}
    specs: dict[str, Document] = {}
    for one in functions:
        logical = one[0].upper() + one[1:].replace("-", "Dash")
        resources[f"{logical}LogGroup"] = f"Logs::LogGroup=/aws/lambda/{name}-{one}"
        resources[f"{logical}LambdaFunction"] = f"Lambda::Function={name}-{one}"
        specs[f"{logical}LambdaFunction"] = {
            "handler": f"src/{one}.handler",
            "memory": 1024,
            "timeout": 6,
            "role": book.at.arn("iam", f"role/{role}", region=""),
        }
    resources |= more or {}
    tags = {"STAGE": stage}
    return stack(
        book, name, resources, owner=Owner("serverless", name), tags=tags, specs=specs, status="UPDATE_COMPLETE"
    )


def sst_v2(book: Book, app: str, stage: str, part: str, constructs: Mapping[str, str]) -> dict[str, Actual]:
    """`sst deploy` of SST 2, which is CDK underneath."""
    name = f"{stage}-{app}-{part}"
    return cdk(
        book, name, constructs, tags={"sst:app": app, "sst:stage": stage}, tool=Owner("sst", name), metadata=False
    )


def nested(book: Book, parent: str, logical: str, resources: Mapping[str, str]) -> tuple[str, dict[str, Actual]]:
    """A nested stack, to be listed in its parent: its id, and what it made."""
    name = f"{parent}-{logical}-{ids.upper(parent + logical, 13)}"
    return stack_id(book, name), stack(book, name, resources)
