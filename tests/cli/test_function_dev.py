"""`genesys function dev` as a process: what it tells for a save, what it sends, how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

MAIN = "import sys; from genesys_tui.cli.main import main; sys.exit(main())"
CODE = "def handler(event, context):\n    return {}\n"
Told = dict[str, Any]


class Dev:
    """A loop, and the objects that it prints. One that is silent for a minute is killed."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.source = folder / "hello"
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "function", "dev", "hello", "--json", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told: list[Told] = []

    def until(self, event: str, suits: Callable[[Told], bool] = bool) -> Told:
        """The next object of an event that suits."""
        timer = Timer(60, self.process.kill)
        timer.start()
        try:
            assert self.process.stdout
            for line in self.process.stdout:
                told: Told = json.loads(line)
                self.told.append(told)
                if told["event"] == event and suits(told):
                    return told
        finally:
            timer.cancel()
        raise AssertionError(f"no {event}; there was {[one['event'] for one in self.told]}")

    def save(self, value: str) -> None:
        """As editors do: beside, and renamed."""
        new = self.source / ".main.py.swp"
        new.write_text(CODE.format(value))
        new.replace(self.source / "main.py")

    def end(self) -> tuple[int, str]:
        """Ctrl-C. The exit code, and what was said."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


Starts = Callable[..., Dev]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    (folder / "hello").mkdir(parents=True)
    (folder / "hello" / "main.py").write_text(CODE.format(1))
    (folder / "hello" / ".python-version").write_text("3.11\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def dev(folder: Path) -> Iterator[Starts]:
    """`dev("--live")` starts a loop; what is still running at the end is killed."""
    started: list[Dev] = []

    def start(*words: str) -> Dev:
        started.append(Dev(folder, *words))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


@pytest.fixture
def deployed(aws: str, folder: Path) -> str:
    """The function is there, as it is now. The endpoint of its account."""
    words = ("execute", "function", "hello", "--source", "hello", "--apply", "--yes")
    ended = subprocess.run(
        [sys.executable, "-c", MAIN, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return aws


@pytest.mark.usefixtures("aws")
def test_a_save_is_told_built_answered_and_planned_and_ctrl_c_ends_it(dev: Starts) -> None:
    loop = dev()
    planned = loop.until("planned")
    assert (planned["save"], planned["width"]) == (0, "wider")
    assert "function.hello" in [step["resource"] for step in planned["steps"]]
    loop.save("2")
    saved = loop.until("saved")
    assert (saved["save"], saved["files"], saved["about"]) == (1, ["main.py"], ["source"])
    invoked = loop.until("invoked", lambda told: told["save"] == 1)
    assert invoked["answer"]["payload"] == 2
    assert invoked["ms"] > 0
    ended = [told["event"] for told in loop.told if told["save"] == 1]
    if "planned" not in ended:
        loop.until("planned", lambda told: told["save"] == 1)
    built = next(told for told in loop.told if told["event"] == "built" and told["save"] == 1)
    assert Path(built["artifact"]).is_file()
    assert built["same"] is False
    assert loop.end()[0] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("deployed")
def test_live_sends_each_save_and_a_mistake_is_told_and_not_sent(dev: Starts) -> None:
    loop = dev("--live", "--yes")
    assert loop.until("planned")["width"] == "nothing"
    loop.save("2")
    sent = loop.until("deployed")
    assert sent["execution"]["status"] == "done"
    loop.source.joinpath("main.py").write_text("def handler(event, context):\n    return (1\n")
    failed = loop.until("failed")
    assert failed["stage"] == "build"
    assert "main.py:2" in failed["error"]["what"]
    loop.save("3")
    assert loop.until("deployed")["save"] > failed["save"]
    assert loop.end()[0] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("deployed")
def test_a_burst_of_saves_ends_with_the_last_one_deployed(dev: Starts) -> None:
    import boto3

    loop = dev("--live", "--yes")
    loop.until("planned")
    for number in range(20):
        loop.save(f"'{number}'")
    loop.until("invoked", lambda told: told["answer"]["payload"] == "19")
    last = next(told for told in reversed(loop.told) if told["event"] == "built")

    client = boto3.client("lambda", region_name="us-east-1")
    while client.get_function(FunctionName="hello")["Configuration"]["CodeSha256"] != last["code_sha256"]:
        loop.until("deployed")
    assert loop.end()[0] == 0


def test_without_an_account_it_answers_and_says_once_that_nothing_is_planned(
    dev: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    loop = dev()
    loop.until("failed")
    for value in ("2", "3"):
        loop.save(value)
        expected = int(value)
        loop.until("invoked", lambda told, expected=expected: told["answer"]["payload"] == expected)  # type: ignore[misc]
    assert [told["stage"] for told in loop.told if told["event"] == "failed"] == ["plan"]
    assert loop.end()[0] == 0


def test_live_asks_and_nobody_is_there(dev: Starts) -> None:
    said, _ = dev("--live").process.communicate(timeout=60)
    error = json.loads(said)["error"]
    assert error["what"] == "nobody is there to be asked"
    assert error["command"] == "genesys function dev hello --live --yes"
    loop = dev("--live", "--yes", "--read-only")
    loop.process.communicate(timeout=60)
    assert loop.process.returncode == 3


@pytest.mark.usefixtures("aws")
def test_it_ends_when_nobody_reads_it_any_more(dev: Starts) -> None:
    loop = dev()
    loop.until("planned")
    assert loop.process.stdout
    loop.process.stdout.close()
    assert loop.process.wait(60) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("aws")
def test_at_a_terminal_a_key_shows_the_plan_and_applies_it(folder: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", MAIN, "function", "dev", "hello"]
    wide = {**os.environ, "COLUMNS": "200"}
    process = subprocess.Popen(words, cwd=folder, env=wide, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)

    def until(text: bytes) -> bytes:
        seen = b""
        while text not in seen:
            seen += os.read(ours, 4096)
        return seen

    until(b"a applies it")
    os.write(ours, b"a")
    assert b"Create function 'hello'" in until(b"Apply this? [y/N]")
    os.write(ours, b"y\n")
    until(b"done")
    os.write(ours, b"l")
    until(b"live: the code of each save is sent")
    (folder / "hello" / "main.py").write_text(CODE.format(2))
    until(b"after the save")
    os.write(ours, b"q")
    assert process.wait(60) == 0
    os.close(ours)
