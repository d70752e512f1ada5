"""The process of a function: started, listened to, measured, killed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from threading import Event, Lock, Thread

from genesys_tui.engine.functions.local.memory import memory_mb
from genesys_tui.engine.model.errors import GenesysError

LINE_LIMIT = 256 * 1024
"""Bytes of a line of a log. Source: CloudWatch Logs quotas."""
_GONE = 5.0
"""Seconds until a killed process is surely gone."""


Ended = Callable[[int, bool], None]
"""Is told the exit code of a process (negative: the signal), and whether it was killed for the memory that it took."""


class Process:
    """A command in a process group of its own, which is killed with us. `line` is called with each line that it
    writes, `ended` once when it is over. `listens`: it can be told something. Raises GenesysError when it can't be
    started."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        line: Callable[[str], None],
        ended: Ended,
        *,
        listens: bool = False,
    ) -> None:
        self._stdin = subprocess.PIPE if listens else subprocess.DEVNULL
        self._line = line
        self._ended = ended
        self._reading = Lock()
        self._rest = b""
        self._started = Event()
        self._done = Event()
        self._popen: subprocess.Popen[bytes] | None = None
        self._error: OSError | ValueError | None = None
        Thread(target=self._keep, args=(command, folder, environment), name="function", daemon=True).start()
        self._await_start()
        if self._error:
            raise GenesysError(f"{command[0]} can't be started", why=str(self._error))

    @property
    def pid(self) -> int:
        return self._popen.pid if self._popen else 0

    def memory_mb(self) -> int:
        """See memory.memory_mb."""
        return memory_mb(self.pid)

    def tell(self, text: bytes) -> None:
        """Write to what it listens to; to one that has ended nothing is told."""
        if self._popen and self._popen.stdin:
            with suppress(OSError, ValueError):
                self._popen.stdin.write(text)
                self._popen.stdin.flush()

    def kill(self) -> None:
        """End it and all that it started, and wait until it is gone (but not for ever for whoever is told of it)."""
        if self._popen and self._popen.returncode is None:
            kill_group(self._popen.pid)
        self._done.wait(_GONE)

    def interrupt(self) -> None:
        """Ask it to tell where it is, which a Python process with its fault handler does, and then dies."""
        if self._popen:
            with suppress(ProcessLookupError):
                self._popen.send_signal(signal.SIGABRT)

    def read(self, *, whole: bool = False) -> None:
        """Give on all lines that it has written until now; `whole`: a last one without its end too."""
        with self._reading:
            self._read()
            if whole and self._unended():
                self._lines(b"\n")

    def _unended(self) -> bool:
        return bool(self._rest)

    def _read(self) -> None:
        if self._popen and self._popen.stdout and not self._popen.stdout.closed:
            with suppress(BlockingIOError):
                while part := os.read(self._popen.stdout.fileno(), 1 << 16):
                    self._lines(part)

    def _await_start(self) -> None:
        self._started.wait()

    def _keep(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Its whole life is in this thread: the kernel kills it with the thread that started it."""
        try:
            popen = self._open(command, folder, environment)
        except (OSError, ValueError) as error:  # ValueError: a variable that none can be
            self._error = error
            self._started.set()
            return
        self._popen = popen
        self._opened()
        try:
            self._listen(popen)
            self._bury(popen)
        finally:
            self._done.set()

    def _open(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_with_us(), *command],
            cwd=folder,
            env=environment,
            stdin=self._stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _opened(self) -> None:
        self._started.set()

    def _over(self, popen: subprocess.Popen[bytes]) -> bool:
        return popen.poll() is not None

    def _bury(self, popen: subprocess.Popen[bytes]) -> None:
        """Tell the last that it wrote, and that it ended."""
        code = popen.wait()
        kill_group(popen.pid)  # what it started, and left behind
        self._close(popen)
        self._ended(code, False)

    def _close(self, popen: subprocess.Popen[bytes]) -> None:
        self.read(whole=True)
        if popen.stdin:
            with suppress(OSError):
                popen.stdin.close()
        if popen.stdout:
            with self._reading:
                popen.stdout.close()

    def _listen(self, popen: subprocess.Popen[bytes]) -> None:
        """Read until it has ended: a child of it may hold the pipe open for longer."""
        if not popen.stdout:
            return
        pipe = popen.stdout.fileno()
        os.set_blocking(pipe, False)
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        with _end_of(popen.pid) as end:
            if end is not None:
                poll.register(end, select.POLLIN)
            while not self._over(popen):
                events = dict(poll.poll(None if end is not None else 100))
                self.read()
                if events.get(pipe, 0) & select.POLLHUP:
                    return

    def _lines(self, part: bytes) -> None:
        *lines, self._rest = (self._rest + part).replace(b"\r\n", b"\n").split(b"\n")
        if len(self._rest) > LINE_LIMIT:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._line(line.decode("utf-8", "replace"))


def _with_us() -> tuple[str, ...]:
    """What a command is started with, so that it dies when we do, however that happens; Linux only."""
    setpriv = which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


@contextmanager
def _end_of(pid: int) -> Iterator[int | None]:
    """A descriptor that can be read once a process has ended; None where the system has none (not Linux)."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    descriptor = os.pidfd_open(pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
