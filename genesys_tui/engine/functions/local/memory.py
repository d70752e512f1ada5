"""What a process holds of this machine's memory. A limit of the address space would break what only reserves it (numpy,
Node.js), so what is really held is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def memory_mb(pid: int) -> int:
    """The most that a process has ever held at once, plus what its children hold now, in MB; 0 where this machine does
    not say (it has no /proc), or the process has ended."""
    kib = _kib(pid, "VmHWM:") + sum(_kib(child, "VmRSS:") for child in _below(pid))
    return round(kib / 1024)


def _kib(pid: int, field: str) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "status").read_text("utf-8", "replace").splitlines():
            if line.startswith(field):
                return int(line.split()[1])
    return 0


def _below(pid: int) -> Iterator[int]:
    """Its children, and theirs."""
    with suppress(OSError):
        for listed in (_PROC / str(pid) / "task").glob("*/children"):
            for child in map(int, listed.read_text().split()):
                yield child
                yield from _below(child)
