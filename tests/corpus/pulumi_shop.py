"""A team on Pulumi: one project with its checkpoint, one that tags all it makes, a little of neither."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.state_files import PulumiStack
from tests.corpus.record import Account


def account() -> Account:
    """A weather service; some of its names end in digits that only look like Pulumi's."""
    book = Book("pulumi-shop", "a weather service on Pulumi", "889900112233", "eu-west-3", began="2022-11-11")
    aws.linked_roles(book, "ElastiCache=elasticache", "RDS=rds")
    aws.default_network(book)
    _forecast(book)
    _stations(book)
    _beside(book)
    return book.account()


def _forecast(book: Book) -> None:
    pulumi = PulumiStack(book, "forecast", "prod", file=".pulumi/stacks/forecast/prod.json", checkpoint=True)
    network = pulumi.add("network", "forecast-vpc", "", cidr="10.40.0.0/16")
    models = pulumi.add("bucket", "models")
    grids = pulumi.add("bucket", "grids")
    pulumi.add("security-group", "api-sg", description="Managed by Pulumi", network=network.id)
    role = pulumi.add("role", "api-role")
    api = pulumi.add("function", "api", runtime="python3.12", role=role.arn, memory=1024)
    pulumi.add("log-group", "api-logs")
    book.log_of(api)
    jobs = pulumi.add("queue", "jobs")
    table = pulumi.add("table", "runs")
    cache = pulumi.add("cache", "tiles", "forecast-tiles")
    pulumi.add("secret", "noaa-token")
    root = book.one_by_hand("bucket", "weather-archive-1998", story="made by hand long ago, only read by Pulumi")
    pulumi.looked_up("archive", root)
    pulumi.write()
    book.wish(
        ("network", "forecast", {"cidr": "10.40.0.0/16"}, network),
        ("bucket", "models", {}, models),
        ("bucket", "grids", {}, grids),
        ("function", "api", {"runtime": "python3.12", "memory": 1024}, api),
        ("queue", "jobs", {}, jobs),
        ("table", "runs", {}, table),
        ("cache", "tiles", {"engine": "redis"}, cache),
        ("bucket", "archive-1998", {}, root),
        ("queue", "alerts", {}, None),
        ("function", "renderer", {"runtime": "python3.12"}, None),
    )


def _stations(book: Book) -> None:
    pulumi = PulumiStack(book, "stations", "prod", tagged=True)
    for kind, name in (
        ("bucket", "readings"),
        ("queue", "readings-in"),
        ("topic", "station-down"),
        ("table", "stations"),
        ("function", "ingest"),
        ("repository", "collector"),
    ):
        made = pulumi.add(kind, name)
        if kind == "function":
            book.log_of(made)


def _beside(book: Book) -> None:
    lost = PulumiStack(book, "radar", "prod")
    for kind, name in (("bucket", "sweeps"), ("queue", "echoes"), ("table", "towers")):
        lost.add(kind, name)
    book.by_hand(
        "bucket", "weather-release-4f9c2d1", "weather-release-b07e6a3", story="made by a script, named after commits"
    )
    book.by_hand("function", "api-debug", "probe-1234567", runtime="python3.11")
    book.by_hand("queue", "jobs-manual", "jobs-old")
    book.by_hand("table", "runs-2023", "deadbee-notes")
    stale = {"pulumi:project": "radar", "pulumi:stack": "dev"}
    book.by_hand("bucket", "radar-frames-copy", tags=stale, story="copied by hand, tags and all")
    book.by_hand("role", "pulumi-deployer", "weather-readonly")
    book.by_hand("database", "weather-pg", size="medium")
    book.by_hand("secret", "weather/mapbox")
    book.by_hand("topic", "oncall", tags={"owner": "sre"})
    book.by_hand("cache", "forecast-tiles-old", transition="deleting")
