"""What is told while an apply runs, and how ctrl-c ends it."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.progress import Progress
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.events import (
    LineStarted,
    Retrying,
    StepDone,
    StepFailed,
    StepSkipped,
    StepStarted,
    Waiting,
)
from tests.cli.cli_fakes import Account, FakeExecution, bucket_plan, bucket_step, record_of
from tests.cli.cli_shell import Shell

A, B = "bucket.a", "bucket.b"


@pytest.fixture
def progress() -> Progress:
    return Progress(replace(bucket_plan(), steps=(bucket_step("a"), bucket_step("b"))), Paint())


def test_a_line_for_each_step_that_ends(progress: Progress) -> None:
    assert progress.take(StepStarted(A), live=False) == ""
    assert progress.take(StepDone(A, 0.31), live=False) == "✓ bucket.a  0.3 s"
    failed = progress.take(StepFailed(B, GenesysError("access denied", why="no")), live=False)
    assert failed == "✗ bucket.b  access denied: no"
    failed = progress.take(StepFailed(B, GenesysError("expired", todo="sign in again")), live=False)
    assert failed == "✗ bucket.b  expired\n  Do: sign in again"
    assert progress.take(StepSkipped("bucket.c", "bucket.b failed"), live=False).startswith("· bucket.c  skipped")


def test_waits_are_told_once_where_nothing_is_live(progress: Progress) -> None:
    told = [progress.take(Waiting(A, "for the gateway", float(second)), live=False) for second in range(3)]
    assert told == ["  bucket.a  waiting: for the gateway", "", ""]
    assert progress.take(Retrying(A, "slow down", 0.5), live=False) == "  bucket.a  sending again: slow down"


def test_the_live_line_says_what_goes_on(progress: Progress) -> None:
    progress.take(LineStarted(A, 1), live=True)
    assert progress.now == "▸ 0 of 2 done  bucket.a: Enable versioning on bucket"
    progress.take(LineStarted(B, 0), live=True)
    assert progress.now.endswith("bucket.b: Create S3 bucket 'b'  (+1 more)")
    assert progress.take(Waiting(A, "for the gateway", 3), live=True) == ""
    assert "bucket.a: waiting: for the gateway, 3.0 s" in progress.now
    progress.take(StepDone(A, 1), live=True)
    progress.take(StepDone(B, 1), live=True)
    assert progress.now == ""


def test_the_live_line_is_only_for_terminals(shell: Shell) -> None:
    assert "\r" not in shell("execute", "bucket", "b", "--apply", "--yes").err
    assert "\r\x1b[K▸ 0 of 1 done" in shell("execute", "bucket", "b", "--apply", "--yes", answers="").err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_waits_for_the_record(shell: Shell, account: Account, number: signal.Signals) -> None:
    def interrupt(execution: FakeExecution) -> None:
        signal.raise_signal(number)
        assert execution.cancelled.wait(5)

    before = signal.getsignal(number)
    account.hook = interrupt
    account.record = record_of(bucket_plan(), failing=("bucket.my-data-bucket",), status="cancelled")
    ended = shell("execute", "bucket", "b", "--apply", "--yes")
    assert ended.code == 130
    assert "Ctrl-C again leaves at once" in ended.err
    assert "Cancelled: Deploy" in ended.out
    assert "To go on: genesys execute bucket b --apply" in ended.out
    assert signal.getsignal(number) is before
