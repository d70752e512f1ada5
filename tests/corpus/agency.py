"""An agency with many clients in one account; every client has its own habits."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import beanstalk, beanstalk_bucket
from tests.corpus.builders.tagged import chalice, genesys, scaled
from tests.corpus.record import Account


def account() -> Account:
    """Sites of clients by hand, a bot by Chalice, two Beanstalk environments, and new work with genesys."""
    book = Book(
        "agency", "a web agency and its clients", "340340340340", "eu-south-1", held_out=True, began="2018-10-10"
    )
    default = aws.default_network(book)
    aws.linked_roles(book, "ElasticLoadBalancing=elasticloadbalancing", "Support=support")
    aws.service_keys(book, "acm")
    aws.welcome_log(book)
    _clients(book, default.id)
    _bots(book)
    _shops(book)
    _new(book)
    return book.account()


def _clients(book: Book, network: str) -> None:
    sites = book.by_hand(
        "bucket", "rossi-vini.example", "bianchi-moda.example", "verdi-opera.example", tags={"cliente": "sito"}
    )
    media = book.by_hand("bucket", "rossi-vini-media", "bianchi-moda-media", "verdi-opera-media")
    book.by_hand("bucket", "rossi-vini-media-vecchio", "agenzia-backup", "cf-logs-agenzia")
    zones = book.by_hand("dns-zone", "rossi-vini.example", "bianchi-moda.example")
    book.by_hand("certificate", "rossi-vini.example", "*.bianchi-moda.example")
    book.by_hand("distribution", "rossi vini", "bianchi moda")
    forms = book.by_hand("function", "rossi_contact_form", "bianchi_contact_form", runtime="python3.12", memory=128)
    newsletter = book.one_by_hand(
        "function", "newsletterSend", {"cliente": "bianchi"}, runtime="nodejs22.x", memory=512
    )
    book.log_of(*forms, newsletter)
    inside = book.one_by_hand("function", "gestionale-sync", runtime="python3.12", subnets=["subnet-0f1e2d3c4b5a69788"])
    aws.function_interface(book, inside, {"centro-costo": "7"})
    book.by_hand("instance", "gestionale", "staging-wordpress", network=network, tags={"cliente": "interno"})
    balancer = book.one_by_hand("load-balancer", "gestionale-alb", story="made by hand")
    aws.balancer_interface(book, balancer, {"centro-costo": "7"})
    database = book.one_by_hand("database", "gestionale-db", engine="mysql", version="8.4", port=3306)
    aws.database_secret(book, database)
    book.by_hand("security-group", "gestionale", "wordpress", "launch-wizard-7", network=network, description="agenzia")
    book.by_hand("role", "gestionale-ec2", "newsletterSend-role-7t3k1m9p")
    book.by_hand("log-group", "/aws/rds/instance/gestionale-db/error", story="made by RDS for gestionale-db")
    book.by_hand("instance", "web[/blue]\x07", "caffè ☕ {{test}}", story="made by hand by somebody who tries names")
    book.by_hand("bucket", f"config-bucket-{book.at.number}", story="made in the console of AWS Config")
    book.owned(aws.AWS, "log-group", "RDSOSMetrics", story="made by RDS for enhanced monitoring", retention=30)
    scaled(book, "gestionale-asg", 2, {"Name": "gestionale-web"})
    book.wish(
        ("bucket", "rossi-vini.example", {}, sites[0]),
        ("bucket", "gialli-site", {}, None),
        ("bucket", "rossi-media", {}, media[0]),
        ("bucket", "bianchi-media", {}, media[1]),
        ("bucket", "verdi-media", {}, media[2]),
        ("function", "rossi-contact-form", {"runtime": "python3.12"}, forms[0]),
        ("function", "bianchi-contact-form", {"runtime": "python3.12"}, forms[1]),
        ("function", "verdi-contact-form", {"runtime": "python3.12"}, None),
        ("function", "newsletter-send", {"runtime": "nodejs22.x"}, newsletter),
        ("database", "gestionale", {"engine": "mysql"}, database),
        ("load-balancer", "gestionale", {}, balancer),
        ("dns-zone", "rossi-vini.example", {}, zones[0]),
    )


def _bots(book: Book) -> None:
    chalice(book, "prenota-bot", "prod", "", "promemoria", "pulizia")
    chalice(book, "meteo", "dev", "")
    book.by_hand(
        "function", "prenota-bot-prod-prova", story="made by hand, named as Chalice names", runtime="python3.12"
    )
    book.by_hand("queue", "prenota-bot-prod-coda", "telegram-in")
    copied = {"aws-chalice-note": "was deployed by marco"}
    book.by_hand("function", "meteo-vecchio", tags=copied, runtime="python3.9")


def _shops(book: Book) -> None:
    beanstalk_bucket(book)
    beanstalk(book, "bianchi-shop-live", instances=3)
    beanstalk(book, "BianchiShop-test")
    book.by_hand("bucket", "elasticbeanstalk-notes", story="made by hand by the intern")
    copied = {"elasticbeanstalk-note": "copied from bianchi-shop-live"}
    book.by_hand("instance", "bianchi-shop-debug", tags=copied, story="launched by hand")
    stack(
        book,
        "verdi-tickets",
        {
            "Tickets": "DynamoDB::Table",
            "Uploads": "S3::Bucket",
            "Jobs": "SQS::Queue",
            "Role": "IAM::Role",
            "Log": "Logs::LogGroup",
        },
    )
    stack(
        book,
        "verdi-tickets",
        {"Tickets": "DynamoDB::Table", "Uploads": "S3::Bucket", "Jobs": "SQS::Queue"},
        status="DELETE_COMPLETE",
        orphans=frozenset({"Tickets", "Uploads"}),
        generation="2020",
    )
    book.by_hand("table", "verdi-tickets-Tickets-prova", story="made by hand, named after the stack's")


def _new(book: Book) -> None:
    for kind, name in (
        ("bucket", "neri-site"),
        ("function", "neri-form"),
        ("table", "neri-orders"),
        ("queue", "neri-mail"),
        ("topic", "neri-news"),
    ):
        genesys(book, "neri", kind, name)
    genesys(book, "gialli", "bucket", "gialli-archive", adopted=True)
    genesys(book, "gialli", "table", "GialliOrders", adopted=True)
    book.by_hand("bucket", "neri-site-old", tags={"genesys": "no"})
