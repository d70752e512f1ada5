"""A workspace without a cloud: the same methods, answering what a test has put in, when a test lets it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from genesys_tui.engine.model.call import Call, Wait, read
from genesys_tui.engine.model.document import UNSET, Change, Document
from genesys_tui.engine.model.errors import CallError, GenesysError, Problem, UsageError, WishError
from genesys_tui.engine.model.events import (
    Event,
    Finished,
    LineDone,
    LineStarted,
    StepDone,
    StepFailed,
    StepSkipped,
    StepStarted,
    Waiting,
)
from genesys_tui.engine.model.history import ExecutionRecord, StepRecord
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.plan import Cost, Finding, Line, Permissions, Plan, Reversal, Step
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual, Desired, Mark, Wish
from genesys_tui.engine.panorama import Panorama
from genesys_tui.engine.workspace import Execution, Inventory, Resource, Settings, Workspace
from genesys_tui.tui.engine import Engine, Where

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def resource(
    kind: str, name: str, tags: Mapping[str, str] | None = None, *, stack: str | None = None, days: int = 30
) -> Resource:
    arn = f"arn:aws:{kind}:eu-west-1:123456789012:{name}"
    actual = Actual(kind, name, name, "eu-west-1", {}, tags or {}, arn, NOW - timedelta(days=days))
    return Resource(actual, f"{kind}.{name}" if stack else None, stack)


def company() -> list[Resource]:
    return [
        resource("bucket", "acme-invoices", {"team": "billing", "env": "prod"}, days=800),
        resource("bucket", "acme-logs-eu", {"env": "prod"}, days=1100),
        resource("bucket", "cdk-hnb659fds-assets-123456789012-eu-west-1", days=400),
        resource("bucket", "shop-uploads", {"env": "dev"}, stack="shop", days=4),
        resource("network", "main", stack="shop", days=4),
        resource("network", "vpc-0a1b2c3d (legacy)", days=2200),
        resource("lambda:function", "invoice-render", {"env": "prod"}, days=4),
        resource("sqs:queue", "invoice-jobs", days=390),
        resource("rds:db", "ledger", {"env": "prod"}, days=900),
    ]


def create_step(address: str, *needs: str) -> Step:
    kind, _, name = address.partition(".")
    made = Call("s3", "CreateBucket", {"Bucket": name}, wait=Wait(read("s3", "HeadBucket"), "x", "the bucket"))
    lines = (
        Line(f"Create S3 bucket '{name}'", "Store your application data securely", (made,)),
        Line(
            "Enable versioning on bucket",
            "Protect against accidental deletion",
            (Call("s3", "PutBucketVersioning", {"Bucket": Output("id"), "Status": "Enabled"}),),
        ),
        Line(
            "Block all public access",
            "Prevent data exposure",
            (Call("s3", "PutPublicAccessBlock", {"Bucket": name}),),
        ),
    )
    changes = (Change(("versioning",), UNSET, True), Change(("tags", "env"), "dev", "prod"))
    return Step("create", address, kind, None, lines, needs, changes=changes)


def delete_step(address: str) -> Step:
    kind, _, name = address.partition(".")
    lines = (Line(f"Delete {kind} '{name}'", "No longer wanted", (Call("s3", "DeleteBucket", {"Bucket": name}),)),)
    return Step("delete", address, kind, name, lines, reversal=Reversal("loses data", "214 objects are in it"))


def plan_of(*steps: Step, title: str = "Deploy secure S3 bucket", **more: Any) -> Plan:
    return Plan(
        title,
        "shop",
        "eu-west-1",
        "123456789012",
        steps,
        Permissions(("s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutBucketPublicAccessBlock")),
        Cost(0.4, 2.1, 9.8, assumptions=("1, 10 and 50 GB kept",), headline="~$0.023/GB per month"),
        3.0,
        **{"findings": (Finding("warning", "bucket.b", "bucket has no expiry rule", "lifecycle adds one"),), **more},
    )


@dataclass
class FakeExecution:
    """Steps end in order; `hold` stops before each step until it is set. `fails`: address to error."""

    plan: Plan
    finished: Callable[[ExecutionRecord], None]
    fails: Mapping[str, GenesysError] = field(default_factory=dict)
    hold: threading.Event | None = None
    id: str = "x1"
    cancelled: threading.Event = field(default_factory=threading.Event)

    def events(self) -> Iterator[Event]:
        records: list[StepRecord] = []
        for step in self.plan.steps:
            record = StepRecord(step.address, step.kind, step.action)
            bad = next((need for need in step.needs if need in self.fails), None)
            yield StepStarted(step.address)
            if self.hold is not None:
                yield Waiting(step.address, "the bucket to exist", 3.0)
                while not self.hold.wait(0.01) and not self.cancelled.is_set():
                    pass
            if bad or self.cancelled.is_set():
                records.append(replace(record, status="skipped", why=bad or "cancelled"))
                yield StepSkipped(step.address, bad or "cancelled")
                continue
            yield LineStarted(step.address, 0)
            if step.address in self.fails:
                error = self.fails[step.address]
                records.append(replace(record, status="failed", why=str(error)))
                yield StepFailed(step.address, error)
                continue
            for place in range(len(step.lines)):
                yield LineStarted(step.address, place)
                yield LineDone(step.address, place, 0.4)
            records.append(replace(record, status="done", seconds=1.2))
            yield StepDone(step.address, 1.2)
        ended = {record.status for record in records}
        status = "cancelled" if self.cancelled.is_set() else "failed" if "failed" in ended else "done"
        final = ExecutionRecord(
            self.id,
            self.plan.title,
            "shop",
            "eu-west-1",
            NOW,
            status,  # type: ignore[arg-type]
            tuple(records),
            undoes=self.plan.undoes,
            calls=9,
            writes=4,
            seconds=2.5,
        )
        self.finished(final)
        yield Finished(final)

    def cancel(self) -> None:
        self.cancelled.set()


class FakeWorkspace(Workspace):
    """`gate`: every read waits for it, so that a test can look at what is shown meanwhile."""

    def __init__(self, resources: Sequence[Resource] = (), *, page: int = 100) -> None:
        self.settings = Settings(stack="shop")
        self.resources = list(resources)
        self.page = page
        self.errors: tuple[str, ...] = ()
        self.endpoint = ""
        self.account = "123456789012"
        self.error: GenesysError | None = None
        self.plan_error: GenesysError | None = None
        self.refusal: GenesysError | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.steps: tuple[Step, ...] | None = None
        self.plans: list[tuple[Wish, bool]] = []
        self.records: list[ExecutionRecord] = []
        self.fails: dict[str, GenesysError] = {}
        self.recalled: Inventory | None = None
        self.hold: threading.Event | None = None
        self.more: dict[str, Any] = {}
        self.taken = False
        """Every wanted name exists already, and is not ours."""
        self.cancelled = threading.Event()
        self.execution: FakeExecution | None = None

    def _wait(self) -> None:
        while not self.gate.wait(0.01):
            if self.cancelled.is_set():
                raise CallError("sts:GetCallerIdentity", "cancelled", "", "")

    def identity(self) -> Identity:
        self._wait()
        if self.error:
            raise self.error
        return Identity(self.account, "arn:aws:iam::123456789012:user/ada", "eu-west-1", "dev", self.endpoint)

    def cached_inventory(self) -> Inventory | None:
        return self.recalled

    def inventory(
        self, on_page: Callable[[tuple[Resource, ...]], None] | None = None, *, global_kinds: bool = True
    ) -> Inventory:
        self._wait()
        if self.error:
            raise self.error
        for start in range(0, len(self.resources), self.page):
            if on_page:
                on_page(tuple(self.resources[start : start + self.page]))
        return Inventory(tuple(self.resources), self.errors, 3, 0.4, NOW)

    def details(self, resource: Resource, fields: object = None) -> Actual | None:
        self._wait()
        if resource not in self.resources:
            return None
        spec: Document = {
            "versioning": False,
            "encryption": "managed",
            "public_access": False,
            "lifecycle": {"delete_after_days": 30},
        }
        return replace(resource.actual, spec=spec)

    def plan(self, wish: Wish, *, refresh: bool = True, delete_data: bool = False) -> Plan:
        self.plans.append((wish, refresh))
        self._wait()
        if self.plan_error:
            raise self.plan_error
        if self.taken and not all(one.adopt for one in wish.resources):
            exists = Finding(
                "blocked", wish.resources[0].address, "it exists already", "--adopt takes it over as it is"
            )
            return plan_of(title="Nothing to do", findings=(exists,))
        steps = self.steps if self.steps is not None else tuple(create_step(one.address) for one in wish.resources)
        return plan_of(*steps, title=f"Deploy {wish.source}", **self.more)

    def plan_undo(self, execution: str | None = None) -> Plan:
        done = [record for record in self.records if record.id == (execution or record.id) and not record.undone_by]
        if not done:
            raise UsageError("there is nothing to undo")
        return plan_of(delete_step(done[-1].steps[0].address), title="Undo", undoes=done[-1].id, findings=())

    def plan_release(self, words: Sequence[str], *, stack: str | None = None, forced: Sequence[str] = ()) -> Plan:
        line = Line(f"Forget {words[0]}", "It stays as it is, and is not ours any more")
        steps = (Step("forget", address, address.partition(".")[0], address, (line,)) for address in words)
        return plan_of(*steps, title=f"Forget {len(words)} of stack {stack}", findings=())

    def save_plan(self, plan: Plan, wish: Wish, path: Path) -> None:
        path.write_text(f"{wish.source}: {plan.title}")

    def apply(self, plan: Plan) -> Execution:
        if self.refusal:
            raise self.refusal
        self.execution = FakeExecution(plan, self.records.append, self.fails, self.hold, f"x{len(self.records) + 1}")
        return cast(Execution, self.execution)

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        return self.records[::-1][:limit]

    def cancel(self) -> None:
        self.cancelled.set()

    def rest(self) -> None:
        pass

    def close(self) -> None:
        pass


class FakeEngine(Engine):
    """Opens what it was given. A stack file has one `kind name` a line; `?` in it is a mistake."""

    def __init__(self, workspace: FakeWorkspace, demo: FakeWorkspace | None = None, where: Where | None = None) -> None:
        super().__init__(where or Where(stack="shop"))
        self.workspace = workspace
        self.demo = demo or FakeWorkspace(company())
        self.beside: list[FakeWorkspace] = []

    def open(self) -> Panorama:
        return Panorama([self.workspace, *self.beside])

    def open_demo(self) -> Panorama:
        return Panorama([self.demo])

    def parse_intent(self, words: list[str]) -> Wish:
        words = words[0].split() if len(words) == 1 else words
        if words[0] not in ("bucket", "network") or len(words) < 2:
            problem = Problem(None, f"{words[0]!r} is no kind", "did you mean 'bucket'?")
            raise WishError("these words can't be understood", (problem,))
        return self._wish([words], " ".join(words))

    def read_stack_file(self, path: Path) -> Wish:
        lines = path.read_text().splitlines()
        wrong = [number for number, line in enumerate(lines, 1) if "?" in line]
        if wrong:
            marks = (Problem(Mark(path.name, n, 1, "storage.b"), f"[/x] line {n}", "a size") for n in wrong)
            raise WishError(f"{path.name} has mistakes", tuple(marks))
        return self._wish([line.split() for line in lines if line.strip()], path.name)

    def find_stack_file(self, folder: Path) -> Path | None:
        path = folder / "genesys.yaml"
        return path if path.is_file() else None

    def plan_document(self, plan: Plan) -> Mapping[str, Any]:
        return {"summary": plan.title, "changes": plan.changes}

    def _wish(self, rows: list[list[str]], source: str) -> Wish:
        return Wish(tuple(Desired(f"{row[0]}.{row[1]}", row[0], row[1], {}) for row in rows), source)
