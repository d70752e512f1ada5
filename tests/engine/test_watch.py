"""Saves are told, however an editor writes, and whatever happens to the folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from genesys_tui.engine.watch import Watch

Told = Callable[[Path, float], bool]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "deep").mkdir(parents=True)
    return folder


@pytest.fixture
def told(folder: Path) -> Iterator[Told]:
    """Waits until a change of this path is told; False where none is within so many seconds."""
    queue: Queue[frozenset[Path]] = Queue()
    watch = Watch((folder,), queue.put, deep=True)
    watch.start()
    assert watch.ready.wait(10)

    def until(path: Path, seconds: float) -> bool:
        try:
            while path not in queue.get(timeout=seconds):
                pass
        except Empty:
            return False
        return True

    yield until
    watch.stop()


def test_a_save_is_told(folder: Path, told: Told) -> None:
    (folder / "deep" / "main.py").write_text("one")
    assert told(folder / "deep" / "main.py", 10)


def test_an_editor_that_writes_by_renaming(folder: Path, told: Told) -> None:
    (folder / ".main.py.swp").write_text("one")
    (folder / ".main.py.swp").replace(folder / "main.py")
    assert told(folder / "main.py", 10)


def test_a_folder_that_is_deleted_and_comes_back_is_watched_again(folder: Path, told: Told) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    assert told(folder, 10)  # whatever is in it may be another one now

    def saved(content: int) -> bool:
        (folder / "main.py").write_text(str(content))
        return told(folder / "main.py", 1)

    assert any(saved(content) for content in range(10))


def test_a_folder_that_comes_later(tmp_path: Path) -> None:
    queue: Queue[frozenset[Path]] = Queue()
    watch = Watch((tmp_path / "later",), queue.put)
    watch.start()
    assert watch.ready.wait(10)
    (tmp_path / "later").mkdir()
    assert queue.get(timeout=10) == {tmp_path / "later"}
    watch.stop()


def test_paths_are_told_as_the_folder_was_named(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    queue: Queue[frozenset[Path]] = Queue()
    watch = Watch((tmp_path / "link",), queue.put)
    watch.start()
    assert watch.ready.wait(10)
    (folder / "main.py").write_text("one")
    assert tmp_path / "link" / "main.py" in queue.get(timeout=10)
    watch.stop()
