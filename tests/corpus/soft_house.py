"""A software house in Pune that hosts its customers in one account: each with the tool of its year."""

from __future__ import annotations

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.stacked import bootstrap, cdk, sam, sam_bucket, serverless
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import chalice, genesys, recovery_points, scaled
from tests.corpus.record import Account


def account() -> Account:
    """Annapurna was made by hand, Jaldi with SAM, Vidya with the Serverless Framework, Svasth with CDK; Chaukhat is a
    customer no more, and the people who knew its things have left."""
    book = Book("soft-house", "a software house and its customers", "710710710710", "ap-south-1", held_out=True)
    network = aws.default_network(book)
    aws.linked_roles(book, "RDS=rds", "AutoScaling=autoscaling", "Backup=backup", "Support=support")
    aws.service_keys(book, "lambda", "rds", "ssm")
    aws.welcome_log(book)
    _annapurna(book, network.id)
    _jaldi(book)
    _vidya(book, network.id)
    _svasth(book)
    _chaukhat(book)
    _house(book, network.id)
    return book.account()


def _annapurna(book: Book, network: str) -> None:
    """Restaurants: clicked together since 2019, live and UAT."""
    made: dict[str, Actual] = {}
    for stage in ("live", "uat"):
        tags = {"Client": "Annapurna Foods", "Stage": stage}
        for kind, name in (
            ("bucket", f"annapurna-menu-images-{stage}"),
            ("bucket", f"annapurna-invoices-{stage}"),
            ("table", f"annapurna-{stage}-orders"),
            ("table", f"annapurna-{stage}-outlets"),
            ("queue", f"annapurna-{stage}-kitchen-tickets"),
            ("topic", f"annapurna-{stage}-order-placed"),
            ("secret", f"annapurna/{stage}/razorpay"),
        ):
            made[name] = book.one_by_hand(kind, name, tags)
        for one in ("placeOrder", "printTicket", "dailySettlement"):
            name = f"annapurna-{stage}-{one}"
            made[name] = book.one_by_hand("function", name, tags, runtime="nodejs18.x", memory=256)
            book.log_of(made[name])
        made[f"db-{stage}"] = book.one_by_hand("database", f"annapurna-{stage}", tags, engine="mysql", storage=50)
    made["settle"] = book.one_by_hand("rule", "annapurna-settlement-daily", schedule="cron(30 18 * * ? *)")
    made["api"] = book.one_by_hand("api", "Annapurna Live API", {"Client": "Annapurna Foods"})
    book.by_hand("api", "Annapurna UAT API", tags={"Client": "Annapurna Foods"})
    made["dlq"] = book.one_by_hand("queue", "annapurna-live-kitchen-tickets-failed")
    made["pos"] = book.one_by_hand("instance", "annapurna-pos-gateway", {"Client": "Annapurna"}, network=network)
    words = "POS devices at outlets"
    made["sg"] = book.one_by_hand("security-group", "annapurna-pos-sg", network=network, description=words)
    book.by_hand("table", "annapurna-live-orders-bkp-diwali", story="a copy made by hand before a sale")
    book.by_hand("bucket", "annapurna-menu-images", story="the first one, before there were stages")
    book.by_hand("function", "annapurna-live-placeOrder-old", runtime="nodejs14.x", story="kept in case")
    book.by_hand("role", "annapurna-lambda-role", "annapurna-uat-lambda-role")
    recovery_points(book, "gsw-daily", made["db-live"])
    live: Document = {"tags": {"Client": "Annapurna Foods", "Stage": "live"}}
    node: Document = {"runtime": "nodejs18.x", "memory": 256}
    book.wish(
        ("bucket", "annapurna-menu-images-live", {}, made["annapurna-menu-images-live"]),
        ("bucket", "annapurna-invoices-live", {}, made["annapurna-invoices-live"]),
        ("table", "orders", live, made["annapurna-live-orders"]),
        ("table", "outlets", live, made["annapurna-live-outlets"]),
        ("table", "riders", live, None),
        ("queue", "kitchen-tickets", live, made["annapurna-live-kitchen-tickets"]),
        ("queue", "kitchen-tickets-failed", live, made["dlq"]),
        ("topic", "order-placed", live, made["annapurna-live-order-placed"]),
        ("function", "annapurna-live-placeOrder", node, made["annapurna-live-placeOrder"]),
        ("function", "annapurna-live-printTicket", node, made["annapurna-live-printTicket"]),
        ("function", "daily-settlement", live, made["annapurna-live-dailySettlement"]),
        ("function", "annapurna-live-assignRider", {"runtime": "nodejs22.x"}, None),
        ("secret", "annapurna/live/razorpay", {}, made["annapurna/live/razorpay"]),
        ("database", "annapurna-live", {"engine": "mysql"}, made["db-live"]),
        ("api", "annapurna-live-api", {}, made["api"]),
        ("rule", "annapurna-settlement-daily", {"schedule": "cron(30 18 * * ? *)"}, made["settle"]),
        ("instance", "annapurna-pos-gateway", {"tags": {"Client": "Annapurna"}}, made["pos"]),
        ("security-group", "annapurna-pos-sg", {"description": words}, made["sg"]),
    )
    uat: Document = {"tags": {"Client": "Annapurna Foods", "Stage": "uat"}}
    book.wish(
        ("bucket", "annapurna-invoices-uat", {}, made["annapurna-invoices-uat"]),
        ("table", "orders", uat, made["annapurna-uat-orders"]),
        ("queue", "kitchen-tickets", uat, made["annapurna-uat-kitchen-tickets"]),
        ("queue", "kitchen-tickets-failed", uat, None),
        ("database", "annapurna-uat", {"engine": "mysql"}, made["db-uat"]),
    )


def _jaldi(book: Book) -> None:
    """Couriers: `sam deploy`, a stack for each part and stage."""
    sam_bucket(book)
    made: dict[str, dict[str, Actual]] = {}
    for stage in ("prod", "uat"):
        made[stage] = sam(
            book,
            f"jaldi-booking-{stage}",
            {
                "HttpApi": "ApiGatewayV2::Api",
                "QuoteFunction": "Lambda::Function",
                "QuoteFunctionRole": "IAM::Role",
                "BookFunction": "Lambda::Function",
                "BookFunctionRole": "IAM::Role",
                "ShipmentsTable": f"DynamoDB::Table=jaldi-shipments-{stage}",
                "PickupQueue": "SQS::Queue",
                "LabelsBucket": f"S3::Bucket=jaldi-labels-{stage}",
            },
            tags={"client": "jaldi", "stage": stage},
            specs={one: {"runtime": "python3.12", "memory": 512} for one in ("QuoteFunction", "BookFunction")},
        )
        book.log_of(made[stage]["QuoteFunction"], made[stage]["BookFunction"])
    sam(book, "jaldi-tracking", {"TrackFunction": "Lambda::Function=jaldi-track", "Events": "SNS::Topic=jaldi-events"})
    book.by_hand("bucket", "jaldi-rate-cards", "jaldi-labels-archive", tags={"client": "jaldi"})
    debug = {"lambda:createdBy": "SAM", "client": "jaldi"}
    book.by_hand("function", "jaldi-quote-debug", tags=debug, runtime="python3.12", story="copied by hand to debug")
    book.by_hand("queue", "jaldi-pickup-replay", tags={"client": "jaldi"})
    book.by_hand("parameter", "/jaldi/prod/fuel-surcharge", "/jaldi/uat/fuel-surcharge")
    production = made["prod"]
    tags: Document = {"tags": {"client": "jaldi", "stage": "prod"}}
    book.wish(
        ("api", "jaldi-booking-prod", {}, production["HttpApi"]),
        ("function", "quote", tags, production["QuoteFunction"]),
        ("function", "book", tags, production["BookFunction"]),
        ("function", "cancel", tags, None),
        ("table", "jaldi-shipments-prod", {}, production["ShipmentsTable"]),
        ("table", "jaldi-returns-prod", {}, None),
        ("queue", "jaldi-booking-prod-pickup", {}, production["PickupQueue"]),
        ("bucket", "jaldi-labels-prod", {}, production["LabelsBucket"]),
    )


def _vidya(book: Book, network: str) -> None:
    """Schools: the Serverless Framework for fees and attendance, Moodle on servers made by hand."""
    tables = {
        "InvoicesTable": "DynamoDB::Table=vidya-fees-invoices-{}",
        "RemindersQueue": "SQS::Queue=vidya-fees-reminders-{}",
        "ReceiptsBucket": "S3::Bucket=vidya-fees-receipts-{}",
    }
    fees: dict[str, dict[str, Actual]] = {}
    for stage in ("dev", "prod"):
        more = {logical: word.format(stage) for logical, word in tables.items()}
        fees[stage] = serverless(book, "vidya-fees", stage, ("pay", "remind", "receipt"), more)
    serverless(book, "vidya-attendance", "prod", ("mark", "report"))
    worn = {"Customer": "Vidya Mandir"}
    app = book.one_by_hand("load-balancer", "vidya-moodle-alb", worn, network=network)
    scaled(book, "vidya-moodle-asg", 3, {"Name": "vidya-moodle", **worn})
    base = book.one_by_hand("database", "vidya-moodle-db", worn, engine="mariadb", storage=200)
    share = book.one_by_hand("filesystem", "vidya-moodledata", worn)
    group = book.one_by_hand("security-group", "vidya-moodle-web", network=network, description="moodle web")
    book.by_hand("security-group", "vidya-moodle-db", network=network, description="moodle db")
    sessions = book.one_by_hand("cache", "vidya-moodle-sessions")
    files = book.one_by_hand("bucket", "vidya-moodle-backups", worn)
    book.by_hand("bucket", "vidya-question-papers-2023", "vidya-question-papers-2024", tags=worn)
    book.by_hand("function", "vidya-fees-prod-receipt-hotfix", tags={"STAGE": "prod"}, story="copied by hand one night")
    book.by_hand("volume", "vidya-moodle-old-disk", tags=worn, size=100)
    recovery_points(book, "gsw-daily", base)
    book.wish(
        ("load-balancer", "vidya-moodle-alb", {"scheme": "internet"}, app),
        ("database", "vidya-moodle-db", {"engine": "mariadb"}, base),
        ("filesystem", "moodledata", {"tags": worn}, share),
        ("security-group", "vidya-moodle-web", {"description": "moodle web"}, group),
        ("cache", "moodle-sessions", {"engine": "redis"}, sessions),
        ("bucket", "vidya-moodle-backups", {}, files),
        ("bucket", "vidya-question-papers-2025", {"tags": worn}, None),
        ("topic", "moodle-alarms", {}, None),
    )
    production = fees["prod"]
    book.wish(
        ("function", "vidya-fees-prod-pay", {}, production["PayLambdaFunction"]),
        ("function", "vidya-fees-prod-receipt", {}, production["ReceiptLambdaFunction"]),
        ("function", "vidya-fees-prod-refund", {}, None),
        ("table", "fees-invoices", {"tags": {"STAGE": "prod"}}, production["InvoicesTable"]),
        ("queue", "fees-reminders", {"tags": {"STAGE": "prod"}}, production["RemindersQueue"]),
        ("bucket", "fees-receipts", {"tags": {"STAGE": "prod"}}, production["ReceiptsBucket"]),
    )


def _svasth(book: Book) -> None:
    """Pharmacies: CDK. The stage that the stacks call Beta is what all call UAT today."""
    bootstrap(book)
    made: dict[str, dict[str, Actual]] = {}
    for stage, tag in (("Prod", "prod"), ("Beta", "uat")):
        tags = {"customer": "svasth", "stage": tag}
        made[stage] = cdk(
            book,
            f"Svasth{stage}Stores",
            {
                "Prescriptions": "S3::Bucket",
                "Stock": "DynamoDB::Table",
                "Refills": "SQS::Queue",
                "RefillsDlq": "SQS::Queue",
                "CheckStock": "Lambda::Function",
                "CheckStockServiceRole": "IAM::Role",
                "ReadPrescription": "Lambda::Function",
                "ReadPrescriptionServiceRole": "IAM::Role",
                "LowStock": "SNS::Topic",
            },
            tags=tags,
            specs={one: {"runtime": "python3.13", "memory": 256} for one in ("CheckStock", "ReadPrescription")},
        )
        book.log_of(made[stage]["CheckStock"])
    by_hand = {"customer": "svasth", "stage": "uat"}
    seeds = book.one_by_hand("bucket", "svasth-uat-seed-data", by_hand)
    book.by_hand("table", "SvasthProdStores-Stock-restored", story="restored by hand from a backup")
    book.by_hand("topic", "svasth-oncall", tags={"customer": "svasth"})
    book.by_hand("secret", "svasth/prod/abdm", "svasth/uat/abdm", tags={"customer": "svasth"})
    uat, old = {"tags": by_hand}, made["Beta"]
    book.wish(
        ("bucket", "prescriptions", uat, old["Prescriptions"]),
        ("bucket", "svasth-uat-seed-data", {}, seeds),
        ("table", "stock", uat, old["Stock"]),
        ("queue", "refills", uat, old["Refills"]),
        ("queue", "refills-dlq", uat, old["RefillsDlq"]),
        ("topic", "low-stock", uat, old["LowStock"]),
        ("function", "check-stock", {"runtime": "python3.13", "tags": by_hand}, old["CheckStock"]),
        ("function", "read-prescription", {"runtime": "python3.13", "tags": by_hand}, old["ReadPrescription"]),
        ("function", "suggest-generic", {"runtime": "python3.13", "tags": by_hand}, None),
    )


def _chaukhat(book: Book) -> None:
    """Flats to let: the customer left, its stack was deleted, and some of it stayed."""
    stack(
        book,
        "chaukhat-listings",
        {
            "Photos": "S3::Bucket=chaukhat-listing-photos",
            "Listings": "DynamoDB::Table",
            "Search": "Lambda::Function",
            "Leads": "SQS::Queue",
        },
        status="DELETE_COMPLETE",
        orphans=frozenset({"Photos", "Listings"}),
    )
    story = "made by hand by people who have left"
    book.by_hand("bucket", "chaukhat-final-handover", story=story)
    book.by_hand("instance", "chaukhat-wp", story=story, running=False)
    book.by_hand("dns-zone", "chaukhat.example", story=story)
    book.by_hand("log-group", "/aws/lambda/chaukhat-listings-search", story="left when its function was deleted")


def _house(book: Book, network: str) -> None:
    """The house's own tools."""
    chalice(book, "timesheet-bot", "prod", "", "remind")
    ours = {"Client": "internal"}
    lost = TerraformState(book, "jenkins.tfstate", tags={"Terraform": "true", **ours}, shown=False)
    lost.add("instance", "gsw-jenkins", size="large", network=network)
    lost.add("security-group", "gsw-jenkins-sg", description="Managed by Terraform", network=network)
    lost.add("bucket", "gsw-jenkins-artifacts")
    wiki = book.one_by_hand("instance", "gsw-wiki", ours, network=network)
    disk = book.one_by_hand("volume", "gsw-wiki-data", ours, size=60)
    jump = book.one_by_hand("instance", "gsw-jump", ours, network=network)
    bills = book.one_by_hand("bucket", "gsw-client-billing", ours)
    book.by_hand("bucket", "gsw-temp", "gsw-uploads-test")
    book.by_hand("function", "test123", "gsw-ec2-stop-at-night", runtime="python3.11")
    night = book.one_by_hand("rule", "gsw-stop-at-night", schedule="cron(30 15 * * ? *)")
    book.by_hand("role", "gsw-developers", "github-actions-gsw", "gsw-client-readonly")
    book.by_hand("security-group", "launch-wizard-7", description="launch-wizard-7 created 2020", network=network)
    book.by_hand("repository", "gsw/base-node", "gsw/base-python")
    book.by_hand("instance", "gsw-demo", transition="stopping")
    rates = genesys(book, "billing", "table", "gsw-rates")
    genesys(book, "billing", "queue", "gsw-billing-runs")
    recovery_points(book, "gsw-daily", disk)
    book.wish(
        ("instance", "wiki", {"tags": ours}, wiki),
        ("volume", "gsw-wiki-data", {"size": 60}, disk),
        ("instance", "gsw-jump", {}, jump),
        ("bucket", "gsw-client-billing", {}, bills),
        ("table", "gsw-rates", {}, rates),
        ("rule", "gsw-stop-at-night", {"schedule": "cron(30 15 * * ? *)"}, night),
        ("rule", "gsw-start-at-morning", {}, None),
        ("bucket", "gsw-audit-trail", {}, None),
    )
