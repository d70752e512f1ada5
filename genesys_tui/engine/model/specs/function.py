"""The universal spec of a function: code that runs when something happens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.build import Package
from genesys_tui.engine.model.document import Document, Path
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.specs.base import WISH, InOrder, JsonText, Part, Refers, Spec, Text, in_order
from genesys_tui.engine.model.specs.log_group import DAYS
from genesys_tui.engine.model.specs.rule import Expression

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

RESERVED = frozenset(
    {"AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT"}
    | {f"AWS_{what}" for what in ("ACCESS_KEY", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")}
    | {f"AWS_LAMBDA_FUNCTION_{what}" for what in ("MEMORY_SIZE", "NAME", "VERSION")}
    | {f"AWS_LAMBDA_{what}" for what in ("INITIALIZATION_TYPE", "LOG_GROUP_NAME", "LOG_STREAM_NAME", "RUNTIME_API")}
)
"""Variables that nobody may set. Source: "Defined runtime environment variables", Lambda developer guide."""

MOST_LAYERS = 5
"""Source: Lambda quotas."""

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
    if word == "node":
        return "nodejs"
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


CORS = {"max_age": 0, "credentials": False}
"""What Lambda makes of what is not said."""


def _whole_cors(value: object, info: ValidationInfo) -> object:
    """A wish says all of it."""
    return {**CORS, **value} if info.context == WISH and isinstance(value, dict) else value


_Cors = Annotated[Cors, BeforeValidator(_whole_cors)]


class Url(Part):
    """A URL of the function's own. `auth`: `none`, anybody may call it, or `iam`."""

    auth: Literal["none", "iam"] | None = None
    cors: _Cors | None = None


_Batch = Annotated[int, Field(ge=1, le=10_000)]
_Window = Annotated[int, Field(ge=0, le=300)]
_Queue = Annotated[str, Refers("queue", "arn")]
_Method = Literal["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _upper(value: object) -> object:
    return [one.upper() if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


class QueueTrigger(Part):
    """Messages of a queue start the function. `window`: seconds that it waits for a batch to fill."""

    queue: _Queue | None = None
    batch: _Batch | None = None
    window: _Window | None = None
    enabled: bool | None = None


class Trigger(Part):
    """What starts the function, as a stack file says it: `http` (an API), `url`, `schedule`, `event` or `queue`. `name`
    tells several of one type from each other; routes are told by their path."""

    type: Literal["http", "url", "schedule", "event", "queue"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")] | None = None
    path: Annotated[str, Field(pattern=r"^/\S*$")] | None = None
    methods: Annotated[list[_Method], BeforeValidator(_upper)] | None = None
    auth: Literal["none", "iam"] | None = None
    cors: _Cors | None = None
    schedule: Expression | None = None
    pattern: JsonText | None = None
    queue: _Queue | None = None
    batch: _Batch | None = None
    window: _Window | None = None

    @property
    def key(self) -> str:
        """What it is known by among those of its type."""
        match self.type:
            case "http":
                return self.name or self.path or ALL_PATHS
            case "queue":
                return name_in(self.queue or "")
            case _:
                return self.name or ""

    def lacks(self) -> str:
        """The field that one of its type can't be without."""
        needed = {"schedule": "schedule", "event": "pattern", "queue": "queue"}.get(self.type, "type")
        return "" if getattr(self, needed) else needed


ALL_PATHS = "/*"
"""The path of an `http` trigger that names none."""


def _by_queue(value: object, info: ValidationInfo) -> object:
    """A bare list of queues; each is known by its name. A wish says all of a trigger."""
    if isinstance(value, list):
        entries = [{"queue": one} if isinstance(one, str) else one for one in value]
        if not all(isinstance(one, dict) and isinstance(one.get("queue"), str) for one in entries):
            raise ValueError("each entry is a queue, or names its `queue`")
        value = {name_in(one["queue"]): one for one in entries}
    if info.context != WISH or not isinstance(value, dict):
        return value
    return {name: {**TRIGGER, **one} if isinstance(one, dict) else one for name, one in value.items()}


TRIGGER = {"batch": 10, "window": 0, "enabled": True}
"""How a queue starts a function, if nothing else is said."""
Queues = Annotated[dict[str, QueueTrigger | None], BeforeValidator(_by_queue)]


def package_of(spec: Document, before: Document) -> Package | None:
    """What the source of a function becomes: as it is asked for, else as it was (`before`: what is remembered). None
    where nothing says so."""
    if asked := spec.get("package"):
        return "image" if asked == "image" else "zip"
    return "image" if before.get("image") else None


class FunctionSpec(Spec):
    """A function. `source`: a folder, file or .zip of this machine, which becomes `code`, the hash of what is sent; or,
    by `package: image`, the `image` that is pushed to a repository of the function's own. The
    `triggers` of a file become `url`, `queues`, and resources of their own. `starter`: the code of a new function that
    says nothing of its own; it is never compared, so that others may deploy into it."""

    takes_aws: ClassVar[bool] = True
    records: ClassVar[frozenset[str]] = frozenset({"queues"})
    write_only: ClassVar[frozenset[str]] = frozenset({"source", "package", "starter", "triggers", "log_retention"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"runtime", "handler", "memory", "timeout", "architecture", "tracing", "disk", "role"}
    )

    runtime: Annotated[str, BeforeValidator(_runtime), AfterValidator(_known)] | None = None
    handler: Annotated[str, Field(max_length=128, pattern=r"^\S+$")] | None = None
    source: str | None = None
    package: Package | None = None
    """What the source becomes; left out: what it was, and of a new one a zip, or an image where its dependencies are
    too big for that."""
    code: str | None = None
    starter: str | None = None
    image: Text | None = None
    """The URI of a container image, instead of code and runtime."""
    memory: Annotated[int, Field(ge=128, le=10_240)] | None = None
    """MB."""
    timeout: Annotated[int, Field(ge=1, le=900)] | None = None
    """Seconds."""
    disk: Annotated[int, Field(ge=512, le=10_240)] | None = None
    """MB of /tmp."""
    environment: dict[str, Text | None] | None = None
    layers: InOrder | None = None
    """ARNs of layer versions."""
    architecture: Literal["x86_64", "arm64"] | None = None
    tracing: bool | None = None
    """By X-Ray."""
    role: Annotated[str, Refers("role", "arn")] | None = None
    """Left out, a new function gets one of its own, that may do only what it needs."""
    description: Annotated[str, Field(max_length=256)] | None = None
    concurrency: Annotated[int, Field(ge=0)] | None = None
    """How many may run at once; absent: as many as the account has left."""
    subnets: list[Text] | None = None
    """Of the network that it works in."""
    security_groups: list[Annotated[str, Refers("security-group", "id")]] | None = None
    dead_letter: Annotated[str, Refers("queue", "arn")] | None = None
    """Where events go that it failed to work on."""
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
        if self.has("subnets") and self.has("security_groups") and bool(self.subnets) != bool(self.security_groups):
            yield ("subnets",), "in a network it takes both `subnets` and `security_groups`"
        if self.layers and len(in_order(self.layers)) > MOST_LAYERS:
            yield ("layers",), f"a function takes {MOST_LAYERS} layers at most"
        if self.log_retention is not None and self.log_retention not in DAYS:
            yield ("log_retention",), f"CloudWatch keeps logs for {', '.join(map(str, DAYS))} days"
        yield from self._wrong_code()
        yield from self._wrong_variables()
        yield from self._wrong_triggers()
        for name, one in (self.queues or {}).items():
            if one and (wrong := _wrong_batch(name, one.batch, one.window)):
                yield ("queues", name), wrong

    def _wrong_code(self) -> Iterator[tuple[Path, str]]:
        if self.image and (self.source or self.runtime or self.handler or self.layers):
            yield ("image",), "an image brings it all: leave out `runtime`, `handler`, `layers` and `source`"
        if self.package == "image" and not self.source:
            yield ("package",), "an image is made of code: write its `source` too"
        if self.package == "image" and self.layers:
            yield ("layers",), "an image takes no layers: put what is in them beside the code"
        for field in ("code", "starter"):
            if getattr(self, field) is not None:
                yield (field,), "write `source`, the folder of the code"

    def _wrong_variables(self) -> Iterator[tuple[Path, str]]:
        for key in self.environment or {}:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", key):
                yield ("environment", key), "a name is a letter, then letters, digits and underscores"
            if key in RESERVED:
                yield ("environment", key), "Lambda keeps this name for itself"

    def _wrong_triggers(self) -> Iterator[tuple[Path, str]]:
        triggers = self.triggers or []
        known = Counter((one.type, one.key) for one in triggers)
        for place, one in enumerate(triggers):
            at = ("triggers", str(place))
            if lacks := one.lacks():
                yield at, f"a trigger of type {one.type} needs its `{lacks}`"
            elif known[one.type, one.key] > 1:
                yield at, f"of several {one.type} triggers each needs a `name` of its own"
            elif one.type == "queue" and (wrong := _wrong_batch(one.key, one.batch, one.window)):
                yield at, wrong


def _wrong_batch(queue: str, batch: int | None, window: int | None) -> str:
    """Source: CreateEventSourceMapping, Lambda API reference."""
    if queue.endswith(".fifo") and ((batch or 0) > 10 or window):
        return "of a FIFO queue at most 10 are taken at once, and none is waited for: `window: 0`"
    too_many = (batch or 0) > 10 and not window
    return "to take more than 10 at once it needs a `window` of at least 1 second" if too_many else ""
