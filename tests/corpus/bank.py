"""A bank's workload account in a landing zone, with products of Service Catalog and nightly backups."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import control_tower, service_catalog
from tests.corpus.builders.tagged import recovery_points
from tests.corpus.record import Account, Owner

_CLASS = {"data-class": "confidential", "app-id": "APP-4410"}


def account() -> Account:
    """Guardrails from above, products from the catalog, and a loans system that grew by hand."""
    book = Book("bank", "a bank's workload account", "450450450450", "ca-central-1", held_out=True, began="2022-01-17")
    aws.linked_roles(
        book, "Config=config", "AmazonGuardDuty=guardduty", "SecurityHub=securityhub", "Backup=backup", "SSO=sso"
    )
    aws.sso_roles(book, "BankPowerUser", "BankAuditor", "BankBreakGlass")
    aws.service_keys(book, "backup", "rds", "sns")
    aws.kept_rule(book, "DO-NOT-DELETE-AmazonInspectorEc2ManagedRule", "inspector2")
    _guardrails(book)
    _catalog(book)
    _loans(book)
    _beside(book)
    return book.account()


def _guardrails(book: Book) -> None:
    control_tower(
        book,
        "BASELINE-CLOUDWATCH",
        {
            "SNSNotificationTopic": "SNS::Topic=aws-controltower-SecurityNotifications",
            "ForwardSnsNotification": "Lambda::Function=aws-controltower-NotificationForwarder",
            "ForwardSnsNotificationGroup": "Logs::LogGroup=/aws/lambda/aws-controltower-NotificationForwarder",
            "CWEventRuleComplianceChangeEvent": "Events::Rule=aws-controltower-ConfigComplianceChangeEventRule",
            "ForwardSnsNotificationLambdaRole": "IAM::Role=aws-controltower-ForwardSnsNotificationRole",
        },
    )
    control_tower(
        book,
        "BASELINE-ROLES",
        {
            "AWSControlTowerCP": "IAM::Role=aws-controltower-AdministratorExecutionRole",
            "AWSControlTowerRO": "IAM::Role=aws-controltower-ReadOnlyExecutionRole",
            "ConfigRecorderRole": "IAM::Role=aws-controltower-ConfigRecorderRole",
        },
    )
    control_tower(
        book,
        "VPC-ACCOUNT-FACTORY-V1",
        {"VPC": "EC2::VPC=aws-controltower-VPC", "FlowLogs": "Logs::LogGroup", "FlowLogsRole": "IAM::Role"},
    )
    book.owned(
        Owner("control-tower", ""), "role", "AWSControlTowerExecution", story="made when the account was enrolled"
    )
    stack(
        book,
        "StackSet-bank-siem-forwarder-0d9c8b7a-1122-4a33-b445-5c66d77e88f9",
        {
            "Forwarder": "Lambda::Function",
            "ForwarderRole": "IAM::Role",
            "Rule": "Events::Rule",
            "DeadLetters": "SQS::Queue",
        },
        tags={"owner": "ciso"},
        story="an instance of the bank's own StackSet",
    )


def _catalog(book: Book) -> None:
    service_catalog(book, "secure-bucket-loans", {"Bucket": "S3::Bucket", "Key": "KMS::Key"})
    service_catalog(book, "secure-bucket-cards", {"Bucket": "S3::Bucket", "Key": "KMS::Key"})
    service_catalog(
        book,
        "queue-with-dlq",
        {
            "Queue": "SQS::Queue",
            "Dlq": "SQS::Queue",
            "Topic": "SNS::Topic",
            "Role": "IAM::Role",
            "Group": "EC2::SecurityGroup",
        },
    )
    service_catalog(
        book, "mysql-standard", {"Db": "RDS::DBInstance", "Secret": "SecretsManager::Secret", "Logs": "Logs::LogGroup"}
    )


def _loans(book: Book) -> None:
    network = book.one_by_hand("network", "loans-ca-vpc", _CLASS, cidr="10.200.16.0/20")
    aws.default_group(book, network)
    groups = book.by_hand(
        "security-group",
        "SG-LOANS-WEB",
        "SG-LOANS-APP",
        "SG-LOANS-DB",
        tags=_CLASS,
        description="loans",
        network=network.id,
    )
    apps = book.by_hand("instance", "LOANS-APP-P01", "LOANS-APP-P02", "LOANS-APP-T01", tags=_CLASS, size="xlarge")
    disks = book.by_hand("volume", "LOANS-APP-P01-D", "LOANS-APP-P02-D", tags=_CLASS, size=300)
    database = book.one_by_hand(
        "database", "loans-p-orcl-migrated", _CLASS, engine="postgres", version="15", size="xlarge"
    )
    share = book.one_by_hand("filesystem", "LOANS-SHARE-P", _CLASS)
    recovery_points(book, "gold-7y", apps[0], apps[1], *disks, database)
    recovery_points(book, "bronze-30d", apps[2])
    plan = Owner("backup", "gold-7y")
    for number in range(3):
        tags = {"aws:backup:source-resource": f"{share.arn}:{number}"}
        rest = f"recovery-point:{share.id}-{number}"
        book.told(plan, "backup", rest, tags, "made by the backup plan gold-7y")
    documents = book.one_by_hand("bucket", "bank-loans-p-documents-ca", _CLASS)
    book.by_hand("bucket", "bank-loans-t-documents-ca", "bank-loans-p-documents-ca-repl", tags=_CLASS)
    inbox = book.one_by_hand("queue", "LOANS_P_DECISIONS", _CLASS)
    book.by_hand("queue", "LOANS_T_DECISIONS", tags=_CLASS)
    book.wish(
        ("network", "loans", {"cidr": "10.200.16.0/20"}, network),
        ("security-group", "loans-web", {"network": network.id}, groups[0]),
        ("security-group", "loans-app", {"network": network.id}, groups[1]),
        ("security-group", "loans-db", {"network": network.id}, groups[2]),
        ("security-group", "loans-batch", {"network": network.id}, None),
        ("instance", "loans-app-p01", {}, apps[0]),
        ("instance", "loans-app-p02", {}, apps[1]),
        ("volume", "loans-app-p01-d", {"size": 300}, disks[0]),
        ("volume", "loans-app-p02-d", {"size": 300}, disks[1]),
        ("filesystem", "loans-share-p", {}, share),
        ("bucket", "loans-p-documents", {}, documents),
        ("queue", "loans-p-decisions", {}, inbox),
        ("queue", "loans-p-offers", {}, None),
    )


def _beside(book: Book) -> None:
    book.by_hand("role", "aws-controltower-viewers", "loans-app", "SC-launch-helper", story="made by hand for auditors")
    book.by_hand(
        "bucket", "bank-controltower-exports", "stackset-notes-bank", story="made by hand, named after what it holds"
    )
    book.by_hand("topic", "loans-oncall", "aws-backup-failures")
    book.by_hand("secret", "loans/p/db", "loans/t/db", tags=_CLASS)
    book.by_hand("key", "loans-p", tags=_CLASS)
    book.by_hand("log-group", "/loans/p/app", "/loans/t/app", retention=365)
    book.by_hand("certificate", "loans.bank.example")
    book.by_hand("instance", "LOANS-APP-OLD", transition="deleting")
