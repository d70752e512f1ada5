"""The conformance suite's partition, once for each backend there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.state.backend import Backend
from genesys_tui.engine.state.leases import Process
from tests.engine.state.partitions import FACTORIES, Clock, Open, Partition


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=FACTORIES)
def partition(request: pytest.FixtureRequest, tmp_path: Path) -> Partition:
    return FACTORIES[request.param](tmp_path)


@pytest.fixture
def opened(partition: Partition, clock: Clock) -> Iterator[Open]:
    """Opens backends on the partition, all by one clock, and closes them."""
    backends: list[Backend] = []

    def open(process: Process | None = None) -> Backend:
        backends.append(partition.open(clock=clock, process=process))
        return backends[-1]

    yield open
    for backend in backends:
        backend.close()


@pytest.fixture
def backend(opened: Open) -> Backend:
    return opened()
