"""The loop over a real folder, a real process and the emulator: saves come out in order, and the last one wins."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import TypeVar

import pytest

from genesys_tui.engine.functions.loop import Loop
from genesys_tui.engine.model.invocation import Invocation, LogLine
from genesys_tui.engine.model.loop import BuildDone, Deployed, Failed, Invoked, LoopEvent, Planned, Saved
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

E = TypeVar("E")

REGION = "eu-west-1"
STACK = """\
provider: aws
region: eu-west-1
resources:
  serverless:
    - name: answer
      type: function
      runtime: python3.11
      source: ./src
      memory: 256
"""
CODE = "def handler(event, context):\n    return {}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack file and the source of its function."""
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / "genesys.yaml").write_text(STACK)
    save(folder, "1")
    return folder


def save(folder: Path, value: str) -> None:
    """As editors do: beside, and renamed."""
    new = folder / "src" / ".main.py.swp"
    new.write_text(CODE.format(value))
    new.replace(folder / "src" / "main.py")


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="shop", home=tmp_path / "genesys"))
    yield workspace
    workspace.close()


class Told:
    """What the loop told, and a way to wait for something."""

    def __init__(self) -> None:
        self.all: list[LoopEvent] = []
        self._queue: Queue[LoopEvent] = Queue()

    def __call__(self, event: LoopEvent) -> None:
        self._queue.put(event)

    def until(self, kind: type[E], suits: Callable[[E], bool] | None = None) -> E:
        """The next event of a kind that suits. Fails when none comes within 30 seconds."""
        while True:
            try:
                event = self._queue.get(timeout=30)
            except Empty:
                raise AssertionError(f"no {kind.__name__}; there was {self.words}") from None
            self.all.append(event)
            if isinstance(event, kind) and (suits is None or suits(event)):
                return event

    @property
    def words(self) -> str:
        """What there was, in short."""
        return ", ".join(str(one.error) if isinstance(one, Failed) else type(one).__name__ for one in self.all)

    def drained(self) -> list[LoopEvent]:
        """All that was told until now."""
        while not self._queue.empty():
            self.all.append(self._queue.get())
        return self.all


@pytest.fixture
def told() -> Told:
    return Told()


def unheard(line: LogLine) -> None:
    """Nobody reads the log."""


def loop_of(workspace: Workspace, folder: Path, told: Told, *, live: bool = False) -> Loop:
    file = folder / "genesys.yaml"
    subject = workspace.functions.subject("answer", lambda: read_stack_file(file), file)
    return workspace.functions.loop(subject, told, unheard, live=live, event=Invocation({}, "empty"))


@pytest.fixture
def loop(workspace: Workspace, folder: Path, told: Told) -> Iterator[Loop]:
    loop = loop_of(workspace, folder, told)
    yield loop
    loop.close()
    loop.wait()


def started(loop: Loop, told: Told) -> Planned:
    loop.start()
    planned = told.until(Planned)
    until(lambda: loop.watching)
    return planned


def until(holds: Callable[[], bool]) -> None:
    """Wait on a condition that another thread brings about."""
    from threading import Event

    for _ in range(1000):
        if holds():
            return
        Event().wait(0.01)
    raise AssertionError("it never came about")


def deployed(loop: Loop, told: Told) -> None:
    started(loop, told)
    loop.apply()
    assert told.until(Deployed).record.status == "done"


def code_there(workspace: Workspace) -> str:
    [function] = [one for one in workspace.inventory().resources if one.actual.kind == "function"]
    actual = workspace.details(function)
    assert actual is not None
    return str(actual.spec["code"])


def test_it_builds_answers_and_plans_at_once(loop: Loop, told: Told) -> None:
    planned = started(loop, told)
    assert planned.width == "wider"
    answers = [event.answer for event in told.all if isinstance(event, Invoked)]
    assert (answers or [told.until(Invoked).answer])[0].payload == 1


def test_a_save_answers_anew_and_changes_the_code_alone(loop: Loop, told: Told, folder: Path) -> None:
    deployed(loop, told)
    save(folder, "2")
    saved = told.until(Saved)
    assert saved.names == ("main.py",)
    assert saved.about == {"source"}
    assert told.until(Invoked).answer.payload == 2
    planned = [event for event in told.all if isinstance(event, Planned) and event.save == saved.save]
    assert (planned or [told.until(Planned)])[0].width == "code"


def test_live_sends_the_code_and_nothing_wider(loop: Loop, told: Told, folder: Path, workspace: Workspace) -> None:
    deployed(loop, told)
    loop.live = True
    before = code_there(workspace)
    save(folder, "2")
    assert told.until(Deployed).record.status == "done"
    after = code_there(workspace)
    assert after != before
    (folder / "genesys.yaml").write_text(STACK.replace("256", "512"))
    planned = told.until(Planned, lambda event: event.plan.changes > 0)
    assert planned.width == "wider"
    save(folder, "3")
    assert told.until(Planned, lambda event: event.save > planned.save).width == "wider"
    assert code_there(workspace) == after


def test_a_mistake_is_told_by_its_line_and_the_loop_goes_on(loop: Loop, told: Told, folder: Path) -> None:
    deployed(loop, told)
    loop.live = True
    (folder / "src" / "main.py").write_text("def handler(event, context):\n    return (1\n")
    failed = told.until(Failed)
    assert failed.stage == "build"
    assert "main.py:2" in str(failed.error)
    save(folder, "4")
    assert told.until(Deployed).record.status == "done"


def test_the_code_of_before_comes_back_and_stays(loop: Loop, told: Told, folder: Path, workspace: Workspace) -> None:
    deployed(loop, told)
    loop.close()
    loop.wait()
    before = code_there(workspace)
    again = loop_of(workspace, folder, told, live=True)
    started(again, told)
    save(folder, "5")
    told.until(Deployed)
    assert code_there(workspace) != before
    again.bring_back()
    assert told.until(Deployed, lambda event: event.back).record.status == "done"
    assert code_there(workspace) == before
    assert not again.live
    again.close()
    again.wait()


def test_a_stack_file_that_is_wrong_is_told_and_mended(loop: Loop, told: Told, folder: Path) -> None:
    started(loop, told)
    (folder / "genesys.yaml").write_text(STACK.replace("256", "lots"))
    assert told.until(Failed).stage == "read"
    (folder / "genesys.yaml").write_text(STACK.replace("256", "128"))
    assert told.until(Planned, lambda event: event.save > 0).plan.changes


def test_a_source_that_is_deleted_and_comes_back(loop: Loop, told: Told, folder: Path) -> None:
    started(loop, told)
    (folder / "src").rename(folder / "away")
    assert told.until(Failed).stage == "build"
    (folder / "away").rename(folder / "src")
    told.until(BuildDone, lambda event: event.save > 0)


def test_after_a_burst_of_saves_the_last_one_is_deployed_and_every_apply_is_recorded(
    loop: Loop, told: Told, folder: Path, workspace: Workspace
) -> None:
    deployed(loop, told)
    loop.live = True
    seed = int(os.environ.get("GENESYS_SEED", "7"))
    dice = random.Random(seed)
    for number in range(200):
        save(folder, f"{number}{dice.randint(0, 9)}")
        if dice.random() < 0.1:
            until(lambda: not loop.idle)
    save(folder, "'the last'")
    told.until(Invoked, lambda event: event.answer.payload == "the last")
    until(lambda: loop.idle)
    built = workspace.functions.build(loop.subject)
    from genesys_tui.engine.functions.sealing import in_base64

    assert code_there(workspace) == in_base64(built.sha256)
    records = [event.record.id for event in told.drained() if isinstance(event, Deployed)]
    assert {record.id for record in workspace.history()} >= set(records)


def test_without_credentials_it_builds_and_answers(
    folder: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    workspace = Workspace(Settings(region=REGION, home=tmp_path / "nobody"))
    loop = loop_of(workspace, folder, told)
    loop.start()
    assert told.until(Failed).stage == "plan"
    answers = [event for event in told.all if isinstance(event, Invoked)]
    assert (answers or [told.until(Invoked)])[0].answer.payload == 1
    loop.close()
    loop.wait()
    workspace.close()
