"""Events to invoke a function with: ready-made ones as AWS would send them, and those that a project keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from genesys_tui.engine.model.errors import GenesysError, UsageError

if TYPE_CHECKING:
    from genesys_tui.engine.model.invocation import Json

KEPT: Final = Path(".genesys") / "events"
"""Where a project keeps its own, below its folder."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event seems to come from."""

    function: str
    region: str = "us-east-1"
    account: str = "000000000000"
    partition: str = "aws"

    def arn(self, service: str, what: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{what}"


def http(place: Place, method: str = "GET", path: str = "/", body: str | None = None) -> Json:
    """A call through an HTTP API, payload format 2.0. Source: "Create AWS Lambda proxy integrations for HTTP APIs", API
    Gateway developer guide."""
    return _http(place, f"a1b2c3d4e5.execute-api.{place.region}.amazonaws.com", f"{method} {path}", method, path, body)


def url(place: Place, method: str = "GET", path: str = "/", body: str | None = None) -> Json:
    """A call through a function URL: the same form. Source: "Invoking Lambda function URLs", Lambda developer guide."""
    return _http(place, f"a1b2c3d4e5.lambda-url.{place.region}.on.aws", "$default", method, path, body)


def sqs(place: Place, *bodies: str) -> Json:
    """Messages of a queue. Source: "Using Lambda with Amazon SQS", Lambda developer guide."""
    now = str(int(datetime.now(UTC).timestamp() * 1000))
    sender = {"SenderId": place.account, "SentTimestamp": now, "ApproximateFirstReceiveTimestamp": now}
    return {
        "Records": [
            {
                "messageId": str(uuid4()),
                "receiptHandle": f"local-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", **sender},
                "messageAttributes": {},
                "md5OfBody": md5(body.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": place.arn("sqs", f"{place.function}-queue"),
                "awsRegion": place.region,
            }
            for number, body in enumerate(bodies or ('{"hello": "world"}',))
        ]
    }


def schedule(place: Place) -> Json:
    """A schedule's time has come. Source: "Using Lambda with Amazon EventBridge", Lambda developer guide."""
    return _event(place, "aws.events", "Scheduled Event", {}, (place.arn("events", f"rule/{place.function}-schedule"),))


def event(place: Place, source: str = "my.app", kind: str = "Something Happened", detail: Json = None) -> Json:
    """An event on the bus that a rule's pattern fits."""
    return _event(place, source, kind, {"id": "42", "state": "done"} if detail is None else detail)


def s3(place: Place, bucket: str = "my-bucket", key: str = "folder/file.txt", size: int = 1024) -> Json:
    """An object was put into a bucket. Source: "Event message structure", S3 user guide."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": place.region,
                "eventTime": _now(),
                "eventName": "ObjectCreated:Put",
                "userIdentity": {"principalId": "EXAMPLE"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {"x-amz-request-id": "EXAMPLE123456789", "x-amz-id-2": "EXAMPLE123/abcdefgh"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": place.function,
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": {"principalId": "EXAMPLE"},
                        "arn": f"arn:{place.partition}:s3:::{bucket}",
                    },
                    "object": {
                        "key": key,
                        "size": size,
                        "eTag": "0123456789abcdef0123456789abcdef",
                        "sequencer": "0A1B2C3D4E5F678901",
                    },
                },
            }
        ]
    }


READY: Final[Mapping[str, Callable[[Place], Json]]] = {
    "empty": lambda _: {},
    "http": http,
    "url": url,
    "sqs": sqs,
    "schedule": schedule,
    "event": event,
    "s3": s3,
}
"""The ready-made events by their names."""


def kept(folder: Path) -> tuple[str, ...]:
    """The names of the events that a project keeps."""
    return tuple(sorted(path.stem for path in (folder / KEPT).glob("*.json") if _NAME.fullmatch(path.stem)))


def load(folder: Path, name: str, place: Place) -> Json:
    """The event of a name: the project's own, else the ready-made one. Raises GenesysError for one that can't be read,
    UsageError for one that nobody knows."""
    path = _path(folder, name)
    if path.is_file():
        return read(path)
    if name in READY:
        return READY[name](place)
    known = ", ".join((*kept(folder), *READY))
    raise UsageError(f"there is no event {name}", todo=f"choose one of {known}, or write {KEPT / f'{name}.json'}")


def read(path: Path) -> Json:
    """The event in a file. Raises GenesysError, with the line of what is no JSON."""
    try:
        document: Json = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise GenesysError(f"{place}: this event is no JSON", why=error.msg, todo="correct it") from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise GenesysError(f"the event {path} can't be read", why=str(error)) from error
    return document


def save(folder: Path, name: str, document: Json) -> Path:
    """Keep an event in the project. Raises UsageError for a name that can't be one, GenesysError where it can't be
    written."""
    path = _path(folder, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
        new.replace(path)
    except OSError as error:
        raise GenesysError(f"the event {name} can't be kept", why=error.strerror or str(error)) from error
    return path


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't be the name of an event", todo="letters, digits, '-', '_', '.'; at most 64")
    return folder / KEPT / f"{name}.json"


def _http(place: Place, domain: str, route: str, method: str, path: str, body: str | None) -> Json:
    now = datetime.now(UTC)
    raw_path, _, query = path.partition("?")
    document: dict[str, Json] = {
        "version": "2.0",
        "routeKey": route.partition("?")[0],
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": {"accept": "*/*", "host": domain, "user-agent": "genesys", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": place.account,
            "apiId": domain.partition(".")[0],
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "genesys",
            },
            "requestId": str(uuid4()),
            "routeKey": route.partition("?")[0],
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if query:
        document["queryStringParameters"] = _joined(query)
    if body is not None:
        document["body"] = body
    return document


def _joined(query: str) -> dict[str, Json]:
    """Values of one name are joined by commas."""
    from urllib.parse import parse_qs

    return {name: ",".join(values) for name, values in parse_qs(query, keep_blank_values=True).items()}


def _event(place: Place, source: str, kind: str, detail: Json, resources: tuple[str, ...] = ()) -> Json:
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": kind,
        "source": source,
        "account": place.account,
        "time": _now(),
        "region": place.region,
        "resources": list(resources),
        "detail": detail,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
