"""A team that applies Terraform: most with its state file, one module whose state nobody has."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book, Entry
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import scaled, scaled_volumes
from tests.corpus.builders.things import Place
from tests.corpus.record import Account


def account() -> Account:
    """Production with its state, an old data pipeline without, and hand-made things that were imported nowhere."""
    book = Book("terraform-shop", "a logistics firm that applies Terraform", "445566778899", "us-east-1")
    aws.default_network(book)
    aws.linked_roles(book, "AutoScaling=autoscaling", "RDS=rds", "ECS=ecs")
    aws.service_keys(book, "ebs")
    _production(book)
    _pipeline(book)
    _beside(book)
    return book.account()


def _production(book: Book) -> None:
    state = TerraformState(book, "production.tfstate", tags={"Environment": "production"})
    network = state.add("network", "prod-vpc", "main", module="module.network", cidr="10.20.0.0/16")
    aws.default_group(book, network)
    groups = [
        state.add(
            "security-group",
            f"prod-{one}-sg",
            one,
            module="module.network",
            network=network.id,
            description="Managed by Terraform",
        )
        for one in ("alb", "app", "db")
    ]
    buckets = {
        one: state.add("bucket", f"acmelog-prod-{one}", "data", module="module.buckets", key=one)
        for one in ("labels", "manifests", "reports")
    }
    for one, bucket in buckets.items():
        state.part("aws_s3_bucket_versioning", one, bucket)
        state.part("aws_s3_bucket_public_access_block", one, bucket)
    database = state.add("database", "prod-orders", "orders", module="module.database", size="large", multi_az=True)
    queues = [
        state.add("queue", f"prod-{one}", "jobs", key=number) for number, one in enumerate(("pick", "pack", "ship"))
    ]
    topic = state.add("topic", "prod-events", "events")
    role = state.add("role", "prod-dispatcher", "dispatcher")
    function = state.add("function", "prod-dispatcher", "dispatcher", runtime="python3.12", role=role.arn, memory=512)
    state.add("log-group", "/aws/lambda/prod-dispatcher", "dispatcher", retention=14)
    router = state.add("function", "prod-router", "router", runtime="python3.12", role=role.arn)
    book.log_of(router)
    balancer = state.add("load-balancer", "prod-alb", "main", security_groups=[groups[0].id])
    aws.balancer_interface(book, balancer, {"Environment": "production"})
    cluster = state.add("cluster", "prod", "main")
    state.add("container-service", "prod/api", "api", cluster=cluster.name)
    state.add("secret", "prod/db", "db")
    state.add("repository", "prod/api", "api")
    hosted = book.one_by_hand("dns-zone", "acmelog.example", story="bought and set up by hand, only read by Terraform")
    state.data("root", hosted)
    artifacts = book.one_by_hand("bucket", "acmelog-artifacts", story="made by hand, only read by Terraform")
    state.data("artifacts", artifacts)
    staging = Place("445566778800", "us-east-1")
    state.elsewhere("queue", "staging-pick", "mirror", staging)
    state.elsewhere("role", "staging-dispatcher", "mirror", staging)
    state.write()
    _wishes(book, [*buckets.items()], queues)
    book.wish(
        ("network", "main", {"cidr": "10.20.0.0/16"}, network),
        ("database", "orders", {"engine": "postgres", "size": "large"}, database),
        ("topic", "events", {}, topic),
        ("function", "dispatcher", {"runtime": "python3.12", "memory": 512}, function),
        ("function", "invoicer", {"runtime": "python3.12"}, None),
        ("load-balancer", "alb", {"type": "application"}, balancer),
        ("cluster", "prod", {}, cluster),
        ("bucket", "artifacts", {}, artifacts),
    )


def _wishes(book: Book, buckets: list[tuple[str, Actual]], queues: list[Actual]) -> None:
    wanted: list[Entry] = [("bucket", f"{one}-prod", {}, bucket) for one, bucket in buckets]
    works: list[Entry] = [("queue", queue.name.removeprefix("prod-"), {}, queue) for queue in queues]
    book.wish(*wanted, *works, ("bucket", "invoices-prod", {}, None), ("queue", "returns", {}, None))


def _pipeline(book: Book) -> None:
    """Its state was on a laptop; what it applied still runs, and says so."""
    lost = TerraformState(book, "pipeline", tags={"ManagedBy": "terraform", "Team": "data"}, shown=False)
    for one in ("raw", "clean", "curated"):
        lost.add("bucket", f"acmelog-lake-{one}", one)
    lost.add("queue", "lake-ingest", "ingest")
    lost.add("table", "lake-catalog", "catalog")
    lost.add("function", "lake-compactor", "compactor", runtime="python3.11")
    lost.add("topic", "lake-alerts", "alerts")
    state = TerraformState(book, "workers.tfstate", tags={"managed-by": "terraform"})
    state.add("security-group", "terraform-20240315084512345600000001", "workers", description="Managed by Terraform")
    state.add("key", "workers", "workers")
    state.add("parameter", "/workers/size", "size")
    state.write()
    scaled(book, "workers-asg-20240315084513", 3, {"Name": "worker", "managed-by": "terraform"})
    scaled_volumes(book, "workers-asg-20240315084513", 3)


def _beside(book: Book) -> None:
    stale = {"ManagedBy": "terraform", "Environment": "production"}
    book.by_hand("bucket", "acmelog-prod-old-labels", tags=stale, story="removed from the state two years ago")
    book.by_hand("bucket", "acmelog-staging-labels", "acmelog-dev-labels", "acmelog-tfstate")
    book.by_hand("table", "terraform-locks", story="made by hand for Terraform's locks")
    book.by_hand("queue", "staging-pick", "staging-pack", "prod-pick-test")
    book.by_hand("instance", "jump-host", tags={"Environment": "production"})
    book.by_hand("volume", "jump-host-data", transition="deleting")
    book.by_hand("function", "staging-dispatcher", runtime="python3.9")
    book.by_hand("role", "staging-dispatcher")
    book.by_hand("rule", "prod-heartbeat", schedule="rate(5 minutes)")
