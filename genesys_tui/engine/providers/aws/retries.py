"""When a call that failed is sent again, and after how long."""

from __future__ import annotations

import random

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import CallError

ATTEMPTS = 8
CONNECTIONS = 4
"""Attempts of a call for which no connection could be made."""
PATIENCE = 20.0
"""Seconds after which a call that failed is not sent again."""
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 5.0

CONTENDED = frozenset({"ConditionalRequestConflict", "OperationAborted", "TransactionInProgressException"})
"""Codes for a change that was not made, because another of the same thing was under way."""

WHY = {
    "throttled": "AWS asks to go slower",
    "lost": "no answer came",
    "unreachable": "no connection could be made",
    "refused": "another change of it is under way",
}


def pause(call: Call, error: CallError, *, attempt: int, seconds: float) -> float | None:
    """The seconds to wait before the call is sent again: exponential backoff with full jitter. None: it must not be, or
    it is of no use. `attempt`: the number of the one that failed, from 1; `seconds`: since the first."""
    delay = random.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)))
    limit = CONNECTIONS if error.failure == "unreachable" else ATTEMPTS
    if attempt >= limit or seconds + delay > PATIENCE or not _may_repeat(call, error):
        return None
    return delay


def _may_repeat(call: Call, error: CallError) -> bool:
    """Sending it again could help and do no harm: it was not done, or doing it twice is as doing it once."""
    if error.failure == "lost":
        return call.idempotent
    return error.failure in {"throttled", "unreachable"} or error.code in CONTENDED


def in_words(call: Call, error: CallError) -> str:
    """Why it is sent again."""
    return f"{call.name}: {WHY[error.failure]} ({error.code})"
