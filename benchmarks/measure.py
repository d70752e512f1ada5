"""Run a command as a whole process, and say what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.05
PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Run:
    """`seconds` of wall clock from start to exit; `peak` bytes of memory; what it printed on stdout.

    `peak` is the larger of two readings: the highest sum of the resident memory of the process and all its descendants,
    sampled every 50 ms (Linux only), and the kernel's own high-water mark of the process (exact, but without what ran
    beside it). The sum counts what Terraform's provider takes too, and only what was there at the same moment.
    """

    seconds: float
    peak: int
    output: str


class CommandError(Exception):
    """A command that ended with another code than expected, with the end of what it said."""


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str], expect: Sequence[int] = (0,)) -> Run:
    """Raises `CommandError`."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        memory = _Sampler(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        memory.stop()
        output.seek(0)
        errors.seek(0)
        said = output.read()
        if process.returncode not in expect:
            tail = (said + errors.read())[-2_000:]
            raise CommandError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
        return Run(seconds, max(memory.peak, _bytes(usage.ru_maxrss)), said)


class _Sampler(threading.Thread):
    """Watches the memory of a process tree until told to stop."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.peak = 0
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_resident, _tree(self.root))))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _tree(root: int) -> Iterator[int]:
    """The process and its descendants; nothing where there is no /proc."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        # The name of a process may hold anything, so what follows it is counted from its closing parenthesis.
        fields = _text(entry / "stat").rpartition(")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    todo = [root] if children else []
    while todo:
        pid = todo.pop()
        yield pid
        todo += children.get(pid, ())


def _resident(pid: int) -> int:
    fields = _text(PROC / str(pid) / "statm").split()
    return int(fields[1]) * PAGE if fields else 0


def _text(path: Path) -> str:
    """Empty where the process ended meanwhile."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _bytes(maxrss: int) -> int:
    """macOS counts in bytes, Linux in KiB."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024
