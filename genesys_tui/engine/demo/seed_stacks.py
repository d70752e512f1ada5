"""What CloudFormation owns: the CDK's bootstrap, an application of the CDK, and one of the Serverless Framework."""

from __future__ import annotations

import json
from collections.abc import Mapping

from genesys_tui.engine.demo.records import ACCOUNT, REGION, Calls, Seed, Tags, make, pairs
from genesys_tui.engine.model.call import Params

Resources = Mapping[str, tuple[str, Params]]
"""Type and properties by logical id."""


def stack(name: str, resources: Resources, tags: Tags) -> Calls:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            logical: {"Type": f"AWS::{kind}", "Properties": {**properties, **_tags(kind, name, logical)}}
            for logical, (kind, properties) in resources.items()
        },
    }
    request: Params = {
        "StackName": name,
        "TemplateBody": json.dumps(template),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Tags": pairs(tags),
    }
    return (make("cloudformation", "CreateStack", request),)


def _tags(kind: str, stack: str, logical: str) -> Params:
    """The tags that CloudFormation itself puts on some types of resources. moto doesn't, so the template says them."""
    if kind not in {"S3::Bucket", "SNS::Topic", "Logs::LogGroup"}:
        return {}
    own: Params = {"logical-id": logical, "stack-name": stack, "stack-id": {"Ref": "AWS::StackId"}}
    return {"Tags": [{"Key": f"aws:cloudformation:{key}", "Value": value} for key, value in own.items()]}


TOOLKIT: Resources = {
    "StagingBucket": (
        "S3::Bucket",
        {
            "BucketName": f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}",
            "VersioningConfiguration": {"Status": "Enabled"},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
        },
    ),
    "ContainerAssetsRepository": (
        "ECR::Repository",
        {"RepositoryName": f"cdk-hnb659fds-container-assets-{ACCOUNT}-{REGION}"},
    ),
    "CdkBootstrapVersion": (
        "SSM::Parameter",
        {"Name": "/cdk-bootstrap/hnb659fds/version", "Type": "String", "Value": "21"},
    ),
}

ORDERS: Resources = {
    "OrdersDeadLetters": ("SQS::Queue", {"MessageRetentionPeriod": 1_209_600}),
    "OrdersQueue": ("SQS::Queue", {"VisibilityTimeout": 60}),
    "OrdersTopic": ("SNS::Topic", {"DisplayName": "Orders"}),
    "OrdersTable": (
        "DynamoDB::Table",
        {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "order_id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "order_id", "KeyType": "HASH"}],
        },
    ),
    "ExportsBucket": ("S3::Bucket", {}),
}

THUMBNAILS: Resources = {
    "ServerlessDeploymentBucket": ("S3::Bucket", {}),
    "ThumbnailLogGroup": ("Logs::LogGroup", {"LogGroupName": "/aws/lambda/thumbnails-dev-make"}),
    "ThumbnailJobs": ("SQS::Queue", {"QueueName": "thumbnails-dev-jobs"}),
}

SEED: Seed = {
    "stack.toolkit": stack("CDKToolkit", TOOLKIT, {}),
    "stack.orders": stack("acme-orders-prod", ORDERS, {"Team": "shop", "env": "prod"}),
    "stack.thumbnails": stack("thumbnails-dev", THUMBNAILS, {"STAGE": "dev"}),
}
