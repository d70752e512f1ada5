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
        ("genesys plan --ad", {"--adopt"}),
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


@pytest.mark.parametrize("closing", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [("help", 0), ("version", 0), ("execute bucket my-b --apply", 64)])
def test_a_closed_stream_is_no_trouble(words: str, code: int, closing: str) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {words} {closing}', sys.executable, MAIN],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_an_error_in_words() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", MAIN, "help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: the output can't be written\nWhy: No space left on device\n")


def test_ctrl_c_while_it_is_loaded_is_130() -> None:
    ended = python(
        "import sys; from genesys_tui.cli.main import main\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop()); sys.exit(main(['plan']))"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Interrupted.\n")


def test_nothing_asked_says_what_to_type() -> None:
    ended = python(MAIN, "execute")
    assert ended.returncode == 64
    assert "nothing was asked" in ended.stderr
    assert "Run: genesys execute bucket my-data --versioning on" in ended.stderr


def test_wrong_words_are_told_before_anybody_is_asked() -> None:
    ended = python(MAIN, "execute", "bukcet", "my-b", "--apply")
    assert ended.returncode == 64
    assert "did you mean 'bucket'?" in ended.stderr


@pytest.mark.parametrize(("kind", "option"), [("bucket", "--delete-after-days"), ("network", "--zones")])
def test_help_explains_the_options_of_a_kind(kind: str, option: str) -> None:
    assert option in python(MAIN, "execute", kind, "--help").stdout
    assert option not in python(MAIN, "execute", "--help").stdout


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
