"""A broadcaster of functions: SAM for news, Serverless Framework for sport, SST 2 for the app, CDK for video."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack, system_tags
from tests.corpus.builders.stacked import bootstrap, cdk, nested, sam, sam_bucket, serverless, sst_v2
from tests.corpus.record import Account


def account() -> Account:
    """Four teams, four tools, one account; and what was made in a hurry between two of them."""
    book = Book("media-lambda", "a broadcaster", "670670670670", "us-east-2", held_out=True, began="2021-12-12")
    aws.linked_roles(book, "LambdaReplicator=replicator.lambda", "CloudFrontLogger=logger.cloudfront")
    aws.service_keys(book, "lambda")
    aws.welcome_log(book)
    _news(book)
    _sport(book)
    _app(book)
    _video(book)
    _beside(book)
    return book.account()


def _news(book: Book) -> None:
    sam_bucket(book)
    made = sam(
        book,
        "news-desk-PROD",
        {
            "IngestWire": "Lambda::Function",
            "IngestWireRole": "IAM::Role",
            "PushAlert": "Lambda::Function",
            "PushAlertRole": "IAM::Role",
            "Articles": "DynamoDB::Table",
            "WireQueue": "SQS::Queue",
            "DeskApi": "ApiGatewayV2::Api",
            "IngestWireEveryMinute": "Events::Rule",
        },
        tags={"desk": "news"},
        specs={"IngestWire": {"runtime": "python3.13", "memory": 512}, "PushAlert": {"runtime": "python3.13"}},
    )
    book.log_of(made["IngestWire"], made["PushAlert"])
    book.wish(
        ("function", "ingest-wire", {"runtime": "python3.13", "memory": 512}, made["IngestWire"]),
        ("function", "push-alert", {"runtime": "python3.13"}, made["PushAlert"]),
        ("function", "push-sms", {"runtime": "python3.13"}, None),
        ("table", "articles", {}, made["Articles"]),
        ("table", "authors", {}, None),
        ("queue", "wire-queue", {}, made["WireQueue"]),
    )


def _sport(book: Book) -> None:
    more = {
        "Scores": "DynamoDB::Table=sport_scores_live",
        "Goals": "SNS::Topic=sport-goals-live",
        "Feed": "SQS::Queue=sport-feed-live.fifo",
    }
    live = serverless(book, "sport-ticker", "live", ("poll", "fan-out", "archive"), more)
    book.wish(
        ("function", "ticker-poll", {"handler": "src/poll.handler"}, live["PollLambdaFunction"]),
        ("function", "ticker-archive", {"handler": "src/archive.handler"}, live["ArchiveLambdaFunction"]),
        ("function", "ticker-replay", {"handler": "src/replay.handler"}, None),
        ("table", "sport-scores", {}, live["Scores"]),
        ("topic", "sport-goals", {}, live["Goals"]),
        ("queue", "sport-feed.fifo", {}, live["Feed"]),
    )


def _app(book: Book) -> None:
    made = sst_v2(
        book,
        "tvapp",
        "production",
        "Backend",
        {
            "PlaylistFn": "Lambda::Function",
            "PlaylistFnServiceRole": "IAM::Role",
            "Posters": "S3::Bucket",
            "Watchlist": "DynamoDB::Table=production-tvapp-Watchlist",
            "Events": "SQS::Queue",
        },
    )
    book.log_of(made["PlaylistFn"])
    sst_v2(book, "tvapp", "bob", "Backend", {"PlaylistFn": "Lambda::Function", "Posters": "S3::Bucket"})
    book.wish(
        ("function", "playlist", {"tags": {"sst:stage": "production"}}, made["PlaylistFn"]),
        ("bucket", "posters", {"tags": {"sst:stage": "production"}}, made["Posters"]),
        ("table", "watchlist", {}, made["Watchlist"]),
    )


def _video(book: Book) -> None:
    bootstrap(book, "tvcdk2024")
    made = cdk(
        book,
        "VideoPipeline-us-east-2",
        {
            "TranscodeHandler": "Lambda::Function",
            "TranscodeHandlerServiceRole": "IAM::Role",
            "Masters": "S3::Bucket",
            "Renditions": "S3::Bucket",
            "Jobs": "SQS::Queue",
            "JobsDead": "SQS::Queue",
            "Ready": "SNS::Topic",
            "State": "DynamoDB::Table",
            "Key": "KMS::Key",
            "Cluster": "ECS::Cluster",
        },
        specs={"TranscodeHandler": {"runtime": "java21", "memory": 3008}},
    )
    book.log_of(made["TranscodeHandler"])
    nursery, _ = nested(
        book, "archive-root", "Storage", {"Tapes": "S3::Bucket", "Index": "DynamoDB::Table", "Queue": "SQS::Queue"}
    )
    stack(
        book,
        "archive-root",
        {
            "Storage": f"CloudFormation::Stack={nursery}",
            "Role": "IAM::Role=archive",
            "Topic": "SNS::Topic=archive-done",
        },
    )
    book.wish(
        ("function", "transcode-handler", {"runtime": "java21", "memory": 3008}, made["TranscodeHandler"]),
        ("bucket", "video-masters", {}, made["Masters"]),
        ("bucket", "video-renditions", {}, made["Renditions"]),
        ("bucket", "video-subtitles", {}, None),
        ("queue", "video-jobs", {}, made["Jobs"]),
        ("queue", "video-jobs-dead", {}, made["JobsDead"]),
        ("topic", "video-ready", {}, made["Ready"]),
    )


def _beside(book: Book) -> None:
    book.by_hand(
        "bucket",
        "archive",
        "tv-election-2024",
        "videopipeline-masters-export",
        story="made by hand on an election night",
    )
    book.by_hand("function", "sport-ticker-live-hotfix", tags={"STAGE": "live"}, story="made by hand, tag and all")
    book.by_hand(
        "function",
        "VideoPipeline-Thumbnailer8A7B6C5D-zYxWvUtSrQpO",
        story="made by hand with a name copied from an old stack",
    )
    book.by_hand("queue", "archive", "sport-feed-dev.fifo", "news-desk-PROD-WireQueue-drain")
    book.by_hand("table", "sport_scores_test", "Articles_export")
    book.by_hand("role", "tvapp-support", "sport-ticker-live-debugRole")
    moved = system_tags(book, "news-desk-PROD", "WireArchive")
    book.by_hand(
        "bucket",
        "news-desk-prod-wirearchive-h7c2m9k4x1qe",
        tags=dict(moved),
        story="taken out of the live stack and retained",
    )
    copied = {"lambda:createdBy": "nobody", "desk": "news"}
    book.by_hand("function", "wire-tester", tags=copied, runtime="python3.12")
    stack(
        book,
        "RadioStack",
        {
            "EpisodesBucket1A2B3C4D": "S3::Bucket",
            "FeedFn5E6F7A8B": "Lambda::Function",
            "Plays9C0D1E2F": "DynamoDB::Table",
        },
        status="DELETE_COMPLETE",
        orphans=frozenset({"EpisodesBucket1A2B3C4D"}),
    )
