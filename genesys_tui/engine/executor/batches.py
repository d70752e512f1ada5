"""Calls that do for several steps at once: the steps meet here, and the first to be served sends for all."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from genesys_tui.engine.model.call import Batch

GATHERING = 0.1
"""Seconds without a newcomer after which those that are there go, even where there is room for more."""


class Batches:
    """Who waits for which call, and for whom it was done. A sort of thing that failed once is not tried again, nor a
    call that failed as a whole: each then goes by itself."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[str, list[Batch]] = {}
        self._joined: dict[str, float] = {}
        self._done: dict[tuple[str, str], bool] = {}
        self._refused: set[str] = set()

    def open_to(self, batch: Batch) -> bool:
        """Whether it is worth waiting for."""
        with self._lock:
            return not self._refused & {batch.key, batch.sort}

    def join(self, batch: Batch) -> None:
        with self._lock:
            self._waiting.setdefault(batch.key, []).append(batch)
            self._joined[batch.key] = monotonic()

    def leave(self, batch: Batch) -> bool:
        """Whether it was still waiting; if not, somebody is sending for it."""
        with self._lock:
            waiting = self._waiting[batch.key]
            if batch not in waiting:
                return False
            waiting.remove(batch)
            return True

    def take(self, batch: Batch) -> list[Batch]:
        """All to send for, this one among them; none while another sends for it, or more may come."""
        with self._lock:
            waiting = self._waiting[batch.key]
            quiet = monotonic() - self._joined[batch.key] >= GATHERING
            if batch not in waiting or not (quiet or len(waiting) >= batch.limit):
                return []
            waiting.remove(batch)
            others, self._waiting[batch.key] = waiting[: batch.limit - 1], waiting[batch.limit - 1 :]
            return [batch, *others]

    def settle(self, taken: list[Batch], failed: set[str] | None) -> None:
        """What the call came to: the items that it failed for; None: it failed as a whole."""
        with self._lock:
            for one in taken:
                done = self._done[one.key, one.item] = failed is not None and one.item not in failed
                if not done:
                    self._refused.add(one.key if failed is None else one.sort)

    def outcome(self, batch: Batch) -> bool | None:
        """Whether it was done for this one; None: not known yet."""
        with self._lock:
            return self._done.get((batch.key, batch.item))
