"""A team that deploys all with CDK, and a few things that were made beside it."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack, system_tags
from tests.corpus.builders.stacked import bootstrap, cdk, nested
from tests.corpus.record import Account


def account() -> Account:
    """Four stacks of one app, the toolkit, a plain template of the security people."""
    book = Book("cdk-shop", "a web shop that deploys with CDK", "334455667788", "eu-central-1", began="2023-01-10")
    aws.linked_roles(
        book, "LambdaReplicator=replicator.lambda", "APIGateway=ops.apigateway", "Organizations=organizations"
    )
    aws.sso_roles(book, "AdministratorAccess", "ViewOnly")
    aws.service_keys(book, "lambda", "dynamodb")
    bootstrap(book)
    _shop(book)
    _beside(book)
    _security(book)
    return book.account()


def _shop(book: Book) -> None:
    data = cdk(
        book,
        "ShopDataStack",
        {
            "OrdersTable": "DynamoDB::Table",
            "CartTable": "DynamoDB::Table=shop-carts",
            "AssetsBucket": "S3::Bucket",
            "AssetsBucketPolicy": "S3::BucketPolicy",
            "Key": "KMS::Key",
        },
        tags={"project": "shop"},
        extra={"AssetsBucket": {"aws-cdk:auto-delete-objects": "true"}},
    )
    api = cdk(
        book,
        "ShopApiStack",
        {
            "CheckoutFn": "Lambda::Function",
            "CheckoutFnServiceRole": "IAM::Role",
            "CheckoutFnServiceRoleDefaultPolicy": "IAM::Policy",
            "CatalogFn": "Lambda::Function",
            "CatalogFnServiceRole": "IAM::Role",
            "HttpApi": "ApiGatewayV2::Api=ShopApi",
            "OrdersQueue": "SQS::Queue",
            "OrdersDlq": "SQS::Queue=shop-orders-dlq",
            "OrderPlaced": "SNS::Topic",
            "NightlyRule": "Events::Rule",
        },
        tags={"project": "shop"},
        specs={
            "CheckoutFn": {"runtime": "nodejs22.x", "memory": 512, "timeout": 30},
            "CatalogFn": {"runtime": "nodejs22.x", "memory": 256, "timeout": 10},
        },
    )
    book.log_of(api["CheckoutFn"], api["CatalogFn"])
    cdk(
        book,
        "ShopNetworkStack",
        {"Vpc": "EC2::VPC=ShopNetworkStack/Vpc", "DbSecurityGroup": "EC2::SecurityGroup", "Db": "RDS::DBInstance"},
        metadata=False,
    )
    cdk(
        book,
        "ShopSiteStack",
        {
            "Site": "S3::Bucket",
            "Cdn": "CloudFront::Distribution",
            "Cert": "CertificateManager::Certificate=shop.example",
        },
    )
    book.wish(
        ("table", "orders", {}, data["OrdersTable"]),
        ("table", "carts", {}, data["CartTable"]),
        ("bucket", "assets", {}, data["AssetsBucket"]),
        ("function", "checkout", {"runtime": "nodejs22.x", "memory": 512}, api["CheckoutFn"]),
        ("function", "catalog", {"runtime": "nodejs22.x", "memory": 256}, api["CatalogFn"]),
        ("queue", "orders", {}, api["OrdersQueue"]),
        ("queue", "orders-dlq", {}, api["OrdersDlq"]),
        ("topic", "order-placed", {}, api["OrderPlaced"]),
        ("api", "shop-api", {}, api["HttpApi"]),
        ("function", "returns", {"runtime": "nodejs22.x"}, None),
        ("table", "wishlists", {}, None),
    )


def _beside(book: Book) -> None:
    """Names and tags that look like CDK's, and are nobody's."""
    copied = {"aws-cdk:auto-delete-objects": "true", "project": "shop"}
    book.by_hand("bucket", "shop-exports-manual", tags=copied, story="made by hand, tags copied from another bucket")
    book.by_hand("bucket", "shopdatastack-assetsbucket-copy", story="made by hand for a migration")
    book.by_hand("queue", "ShopApiStack-OrdersQueue-replay", story="made by hand to replay orders")
    book.by_hand("function", "ShopApiStack-debug", runtime="nodejs22.x")
    book.by_hand("function", "CatalogFn4D3C2B1A-test", story="made by hand from a downloaded zip")
    book.by_hand("table", "ShopDataStack-OrdersTable-restored", story="restored from a backup by hand")
    gone = system_tags(book, "ShopDataStack", "UploadsBucket9E0D7A61")
    book.by_hand(
        "bucket",
        "shopdatastack-uploadsbucket9e0d7a61-q8r1w0z2x5cv",
        tags=dict(gone),
        story="taken out of the live stack and retained",
    )
    stack(
        book,
        "ShopLegacyStack",
        {
            "ReceiptsBucket0F1E2D3C": "S3::Bucket",
            "ReceiptsTable7A6B5C4D": "DynamoDB::Table",
            "WorkerFn11223344": "Lambda::Function",
            "WorkerRole55667788": "IAM::Role",
        },
        status="DELETE_COMPLETE",
        orphans=frozenset({"ReceiptsBucket0F1E2D3C", "ReceiptsTable7A6B5C4D"}),
    )
    book.by_hand(
        "log-group",
        "/aws/lambda/ShopLegacyStack-WorkerFn11223344-aB3dE5fG7hJ9",
        story="left by a function that is gone",
    )
    book.by_hand("secret", "shop/stripe", "shop/paypal", tags={"project": "shop"})
    book.by_hand("role", "github-actions", "datadog-integration")


def _security(book: Book) -> None:
    for generation, gone in (("first", True), ("second", False)):
        stack(
            book,
            "audit-exports",
            {"Exports": "S3::Bucket", "Runs": "DynamoDB::Table", "Jobs": "SQS::Queue"},
            status="DELETE_COMPLETE" if gone else "CREATE_COMPLETE",
            orphans=frozenset({"Exports", "Runs"}) if gone else frozenset(),
            generation=generation,
        )
    scans, _ = nested(book, "security-baseline", "Scans", {"Results": "S3::Bucket", "ScanQueue": "SQS::Queue"})
    stack(
        book,
        "security-baseline",
        {
            "AuditRole": "IAM::Role=security-audit",
            "AlarmTopic": "SNS::Topic",
            "FindingsQueue": "SQS::Queue",
            "FindingsRule": "Events::Rule",
            "Findings": "Logs::LogGroup=findings",
            "Quarantine": "S3::Bucket",
            "Scans": f"CloudFormation::Stack={scans}",
        },
        tags={"owner": "security"},
        status="UPDATE_COMPLETE",
    )
    book.by_hand("queue", "findings", story="made by hand; a log group of a stack has the same name")
    book.by_hand("bucket", "security-audit", story="made by hand; a role of a stack has the same name")
