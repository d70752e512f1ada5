"""The process that is made ready for the next code: it answers at once, and as a new one would."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.functions.local.instance import Instance
from genesys_tui.engine.functions.local.sandbox import Sandbox, open_sandbox
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.invocation import Answer, Invocation
from tests.engine.functions.sandboxes import ROOMY, Log, built, gone, write

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
PATIENCE = 30.0

DEPENDENCY = """
import os, pathlib
with open(pathlib.Path(__file__).parent / "loaded", "a") as file:
    file.write(f"{os.getpid()}\\n")
print("the dependency is loaded")
STAGE = os.environ.get("STAGE")
"""
USES_IT = """
import os, sys
import dependency
def handler(event, context):
    return [VERSION, os.getpid(), dependency.STAGE, sys.stdin.read()]
"""


class Play:
    """A function with a layer, whose processes are counted by what they load of it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.layer, self.code = folder / "layer", folder / "code"
        self.code.mkdir()
        write(self.layer, "python/dependency.py", DEPENDENCY)
        self.made: Built = built(self.code, f"python{MINOR}", layers=(self.layer,))
        self.log = Log()
        self.show("first")
        self.sandbox: Sandbox = open_sandbox(self.made, ROOMY, home, self.log.told, changes=True)

    def show(self, version: str, code: str = USES_IT) -> None:
        write(self.code, "app.py", code.replace("VERSION", repr(version)))

    def replace(self, version: str, code: str = USES_IT) -> Answer:
        self.show(version, code)
        self.sandbox.replace(self.made)
        return self.ask()

    def ask(self) -> Answer:
        return self.sandbox.invoke(Invocation({}))

    @property
    def pids(self) -> list[int]:
        """Of all processes that loaded the layer, in that order."""
        file = self.layer / "python" / "loaded"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def one_is_ready(self, count: int = 2) -> int:
        """Wait until so many processes have loaded the layer; the last of them."""
        until(lambda: len(self.pids) >= count)
        return self.pids[-1]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def said(answer: Answer) -> list[Any]:
    assert isinstance(answer.payload, list), answer
    return answer.payload


def waiting() -> list[int]:
    """The processes of ours that wait for code."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            ours = int((path.parent / "stat").read_text().rpartition(") ")[2].split()[1]) == os.getpid()
            if ours and path.read_bytes().endswith(b"\0wait\0"):
                found.append(int(path.parent.name))
    return found


@pytest.fixture(params=["AWS's runtime", "our own"])
def play(
    tmp_path: Path, genesys_home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Play]:
    if request.param == "our own":
        monkeypatch.setattr(interpreters, "brought", lambda *_: None)
    play = Play(tmp_path, genesys_home)
    yield play
    play.sandbox.close()


def test_new_code_runs_in_the_process_that_has_loaded_its_dependencies(play: Play) -> None:
    first = play.ask()
    assert first.ok and first.init_ms is not None
    waiting = play.one_is_ready()
    assert [line.text for line in play.log.lines].count("the dependency is loaded") == 1
    answer = play.replace("second")
    assert answer.payload == ["second", waiting, None, ""]
    assert answer.init_ms is None  # most of it was loaded before: that is no measure of a cold start
    assert "the dependency is loaded" in [line.text for line in answer.logs]
    assert said(play.replace("third"))[0] == "third"  # with a new process, or a third one


@pytest.mark.parametrize("pause", [0.0, 0.3, 0.31, 0.33, 0.4])
def test_code_may_come_while_it_is_made_ready(play: Play, pause: float) -> None:
    play.ask()
    for version in ("second", "third", "fourth"):
        time.sleep(pause)
        assert said(play.replace(version))[0] == version


def test_one_that_has_nothing_to_load_waits_too(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Instance, "modules", ())
    play.ask()
    until(lambda: bool(waiting()))
    assert said(play.replace("second"))[0] == "second"


def test_a_module_of_the_code_goes_before_one_that_was_loaded_of_a_layer(play: Play) -> None:
    play.ask()
    waiting = play.one_is_ready()
    write(play.code, "dependency.py", "STAGE = 'own'\n")
    assert said(play.replace("second"))[2] == "own"
    assert gone(waiting)


def test_other_settings_are_seen(play: Play) -> None:
    play.ask()
    waiting = play.one_is_ready()
    play.sandbox.replace(play.made, replace(ROOMY, environment={"STAGE": "test"}))
    assert said(play.ask())[2] == "test"
    assert gone(waiting)


def test_one_that_died_while_it_waited_is_not_missed(play: Play) -> None:
    play.ask()
    waiting = play.one_is_ready()
    os.kill(waiting, signal.SIGKILL)
    assert gone(waiting)
    assert said(play.replace("second"))[0] == "second"


def test_code_that_does_not_load_is_told_as_ever(play: Play) -> None:
    play.ask()
    play.one_is_ready()
    answer = play.replace("second", "import dependency, nowhere\n")
    assert answer.error
    assert "nowhere" in answer.error.message
    assert said(play.replace("third"))[0] == "third"


def test_nothing_is_left_of_it(play: Play) -> None:
    play.ask()
    waiting = play.one_is_ready()
    play.sandbox.close()
    assert gone(waiting)
    assert all(gone(pid) for pid in play.pids)


def test_code_that_runs_once_gets_none(tmp_path: Path, genesys_home: Path) -> None:
    play = Play(tmp_path, genesys_home)
    play.sandbox.close()
    with open_sandbox(play.made, ROOMY, genesys_home, play.log.told) as sandbox:
        assert sandbox.invoke(Invocation({})).ok
        time.sleep(1)  # three times what the others take until they make one ready
        assert waiting() == []
