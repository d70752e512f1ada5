"""The shell that runs the commands of a container: here it is one of this machine."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic

import pytest

from genesys_tui.engine.functions.workshop import shell as shells
from genesys_tui.engine.functions.workshop.shell import Ended, GoneError, HungError, Shell
from tests.engine.functions.containers import ends


@pytest.fixture(params=["sh", "bash", "bash without setsid"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """Every shell that images have; some images have no setsid."""
    path = "/usr/bin:/bin"
    if request.param == "bash without setsid":
        bare = tmp_path / "bare"
        bare.mkdir()
        for tool in ("bash", "sh", "env", "cat", "sleep", "head", "printf", "true"):
            (bare / tool).symlink_to(shutil.which(tool) or tool)
        path = str(bare)
    shell = Shell([shutil.which(request.param.split()[0]) or "sh"], {"PATH": path}, lambda: False, 10)
    yield shell
    shell.close()


@pytest.fixture
def run(shell: Shell, tmp_path: Path) -> Callable[..., Ended]:
    def run(
        *command: str,
        folder: Path = tmp_path,
        env: Mapping[str, str] = {},
        stopped: Callable[[], bool] = lambda: False,
        limit: float = 10,
    ) -> Ended:
        return shell.run(command, folder, env, stopped, limit)

    return run


Run = Callable[..., Ended]


def test_outputs_apart_and_the_exit_code(run: Run) -> None:
    ended = run("sh", "-c", "printf out; printf err >&2; exit 7")
    assert (ended.code, ended.out, ended.err, ended.why) == (7, "out", "err", "done")
    assert run("true") == Ended(0, "", "")


def test_words_arrive_as_they_are(run: Run) -> None:
    hostile = [
        "",
        " ",
        "a b",
        "it's",
        '"',
        "$HOME",
        "`id`",
        "$(id)",
        "\n",
        "a\nMARK ended 0\n",
        "\\",
        "*",
        "-n",
        "é\udce9",
    ]
    ended = run("sh", "-c", 'for word; do printf "<%s>" "$word"; done', "sh", *hostile)
    assert (
        ended.out.encode()
        == "".join(f"<{word}>" for word in hostile)
        .encode("utf-8", "surrogateescape")
        .decode("utf-8", "replace")
        .encode()
    )


def test_environment_and_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "a b'c"
    folder.mkdir()
    ended = run("sh", "-c", 'printf "%s|%s|%s" "$A" "$(pwd)" "$PATH"', folder=folder, env={"A": "x'\n y", "b-c": "1"})
    a, here, path = ended.out.split("|")
    assert (a, here) == ("x'\n y", str(folder))
    assert path
    assert run("sh", "-c", 'printf "%s" "$A"').out == ""


def test_a_program_whose_path_has_an_equals_sign(run: Run, tmp_path: Path) -> None:
    program = tmp_path / "a=b"
    program.write_text("#!/bin/sh\nprintf '%s' \"$1$B\"")
    program.chmod(0o755)
    assert run(str(program), "one", env={"B": "2"}).out == "one2"


def test_it_does_not_run_what_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("genesys-no-such-program").code == 127
    gone = run("true", folder=tmp_path / "gone")
    assert gone.code
    assert "gone" in gone.err
    assert run("true").code == 0


def test_a_nul_is_refused_before_it_is_sent(run: Run) -> None:
    with pytest.raises(ValueError, match="NUL"):
        run("printf", "a\0b")
    assert run("printf", "after").out == "after"


def test_big_outputs_and_commands_come_whole(run: Run) -> None:
    assert len(run("head", "-c", "3000000", "/dev/zero").out) == 3_000_000
    words = [f"word-{number}" for number in range(20_000)]
    assert run("sh", "-c", 'printf "%s " "$@"', "sh", *words).out.split() == words


def test_outputs_without_a_last_newline_and_with_many(run: Run) -> None:
    assert run("printf", "a").out == "a"
    assert run("printf", "a\n\n\n").out == "a\n\n\n"
    assert run("printf", "\n").out == "\n"


def test_a_command_reads_nothing_of_the_protocol(run: Run) -> None:
    assert run("cat").out == ""
    assert run("printf", "next").out == "next"


def test_a_stopped_command_ends_with_all_that_it_started(run: Run, tmp_path: Path) -> None:
    began = tmp_path / "began"
    script = f"sleep 60 & echo $! >{began}; sleep 60; echo never"
    ended = run("sh", "-c", script, stopped=lambda: began.exists() and bool(began.read_text()))
    assert (ended.why, ended.out) == ("stopped", "")
    assert ends(int(began.read_text()))
    assert run("printf", "next").out == "next"


def test_what_a_command_leaves_running_is_ended(run: Run) -> None:
    left = run("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
    assert ends(int(left.out))


def test_a_command_that_takes_too_long(run: Run) -> None:
    begun = monotonic()
    assert run("sleep", "60", limit=0.05).why == "limit"
    assert monotonic() - begun < 5


def test_a_shell_that_is_killed_is_gone(shell: Shell, run: Run) -> None:
    with pytest.raises(GoneError) as caught:
        run("sh", "-c", f"kill -9 {shell._process.pid}; sleep 60", limit=10)
    assert caught.value.began
    assert not shell.alive
    with pytest.raises(GoneError) as caught:
        run("true")
    assert not caught.value.began


def test_a_shell_that_hangs_is_given_up(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shells, "GRACE", 0.05)
    os.kill(shell._process.pid, signal.SIGSTOP)
    with pytest.raises(HungError):
        shell.run(["true"], tmp_path, {}, lambda: False, 0.05)


@pytest.mark.parametrize("command", [["cat"], ["sleep", "60"]])
def test_what_is_no_shell_is_given_up_and_ended(command: Sequence[str]) -> None:
    with pytest.raises(HungError):
        Shell(command, os.environ, lambda: False, 0.1)


def test_the_words_of_an_engine_that_refuses() -> None:
    with pytest.raises(GoneError, match="no such image"):
        Shell(["sh", "-c", "echo no such image >&2; exit 125"], os.environ, lambda: False, 10)
