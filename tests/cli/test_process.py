"""`genesys` as a process of its own: what it imports, how fast it starts, how it meets shells and pipes."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from genesys_tui.cli.version import VERSION

HEAVY = ("boto3", "botocore", "pydantic", "textual", "rich", "moto")
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def python(program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=60,
    )


MAIN = "import sys; from genesys_tui.cli.main import main; sys.exit(main())"
LOADED = (
    "import sys; from genesys_tui.cli.main import main; code = main(); "
    f"print([name for name in {(*HEAVY, 'click')!r} if name in sys.modules]); sys.exit(code)"
)


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads(PROJECT.read_text())["project"]["version"] == VERSION


def test_version_imports_nothing() -> None:
    ended = python(LOADED, "version")
    assert ended.stdout == f"genesys {VERSION}\n[]\n"


@pytest.mark.parametrize("words", [("--help",), ("help",), ("help", "execute"), ("plan", "--help"), ("exeucte",)])
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert python(LOADED, *words).stdout.splitlines()[-1] == "['click']"


def test_version_is_at_once() -> None:
    """In time of the processor, which a busy machine does not stretch as it does the clock's."""

    def seconds() -> float:
        before = getrusage(RUSAGE_CHILDREN)
        python(MAIN, "version")
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < 0.1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("genesys ex", {"execute"}),
        ("genesys --jso", {"--json"}),
        ("genesys execute bu", {"bucket"}),
        ("genesys execute cr", {"create"}),
        ("genesys execute bucket b --versio", {"--versioning"}),
        ("genesys execute bucket b --ap", {"--apply"}),
        ("genesys execute bucket b --versioning o", {"on", "off"}),
        ("genesys help inv", {"inventory"}),
    ],
)
def test_completion(line: str, expected: set[str]) -> None:
    words = line.split()
    ended = python(MAIN, COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), _GENESYS_COMPLETE="bash_complete")
    offered = {item.partition(",")[2] for item in ended.stdout.splitlines() if item.startswith("plain,")}
    assert offered == expected, ended.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    ended = python(MAIN, "completion", shell)
    assert ended.returncode == 0, ended.stderr
    assert "_GENESYS_COMPLETE" in ended.stdout


def test_a_reader_that_goes_away_ends_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-c", MAIN, "completion", "zsh"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_terminal_of_few_letters_is_no_trouble() -> None:
    ended = python(MAIN, "drift-é", PYTHONIOENCODING="ascii")
    assert ended.returncode == 64
    assert "Error: " in ended.stderr


LEAVING = """
import signal, sys, threading
from types import SimpleNamespace
from genesys_tui.cli.follow import follow
from genesys_tui.cli.terminal import Terminal

def events():
    signal.raise_signal(signal.SIGINT)
    cancelled.wait()
    signal.raise_signal(signal.SIGINT)
    yield threading.Event().wait()

cancelled = threading.Event()
execution = SimpleNamespace(events=events, cancel=cancelled.set)
follow(execution, SimpleNamespace(steps=()), Terminal())
"""


def test_the_second_ctrl_c_leaves_at_once() -> None:
    ended = python(LEAVING)
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr
