"""What came of a save, in words: no loop is needed to say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from genesys_tui.engine.model.build import Built, BuiltImage, BuiltLayer, Project, Seconds, Target
from genesys_tui.engine.model.errors import NoCredentialsError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.invocation import Answer, Failure, Frame
from genesys_tui.engine.model.loop import BuildDone, Deployed, Failed, Invoked, Planned, Saved
from genesys_tui.engine.model.source_error import SourceError
from genesys_tui.tui.saves import KEPT, Timeline
from genesys_tui.tui.widgets.save_words import lines_of
from tests.tui.fake_workspace import create_step, plan_of

NOW = datetime(2026, 11, 21, 14, 2, 11, tzinfo=UTC)
LAYER = BuiltLayer("g-7c02", "7c02aa", "", 3_100_000, 9_000_000, Path(), reused=False)
BUILT = Built(
    Project("answer", Path("src"), Target("python3.13")),
    "main.handler",
    "ab" * 32,
    14_200,
    20_000,
    Path(),
    (LAYER,),
    seconds=Seconds(0.1, 0.3, 0.01, 0.421),
)
APPLIED = ExecutionRecord("x1", "Send new code", "shop", "eu-west-1", NOW, "done", (), seconds=0.84)


def saved(number: int = 1) -> Timeline:
    """A timeline with one save after the start."""
    timeline = Timeline(NOW)
    timeline.take(Saved(number, NOW, ("main.py",), frozenset({"source"})))
    return timeline


def words(timeline: Timeline) -> list[str]:
    """Of its newest save."""
    return [said for said, _ in lines_of(timeline.newest)]


def test_a_save_says_what_it_waits_for_and_then_what_came_of_it() -> None:
    timeline = saved()
    assert words(timeline) == ["build  …", "answer …", "plan   …"]
    timeline.take(BuildDone(1, 430.0, BUILT))
    assert words(timeline)[0] == "build  0.4 s · 14 kB · layer 7c02… new · 3.1 MB · built 0.4 s"
    timeline.take(Invoked(1, 80.0, Answer("r", "answered", {"statusCode": 200, "body": '{"pages": 3}'}, 12.0)))
    assert words(timeline)[1] == 'answer 80 ms  → 200 {"pages": 3}'
    timeline.take(Planned(1, 90.0, plan_of(), "code"))
    assert words(timeline)[2] == "plan   waits for a: ~ code only"
    assert timeline.waiting is timeline.newest
    timeline.take(Deployed(1, 900.0, APPLIED))
    assert words(timeline)[2] == "plan   ● live in 0.9 s (ours 60 ms)  ~ code only"
    assert timeline.waiting is None


def test_a_layer_that_is_there_is_reused() -> None:
    timeline = saved()
    timeline.take(
        BuildDone(1, 21.0, replace(BUILT, layers=(replace(LAYER, reused=True),), seconds=Seconds(total=0.021)))
    )
    assert words(timeline)[0] == "build  21 ms · 14 kB · layer 7c02… reused"


def test_an_image_is_called_one() -> None:
    timeline = saved()
    image = BuiltImage("ab" * 32, "{}", 14_200)
    timeline.take(BuildDone(1, 21.0, replace(BUILT, image=image, layers=(), seconds=Seconds(total=0.021))))
    assert words(timeline)[0] == "build  21 ms · image 14 kB"


def test_a_mistake_in_the_source_sends_nothing() -> None:
    timeline = saved()
    timeline.take(Failed(1, 3.0, "build", SourceError("render.py", 41, "SyntaxError: '(' was never closed")))
    assert words(timeline) == ["✗ render.py:41: SyntaxError: '(' was never closed", "nothing was sent"]


def test_a_failed_answer_says_where() -> None:
    timeline = saved()
    timeline.take(BuildDone(1, 21.0, BUILT))
    trace = (Frame("main.py", 7, "handler", "x = 1 / 0"), Frame("", 0, "2 places of libraries"))
    failure = Failure("ZeroDivisionError", "division by zero", trace)
    timeline.take(Invoked(1, 80.0, Answer("r", "failed", {}, 12.0, error=failure)))
    assert words(timeline)[1] == "answer ✗ main.py:7  ZeroDivisionError: division by zero"


def test_a_wider_plan_says_what_it_changes() -> None:
    timeline = saved()
    timeline.take(Planned(1, 90.0, plan_of(create_step("layer.g-1"), create_step("function.answer")), "wider"))
    assert words(timeline)[2] == "plan   waits for a: + layer, + function"


def test_without_an_account_no_plan_is_missed() -> None:
    timeline = saved()
    timeline.take(Failed(1, 3.0, "plan", NoCredentialsError("No AWS credentials")))
    assert words(timeline)[2] == "plan   none without an account: it is built and run here"


def test_what_is_told_late_belongs_to_its_own_save() -> None:
    timeline = saved()
    timeline.take(Saved(2, NOW, ("b.py",), frozenset({"source"})))
    timeline.take(BuildDone(1, 21.0, BUILT))
    assert timeline.newest.built is None
    assert timeline.last_built is timeline.saves[1].built is not None


def test_old_saves_are_forgotten() -> None:
    timeline = saved()
    for number in range(2, KEPT + 10):
        timeline.take(Saved(number, NOW, (), frozenset()))
    assert len(timeline.saves) == KEPT
    assert timeline.take(BuildDone(1, 21.0, BUILT)) is None
