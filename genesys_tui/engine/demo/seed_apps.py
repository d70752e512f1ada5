"""What runs: functions, queues, topics, containers, schedules, and the roles and logs that they leave."""

from __future__ import annotations

import io
import json
import zipfile

from genesys_tui.engine.demo.records import ACCOUNT, Calls, Seed, Tags, arn, make, out, pairs, small_pairs
from genesys_tui.engine.model.call import Params
from genesys_tui.engine.model.references import Output

SERVERLESS = {"STAGE": "prod", "serverless:service": "notifications"}


def archive(code: str) -> bytes:
    """A deployment package with this one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("app.py"), code)
    return buffer.getvalue()


CODE = archive("def handler(event, context):\n    return {'ok': True}\n")


def role(name: str, service: str, tags: Tags | None = None, *, manages: str = "") -> Calls:
    """A role for an AWS service; `manages`: a managed policy of AWS by its path."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }
    request: Params = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust), "Tags": pairs(tags or {})}
    create = make("iam", "CreateRole", request, arn="Role.Arn")
    grant: Params = {"RoleName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{manages}"}
    return (create, make("iam", "AttachRolePolicy", grant)) if manages else (create,)


def function(name: str, role: str, runtime: str, tags: Tags | None = None, *, logs_days: int = 0) -> Calls:
    """A function and its log group, as Lambda makes it; `logs_days`: 0 keeps the logs for ever."""
    request: Params = {
        "FunctionName": name,
        "Runtime": runtime,
        "Role": out(role, "arn"),
        "Handler": "app.handler",
        "Code": {"ZipFile": CODE},
        "Timeout": 10,
        "Tags": tags or {},
    }
    return (make("lambda", "CreateFunction", request), *log_group(f"/aws/lambda/{name}", days=logs_days))


def log_group(name: str, tags: Tags | None = None, *, days: int = 0) -> Calls:
    create = make("logs", "CreateLogGroup", {"logGroupName": name, **({"tags": tags} if tags else {})})
    keep: Params = {"logGroupName": name, "retentionInDays": days}
    return (create, make("logs", "PutRetentionPolicy", keep)) if days else (create,)


def queue(name: str, tags: Tags | None = None, *, dead_letters: str = "") -> Calls:
    redrive = {"deadLetterTargetArn": arn("sqs", dead_letters), "maxReceiveCount": 5}
    attributes = {"RedrivePolicy": json.dumps(redrive)} if dead_letters else {}
    request: Params = {"QueueName": name, "Attributes": attributes, "tags": tags or {}}
    return (make("sqs", "CreateQueue", request, url="QueueUrl"),)


def topic(name: str, tags: Tags, *subscribers: tuple[str, str]) -> Calls:
    """`subscribers`: protocol and endpoint."""
    create = make("sns", "CreateTopic", {"Name": name, "Tags": pairs(tags)})
    asks = ({"TopicArn": arn("sns", name), "Protocol": protocol, "Endpoint": end} for protocol, end in subscribers)
    return (create, *(make("sns", "Subscribe", ask) for ask in asks))


def schedule(name: str, expression: str, target: str, *, enabled: bool = True) -> Calls:
    request: Params = {"Name": name, "ScheduleExpression": expression, "State": "ENABLED" if enabled else "DISABLED"}
    targets: Params = {"Rule": name, "Targets": [{"Id": "1", "Arn": target}]}
    return (make("events", "PutRule", request), make("events", "PutTargets", targets))


def shop_service() -> Calls:
    """The shop on Fargate: cluster, task definition, service."""
    container: Params = {
        "name": "web",
        "image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/acme/shop:2024-10-28",
        "memory": 512,
        "portMappings": [{"containerPort": 8080}],
    }
    task: Params = {
        "family": "acme-shop",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
        "tags": small_pairs({"Team": "shop"}),
    }
    service: Params = {
        "cluster": "acme-prod",
        "serviceName": "shop",
        "taskDefinition": "acme-shop",
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": [out("subnet.private-a"), out("subnet.private-b")],
                "securityGroups": [out("group.app")],
            }
        },
        "tags": small_pairs({"Team": "shop", "env": "prod"}),
    }
    cluster: Params = {"clusterName": "acme-prod", "tags": small_pairs({"Team": "platform", "env": "prod"})}
    return (
        make("ecs", "CreateCluster", cluster),
        make("ecs", "RegisterTaskDefinition", task),
        make("ecs", "CreateService", service),
    )


def state_machine() -> Calls:
    definition = {"StartAt": "Collect", "States": {"Collect": {"Type": "Pass", "End": True}}}
    request: Params = {
        "name": "monthly-billing",
        "definition": json.dumps(definition),
        "roleArn": out("role.billing", "arn"),
        "tags": small_pairs({"Team": "billing"}),
    }
    return (make("stepfunctions", "CreateStateMachine", request),)


def http_api() -> Calls:
    request: Params = {"Name": "acme-public-api", "ProtocolType": "HTTP", "Tags": {"Team": "web", "env": "prod"}}
    return (
        make("apigatewayv2", "CreateApi", request, id="ApiId"),
        make("apigatewayv2", "CreateStage", {"ApiId": Output("id"), "StageName": "$default", "AutoDeploy": True}),
    )


def alarm(name: str, namespace: str, metric: str, tags: Tags) -> Calls:
    request: Params = {
        "AlarmName": name,
        "Namespace": namespace,
        "MetricName": metric,
        "Statistic": "Maximum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [arn("sns", "ops-alerts")],
        "Tags": pairs(tags),
    }
    return (make("cloudwatch", "PutMetricAlarm", request),)


BASIC = "service-role/AWSLambdaBasicExecutionRole"

SEED: Seed = {
    "role.lambda": role("lambda-basic", "lambda.amazonaws.com", {"ManagedBy": "terraform"}),
    "role.notify": role("notifications-prod-eu-west-1-lambdaRole", "lambda.amazonaws.com", SERVERLESS),
    "role.billing": role("billing-step-functions", "states.amazonaws.com"),
    "role.admin": role("bob-temp-admin-DO-NOT-USE", "ec2.amazonaws.com", {"owner": "bob"}),
    "role.ecs": (make("iam", "CreateServiceLinkedRole", {"AWSServiceName": "ecs.amazonaws.com"}),),
    "role.rds": (make("iam", "CreateServiceLinkedRole", {"AWSServiceName": "rds.amazonaws.com"}),),
    "user.bob": (make("iam", "CreateUser", {"UserName": "bob", "Tags": pairs({"left-company": "2022-06"})}),),
    "function.resize": function("image-resize", "role.lambda", "python3.9", {"team": "web", "env": "prd"}),
    "function.invoice": function(
        "invoice-pdf",
        "role.lambda",
        "python3.12",
        {"Team": "billing", "Owner": "財務部"},
        logs_days=30,
    ),
    "function.email": function("notifications-prod-email", "role.notify", "nodejs20.x", SERVERLESS, logs_days=14),
    "function.test": function("test-function-2", "role.lambda", "python3.8"),
    "logs.orphan": log_group("/aws/lambda/old-product-import"),
    "logs.shop": log_group("/ecs/acme-shop", {"Team": "shop"}, days=90),
    "queue.mail": (
        *queue("acme-mail-dlq", {"Team": "web"}),
        *queue("acme-mail", {"Team": "web", "env": "prod"}, dead_letters="acme-mail-dlq"),
    ),
    "queue.import": queue("product-import-queue", {"Team": "shop", "comment": "ask Søren before touching"}),
    "queue.tmp": queue("tmp_queue_anna"),
    "topic.alerts": topic(
        "ops-alerts", {"Team": "platform", "env": "prod"}, ("email", "ops@acme.example"), ("email", "bob@acme.example")
    ),
    "topic.uploads": topic("upload-events", {"team": "web"}, ("sqs", arn("sqs", "acme-mail"))),
    "schedule.report": schedule("nightly-report", "cron(0 3 * * ? *)", arn("lambda", "function:invoice-pdf")),
    "schedule.ping": schedule(
        "keep-jenkins-warm", "rate(5 minutes)", arn("lambda", "function:test-function-2"), enabled=False
    ),
    "repository.shop": (
        make("ecr", "CreateRepository", {"repositoryName": "acme/shop", "tags": pairs({"Team": "shop"})}),
    ),
    "repository.base": (make("ecr", "CreateRepository", {"repositoryName": "base-images"}),),
    "service.shop": shop_service(),
    "machine.billing": state_machine(),
    "api.public": http_api(),
    "alarm.dead-letters": alarm("mail-dlq-not-empty", "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"Team": "web"}),
    "alarm.errors": alarm("lambda-errors", "AWS/Lambda", "Errors", {"env": "prod"}),
}
