"""A start-up whose account grew by hand: three people, three habits."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.tagged import genesys, scaled
from tests.corpus.record import Account, Owner


def account() -> Account:
    """Console work over four years, a CloudFormation tutorial, and lately genesys."""
    book = Book("hand-made", "a start-up that clicked everything together", "210987654321", "eu-west-1")
    default = aws.default_network(book)
    aws.linked_roles(
        book, "RDS=rds", "Support=support", "TrustedAdvisor=trustedadvisor", "ElasticLoadBalancing=elasticloadbalancing"
    )
    aws.service_keys(book, "s3", "rds")
    aws.welcome_log(book)
    _storage(book)
    _functions(book)
    _servers(book, default.id)
    _tutorials(book)
    return book.account()


def _storage(book: Book) -> None:
    photos, photos_old = book.by_hand("bucket", "fotograf-photos", "fotograf-photos-old")
    backups, logs = book.by_hand("bucket", "fotograf-backups", "fotograf-elb-logs")
    book.by_hand("bucket", "marias-test-bucket", "delete-me-2022", "fotograf.app", "www.fotograf.app")
    trail = f"aws-cloudtrail-logs-{book.at.number}-5f1c77ab"
    book.by_hand("bucket", trail, story="made in the CloudTrail console for a trail")
    orders, users = book.by_hand("table", "Orders", "Users", tags={"team": "backend"})
    book.by_hand("table", "orders-backup-0312", "terraform-demo-Table-3F9A1B2C4D5E", story="made by hand")
    jobs, dead, mails = book.by_hand("queue", "resize-jobs", "resize-jobs-dlq", "mails.fifo")
    alerts, news = book.by_hand("topic", "Alerts", "newsletter", tags={"owner": "maria"})
    book.by_hand("secret", "prod/stripe", "prod/db")
    book.by_hand("parameter", "/prod/api-url", "/prod/feature-flags")
    book.wish(
        ("bucket", "photos", {"versioning": True}, photos),
        ("bucket", "backups", {}, backups),
        ("bucket", "elb-logs", {}, logs),
        ("bucket", "invoices", {}, None),
        ("table", "orders", {}, orders),
        ("table", "users", {}, users),
        ("queue", "resize-jobs", {}, jobs),
        ("queue", "resize-dead", {}, dead),
        ("queue", "mails.fifo", {}, mails),
        ("topic", "alerts", {}, alerts),
        ("topic", "newsletters", {}, news),
        ("topic", "payments", {}, None),
    )
    del photos_old


def _functions(book: Book) -> None:
    role = book.by_hand(
        "role", "resize-role-k3v9x1qa", path="/service-role/", story="made by the Lambda console with its function"
    )[0]
    book.by_hand("role", "AWSCodePipelineServiceRole-eu-west-1-site", "rds-monitoring-role", "ec2-admin")
    resize, thumbs = book.by_hand(
        "function",
        "resize",
        "thumbnails",
        runtime="python3.12",
        handler="lambda_function.lambda_handler",
        role=role.arn,
    )
    (hello,) = book.by_hand("function", "hello-world-test", runtime="nodejs18.x")
    copy = {"STAGE": "prod"}
    (mailer,) = book.by_hand(
        "function", "mailer-prod-send", tags=copy, story="made by hand, named as a colleague used to"
    )
    book.log_of(resize, thumbs, hello, mailer)
    inside = book.one_by_hand("function", "db-report", runtime="python3.11", subnets=["subnet-0a1b2c3d4e5f60718"])
    aws.function_interface(book, inside, {"CostCenter": "42"})
    book.by_hand("log-group", "/aws/lambda/old-report", story="left by a function that is gone")
    book.by_hand("log-group", "/aws/codebuild/site", "/ecs/first-run-task-definition", story="made with its project")
    book.by_hand("rule", "nightly-report", schedule="cron(0 3 * * ? *)")
    book.by_hand("api", "photos-api")


def _servers(book: Book, network: str) -> None:
    book.by_hand("instance", "web-1", "web-2", "bastion", tags={"env": "prod"}, network=network)
    book.by_hand("volume", "data", "", tags={"note": "jenkins home"})
    book.by_hand(
        "security-group",
        "launch-wizard-1",
        "launch-wizard-2",
        story="made by the launch wizard",
        network=network,
        description="launch-wizard created 2022-05-04T09:12:33.501Z",
    )
    book.by_hand("security-group", "web-sg", network=network, description="web")
    database = book.one_by_hand("database", "fotograf-prod", {"env": "prod"}, size="medium")
    aws.database_secret(book, database)
    book.by_hand("database", "fotograf-restore", transition="creating", story="being restored right now")
    book.by_hand("log-group", "/aws/rds/instance/fotograf-prod/postgresql", story="made by RDS for fotograf-prod")
    book.owned(aws.AWS, "log-group", "RDSOSMetrics", story="made by RDS for enhanced monitoring", retention=30)
    scaled(book, "workers", 2, {"Name": "worker"})
    book.by_hand("distribution", "fotograf site")
    book.by_hand("dns-zone", "fotograf.app")
    book.by_hand("certificate", "fotograf.app")
    book.by_hand("key", "backups")


def _tutorials(book: Book) -> None:
    stack(book, "my-first-stack", {"S3Bucket": "S3::Bucket", "MyQueue": "SQS::Queue", "Topic": "SNS::Topic"})
    stack(
        book,
        "wordpress",
        {"WebServer": "EC2::Instance", "Data": "S3::Bucket", "Db": "RDS::DBInstance"},
        status="DELETE_COMPLETE",
        orphans=frozenset({"Data"}),
    )
    templates = Owner("cloudformation", "")
    name = "cf-templates-9t2k4w7xq1mz-eu-west-1"
    book.owned(templates, "bucket", name, story="made by the console of CloudFormation for templates")
    book.by_hand("volume", "[bold]old[/bold]\u202edisk", story="made by hand by somebody who tries names")
    book.by_hand("queue", "my-first-stack-MyQueue-test", story="made by hand, named after the stack's")
    for kind, name in (("bucket", "fotograf-exports"), ("queue", "exports"), ("table", "exports")):
        genesys(book, "exports", kind, name)
    genesys(book, "exports", "bucket", "fotograf-raw", adopted=True)
