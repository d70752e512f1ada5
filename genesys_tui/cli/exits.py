"""The exit codes: a contract with scripts, and the one place where errors become numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from genesys_tui.engine.model.errors import BlockedError, GenesysError, LockedError, UsageError, WishError

if TYPE_CHECKING:
    from genesys_tui.engine.model.history import ExecutionRecord

DONE: Final = 0
"""Done, or nothing to do."""
FAILED: Final = 1
CHANGES: Final = 2
"""A preview found changes: only with `--detailed-exitcode`."""
BLOCKED: Final = 3
"""A guardrail stands in the way."""
LOCKED: Final = 4
"""Somebody else is changing the same resources."""
USAGE: Final = 64
"""The words can't be understood, or an answer is needed and nobody is there to give it. Nothing was sent."""
INTERRUPTED: Final = 130
"""Ended by ctrl-c."""


def of_error(error: GenesysError) -> int:
    """The exit code of an error. Mistakes in a file (they have a place in it) are 1, mistakes in words 64."""
    match error:
        case UsageError():
            return USAGE
        case WishError(problems=problems):
            return FAILED if any(problem.mark for problem in problems) else USAGE
        case BlockedError():
            return BLOCKED
        case LockedError():
            return LOCKED
        case _:
            return FAILED


def of_record(record: ExecutionRecord) -> int:
    """The exit code of an apply."""
    return {"done": DONE, "cancelled": INTERRUPTED}.get(record.status, FAILED)
