"""A function in Python that does what it is told, and a home that its runtime is fetched into once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.functions.local import interpreters
from tests.engine.functions.sandboxes import ECHO, Opened, built, opened, write

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture(scope="session")
def genesys_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all, in which awslambdaric is installed once."""
    home = tmp_path_factory.mktemp("genesys")
    assert interpreters.brought(MINOR, interpreters.python(MINOR), home, print), (
        "awslambdaric can't be had from the index"
    )
    return home


@pytest.fixture
def echo(tmp_path: Path, genesys_home: Path) -> Iterator[Opened]:
    write(tmp_path, "app.py", ECHO)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        yield function
