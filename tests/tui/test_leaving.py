"""Quitting waits for no cloud, whatever it does."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HANGING = """
import sys, threading, time
sys.path.insert(0, {here!r})
from tests.tui.fake_workspace import FakeEngine, FakeWorkspace
from genesys_tui.tui.main import _show

class Hanging(FakeWorkspace):
    def _wait(self): threading.Event().wait()
    def cancel(self): threading.Event().wait()

class Engine(FakeEngine):
    def close(self): threading.Event().wait()

sys.exit(_show(Engine(Hanging()), demo=False, file=None))
"""


def read_until(terminal: int, words: bytes, limit: float) -> bytes:
    """What the terminal shows, until these words are in it."""
    shown, ends = b"", time.monotonic() + limit
    while words not in shown:
        assert time.monotonic() < ends, shown[-2000:]
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 65536)
    return shown


def test_the_first_frame_needs_no_engine() -> None:
    code = "import sys, genesys_tui.tui.app, genesys_tui.tui.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"boto3", "botocore", "pydantic", "click", "watchfiles", "genesys_tui.engine.workspace"} & set(loaded)


def test_quits_though_everything_hangs(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", HANGING.format(here=str(ROOT))]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment)
    os.close(theirs)
    try:
        read_until(ours, b"Reading the account", 30)
        began = time.monotonic()
        os.write(ours, b"q")
        while process.poll() is None:
            assert time.monotonic() - began < 10, "it does not quit"
            if select.select([ours], [], [], 0.02)[0]:
                try:
                    os.read(ours, 65536)
                except OSError:  # the other end is closed: it is gone
                    process.wait(5)
        assert process.returncode == 0
        assert time.monotonic() - began < 1.5
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
        os.close(ours)
