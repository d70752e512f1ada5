"""The code to run is just what is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from genesys_tui.engine.functions.source.mirror import Mirror
from genesys_tui.engine.model.build import Member


def shown(mirror: Mirror, **files: str) -> dict[str, str]:
    folder = mirror.show([Member(name.replace("__", "/") + ".py", text.encode()) for name, text in files.items()])
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.py")}


def test_it_holds_what_it_is_shown_and_nothing_else(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "code")
    assert shown(mirror, main="1", lib__one="2") == {"main.py": "1", "lib/one.py": "2"}
    assert shown(mirror, main="1", lib__two="3") == {"main.py": "1", "lib/two.py": "3"}


def test_what_lay_there_before_goes(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "old.py").write_text("old")
    assert shown(Mirror(tmp_path / "code"), main="1") == {"main.py": "1"}


def test_a_file_becomes_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "code")
    mirror.show([Member("a", b"1")])
    mirror.show([Member("a/b", b"2")])
    folder = mirror.show([Member("a", b"3")])
    assert (folder / "a").read_bytes() == b"3"


def test_somebody_took_it_away(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "code")
    shown(mirror, main="1")
    (tmp_path / "code" / "main.py").unlink()
    assert shown(mirror, other="2") == {"other.py": "2"}


def test_no_stale_bytecode_runs_after_a_change_of_equal_size_within_a_second(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "code")
    answers = []
    for number in range(5):
        folder = mirror.show([Member("answer.py", f"value = {number}\n".encode())])
        done = subprocess.run(
            [sys.executable, "-c", "import answer; print(answer.value)"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        answers.append(done.stdout.strip())
    assert answers == ["0", "1", "2", "3", "4"]


def test_modes(tmp_path: Path) -> None:
    folder = Mirror(tmp_path / "code").show([Member("bootstrap", b"#!", True), Member("data", b"")])
    assert (folder / "bootstrap").stat().st_mode & 0o777 == 0o755
    assert (folder / "data").stat().st_mode & 0o777 == 0o644
