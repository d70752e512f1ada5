"""Tells when files were saved. Folders are watched, not files: editors save by renaming."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

Changed = Callable[[frozenset[Path]], None]

LOOK = 100
"""Milliseconds after which it is looked whether the folders are still the ones that are watched; so long it takes, too,
until it is known that they are."""


class Watch:
    """Watches folders in a daemon thread, from `start` to `stop`. A folder that is deleted and comes back is watched
    again, and then counts as changed."""

    def __init__(self, folders: Sequence[Path], changed: Changed, *, deep: bool = False) -> None:
        """`changed` is called in the watching thread with the paths that changed, as written below the folders; what
        is saved at once comes at once. `deep`: with all folders within."""
        self._folders = tuple(folders)
        self._changed = changed
        self._deep = deep
        self._stop = threading.Event()
        self.ready = threading.Event()
        """Set when no save is missed any more."""

    def start(self) -> None:
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        lost = False
        while not self._stop.is_set():
            there = [folder for folder in self._folders if folder.is_dir()]
            if lost and there:
                self._changed(frozenset(there))
            lost = True
            if not there:
                self.ready.set()
                self._stop.wait(LOOK / 1000)
                continue
            for paths in self._changes(there):
                self._changed(paths)

    def _changes(self, folders: Sequence[Path]) -> Iterator[frozenset[Path]]:
        """Until a folder of them is another one, or is none any more."""
        from watchfiles import watch

        real = {str(folder.resolve()): folder for folder in folders}
        known = [_identity(folder) for folder in self._folders]
        batches = watch(
            *real,
            debounce=50,
            step=10,
            recursive=self._deep,
            stop_event=self._stop,
            raise_interrupt=False,
            watch_filter=None,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        try:
            for batch in batches:
                self.ready.set()
                if batch:
                    yield frozenset(_as_written(path, real) for _, path in batch)
                told = {path for _, path in batch}
                # A folder that is made anew may get the very inode of the one before.
                if told & real.keys() or [_identity(folder) for folder in self._folders] != known:
                    return
        except FileNotFoundError:  # gone between the look and the watch
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _as_written(path: str, real: dict[str, Path]) -> Path:
    """A change is told by its real path; whoever watches a link knows it by the link."""
    for start, folder in real.items():
        if path == start or path.startswith(start + os.sep):
            return folder / path[len(start) :].lstrip(os.sep)
    return Path(path)
