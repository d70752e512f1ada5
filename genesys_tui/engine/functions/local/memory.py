"""What a process holds of this machine's memory. A limit of the address space would break what only reserves it (numpy,
Node.js), so what is really held is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = "/proc"


def memory_mb(pid: int) -> int:
    """The most that a process has ever held at once, plus what its children hold now, in MB; 0 where this machine does
    not say (it has no /proc), or the process has ended."""
    kib = _kib(pid, b"VmHWM:") + sum(_kib(child, b"VmRSS:") for child in _below(pid))
    return round(kib / 1024)


def _kib(pid: int, field: bytes) -> int:
    with suppress(OSError), Path(f"{_PROC}/{pid}/status").open("rb") as lines:
        for line in lines:
            if line.startswith(field):
                return int(line.split()[1])
    return 0


def _below(pid: int) -> Iterator[int]:
    """Its children, and theirs."""
    with suppress(OSError):
        with os.scandir(f"{_PROC}/{pid}/task") as tasks:
            listed = [Path(f"{task.path}/children").read_bytes() for task in tasks]
        for child in map(int, b" ".join(listed).split()):
            yield child
            yield from _below(child)
