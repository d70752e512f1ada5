"""The process of a function: its kills, its ends, and the one that takes its place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from _thread import interrupt_main
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from genesys_tui.engine.functions.local.sandbox import open_sandbox
from genesys_tui.engine.functions.workshop.workshop import StoppedError
from genesys_tui.engine.model.invocation import Invocation, LogLine
from tests.engine.functions.sandboxes import ECHO, ROOMY, Opened, built, gone, opened, write

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_two_functions_run_at_once(tmp_path: Path, genesys_home: Path) -> None:
    """Each waits for the other."""
    code = """
    import pathlib, time
    def handler(event, context):
        mine, other = map(pathlib.Path, event)
        mine.touch()
        while not other.exists():
            time.sleep(0.01)
        return "met"
    """
    write(tmp_path, "app.py", code)
    made = built(tmp_path, f"python{MINOR}")
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    with opened(made, genesys_home) as first, opened(made, genesys_home) as second, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].ask(pair[1]), [(first, [one, two]), (second, [two, one])]))
    assert [answer.payload for answer in answers] == ["met", "met"]


def test_a_kill_from_outside_is_told(echo: Opened) -> None:
    echo.ask("loaded")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(echo.ask, {"do": "hang"})
        echo.log.wait_for("hanging")
        os.kill(echo.sandbox.pid, signal.SIGKILL)
        told = answer.result(timeout=30)
    assert told.ending == "exited"
    assert told.error
    assert told.error.message.endswith("Runtime exited with error: signal: killed")
    assert echo.ask("again").ok


def test_a_kill_between_two_events_is_told_at_once(echo: Opened) -> None:
    echo.ask("loaded")
    os.kill(echo.sandbox.pid, signal.SIGKILL)
    echo.log.wait_for("ended between two invocations (signal: killed)")
    answer = echo.ask("again")
    assert answer.ok
    assert answer.init_ms is not None


def test_closing_leaves_no_process(tmp_path: Path, genesys_home: Path) -> None:
    code = """
    import os, subprocess
    def handler(event, context):
        return [os.getpid(), subprocess.Popen(["sleep", "1000"]).pid]
    """
    write(tmp_path, "app.py", code)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        pids = function.ask().payload
        assert isinstance(pids, list)
        assert not any(gone(pid, 0) for pid in pids if isinstance(pid, int))
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids if isinstance(pid, int))
    with pytest.raises(StoppedError):
        function.ask()


def test_closing_stops_an_invocation(echo: Opened) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(echo.ask, {"do": "hang"})
        echo.log.wait_for("hanging")
        echo.sandbox.close()
        with pytest.raises(StoppedError):
            answer.result(timeout=30)


def test_replacing_under_fire_leaves_one_process(tmp_path: Path, genesys_home: Path) -> None:
    """Several ask, while new code comes again and again: the last code answers, and only its process is left."""
    write(tmp_path, "app.py", ECHO)
    made = built(tmp_path, f"python{MINOR}")
    pids: set[int] = set()
    with opened(made, genesys_home) as function, ThreadPoolExecutor(3) as pool:
        over = Event()

        def ask() -> None:
            while not over.is_set():
                with suppress(StoppedError):
                    pids.add(function.sandbox.pid)
                    function.ask({"do": "process"})

        askers = [pool.submit(ask) for _ in range(3)]
        for number in range(10):
            function.sandbox.replace(replace(made, sha256=str(number)))
            pids.add(function.sandbox.pid)
        over.set()
        for asker in askers:
            asker.result(timeout=60)
        last = function.ask({"do": "process"}).payload
        assert last == function.sandbox.pid
        assert all(gone(pid) for pid in pids - {last, 0})


def test_an_interrupt_ends_what_it_waits_for(tmp_path: Path, genesys_home: Path) -> None:
    """Ctrl-C: the answer of the one that was left is never taken for that of the next."""
    write(tmp_path, "app.py", ECHO)

    def told(line: LogLine) -> None:
        if line.text == "hanging":
            interrupt_main()

    with open_sandbox(built(tmp_path, f"python{MINOR}"), ROOMY, genesys_home, told) as sandbox:
        sandbox.invoke(Invocation("loaded"))
        before = sandbox.pid
        with pytest.raises(KeyboardInterrupt):
            sandbox.invoke(Invocation({"do": "hang"}))
        assert gone(before)
        assert sandbox.invoke(Invocation("again")).payload == "again"


_APP = """
import sys
from pathlib import Path
from tests.engine.functions.sandboxes import ROOMY, Invocation, built, open_sandbox

folder, home, runtime = sys.argv[1:]
sandbox = open_sandbox(built(Path(folder), runtime), ROOMY, Path(home), lambda line: print(line.text, flush=True))
sandbox.invoke(Invocation({"do": "hang"}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
def test_a_kill_of_the_app_leaves_no_function_behind(tmp_path: Path, genesys_home: Path) -> None:
    write(tmp_path, "app.py", ECHO.replace('"hanging"', '"hanging in", os.getpid()'))
    command = [sys.executable, "-c", _APP, str(tmp_path), str(genesys_home), f"python{MINOR}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        hanging = next(line for line in app.stdout if line.startswith("hanging in"))
        app.kill()
    assert gone(int(hanging.split()[-1]))


def test_loading_can_be_waited_for_alone(tmp_path: Path, genesys_home: Path) -> None:
    made = built(tmp_path, f"python{MINOR}")
    write(tmp_path, "app.py", ECHO)
    with opened(made, genesys_home) as function:
        assert function.sandbox.load() is None
        answer = function.ask("first")
        assert (answer.payload, answer.init_ms is None) == ("first", False)
        assert function.sandbox.load() is None
        write(tmp_path, "app.py", "1 / 0")
        function.sandbox.replace(made)
        failed = function.sandbox.load()
        assert failed
        assert failed.error
        assert (failed.ending, failed.error.type) == ("not started", "ZeroDivisionError")


def test_new_code_runs_even_when_only_a_digit_changed_within_a_second(tmp_path: Path, genesys_home: Path) -> None:
    made = built(tmp_path, f"python{MINOR}")
    path = write(tmp_path, "app.py", "from inner import handler")
    inner = write(tmp_path, "inner.py", "def handler(event, context):\n    return 0\n")
    os.utime(inner, (1_000_000_000, 1_000_000_000))
    with opened(made, genesys_home) as function:
        for number in range(3):
            inner.write_text(f"def handler(event, context):\n    return {number}\n")
            os.utime(inner, (1_000_000_000, 1_000_000_000))
            function.sandbox.replace(made)
            assert function.ask().payload == number
    assert sorted(child.name for child in path.parent.iterdir() if child.suffix) == ["app.py", "inner.py"]
    assert not (tmp_path / "__pycache__").exists()
