"""A laboratory on Pulumi, whose web people chose SST 3."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.state_files import PulumiStack
from tests.corpus.builders.tagged import genesys, sst_bootstrap, sst_v3
from tests.corpus.record import Account


def account() -> Account:
    """Sequencing in two stacks of Pulumi, a portal by SST, scripts that name after commits."""
    book = Book("biotech", "a sequencing laboratory", "230230230230", "eu-west-2", held_out=True, began="2023-08-08")
    aws.linked_roles(book, "Batch=batch", "AmazonSSM=ssm", "SecurityHub=securityhub")
    aws.service_keys(book, "ebs", "secretsmanager")
    aws.kept_rule(book, "SSMExplorerManagedRule", "ssm")
    _sequencer(book)
    _registry(book)
    _portal(book)
    _beside(book)
    return book.account()


def _sequencer(book: Book) -> None:
    pulumi = PulumiStack(book, "sequencer", "main", file="exports/sequencer-main.json")
    tags = {"grant": "BB-2231"}
    network = pulumi.add("network", "lab", "lab-net", cidr="10.77.0.0/16", tags=tags)
    runs = pulumi.add("bucket", "runData", tags=tags, name="rundata-83bd10c")
    refs = pulumi.add("bucket", "references", tags=tags)
    align = pulumi.add("queue", "alignJobs", tags=tags)
    call = pulumi.add("queue", "callJobs", tags=tags)
    role = pulumi.add("role", "alignRole")
    aligner = pulumi.add(
        "function", "aligner", tags=tags, runtime="provided.al2023", handler="bootstrap", memory=3008, role=role.arn
    )
    pulumi.add("log-group", "alignerLogs")
    book.log_of(aligner)
    samples = pulumi.add("table", "samples", tags=tags)
    pulumi.add("security-group", "workers", description="Managed by Pulumi", network=network.id)
    pulumi.add("repository", "pipelines", "lab/pipelines")
    pulumi.add("secret", "illumina")
    pulumi.add("topic", "runFinished")
    old = book.one_by_hand("bucket", "lab-freezer", story="made by hand years before, only read by Pulumi")
    pulumi.looked_up("freezer", old)
    pulumi.write()
    book.wish(
        ("network", "lab", {"cidr": "10.77.0.0/16"}, network),
        ("bucket", "run-data", {"tags": {"grant": "BB-2231"}}, runs),
        ("bucket", "references", {}, refs),
        ("bucket", "freezer", {}, old),
        ("queue", "align-jobs", {}, align),
        ("queue", "call-jobs", {}, call),
        ("queue", "merge-jobs", {}, None),
        ("function", "aligner", {"runtime": "provided.al2023", "memory": 3008}, aligner),
        ("function", "caller", {"runtime": "provided.al2023"}, None),
        ("table", "samples", {}, samples),
        ("table", "donors", {}, None),
    )


def _registry(book: Book) -> None:
    pulumi = PulumiStack(book, "registry", "live", tagged=True)
    for kind, name in (
        ("bucket", "consents"),
        ("table", "patients"),
        ("queue", "letters"),
        ("topic", "appointments"),
        ("database", "registry-db"),
        ("cache", "registry-cache"),
    ):
        pulumi.add(kind, name)
    for name in ("remind", "export"):
        book.log_of(pulumi.add("function", name))


def _portal(book: Book) -> None:
    sst_bootstrap(book)
    made = {
        logical: sst_v3(book, "portal", "prod", kind, logical)
        for kind, logical in (
            ("function", "WebServer"),
            ("function", "UploadHandler"),
            ("bucket", "Assets"),
            ("bucket", "Reports"),
            ("table", "Accounts"),
            ("queue", "Thumbnails"),
            ("topic", "Notices"),
            ("distribution", "WebCdn"),
            ("secret", "SessionKey"),
        )
    }
    sst_v3(book, "portal", "alice", "bucket", "Reports")
    sst_v3(book, "portal", "alice", "table", "Accounts")
    sst_v3(book, "portal", "alice", "queue", "Thumbnails")
    book.log_of(made["WebServer"], made["UploadHandler"])
    production = {"sst:stage": "prod"}
    book.wish(
        ("bucket", "reports", {"tags": production}, made["Reports"]),
        ("table", "accounts", {"tags": production}, made["Accounts"]),
        ("queue", "thumbnails", {"tags": production}, made["Thumbnails"]),
        ("function", "upload-handler", {}, made["UploadHandler"]),
        ("function", "mail-handler", {}, None),
    )


def _beside(book: Book) -> None:
    lost = PulumiStack(book, "microscope", "live")
    lost.add("bucket", "micrographs")
    lost.add("queue", "exposures")
    book.by_hand(
        "bucket", "site-build-9ac31f0", "site-build-77d2e1b", story="made by a script of CI, named after commits"
    )
    book.by_hand("bucket", "portal-prod-exports-manual", "lab-scratch", tags={"grant": "BB-1999"})
    book.by_hand("function", "aligner-test", "portal-prod-ping", runtime="python3.13")
    book.by_hand("queue", "alignJobs-replay", "printer")
    book.by_hand("table", "samples-2024", "portal-prod-Accounts-copy")
    stale = {"pulumi:project": "microscope", "pulumi:stack": "live"}
    book.by_hand(
        "topic", "microscope-done", tags=stale, story="made by hand with tags copied from a project that is gone"
    )
    book.by_hand("role", "lab-readers", "pulumi-ci-deployer")
    book.by_hand("secret", "lab/zoom", "lab/slack")
    book.by_hand("instance", "licence-server", tags={"grant": "none"})
    book.by_hand("database", "lims", engine="postgres", transition="modifying")
    genesys(book, "storage", "bucket", "lab-raw-2026")
    genesys(book, "storage", "bucket", "lab-qc-2026")
    genesys(book, "storage", "topic", "lab-intake")
