"""Two companies in one account: the buyer's Terraform with dashes, the bought one's console work in CamelCase."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import recovery_points, scaled, scaled_volumes
from tests.corpus.builders.things import Place
from tests.corpus.record import Account


def account() -> Account:
    """Northwind bought Lumen: half of what Lumen had was imported into Terraform, the rest waits."""
    book = Book(
        "acquired-company",
        "a bank's supplier after a merger",
        "120120120120",
        "us-west-2",
        held_out=True,
        began="2019-04-04",
    )
    aws.default_network(book)
    aws.linked_roles(book, "AutoScaling=autoscaling", "ElastiCache=elasticache", "Backup=backup")
    aws.sso_roles(book, "NorthwindAdmin")
    _northwind(book)
    lumen = _lumen(book)
    _imported(book)
    _lost(book)
    _wishes(book, lumen)
    return book.account()


def _northwind(book: Book) -> None:
    state = TerraformState(book, "nw-core.tfstate", tags={"nw:unit": "payments", "Terraform": "true"})
    network = state.add("network", "nw-usw2-core", "this", module="module.vpc", cidr="10.128.0.0/14")
    aws.default_group(book, network)
    for one in ("ledger", "fraud", "payout"):
        module = f'module.service["{one}"]'
        role = state.add("role", f"nw-usw2-{one}-exec", "exec", module=module)
        state.add("queue", f"nw-usw2-{one}-in", "in", module=module, key=0)
        state.add("queue", f"nw-usw2-{one}-dead", "dead", module=module, key=0)
        state.add("security-group", f"nw-usw2-{one}", "this", module=module, network=network.id, description=one)
        made = state.add(
            "function", f"nw-usw2-{one}", "fn", module=module, runtime="java21", memory=2048, role=role.arn
        )
        book.log_of(made)
    state.add("cache", "nw-usw2-sessions", "sessions")
    state.add("filesystem", "nw-usw2-spool", "spool")
    state.elsewhere("queue", "LumenInbox", "mirror", Place("120120120199", "us-west-2"))
    account_bucket = book.one_by_hand("bucket", "northwind-golden-images", story="made by hand, only read by Terraform")
    state.data("images", account_bucket)
    state.write()
    scaled(book, "nw-usw2-batch", 5, {"Name": "nw-batch", "nw:unit": "payments"})
    scaled_volumes(book, "nw-usw2-batch", 3)


def _lumen(book: Book) -> dict[str, Actual]:
    tags = {"Owner": "lumen", "Env": "PROD"}
    there = {
        "invoices": book.one_by_hand("bucket", "lumen-prod-invoices", tags),
        "statements": book.one_by_hand("bucket", "lumen-prod-statements", tags),
        "inbox": book.one_by_hand("queue", "LumenInbox", tags),
        "outbox": book.one_by_hand("queue", "LumenOutbox", tags),
        "customers": book.one_by_hand("table", "LumenCustomers", tags),
        "tariffs": book.one_by_hand("table", "LumenTariffs", tags),
        "billing": book.one_by_hand("function", "LumenBillingRun", tags, runtime="dotnet8", memory=1024),
        "meter": book.one_by_hand("function", "LumenMeterRead", tags, runtime="dotnet8", memory=512),
        "alarms": book.one_by_hand("topic", "LumenAlarms", tags),
        "db": book.one_by_hand("database", "lumendb", tags, engine="mysql", version="8.0", size="xlarge", port=3306),
        "net": book.one_by_hand("network", "LumenVpc", tags, cidr="192.168.0.0/20"),
        "share": book.one_by_hand("volume", "LumenShare", tags, size=500),
        "app": book.one_by_hand("instance", "LumenApp1", tags, size="large"),
    }
    book.log_of(there["billing"], there["meter"])
    recovery_points(book, "lumen-nightly", there["db"], there["share"], there["app"])
    book.by_hand("bucket", "lumen-test-invoices", "lumen-prod-invoices-tmp", tags={"Owner": "lumen", "Env": "TEST"})
    book.by_hand("table", "LumenCustomers_2018", "LumenCustomersTest", tags={"Owner": "lumen"})
    book.by_hand("function", "LumenBillingRunOld", tags={"Owner": "lumen"}, runtime="dotnet6")
    book.by_hand("role", "LumenLambdaRole", "LumenEc2Role", "terraform-ci")
    book.by_hand("instance", "LumenApp2", tags=tags, transition="deleting")
    stack(
        book,
        "LumenAlerts",
        {"Rule": "Events::Rule", "Dead": "SQS::Queue", "Fn": "Lambda::Function", "Role": "IAM::Role"},
    )
    return there


def _imported(book: Book) -> None:
    """What was taken into Terraform after the merger keeps its old names."""
    state = TerraformState(book, "lumen-import/terraform.tfstate")
    tags = {"Owner": "lumen", "Env": "PROD"}
    for kind, name in (
        ("bucket", "lumen-prod-audit"),
        ("queue", "LumenAudit"),
        ("table", "LumenAudit"),
        ("key", "LumenKey"),
        ("secret", "Lumen/Prod/Db"),
        ("parameter", "/Lumen/Prod/Mode"),
    ):
        state.add(kind, name, name.lower().replace("/", "_").strip("_"), tags=tags)
    state.write()


def _lost(book: Book) -> None:
    lost = TerraformState(book, "", tags={"ManagedBy": "Terraform", "nw:unit": "data"}, shown=False)
    lost.add("bucket", "nw-usw2-warehouse", "warehouse")
    lost.add("queue", "nw-usw2-warehouse-load", "load")
    lost.add("topic", "nw-usw2-warehouse-done", "done")
    lost.add("log-group", "/nw/warehouse", "log", retention=90)
    stale = {"Terraform": "true", "nw:unit": "payments"}
    book.by_hand(
        "bucket", "nw-usw2-cards-retired", tags=stale, story="taken out of the state with `terraform state rm`"
    )
    book.by_hand("queue", "nw-usw2-ledger-manual", story="made by hand beside Terraform's")


def _wishes(book: Book, lumen: dict[str, Actual]) -> None:
    book.wish(
        ("bucket", "invoices", {"tags": {"Env": "PROD"}}, lumen["invoices"]),
        ("bucket", "statements", {"tags": {"Env": "PROD"}}, lumen["statements"]),
        ("bucket", "contracts", {"tags": {"Env": "PROD"}}, None),
        ("queue", "lumen-inbox", {}, lumen["inbox"]),
        ("queue", "lumen-outbox", {}, lumen["outbox"]),
        ("table", "lumen-customers", {"tags": {"Env": "PROD"}}, lumen["customers"]),
        ("table", "lumen-tariffs", {}, lumen["tariffs"]),
        ("table", "lumen-meters", {}, None),
        ("function", "billing-run", {"runtime": "dotnet8", "memory": 1024}, lumen["billing"]),
        ("function", "meter-read", {"runtime": "dotnet8", "memory": 512}, lumen["meter"]),
        ("function", "dunning-run", {"runtime": "dotnet8"}, None),
        ("topic", "lumen-alarms", {}, lumen["alarms"]),
        ("database", "lumen", {"engine": "mysql", "size": "xlarge"}, lumen["db"]),
        ("network", "lumen", {"cidr": "192.168.0.0/20"}, lumen["net"]),
        ("volume", "lumen-share", {"size": 500}, lumen["share"]),
        ("instance", "lumen-app-1", {}, lumen["app"]),
    )
