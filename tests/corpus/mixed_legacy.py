"""An old account in which every year left another tool."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.platforms import (
    beanstalk,
    beanstalk_bucket,
    copilot_app,
    copilot_env,
    copilot_service,
    service_catalog,
)
from tests.corpus.builders.stacked import sst_v2
from tests.corpus.builders.tagged import chalice, ecs_tasks, genesys, recovery_points
from tests.corpus.record import Account


def account() -> Account:
    """A publisher: Beanstalk from 2017, Chalice from 2019, Copilot, SST 2, a product of Service Catalog."""
    book = Book("mixed-legacy", "a publisher that tried every tool", "990011223344", "us-west-1", began="2017-06-01")
    default = aws.default_network(book)
    aws.linked_roles(
        book, "ElasticLoadBalancing=elasticloadbalancing", "ECS=ecs", "GlobalAccelerator=globalaccelerator"
    )
    aws.service_keys(book, "s3")
    _old(book)
    _newer(book)
    _beside(book, default.id)
    return book.account()


def _old(book: Book) -> None:
    beanstalk_bucket(book)
    beanstalk(book, "Press-prod", instances=2)
    beanstalk(book, "press-staging")
    chalice(book, "isbn-lookup", "api", "", "sync", "cleanup")
    service_catalog(book, "author-portal", {"Files": "S3::Bucket", "Jobs": "SQS::Queue", "Role": "IAM::Role"})


def _newer(book: Book) -> None:
    copilot_app(book, "reader")
    environment = copilot_env(book, "reader", "prod")
    cluster = environment["Cluster"].name
    web = copilot_service(book, "reader", "prod", "web", cluster)
    ecs_tasks(book, cluster, web["Service"].name.rpartition("/")[2], 2)
    site = sst_v2(
        book,
        "catalogue",
        "prod",
        "Api",
        {
            "SearchFn": "Lambda::Function",
            "SearchFnServiceRole": "IAM::Role",
            "Covers": "S3::Bucket",
            "Books": "DynamoDB::Table=prod-catalogue-Books",
        },
    )
    book.log_of(site["SearchFn"])
    sst_v2(
        book, "catalogue", "dev", "Api", {"SearchFn": "Lambda::Function", "Covers": "S3::Bucket", "Jobs": "SQS::Queue"}
    )
    book.wish(
        ("cluster", "reader-prod", {}, environment["Cluster"]),
        ("container-service", "web", {}, web["Service"]),
        ("log-group", "/copilot/reader-prod-web", {"retention": 30}, web["LogGroup"]),
        ("bucket", "catalogue-covers-prod", {}, site["Covers"]),
        ("table", "catalogue-books", {}, site["Books"]),
        ("function", "search-prod", {}, site["SearchFn"]),
        ("function", "recommend", {}, None),
    )


def _beside(book: Book, network: str) -> None:
    mill = book.one_by_hand("instance", "print-mill", {"backup": "weekly"}, network=network)
    disk = book.one_by_hand("volume", "print-mill-data", {"backup": "weekly"})
    recovery_points(book, "weekly", mill, disk)
    book.by_hand("bucket", "press-elasticbeanstalk-exports", "publisher-covers", "publisher-covers-2019")
    book.by_hand("bucket", "catalogue-covers-archive", tags={"sst": "no"})
    book.by_hand("security-group", "awseb-debug", "press-office", description="made by hand", network=network)
    book.by_hand("role", "aws-elasticbeanstalk-readers", "isbn-lookup-admin", "copilot-users")
    book.by_hand("function", "isbn-lookup-old", "epub-check", runtime="python3.8")
    book.by_hand("queue", "epub-in", "epub-out", "reader-prod-web-replay")
    book.by_hand("parameter", "/press/smtp", "/copilot-notes/reader")
    book.by_hand("table", "copilot-usage", "Isbn")
    genesys(book, "epub", "queue", "epub-errors")
    genesys(book, "epub", "function", "epub-convert")
    genesys(book, "epub", "topic", "epub-done")
    genesys(book, "epub", "bucket", "epub-files")
