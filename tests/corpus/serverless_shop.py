"""Two teams of functions: one deploys with the Serverless Framework, the other with SAM."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.stacked import sam, sam_bucket, serverless
from tests.corpus.builders.tagged import chalice, sst_bootstrap, sst_v3
from tests.corpus.record import Account


def account() -> Account:
    """Bookings in two stages, payments by SAM, an experiment with SST."""
    book = Book("serverless-shop", "a booking site made of functions", "556677889900", "eu-west-1", began="2020-05-20")
    aws.linked_roles(book, "CloudWatchEvents=events", "APIGateway=ops.apigateway")
    aws.welcome_log(book)
    _bookings(book)
    _payments(book)
    _beside(book)
    return book.account()


def _bookings(book: Book) -> None:
    more = {
        "BookingsTable": "DynamoDB::Table=bookings-prod",
        "EventsQueue": "SQS::Queue=booking-events-prod",
        "UploadsBucket": "S3::Bucket=bookings-uploads-prod",
        "HttpApi": "ApiGatewayV2::Api=prod-bookings",
    }
    production = serverless(book, "bookings", "prod", ("create", "cancel", "list"), more)
    development = {key: word.replace("prod", "dev") for key, word in more.items()}
    serverless(book, "bookings", "dev", ("create", "cancel", "list"), development)
    book.wish(
        (
            "function",
            "bookings-create",
            {"handler": "src/create.handler", "tags": {"STAGE": "prod"}},
            production["CreateLambdaFunction"],
        ),
        (
            "function",
            "bookings-cancel",
            {"handler": "src/cancel.handler", "tags": {"STAGE": "prod"}},
            production["CancelLambdaFunction"],
        ),
        (
            "function",
            "bookings-list",
            {"handler": "src/list.handler", "tags": {"STAGE": "prod"}},
            production["ListLambdaFunction"],
        ),
        ("function", "bookings-refund", {"handler": "src/refund.handler", "tags": {"STAGE": "prod"}}, None),
        ("table", "bookings", {"tags": {"STAGE": "prod"}}, production["BookingsTable"]),
        ("queue", "booking-events", {"tags": {"STAGE": "prod"}}, production["EventsQueue"]),
        ("bucket", "bookings-uploads", {"tags": {"STAGE": "prod"}}, production["UploadsBucket"]),
    )


def _payments(book: Book) -> None:
    sam_bucket(book)
    made = sam(
        book,
        "payments",
        {
            "ChargeFunction": "Lambda::Function",
            "ChargeFunctionRole": "IAM::Role",
            "RefundFunction": "Lambda::Function",
            "RefundFunctionRole": "IAM::Role",
            "ServerlessHttpApi": "ApiGatewayV2::Api",
            "PaymentsTable": "DynamoDB::Table",
            "ChargeFunctionNightly": "Events::Rule",
            "DeadLetters": "SQS::Queue",
        },
        specs={"ChargeFunction": {"runtime": "python3.12", "handler": "app.lambda_handler"}},
    )
    book.log_of(made["ChargeFunction"], made["RefundFunction"])
    book.wish(
        ("function", "charge", {"runtime": "python3.12", "handler": "app.lambda_handler"}, made["ChargeFunction"]),
        ("function", "refund", {}, made["RefundFunction"]),
        ("table", "payments", {}, made["PaymentsTable"]),
        ("queue", "payments-dead-letters", {}, made["DeadLetters"]),
        ("table", "chargebacks", {}, None),
    )


def _beside(book: Book) -> None:
    sst_bootstrap(book)
    for kind, logical in (("function", "ApiHandler"), ("bucket", "Uploads"), ("table", "Sessions"), ("queue", "Mail")):
        made = sst_v3(book, "concierge", "production", kind, logical)
        if kind == "function":
            book.log_of(made)
    chalice(book, "webhooks", "dev", "", "retry")
    book.by_hand(
        "function", "bookings-prod-hotfix", story="made by hand, named as the framework names", tags={"STAGE": "prod"}
    )
    book.by_hand("function", "payments-ChargeFunction-local", story="made by hand", runtime="python3.12")
    book.by_hand("queue", "bookings-prod-replay", "bookings-dev-replay", story="made by hand")
    book.by_hand("bucket", "bookings-prod-serverlessdeploymentbucket-old", story="made by hand to keep old zips")
    book.by_hand("role", "bookings-prod-eu-west-1-lambdaRole-copy", story="made by hand to try a policy")
    book.by_hand("log-group", "/aws/lambda/bookings-staging-create", story="left by a stage that is gone")
    book.by_hand("table", "concierge-production-cache", "payments-archive")
    stack(
        book,
        "bookings-staging",
        {
            "ServerlessDeploymentBucket": "S3::Bucket",
            "BookingsTable": "DynamoDB::Table=bookings-staging",
            "CreateLambdaFunction": "Lambda::Function=bookings-staging-create",
        },
        tags={"STAGE": "staging"},
        status="DELETE_COMPLETE",
        orphans=frozenset({"BookingsTable"}),
    )
