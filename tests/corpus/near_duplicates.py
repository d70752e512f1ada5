"""The same things three times over: production, staging, development, and copies of copies."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import genesys
from tests.corpus.record import Account

_STAGES = ("production", "staging", "development")
_SHORT = {"production": "prod", "staging": "stg", "development": "dev"}


def account() -> Account:
    """A courier whose stages share one account; its stack files drop what the names carry."""
    book = Book(
        "near-duplicates", "a courier with three stages in one account", "112233445566", "us-east-1", began="2022-02-02"
    )
    aws.linked_roles(book, "RDS=rds")
    everything = {stage: _stage(book, stage) for stage in _STAGES}
    for stage in _STAGES:
        _wishes(book, stage, everything[stage])
    _quality(book)
    _decoys(book)
    _by_settings(book)
    return book.account()


def _stage(book: Book, stage: str) -> dict[str, Actual]:
    short, tags = _SHORT[stage], {"environment": stage}
    size = {"production": "large", "staging": "medium", "development": "small"}[stage]
    cidr = {"production": "10.1.0.0/16", "staging": "10.2.0.0/16", "development": "10.3.0.0/16"}[stage]
    return {
        "bucket": book.one_by_hand("bucket", f"courier-{short}-parcels", tags),
        "labels": book.one_by_hand("bucket", f"courier-labels-{short}", tags),
        "queue": book.one_by_hand("queue", f"{short}-Parcel-Events", tags),
        "table": book.one_by_hand("table", f"Parcels-{stage.title()}", tags),
        "function": book.one_by_hand("function", f"courier_{short}_track", tags, runtime="python3.12"),
        "topic": book.one_by_hand("topic", f"{short}-alerts", tags),
        "network": book.one_by_hand("network", f"courier-{short}", tags, cidr=cidr),
        "database": book.one_by_hand("database", f"courier-{short}", tags, size=size),
        "secret": book.one_by_hand("secret", f"courier/{short}/maps", tags),
    }


def _wishes(book: Book, stage: str, there: dict[str, Actual]) -> None:
    tags = {"environment": stage}
    network = there["network"]
    book.wish(
        ("bucket", f"parcels-{stage}", {"tags": tags}, there["bucket"]),
        ("bucket", f"labels-{stage}", {"tags": tags}, there["labels"]),
        ("queue", "parcel-events", {"tags": tags}, there["queue"]),
        ("table", "parcels", {"tags": tags}, there["table"]),
        ("function", "track", {"runtime": "python3.12", "tags": tags}, there["function"]),
        ("topic", "alerts", {"tags": tags}, there["topic"]),
        ("network", "courier", {"cidr": network.spec["cidr"]}, network),
        ("database", "courier", {"engine": "postgres", "tags": tags}, there["database"]),
        ("bucket", f"receipts-{stage}", {"tags": tags}, None),
        ("queue", "refund-events", {"tags": tags}, None),
        ("table", "parcel-prices", {"tags": tags}, None),
        ("function", "track-returns", {"runtime": "python3.12", "tags": tags}, None),
    )


def _quality(book: Book) -> None:
    """A stage that is still to be made: the other three look close."""
    tags = {"environment": "qa"}
    book.wish(
        ("bucket", "parcels-qa", {"tags": tags}, None),
        ("bucket", "labels-qa", {"tags": tags}, None),
        ("queue", "qa-parcel-events", {"tags": tags}, None),
        ("network", "courier-qa", {"cidr": "10.4.0.0/16"}, None),
    )


def _decoys(book: Book) -> None:
    book.by_hand("bucket", "courier-prod-parcels-backup", "courier-prod-parcels-2021", "courier-parcel-prices")
    book.by_hand("queue", "prod-Parcel-Events-dlq", "Parcel-Events-test")
    book.by_hand("table", "Parcels", "Parcels-copy", story="left from a migration")
    book.by_hand("topic", "alerts-test")
    book.by_hand("function", "courier_track_v1", runtime="python3.8")
    genesys(book, "tracking", "queue", "tracking-events")
    state = TerraformState(book, "dns.tfstate")
    state.add("dns-zone", "courier.example", "root")
    state.add("certificate", "courier.example", "root")
    state.write()


def _by_settings(book: Book) -> None:
    """Nothing but a setting tells one from the other."""
    small = book.one_by_hand("function", "geo-lookup-a", runtime="nodejs22.x", memory=256)
    large = book.one_by_hand("function", "geo-lookup-b", runtime="python3.12", memory=2048)
    postgres = book.one_by_hand("database", "reporting-1", engine="postgres", version="16")
    mysql = book.one_by_hand("database", "reporting-2", engine="mysql", version="8.0", port=3306)
    book.wish(
        ("function", "geo-lookup", {"runtime": "python3.12", "memory": 2048}, large),
        ("database", "reporting", {"engine": "mysql", "version": "8.0"}, mysql),
    )
    book.wish(
        ("function", "geo-lookup", {"runtime": "nodejs22.x", "memory": 256}, small),
        ("database", "reporting", {"engine": "postgres", "version": "16"}, postgres),
        ("function", "geo-index", {"runtime": "java21"}, None),
    )
