"""A member account of a Control Tower landing zone: baselines, Service Catalog, Backup, and a team's own work."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import control_tower, service_catalog
from tests.corpus.builders.tagged import recovery_points
from tests.corpus.record import Account, Owner


def account() -> Account:
    """What the landing zone put there, products that people launched, and an insurer's claims system by hand."""
    book = Book("control-tower", "an insurer in a landing zone", "778899001122", "ap-southeast-2", began="2021-09-01")
    aws.linked_roles(
        book, "CloudTrail=cloudtrail", "Config=config", "Organizations=organizations", "SSO=sso", "Backup=backup"
    )
    aws.sso_roles(book, "AWSAdministratorAccess", "AWSReadOnlyAccess")
    aws.service_keys(book, "backup")
    _baselines(book)
    _products(book)
    _claims(book)
    return book.account()


def _baselines(book: Book) -> None:
    control_tower(
        book,
        "BASELINE-CLOUDWATCH",
        {
            "SNSNotificationTopic": "SNS::Topic=aws-controltower-SecurityNotifications",
            "ForwardSnsNotification": "Lambda::Function=aws-controltower-NotificationForwarder",
            "ForwardSnsNotificationGroup": "Logs::LogGroup=/aws/lambda/aws-controltower-NotificationForwarder",
            "CWEventRuleComplianceChangeEvent": "Events::Rule=aws-controltower-ConfigComplianceChangeEventRule",
        },
    )
    control_tower(
        book,
        "BASELINE-SERVICE-ROLES",
        {
            "AWSControlTowerCP": "IAM::Role=aws-controltower-AdministratorExecutionRole",
            "ReadOnly": "IAM::Role=aws-controltower-ReadOnlyExecutionRole",
        },
    )
    control_tower(
        book,
        "BASELINE-CONFIG",
        {
            "ConfigRecorderRole": "IAM::Role=aws-controltower-ConfigRecorderRole",
            "ConfigRecorder": "Config::ConfigurationRecorder=aws-controltower-BaselineConfigRecorder",
        },
    )
    factory = Owner("control-tower", "")
    book.owned(factory, "role", "AWSControlTowerExecution", story="made when the account was enrolled")
    stack(
        book,
        "StackSet-guardduty-members-3d5c1a90-7b2e-4f10-9c43-a1b2c3d4e5f6",
        {"FindingsTopic": "SNS::Topic", "Forwarder": "IAM::Role", "Rule": "Events::Rule"},
        tags={"owner": "secops"},
        story="an instance of the security team's own StackSet",
    )


def _products(book: Book) -> None:
    service_catalog(book, "standard-bucket", {"Bucket": "S3::Bucket", "AccessLogs": "S3::Bucket"})
    service_catalog(
        book,
        "postgres-small",
        {
            "Database": "RDS::DBInstance",
            "Password": "SecretsManager::Secret",
            "Group": "EC2::SecurityGroup",
            "MonitoringRole": "IAM::Role",
        },
    )
    service_catalog(book, "worker-queue", {"Queue": "SQS::Queue", "DeadLetters": "SQS::Queue", "Alarms": "SNS::Topic"})


def _claims(book: Book) -> None:
    network = book.one_by_hand("network", "claims-vpc", {"CostCentre": "C-771"}, cidr="10.88.0.0/20")
    aws.default_group(book, network)
    app = book.one_by_hand("instance", "claims-app-01", {"CostCentre": "C-771", "backup": "daily"}, size="large")
    disk = book.one_by_hand("volume", "claims-app-01-data", {"backup": "daily"}, size=200)
    database = book.one_by_hand(
        "database", "claims-prod", {"backup": "daily"}, engine="mysql", version="8.0", size="large"
    )
    recovery_points(book, "daily-35d", app, disk, database)
    documents, scans = book.by_hand(
        "bucket", "insurer-claims-documents", "insurer-claims-scans", tags={"CostCentre": "C-771"}
    )
    book.by_hand(
        "bucket",
        "insurer-controltower-notes",
        "aws-config-export-manual",
        story="made by hand, named after what it holds",
    )
    book.by_hand("queue", "claims-intake", "claims-intake-dlq")
    book.by_hand("topic", "aws-config-alerts", "claims-alerts")
    book.by_hand("role", "claims-app", "AWSControlTower-readers", story="made by hand for auditors")
    book.by_hand("filesystem", "claims-share", tags={"backup": "no"})
    book.by_hand("security-group", "claims-app", "claims-db", description="claims", network=network.id)
    book.by_hand("key", "claims")
    book.by_hand(
        "log-group", "/aws/vendedlogs/states/claims-flow-Logs", story="made with a state machine in the console"
    )
    book.wish(
        ("network", "claims", {"cidr": "10.88.0.0/20"}, network),
        ("instance", "app-01", {}, app),
        ("database", "claims", {"engine": "mysql"}, database),
        ("bucket", "claims-documents", {}, documents),
        ("bucket", "claims-scans", {}, scans),
        ("bucket", "claims-exports", {}, None),
        ("database", "policies", {"engine": "postgres"}, None),
    )
