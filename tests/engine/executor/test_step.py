"""One step: what is sent, what the journal says, and what is left unsaid, when answers are lost or it is cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from genesys_tui.engine.executor.documents import Documents
from genesys_tui.engine.model.call import Answer, Batch, Call, Capture, Each, Find, Merge, Value, Wait, read
from genesys_tui.engine.model.errors import MovedError
from tests.engine.executor.scripted import MAKE, SET, Scripted, Stage, create_step, failed

Staged = Callable[..., Stage]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Staged]:
    stages: list[Stage] = []

    def staged(writes: Scripted, looks: Scripted | None = None) -> Stage:
        stages.append(Stage(tmp_path, writes, looks))
        return stages[-1]

    yield staged
    for each in stages:
        each.backend.close()


def test_a_lost_create_that_happened_is_found_and_not_sent_again(stage: Staged) -> None:
    play = stage({"Make": [failed("lost")], "Set": [{}]}, {"Look": [None, {}, {"Found": "7"}]})
    assert play.perform() is None
    assert (play.writer.sent, play.run.outputs) == (["Make", "Set"], {"id": "7"})
    assert play.outcomes == ["done", "done"]


def test_a_lost_create_that_did_not_happen_is_sent_again(stage: Staged) -> None:
    play = stage({"Make": [failed("lost"), {"Id": "8"}], "Set": [{}]}, {"Look": [None]})
    assert play.perform() is None
    assert (play.writer.sent, play.run.outputs) == (["Make", "Make", "Set"], {"id": "8"})


def test_already_there_is_a_conflict_at_first_and_ours_after_a_lost_answer(stage: Staged) -> None:
    there = failed("refused", "AlreadyThere")
    first = stage({"Make": [there]}, {"Look": [{"Found": "7"}]})
    error = first.perform()
    assert error is not None
    assert error.code == "AlreadyThere"
    second = stage({"Make": [failed("lost"), there], "Set": [{}]}, {"Look": [None] * 5 + [{"Found": "7"}]})
    assert second.perform() is None
    assert second.run.outputs == {"id": "7"}


@pytest.mark.parametrize("blind", ["denied", "unreachable", "cancelled", "open", "lost"])
def test_a_lost_create_that_can_not_be_looked_for_stays_unsettled(stage: Staged, blind: object) -> None:
    play = stage({"Make": [failed("lost")]}, {"Look": [failed(blind)]})  # type: ignore[arg-type]  # one of CallFailure
    error = play.perform()
    assert error is not None
    assert error.failure == "lost"
    assert play.outcomes == [None], "the journal says that it is known, but it is not"
    assert play.writer.sent == ["Make"]


def test_an_answer_without_what_it_must_hold_is_no_answer(stage: Staged) -> None:
    play = stage({"Make": [{}], "Set": [{}]}, {"Look": [{"Found": "7"}]})
    assert play.perform() is None
    assert (play.writer.sent, play.run.outputs) == (["Make", "Set"], {"id": "7"})


@pytest.mark.parametrize("pause", range(1, 5))
def test_cancelled_while_looking_for_a_lost_create_sends_nothing_more(stage: Staged, pause: int) -> None:
    play = stage({"Make": [failed("lost"), {"Id": "8"}]}, {"Look": [None]})
    error = play.perform(cancel_at_pause=pause)
    assert play.writer.sent == ["Make"]
    assert error is not None
    assert error.failure == "lost"
    assert play.outcomes == [None]


def test_cancelled_while_aws_is_not_yet_consistent_sends_nothing_more(stage: Staged) -> None:
    play = stage({"Make": [failed("refused", "NotYet")]})
    error = play.perform(cancel_at_pause=2)
    assert play.writer.sent == ["Make", "Make"]
    assert error is not None
    assert error.failure == "cancelled"
    assert play.outcomes == ["failed"]


def test_cancelled_while_waiting_keeps_what_was_made(stage: Staged) -> None:
    waits = replace(MAKE, wait=Wait(read("x", "Poll"), "Ready", "it is being made"))
    play = stage({"Make": [{"Id": "7"}]}, {"Poll": [{"Ready": False}]})
    play.of(create_step(waits, SET))
    error = play.perform(cancel_at_pause=1)
    assert error is not None
    assert error.failure == "cancelled"
    assert (play.run.outputs, play.outcomes) == ({"id": "7"}, ["done"])


def test_a_lost_call_that_can_not_be_looked_for_is_unsettled(stage: Staged) -> None:
    play = stage({"Make": [{"Id": "7"}], "Set": [failed("lost")]})
    error = play.perform()
    assert error is not None
    assert error.failure == "lost"
    assert play.outcomes == ["done", None]


def test_a_wait_that_failed_says_the_clouds_reason(stage: Staged) -> None:
    wait = Wait(read("x", "Poll"), "Ready", "until it is made", failed="Bad", reason="Why")
    play = stage({"Make": [{"Id": "7"}]}, {"Poll": [{"Bad": True, "Why": "the disk is full"}]})
    play.of(create_step(replace(MAKE, wait=wait)))
    assert str(play.perform()).endswith("until it is made: it failed, for the disk is full")


POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Sid": "theirs", "Effect": "Deny"}, {"Sid": "ours", "Effect": "Deny"}]}'
)


def merging(statement: Mapping[str, Value] | None, empty: str | None = None) -> Call:
    merge = Merge(read("x", "Look"), "Policy", {"ours": statement}, empty)
    return Call("x", "Set", {"Policy": Each()}, idempotent=True, merge=merge)


def test_a_statement_is_put_into_the_policy_as_it_stands_when_it_is_sent(stage: Staged) -> None:
    play = stage({"Set": [{}]}, {"Look": [{"Policy": POLICY}]})
    play.of(create_step(merging({"Sid": "ours", "Effect": "Allow"})))
    assert play.perform() is None
    [params] = play.writer.params
    sent = json.loads(str(params["Policy"]))
    assert [(one["Sid"], one["Effect"]) for one in sent["Statement"]] == [("theirs", "Deny"), ("ours", "Allow")]


def test_the_last_statement_that_goes_leaves_what_the_service_takes_or_nothing_is_sent(stage: Staged) -> None:
    only = '{"Statement": {"Sid": "ours"}}'
    play = stage({"Set": [{}]}, {"Look": [{"Policy": only}]})
    play.of(create_step(merging(None, empty="")))
    assert play.perform() is None
    assert play.writer.params == [{"Policy": ""}]
    other = stage({"Set": [{}]}, {"Look": [{"Policy": only}]})
    other.of(create_step(merging(None)))
    with pytest.raises(MovedError):
        other.perform()
    assert other.writer.sent == []


def test_two_steps_never_write_over_each_others_statements() -> None:
    documents = Documents()
    assert documents.take("queue a")
    assert not documents.take("queue a")
    assert documents.take("queue b")
    documents.free("queue a")
    assert documents.take("queue a")


def test_what_somebody_changed_meanwhile_is_left_to_them(stage: Staged) -> None:
    """By the cloud's own word."""
    run = stage({"Make": [failed("refused", "Stale")]})
    run.of(create_step(replace(MAKE, moved_on=("Stale",))))
    with pytest.raises(MovedError, match="changed by somebody"):
        list(run.run.perform())
    assert run.outcomes == ["failed"]


def test_what_our_own_lost_change_made_stale_is_no_change_of_others(stage: Staged) -> None:
    look = Find(read("x", "Look"), {"id": Capture("Found")}, ("Stale",))
    seen = [*[{}] * 5, {"Found": "7"}]  # the change is seen only after the second sending
    run = stage({"Make": [failed("lost"), failed("refused", "Stale")]}, {"Look": seen})
    run.of(create_step(replace(MAKE, moved_on=("Stale",), find=look)))
    assert run.perform() is None
    assert run.writer.sent == ["Make", "Make"]
    assert run.run.outputs["id"] == "7"


TOGETHER = Batch(Call("x", "SetMany"), "thing-1", "Things", "Failed", sort="thing")


def test_what_is_cancelled_while_it_waits_for_others_was_not_begun(stage: Staged) -> None:
    play = stage({})
    run = play.of(create_step(replace(SET, batch=TOGETHER)))
    error = play.perform(cancel_at_pause=1)
    assert error is not None
    assert (error.failure, play.writer.sent, run.wrote, play.outcomes) == ("cancelled", [], False, ["failed"])


@pytest.mark.parametrize(
    ("answer", "sent"),
    [({}, ["SetMany"]), ({"Failed": ["thing-1"]}, ["SetMany", "Set"]), (failed("lost"), ["SetMany", "Set"])],
    ids=["done", "failed for it", "lost"],
)
def test_what_one_call_did_for_all_is_not_sent_again(stage: Staged, answer: Answer, sent: list[str]) -> None:
    play = stage({"SetMany": [answer], "Set": [{}]})
    run = play.of(create_step(replace(SET, batch=TOGETHER)))
    assert play.perform() is None
    assert (play.writer.sent, play.writer.params[0]) == (sent, {"Things": ["thing-1"]})
    assert run.wrote
    assert play.outcomes == ["done"]
