"""The process of a function in a container that is like the target: for where this machine lacks what it runs on.

The container's first process is a shell that is told what to do on its stdin, which is the container's life: when we
are gone, however that was, the shell and all in it end. It answers within the function's own output, so that nothing
overtakes what the function wrote before; a mark that nobody can guess tells its words apart.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from threading import Condition, Lock
from time import monotonic

from genesys_tui.engine.functions.local.process import LINE_LIMIT, Ended, Process, kill_group
from genesys_tui.engine.functions.local.room import Room
from genesys_tui.engine.functions.workshop.child import kill
from genesys_tui.engine.functions.workshop.engine import EngineError

START_LIMIT = 30.0
"""Seconds in which a container is there, or the engine hangs."""
_ANSWER = 1.0
"""Seconds in which the shell answers, or it never does."""
_LOOKS = 0.2
"""Seconds between two looks at the memory while the function works: the engine holds the limit by itself."""
_GRACE = 2.0
"""Seconds that a container has to end by itself."""
_SIGNALS = range(1, 65)
_JOINED = ("PATH", "LD_LIBRARY_PATH")
"""Variables in which the image's own places come first: its interpreter is found by them."""

_SHELL = r"""
say() { printf 'MARK %s\n' "$*"; }
memory() {
  kb=0
  for status in /proc/[0-9]*/status; do
    case $status in /proc/1/*|/proc/$keeper/*) continue;; esac
    field=VmRSS:; [ "$status" = "/proc/$1/status" ] && field=VmHWM:
    while read -r name value _; do [ "$name" = $field ] && kb=$((kb + value)); done 2>/dev/null <"$status"
  done
  say memory $kb "$2"
}
starved() {
  count=0
  for events in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r $events ] && while read -r name value; do [ "$name" = oom_kill ] && count=$value; done <$events
  done
  echo $count
}
run() {
  (
    "$@" </dev/null 2>&1 & function=$!
    say began $function
    wait $function; code=$?
    say ended $code $(starved)
  ) 2>/dev/null & keeper=$!
}
"""
"""`memory` is of all processes but the shell's own: the most of the function, and what the others hold now."""


class Contained(Process):
    """See Process. `command`: its program as the image calls it. Raises EngineError when it can't be started."""

    def __init__(
        self,
        room: Room,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        memory: int,
        line: Callable[[str], None],
        ended: Ended,
    ) -> None:
        self._room = room
        self._name = f"genesys-{os.getpid()}-{secrets.token_hex(4)}"
        self._mark = secrets.token_hex(16).encode()
        self._words = _SHELL.replace("MARK", self._mark.decode()) + _start(command, environment)
        self._program = command[0]
        self._function = self._mb = 0
        self._code: int | None = None
        self._starved = False
        self._missing = False
        self._complaints: list[str] = []
        self._unfinished = b""
        self._saying = Lock()
        self._heard_it = Condition()
        self._asked = self._answered = 0
        self._looked = 0.0
        self._tell = line
        super().__init__(room.run(self._name, folder, memory), Path("/"), os.environ, self._written, ended)

    # what a process does ------------------------------------------------------------------------------------------
    def memory_mb(self) -> int:
        """As it was a moment ago."""
        if monotonic() > self._looked + _LOOKS:
            self._ask()
        return self._mb

    def kill(self) -> None:
        """See Process. The end of the function is waited for, not that of the container."""
        self._signal("KILL")
        if self._function and self._done.wait(_ANSWER):
            return
        self._hang_up()
        if not self._done.wait(_GRACE):
            self._remove()
            kill_group(self.pid)
            self._done.wait(_GRACE)

    def interrupt(self) -> None:
        """See Process."""
        self._signal("ABRT")

    def read(self, *, whole: bool = False) -> None:
        """See Process. What it wrote may still be on its way: it is here when the answer to a question is."""
        if whole and self._code is None:
            question = self._ask()
            with self._heard_it:
                self._heard_it.wait_for(lambda: self._answered >= question or self._code is not None, _ANSWER)
        super().read(whole=whole)

    def _unended(self) -> bool:
        return bool(self._unfinished) or super()._unended()

    # its life -----------------------------------------------------------------------------------------------------
    def _await_start(self) -> None:
        in_time = self._started.wait(START_LIMIT)
        if self._function or self._error:
            return
        self.kill()
        why = "\n".join(self._complaints).strip()[-500:] if in_time else f"no answer in {START_LIMIT:g} seconds"
        raise EngineError(
            f"{self._room.engine.path} can't run the function in {self._room.image.name}",
            why=f"there is no {self._program} in it" if self._missing else why,
            todo="correct `image` and `options` in builder.toml: it takes an image of the runtime",
        )

    def _open(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        words = os.fsencode(self._words)
        if b"\0" in words:
            raise ValueError("a variable can't hold a NUL")
        popen = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
        self._popen = popen
        self._say(words)
        return popen

    def _opened(self) -> None:
        """It has started when the shell says so."""

    def _over(self, popen: subprocess.Popen[bytes]) -> bool:
        return self._code is not None or popen.poll() is not None

    def _bury(self, popen: subprocess.Popen[bytes]) -> None:
        """The container takes a moment to end, and nobody waits for that."""
        if self._code is None:
            self._code = _signalled(popen.wait())
        self._close(popen)
        self._started.set()
        if self._function:
            self._ended(self._code, self._starved)
        self._done.set()
        self._hang_up()
        with suppress(subprocess.TimeoutExpired):
            popen.wait(_GRACE)
        if popen.returncode is None:
            self._remove()
        kill(popen)

    def _remove(self) -> None:
        with suppress(EngineError):
            self._room.engine.remove(self._name)

    # the shell ----------------------------------------------------------------------------------------------------
    def _lines(self, part: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + part).split(b"\n")
        for line in lines:
            text, mark, told = line.partition(self._mark)
            super()._lines(text if mark else line + b"\n")
            if mark:
                self._heard(told.decode().split())
        if len(self._unfinished) > LINE_LIMIT:
            text, self._unfinished = self._unfinished, b""
            super()._lines(text)

    def _written(self, text: str) -> None:
        if self._function:
            self._tell(text)
        else:  # by the engine
            self._complaints.append(text)

    def _heard(self, told: Sequence[str]) -> None:
        with self._heard_it:
            match told:
                case ["began", pid]:
                    self._function = int(pid)
                    self._started.set()
                case ["memory", kb, question]:
                    self._mb, self._answered = max(self._mb, round(int(kb) / 1024)), int(question)
                case ["ended", code, kills]:
                    self._code = _signalled(int(code))
                    self._starved = self._code == -signal.SIGKILL and int(kills) > 0
                case _:
                    self._missing = True
            self._heard_it.notify_all()

    def _ask(self) -> int:
        """Ask the shell for the memory that is used; the number of the question."""
        with self._heard_it:
            self._looked = monotonic()
            self._asked += 1
            question = self._asked
        self._say(b"memory %d %d\n" % (self._function, question))
        return question

    def _signal(self, name: str) -> None:
        if self._function:
            self._say(b"kill -s %s %d 2>/dev/null\n" % (name.encode(), self._function))

    def _say(self, words: bytes) -> None:
        with self._saying, suppress(OSError):
            if self._popen and self._popen.stdin and not self._popen.stdin.closed:
                self._popen.stdin.write(words)

    def _hang_up(self) -> None:
        with self._saying, suppress(OSError):
            if self._popen and self._popen.stdin:
                self._popen.stdin.close()


def _start(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Variables are told on the stdin: they may be secret, and every process of this machine sees a command."""
    variables = [quote(f"{name}={value}") for name, value in environment.items() if name not in _JOINED]
    joined = [
        f'{name}="${{{name}:+${name}:}}"{quote(environment[name])}'
        if name in environment
        else f'${{{name}:+{name}="${name}"}}'
        for name in _JOINED
    ]
    program, *words = map(quote, command)
    return (
        f"program=$(command -v {program}) || {{ say missing; exit; }}\n"
        f'run env -i {" ".join([*variables, *joined])} "$program" {" ".join(words)}\n'
    )


def _signalled(code: int) -> int:
    """An exit code as a shell or an engine tells it; negative: the signal."""
    return 128 - code if code - 128 in _SIGNALS else code
