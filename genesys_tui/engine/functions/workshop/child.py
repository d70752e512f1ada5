"""A program that is asked something, within a time, and killed with all that it started."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

TICK = 0.02
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a program: its exit code and what it printed."""

    code: int
    out: str
    err: str


@contextmanager
def child(command: Sequence[str], stderr: int = subprocess.PIPE) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose output is read, in a session of its own, so that no Ctrl-C meant for us reaches it. However this
    ends, the program and its children are gone, and no zombie is left. Raises OSError."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program that leads its session, with its children."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe and not pipe.closed:
            with suppress(BrokenPipeError):
                pipe.close()


def ask(command: Sequence[str], limit: float) -> Answer:
    """Run a program to its end. Raises TimeoutError when it does not answer within `limit` seconds, OSError."""
    with child(command) as process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"no answer in {limit:g} seconds") from None
    return Answer(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def follow(command: Sequence[str], heard: Callable[[str], None], stopped: Callable[[], bool], limit: float) -> int:
    """Run a program, hand over each line that it prints, and give its exit code. Raises TimeoutError when it is stopped
    or takes more than `limit` seconds, OSError."""
    end = time.monotonic() + limit
    with child(command, stderr=subprocess.STDOUT) as process, selectors.DefaultSelector() as selector:
        assert process.stdout
        selector.register(process.stdout, selectors.EVENT_READ)
        rest = b""
        while chunk := _chunk(selector, process.stdout.fileno(), stopped, end):
            *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
            for line in filter(None, map(bytes.strip, lines)):
                heard(line.decode("utf-8", "replace"))
        return process.wait(timeout=max(end - time.monotonic(), 1))


def _chunk(selector: selectors.BaseSelector, pipe: int, stopped: Callable[[], bool], end: float) -> bytes:
    while not selector.select(TICK):
        if stopped() or time.monotonic() > end:
            raise TimeoutError("stopped")
    return os.read(pipe, 65_536)
