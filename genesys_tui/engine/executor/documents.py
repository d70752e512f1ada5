"""Documents that a call replaces whole, and that steps of one plan may share: one after the other writes them."""

from __future__ import annotations

from threading import Lock


class Documents:
    """Which are being read and written just now. Between the two nobody else of this process may write them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: set[str] = set()

    def take(self, key: str) -> bool:
        """Whether it was free; then it is taken."""
        with self._lock:
            free = key not in self._taken
            self._taken.add(key)
            return free

    def free(self, key: str) -> None:
        with self._lock:
            self._taken.discard(key)
