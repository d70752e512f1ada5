"""Senders that answer from a script, and steps of hand-made calls: an executor without a cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from genesys_tui.engine.executor.step import StepRun
from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, RetryOn, read
from genesys_tui.engine.model.errors import CallError, CallFailure
from genesys_tui.engine.model.plan import Line, Step
from genesys_tui.engine.model.resource import Fragment
from genesys_tui.engine.state.sqlite import SqliteBackend

Scripted = Mapping[str, "Sequence[Answer | CallError | None]"]
"""Answers by operation, in turn; the last one is repeated."""


class Sender:
    """Answers by the script, and remembers what was sent."""

    def __init__(self, script: Scripted, told: Callable[[str], object] = lambda _: None) -> None:
        self.script = script
        self.sent: list[str] = []
        self.params: list[Params] = []
        self.told = told

    def send(
        self, call: Call, params: Params, *, on_retry: Callable[[str, float], None] | None = None
    ) -> Answer | None:
        answers = self.script[call.operation]
        answer = answers[min(self.sent.count(call.operation), len(answers) - 1)]
        self.sent.append(call.operation)
        self.params.append(params)
        self.told(call.operation)
        if isinstance(answer, CallError):
            raise answer
        return answer


def failed(failure: CallFailure, code: str = "Whatever") -> CallError:
    return CallError("x:Make", failure, code, "it went wrong")


MAKE = Call(
    "x",
    "Make",
    captures={"id": Capture("Id")},
    find=Find(read("x", "Look"), {"id": Capture("Found")}, codes=("AlreadyThere",)),
    retry_on=(RetryOn("NotYet"),),
)
SET = Call("x", "Set", idempotent=True)


def fragment(id: str = "", outputs: Mapping[str, str] | None = None) -> Fragment:
    return Fragment("bucket.b", "bucket", "b", id, "eu-west-1", {}, outputs=outputs or {})


def create_step(*calls: Call) -> Step:
    return Step(
        "create", "bucket.b", "bucket", None, (Line("Make it", "Asked for", calls or (MAKE, SET)),), remember=fragment()
    )


class Stage:
    """A step under way over scripted senders and a real journal."""

    def __init__(self, folder: Path, writes: Scripted, looks: Scripted | None = None) -> None:
        self.cancelled = False
        self.backend = SqliteBackend(folder / "state.db")
        self.writer, self.reader = Sender(writes), Sender(looks or {})
        self.run = self.of(create_step())

    def of(self, step: Step) -> StepRun:
        self.run = StepRun(
            step, "e1", self.writer, self.reader, self.backend, {}, lambda _: None, lambda: self.cancelled
        )
        return self.run

    def perform(self, *, cancel_at_pause: int = 0) -> CallError | None:
        """Drive the step without sleeping; cancel at its n-th wish to sleep. The error that it ended with."""
        pauses = 0
        try:
            for _ in self.run.perform():
                pauses += 1
                self.cancelled = self.cancelled or pauses == cancel_at_pause
        except CallError as error:
            return error
        return None

    @property
    def outcomes(self) -> list[str | None]:
        return [attempt.outcome for attempt in self.backend.attempts("e1")]
