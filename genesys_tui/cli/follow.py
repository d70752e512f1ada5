"""Watches a running apply to its end; ctrl-c, or a polite request to end (SIGTERM), cancels it cleanly."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from genesys_tui.cli import exits
from genesys_tui.cli.render.progress import Progress
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.plan import Plan

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Execution


def follow(execution: Execution, plan: Plan, terminal: Terminal) -> ExecutionRecord:
    """Show each step as it ends. Returns the final record, whatever the end was."""
    progress = Progress(plan, terminal.message_paint)
    with _cancelled_by_signals(execution, terminal):
        for event in execution.events():
            line = progress.take(event, live=terminal.live)
            terminal.status("")
            if line:
                terminal.message(line)
            terminal.status(progress.now)
        return execution.wait()


@contextmanager
def _cancelled_by_signals(execution: Execution, terminal: Terminal) -> Iterator[None]:
    """The first one cancels and goes on watching; the second leaves at once (the journal tells the next run)."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        os._exit(exits.INTERRUPTED)

    def cancel(_signal: int, _frame: FrameType | None) -> None:
        for number in before:
            signal.signal(number, leave)
        terminal.status("")
        terminal.message("Cancelling: what was sent is waited for, nothing more is sent. Ctrl-C again leaves at once.")
        # In a thread of its own: this handler may have interrupted the very code whose lock `cancel` wants.
        threading.Thread(target=execution.cancel, daemon=True).start()

    before = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
