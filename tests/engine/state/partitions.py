"""Partitions to run the conformance suite on, and what other processes do to them.

A backend joins the suite with a class here: a picklable partition that opens any number of backends on one place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol

from genesys_tui.engine.model.history import Attempt, ExecutionRecord
from genesys_tui.engine.state.backend import Backend, Scope
from genesys_tui.engine.state.leases import Process
from genesys_tui.engine.state.sqlite import SqliteBackend
from tests.engine.state.records import bucket, execution, step

DEV = Scope("eu-west-1", "dev")
Open = Callable[..., Backend]


class Partition(Protocol):
    def open(self, *, clock: Callable[[], float] = time.time, process: Process | None = None) -> Backend: ...


@dataclass(frozen=True)
class SqlitePartition:
    folder: Path

    def open(self, *, clock: Callable[[], float] = time.time, process: Process | None = None) -> Backend:
        return SqliteBackend(self.folder / "state" / "partition.db", clock=clock, process=process)


FACTORIES: dict[str, Callable[[Path], Partition]] = {"sqlite": SqlitePartition}


ELSEWHERE = Process("eve@other, process 7", "other", 7, 7)
"""On a host that can't be asked whether its processes live."""


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def begun(backend: Backend, id: str, *names: str, scope: Scope = DEV) -> ExecutionRecord:
    record = execution(id, *(step(name) for name in names), stack=scope.stack, region=scope.region)
    backend.acquire(scope, [step.address for step in record.steps], id)
    backend.begin(record)
    return record


# what other processes do ----------------------------------------------------------------------------------------------
def merge_many(partition: Partition, name: str, count: int, pipe: Connection) -> None:
    """Merge `count` fragments one by one, once told to start."""
    pipe.send("ready")
    pipe.recv()
    backend = partition.open()
    for number in range(count):
        backend.merge(DEV, {f"bucket.{name}{number}": bucket(f"{name}{number}")})
    backend.close()


def apply_forever(partition: Partition, id: str, pipe: Connection) -> None:
    """An apply that never ends: every stored write is told, so that the reader knows what was acknowledged."""
    backend = partition.open()
    backend.acquire(DEV, [f"bucket.b{number}" for number in range(3)], id)
    backend.begin(execution(id, *(step(f"b{number}") for number in range(3))))
    pipe.send("began")
    number = 0
    while True:
        name = f"b{number}"
        attempt = Attempt(id, f"bucket.{name}", 0, "s3:CreateBucket")
        backend.intend([attempt])
        pipe.send(("intended", name))
        backend.record([Attempt(id, f"bucket.{name}", 0, "s3:CreateBucket", "done", {"id": name})])
        pipe.send(("recorded", name))
        backend.settle(id, step(name, status="done"), DEV, {f"bucket.{name}": bucket(name)})
        pipe.send(("settled", name))
        number += 1


@contextmanager
def process(work: Callable[..., None], *args: object) -> Iterator[tuple[SpawnProcess, Connection]]:
    """Another process at `work(*args, pipe)`; killed with SIGKILL at the end, if it still runs."""
    here, there = get_context("spawn").Pipe()
    child = get_context("spawn").Process(target=work, args=(*args, there), daemon=True)
    child.start()
    there.close()
    try:
        yield child, here
    finally:
        child.kill()
        child.join()
        here.close()
        child.close()


def told(pipe: Connection) -> list[Any]:
    """All that a dead process has told."""
    messages = []
    try:
        while True:
            messages.append(pipe.recv())
    except (EOFError, OSError):  # killed between messages, or within one
        return messages
