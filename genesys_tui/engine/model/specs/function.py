"""The universal spec of a function: code that runs when something happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.specs.base import WISH, InOrder, Part, Refers, Spec, Text

RUNTIMES: Mapping[str, tuple[str, ...]] = {
    "python": ("python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8"),
    "nodejs": ("nodejs24.x", "nodejs22.x", "nodejs20.x", "nodejs18.x", "nodejs16.x"),
    "java": ("java25", "java21", "java17", "java11", "java8.al2"),
    "dotnet": ("dotnet10", "dotnet8", "dotnet6"),
    "ruby": ("ruby4.0", "ruby3.4", "ruby3.3", "ruby3.2"),
    "go": ("provided.al2023",),
    "provided": ("provided.al2023", "provided.al2"),
}
"""What Lambda takes for new functions in November 2026, the newest first: that is what the bare word means. Source:
Lambda runtimes, AWS documentation."""

DEPRECATED = frozenset(
    {"python3.10", "python3.9", "python3.8", "nodejs20.x", "nodejs18.x", "nodejs16.x", "dotnet8", "dotnet6"}
    | {"ruby3.2", "provided.al2"}
)
"""What of it gets no more security fixes; from February 2027 Lambda takes it no more."""

STARTERS: Mapping[str, str] = {"python": "lambda_function.handler", "nodejs": "index.handler"}
"""The handler of the starter of each language that has one."""

_TAKEN = tuple(dict.fromkeys(one for several in RUNTIMES.values() for one in several))


def _runtime(word: object) -> object:
    """`nodejs22` is nodejs22.x; go is compiled, whatever its own version. The bare word of a language stays: what it
    means is decided when the function is made, and remembered."""
    if not isinstance(word, str):
        return word
    if re.fullmatch(r"go1(\.[0-9]+)?(\.x)?", word):
        return "go"
    return f"{word}.x" if re.fullmatch(r"nodejs[0-9]+", word) else word


def _known(word: str, info: ValidationInfo) -> str:
    if info.context == WISH and word not in _TAKEN and word not in RUNTIMES:
        raise ValueError(f"Lambda takes {', '.join((*RUNTIMES, *_TAKEN))}")
    return word


class Cors(Part):
    """Which pages of other origins may call it."""

    origins: list[str] | None = None
    methods: list[str] | None = None
    headers: list[str] | None = None
    max_age: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """Seconds."""
    credentials: bool | None = None


class Url(Part):
    """A URL of the function's own. `auth`: `none`, anybody may call it, or `iam`."""

    auth: Literal["none", "iam"] | None = None
    cors: Cors | None = None


class QueueTrigger(Part):
    """Messages of a queue start the function. `window`: seconds that it waits for a batch to fill."""

    queue: Annotated[str, Refers("queue", "arn")] | None = None
    batch: Annotated[int, Field(ge=1, le=10_000)] | None = None
    window: Annotated[int, Field(ge=0, le=300)] | None = None
    enabled: bool | None = None


class Trigger(Part):
    """What starts the function, as a stack file says it: `http` (an API), `url`, `schedule`, `event` or `queue`."""

    type: Literal["http", "url", "schedule", "event", "queue"]
    path: str | None = None
    methods: list[str] | None = None
    auth: Literal["none", "iam"] | None = None
    cors: Cors | None = None
    schedule: str | None = None
    pattern: dict[str, Any] | None = None
    queue: Annotated[str, Refers("queue", "arn")] | None = None
    batch: Annotated[int, Field(ge=1, le=10_000)] | None = None
    window: Annotated[int, Field(ge=0, le=300)] | None = None


def _queues(value: object, info: ValidationInfo) -> object:
    """A bare list of queues; each is known by its name. A wish says all of a trigger."""
    if isinstance(value, list):
        entries = [{"queue": one} if isinstance(one, str) else one for one in value]
        value = {name_in(str(one.get("queue"))): one for one in entries if isinstance(one, dict)}
    if info.context != WISH or not isinstance(value, dict):
        return value
    return {name: {**TRIGGER, **one} if isinstance(one, dict) else one for name, one in value.items()}


TRIGGER = {"batch": 10, "window": 0, "enabled": True}
"""How a queue starts a function, if nothing else is said."""
Queues = Annotated[dict[str, QueueTrigger | None], BeforeValidator(_queues)]


class FunctionSpec(Spec):
    """A function. `source`: a folder, file or .zip of this machine, which becomes `code`, the hash of what is sent. The
    `triggers` of a file become `url`, `queues`, and resources of their own."""

    takes_aws: ClassVar[bool] = True
    records: ClassVar[frozenset[str]] = frozenset({"queues"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"memory", "timeout", "architecture", "tracing", "disk"})

    runtime: Annotated[str, BeforeValidator(_runtime), AfterValidator(_known)] | None = None
    handler: Annotated[str, Field(max_length=128, pattern=r"^\S+$")] | None = None
    source: str | None = None
    code: str | None = None
    image: Text | None = None
    memory: Annotated[int, Field(ge=128, le=10_240)] | None = None
    """MB."""
    timeout: Annotated[int, Field(ge=1, le=900)] | None = None
    """Seconds."""
    disk: Annotated[int, Field(ge=512, le=10_240)] | None = None
    """MB of /tmp."""
    environment: dict[str, Text | None] | None = None
    layers: InOrder | None = None
    architecture: Literal["x86_64", "arm64"] | None = None
    tracing: bool | None = None
    role: Annotated[str, Refers("role", "arn")] | None = None
    description: Annotated[str, Field(max_length=256)] | None = None
    concurrency: Annotated[int, Field(ge=0)] | None = None
    """How many may run at once; absent: as many as the account has left."""
    subnets: list[Text] | None = None
    security_groups: list[Annotated[str, Refers("security-group", "id")]] | None = None
    url: Url | None = None
    queues: Queues | None = None
    triggers: list[Trigger] | None = None
    log_retention: int | None = None
    """Days that its log is kept."""

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateFunction, Lambda API reference."""
        return "" if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) else "1 to 64 letters, digits, hyphens and underscores"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.image and (self.source or self.runtime or self.handler):
            yield ("image",), "an image brings its own runtime and handler: leave out `runtime`, `handler` and `source`"
        if self.code is not None:
            yield ("code",), "write `source`, the folder of the code"
        for key in self.environment or {}:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", key):
                yield ("environment", key), "a name is a letter, then letters, digits and underscores"
            if key.startswith("AWS_") or key == "LAMBDA_TASK_ROOT":
                yield ("environment", key), "Lambda keeps the names that start with AWS_ for itself"
        for place, one in enumerate(self.triggers or []):
            needed = {"schedule": one.schedule, "event": one.pattern, "queue": one.queue}
            if one.type in needed and not needed[one.type]:
                yield (
                    ("triggers", str(place)),
                    f"a trigger of type {one.type} needs its "
                    + ("`pattern`" if one.type == "event" else f"`{one.type}`"),
                )
