"""A POSIX shell that is kept alive on its pipes and runs one command after another. In a container its stdin is the
container's life: when we are gone, however that was, the shell and all in it end.

The protocol: we write a line `run FOLDER [env NAME=VALUE...] COMMAND`. What the command prints comes as it is, on the
two pipes; a mark that nobody can guess tells the command's process group when it begins, its exit code when it ended,
and where its two outputs end. To stop it, we kill its group by another line.
"""

from __future__ import annotations

import os
import re
import secrets
import selectors
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Literal

from genesys_tui.engine.functions.workshop.child import TICK, kill

GRACE = 5.0
"""Seconds that a killed command may take to be gone, and a shell to end."""

# A mark is one line of one printf, and so one write, which nothing that a command prints can come between.
# Without setsid (small images), bash's job control makes the process group; dash has none without a terminal.
_PRELUDE = r"""
command -v setsid >/dev/null 2>&1 && apart=setsid || apart=
run() {
  wait
  (
    [ "$apart" ] || set -m
    (cd "$1" && shift && exec $apart "$@") </dev/null & job=$!
    printf 'MARK began %s\n' "$job"
    wait "$job" 2>/dev/null; code=$?
    kill -s KILL -- "-$job" 2>/dev/null
    printf 'MARK ended %s\n' "$code"
    printf 'MARK ended 0\n' >&2
  ) &
}
end() { kill -s KILL -- "-$1" 2>/dev/null || kill -s KILL "$1" 2>/dev/null; }
printf 'MARK ended 0\n'; printf 'MARK ended 0\n' >&2
"""


class GoneError(Exception):
    """The shell is gone. `began`: whether the command had begun. `said`: what it printed on stderr until then."""

    def __init__(self, began: bool, said: str) -> None:
        super().__init__(said)
        self.began = began
        self.said = said


class HungError(Exception):
    """The shell gives no answer."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a command. `why`: by itself, or because it was stopped or took too long."""

    code: int
    out: str
    err: str
    why: Literal["done", "stopped", "limit"] = "done"


@dataclass(slots=True)
class _Output:
    """What came on one of the pipes, up to the mark of its end."""

    mark: bytes
    text: bytearray = field(default_factory=bytearray)
    code: int | None = None

    def take(self, chunk: bytes) -> None:
        seen = max(len(self.text) - len(self.mark) - 32, 0)
        self.text += chunk
        if end := re.compile(rb"%s ended (\d+)\n" % self.mark).search(self.text, seen):
            self.code = int(end[1])
            del self.text[end.start() :]

    def began(self) -> int | None:
        """The process group of the command, once it is told; the telling is taken out of the text."""
        if found := re.search(rb"%s began (\d+)\n" % self.mark, self.text):
            group = int(found[1])
            del self.text[found.start() : found.end()]
            return group
        return None

    def __str__(self) -> str:
        return self.text.decode("utf-8", "replace")


class Shell:
    """A shell behind a command that gives one: `sh`, or an engine's `run` of it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], stopped: Callable[[], bool], limit: float
    ) -> None:
        """Raises GoneError, HungError when it is stopped or not there within `limit` seconds, OSError."""
        pipe = subprocess.PIPE
        self._mark = secrets.token_hex(16).encode()
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), start_new_session=True
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._in = self._process.stdin.fileno()
        self._pipes = (self._process.stdout.fileno(), self._process.stderr.fileno())
        self._unsent = _PRELUDE.encode().replace(b"MARK", self._mark)
        os.set_blocking(self._in, False)
        try:
            self._converse(stopped, limit, grace=0)
        except BaseException:
            kill(self._process)
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stopped: Callable[[], bool],
        limit: float,
    ) -> Ended:
        """Run a command to its end, which comes early when `stopped` says so or after `limit` seconds. Raises
        GoneError, HungError when even a killed command does not end, ValueError for a NUL in it."""
        if environment and "=" in command[0]:  # `env` would take it for a variable
            command = ("sh", "-c", 'exec "$0" "$@"', *command)
        variables = [f"{name}={value}" for name, value in environment.items()]
        words = ["run", str(folder), *(["env", *variables] if variables else ()), *command]
        self._unsent += os.fsencode(" ".join(map(quote, words))) + b"\n"
        if b"\0" in self._unsent:
            self._unsent = b""
            raise ValueError("a command can't hold a NUL")
        return self._converse(stopped, limit)

    def close(self) -> bool:
        """End it, and what runs in it. Whether it went by itself, and well: else it was killed."""
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        kill(self._process)
        return self._process.returncode == 0

    def _converse(self, stopped: Callable[[], bool], limit: float, grace: float | None = None) -> Ended:
        outputs = {pipe: _Output(self._mark) for pipe in self._pipes}
        out, err = outputs.values()
        group: int | None = None
        why: Literal["done", "stopped", "limit"] = "done"
        end = time.monotonic() + limit
        with selectors.DefaultSelector() as selector:
            for pipe in self._pipes:
                selector.register(pipe, selectors.EVENT_READ)
            while out.code is None or err.code is None:
                if not (self._send() and self._receive(selector, outputs)):
                    raise GoneError(group is not None, self._last_words(selector, outputs))
                group = group or out.began()
                if why == "done" and (stopped() or time.monotonic() > end):
                    why = "stopped" if stopped() else "limit"
                    end = time.monotonic() + (GRACE if grace is None else grace)
                if why != "done":
                    if time.monotonic() > end:
                        raise HungError
                    self._unsent += b"end %d\n" % group if group else b""
        return Ended(out.code, str(out), str(err), why)

    def _send(self) -> bool:
        """Send as much as it takes now; False: it takes no more, ever."""
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._in, self._unsent) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            return False
        return True

    def _receive(self, selector: selectors.BaseSelector, outputs: Mapping[int, _Output]) -> bool:
        """Read what came, or wait a moment for it; False: no more comes, ever."""
        ready = selector.select(TICK)
        for key, _ in ready:
            if not (chunk := os.read(key.fd, 65_536)):
                return False
            outputs[key.fd].take(chunk)
        return bool(ready) or self.alive  # what it left behind may still hold the pipes

    def _last_words(self, selector: selectors.BaseSelector, outputs: Mapping[int, _Output]) -> str:
        """What a shell that is gone said on stderr."""
        pipe = self._pipes[1]
        selector.unregister(self._pipes[0])
        end = time.monotonic() + 1
        while time.monotonic() < end and selector.select(TICK) and (chunk := os.read(pipe, 65_536)):
            outputs[pipe].take(chunk)
        return str(outputs[pipe])
