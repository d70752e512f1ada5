"""Tells when a file in a folder was saved. The folder is watched, not the file: editors save by renaming."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path


class Watch:
    """Watches one folder in a daemon thread, from `start` to `stop`."""

    def __init__(self, folder: Path, saved: Callable[[Path], None]) -> None:
        """`saved` is called in the watching thread with the path that changed, as written below `folder`."""
        self._folder = folder
        self._saved = saved
        self._stop = threading.Event()
        self.ready = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        from watchfiles import watch

        root = self._folder.resolve()
        changes = watch(
            root,
            debounce=50,
            step=10,
            recursive=False,
            stop_event=self._stop,
            raise_interrupt=False,
            watch_filter=None,
            rust_timeout=500,
            yield_on_timeout=True,
        )
        for batch in changes:
            self.ready.set()
            for _, path in batch:
                self._saved(self._folder / Path(path).name)
