"""An account that does what a test says, so that the words of the shell can be tested alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from genesys_tui.engine.model.call import Call, Capture, Token
from genesys_tui.engine.model.document import Json
from genesys_tui.engine.model.events import Event, Finished, StepDone, StepStarted
from genesys_tui.engine.model.history import ExecutionRecord, ExecutionStatus, StepRecord, StepStatus
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.plan import Cost, Finding, Line, Permissions, Plan, Reversal, Step
from genesys_tui.engine.model.plan_document import plan_document
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Wish
from genesys_tui.engine.workspace import Inventory, Resource, Settings

STARTED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def bucket_step(name: str = "my-data-bucket") -> Step:
    """The example of the issue, with the calls of its sentences."""
    create = Call("s3", "CreateBucket", {"Bucket": name}, captures={"id": Capture("Location")})
    versioning = Call("s3", "PutBucketVersioning", {"Bucket": Output("id"), "Owner": Token(), "Body": b"\x00"})
    return Step(
        "create",
        f"bucket.{name}",
        "bucket",
        None,
        (
            Line(f"Create S3 bucket '{name}'", "Store your application data securely", (create,)),
            Line("Enable versioning on bucket", "Protect against accidental deletion", (versioning,)),
        ),
        remember=Fragment(
            f"bucket.{name}", "bucket", name, name, "eu-west-1", {}, outputs={"arn": f"arn:aws:s3:::{name}"}
        ),
    )


def bucket_plan(name: str = "my-data-bucket") -> Plan:
    return Plan(
        f"Deploy secure S3 bucket '{name}'",
        "default",
        "eu-west-1",
        "123456789012",
        (bucket_step(name),),
        Permissions(("s3:CreateBucket", "s3:PutBucketVersioning"), {"Version": "2012-10-17"}),
        Cost(headline="~$0.023/GB per month"),
        3.0,
    )


def idle_plan() -> Plan:
    return replace(bucket_plan(), steps=(), unchanged=("bucket.my-data-bucket",))


def blocked_plan() -> Plan:
    finding = Finding("blocked", "bucket.my-data-bucket", "it exists and is not managed", "take it over with --adopt")
    return replace(bucket_plan(), findings=(finding,))


def dangerous_plan() -> Plan:
    line = Line("Delete S3 bucket 'old'", "No longer wanted", (Call("s3", "DeleteBucket", {"Bucket": "old"}),))
    step = Step("delete", "bucket.old", "bucket", "old", (line,), reversal=Reversal("loses data", "12 objects"))
    return replace(bucket_plan(), title="Delete S3 bucket 'old'", steps=(step,))


def record_of(plan: Plan, *, failing: tuple[str, ...] = (), status: StepStatus = "failed") -> ExecutionRecord:
    """How an apply of the plan ended; the `failing` addresses at this status."""
    steps = tuple(
        StepRecord(
            step.address,
            step.kind,
            step.action,
            status if step.address in failing else "done",
            remember=step.remember,
            why="access denied, s3:CreateBucket is missing" if step.address in failing else "",
        )
        for step in plan.steps
    )
    ended: ExecutionStatus = ("cancelled" if status == "cancelled" else "failed") if failing else "done"
    return ExecutionRecord(
        "e1", plan.title, plan.stack, plan.region, STARTED, ended, steps, calls=4, writes=2, seconds=1.25
    )


class FakeExecution:
    """Tells every step as done, then `hook` has the word, then the end. Cancelling ends `cancelled.wait()`."""

    id = "e1"

    def __init__(self, plan: Plan, record: ExecutionRecord, hook: Callable[[FakeExecution], None] | None) -> None:
        self._plan = plan
        self.record = record
        self.cancelled = threading.Event()
        self._hook = hook

    def events(self) -> Iterator[Event]:
        for step in self._plan.steps:
            yield StepStarted(step.address)
            if self._hook:
                self._hook(self)
            yield StepDone(step.address, 0.3)
        yield Finished(self.record)

    def cancel(self) -> None:
        self.cancelled.set()

    def wait(self) -> ExecutionRecord:
        return self.record


@dataclass
class Account:
    """What the fake workspace answers, and what it was asked. An exception given as an answer is raised."""

    planned: Plan | BaseException = field(default_factory=bucket_plan)
    resources: tuple[Resource, ...] = ()
    errors: tuple[str, ...] = ()
    records: list[ExecutionRecord] = field(default_factory=list)
    record: ExecutionRecord | Exception | None = None
    hook: Callable[[FakeExecution], None] | None = None
    words: list[str] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    asked: list[tuple[str, object]] = field(default_factory=list)
    applied: list[Plan] = field(default_factory=list)
    closed: int = 0

    def plan(self) -> Plan:
        if isinstance(self.planned, BaseException):
            raise self.planned
        return self.planned

    def wish(self) -> Wish:
        return Wish((Desired("bucket.b", "bucket", "b", {}),), "words")

    def parse_intent(self, words: list[str] | tuple[str, ...]) -> Wish:
        self.words = list(words)
        return self.wish()

    def read_stack_file(self, path: Path) -> Wish:
        self.asked.append(("file", str(path)))
        return replace(self.wish(), whole=True, stack="shop", region="eu-north-1")

    def open(self, settings: Settings) -> FakeWorkspace:
        self.settings = settings
        return FakeWorkspace(self)


class FakeWorkspace:
    """The door of the engine, over an `Account`."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def identity(self) -> Identity:
        return Identity("123456789012", "arn:aws:iam::123456789012:user/dev", "eu-west-1", "dev", "")

    def inventory(
        self, on_page: Callable[[tuple[Resource, ...]], None] | None = None, *, global_kinds: bool = True
    ) -> Inventory:
        if on_page:
            on_page(self._account.resources)
        return Inventory(self._account.resources, self._account.errors, 3, 0.4, STARTED)

    def plan(self, wish: Wish, *, refresh: bool = True) -> Plan:
        self._account.wishes.append(wish)
        return self._account.plan()

    def plan_destroy(
        self, stack: str | None = None, addresses: tuple[str, ...] = (), *, delete_data: bool = False
    ) -> Plan:
        self._account.asked.append(("destroy", addresses))
        return self._account.plan()

    def plan_undo(self, execution: str | None = None) -> Plan:
        self._account.asked.append(("undo", execution))
        return replace(self._account.plan(), undoes=execution or "e7")

    def save_plan(self, plan: Plan, wish: Wish, path: Path) -> None:
        path.write_text(plan.title)

    def load_plan(self, path: Path) -> Plan:
        self._account.asked.append(("load", str(path)))
        return self._account.plan()

    def apply(self, plan: Plan) -> FakeExecution:
        if isinstance(self._account.record, Exception):
            raise self._account.record
        self._account.applied.append(plan)
        return FakeExecution(plan, self._account.record or record_of(plan), self._account.hook)

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        return self._account.records[:limit]

    def cancel(self) -> None:
        self._account.asked.append(("cancel", None))

    def close(self) -> None:
        self._account.closed += 1


def document_of(plan: Plan) -> Json:
    return plan_document(plan, lambda call: (call.name,))


def resource(kind: str, name: str, *, tags: dict[str, str] | None = None, stack: str | None = None) -> Resource:
    actual = Actual(kind, f"{name}-id", name, "eu-west-1", tags=tags or {}, arn=f"arn:aws:x:::{name}")
    return Resource(actual, f"{kind}.{name}" if stack else None, stack, "123456789012")
