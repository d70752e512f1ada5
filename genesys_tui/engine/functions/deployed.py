"""Functions as they run in the cloud: invoked, read, and their code fetched."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any, Protocol

from genesys_tui.engine.functions.local.traces import failure
from genesys_tui.engine.model.call import Answer as CallAnswer
from genesys_tui.engine.model.call import Call, Params, read
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.invocation import Answer, Invocation, Json, LogLine

AGAIN = 2.0
"""Seconds between two looks at a log."""
OVERLAP = 10_000
"""Milliseconds that each look goes back: lines come late, and not in order."""
_CODE = Path("/var/task")
"""Where a function's code lies in Lambda."""
_REPORT = re.compile(
    r"^REPORT RequestId: (?P<request>\S+)"
    r".*Max Memory Used: (?P<memory>\d{1,9}) MB(?:\s+Init Duration: (?P<init>\d{1,9}(?:\.\d+)?) ms)?",
    re.MULTILINE,
)
"""What Lambda writes of each invocation. Source: "Monitoring, debugging, and troubleshooting Lambda functions",
developer guide."""


class Sender(Protocol):
    """The part of a session that sends."""

    def send(self, call: Call, params: Params) -> CallAnswer | None: ...


def invoke(writer: Sender, name: str, event: Invocation) -> Answer:
    """Run it in the cloud, as the user asked. Raises CallError, UsageError where there is none of the name."""
    params: Params = {"FunctionName": name, "Payload": json.dumps(event.event).encode(), "LogType": "Tail"}
    call = Call("lambda", "Invoke", params, absent_on=("ResourceNotFoundException",))
    began = perf_counter()
    answer = writer.send(call, params)
    if answer is None:
        raise UsageError(f"there is no function '{name}' here", todo="look what there is", command="genesys inventory")
    ms = round((perf_counter() - began) * 1000, 1)
    body: bytes = answer["Payload"].read()
    payload, wrong = _document(body), answer.get("FunctionError")
    error = failure(body, wrong, (_CODE,))[0] if wrong else None
    log = b64decode(answer.get("LogResult") or "").decode("utf-8", "replace")
    told = next(reversed([*_REPORT.finditer(log)]), None)  # what the code prints may look like one, and comes before
    request, now = told["request"] if told else event.request, datetime.now(UTC)
    return Answer(
        request,
        "failed" if error else "answered",
        payload,
        ms,
        max_memory_mb=int(told["memory"]) if told else 0,
        init_ms=float(told["init"]) if told and told["init"] else None,
        error=error,
        logs=tuple(LogLine(now, line, request) for line in log.splitlines()),
    )


def _document(body: bytes) -> Json:
    try:
        document: Json = json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")
    return document


# its log ----------------------------------------------------------------------------------------------------------
def log(reader: Sender, name: str, since: datetime, *, follow: Event | None = None) -> Iterator[LogLine]:
    """The lines of its log since then, in order, each once. With `follow`, also those that come, until it is set.
    Raises CallError, UsageError where there is no log."""
    group = name if name.startswith("/") else f"/aws/lambda/{name}"
    start = int(since.timestamp() * 1000)
    told: dict[str, int] = {}
    while True:
        params: Params = {"logGroupName": group, "startTime": start}
        call = read("logs", "FilterLogEvents", params, paginate=True, absent_on=("ResourceNotFoundException",))
        answer = reader.send(call, params)
        if answer is None and follow is None:
            raise UsageError(f"there is no log {group}", why="nothing has run yet, or it is in another region")
        events = sorted((answer or {}).get("events", ()), key=lambda one: (one["timestamp"], one["eventId"]))
        for one in events:
            if one["eventId"] not in told:
                told[one["eventId"]] = one["timestamp"]
                yield LogLine(datetime.fromtimestamp(one["timestamp"] / 1000, UTC), one["message"].rstrip("\n"))
        if follow is None or follow.wait(AGAIN):
            return
        start = max(start, max(told.values(), default=start) - OVERLAP)
        told = {id: at for id, at in told.items() if at >= start}


# its code ---------------------------------------------------------------------------------------------------------
def code_of(reader: Sender, name: str) -> tuple[bytes, Mapping[str, Any]]:
    """The zip of its code, and its configuration. Raises UsageError for what has no zip, GenesysError where it can't be
    fetched."""
    params: Params = {"FunctionName": name}
    answer = reader.send(read("lambda", "GetFunction", params, absent_on=("ResourceNotFoundException",)), params)
    if answer is None:
        raise UsageError(f"there is no function '{name}' here", todo="look what there is", command="genesys inventory")
    place = (answer.get("Code") or {}).get("Location")
    if not place:
        raise UsageError(f"function '{name}' is a container image", why="its code is in its repository, not in a zip")
    return _fetched(name, place), answer["Configuration"]


def _fetched(name: str, place: str) -> bytes:
    """From the signed address that Lambda gives for ten minutes. It is no call of the account's."""
    from urllib.error import URLError
    from urllib.request import urlopen

    if not place.startswith(("https://", "http://")):
        raise GenesysError(
            f"the code of function '{name}' can't be fetched", why="it is told no address to fetch it from"
        )
    try:
        with urlopen(place, timeout=60) as response:
            content: bytes = response.read()
    except (URLError, OSError, ValueError) as error:
        raise GenesysError(
            f"the code of function '{name}' can't be fetched", why=str(error), todo="try again"
        ) from error
    return content
