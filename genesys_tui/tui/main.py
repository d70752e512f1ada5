"""The entry of `genesys-tui`. Imports little: the first frame stands before the engine is loaded."""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.tui.engine import Engine

LEAVING = 0.4
"""Seconds that a cancelled apply is given to record how it ended, and the demo account to end; without it the next
plan finds out, and a child process ends with us anyway."""

ENDING = 2.0
"""Seconds that the processes of a function's loop are given to end; there are none where no function was opened."""


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="genesys-tui", description="A control room for a cloud account.")
    parser.add_argument(
        "file", nargs="?", type=Path, help="a stack file (default: genesys.yaml or .toml in this folder)"
    )
    parser.add_argument("--demo", action="store_true", help="a made-up account on this machine; needs no credentials")
    parser.add_argument("--profile", help="a profile of ~/.aws/config")
    parser.add_argument("--region", help="the region to work in")
    parser.add_argument(
        "--regions", metavar="A,B", help="several regions side by side, or all; work goes on in the first"
    )
    parser.add_argument("--profiles", metavar="A,B", help="several profiles side by side")
    parser.add_argument("--stack", help="the stack to work on")
    parser.add_argument("--read-only", action="store_true", help="look and preview; change nothing")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run the full screen. Returns the exit code: 0, or 64 for a stack file that is not there."""
    from genesys_tui.tui.engine import Engine, Where

    atexit.register(gc.freeze)  # as `genesys` does: `q` gives the shell back sooner
    arguments = _arguments(argv)
    where = Where(
        arguments.profile,
        arguments.region,
        arguments.stack,
        arguments.read_only,
        arguments.regions,
        arguments.profiles,
    )
    return _show(Engine(where, arguments.file), demo=arguments.demo, file=arguments.file)


def _show(engine: Engine, *, demo: bool, file: Path | None) -> int:
    if file is not None and not file.is_file():
        sys.stderr.write(f"genesys-tui: there is no file {str(file)!r}\n")
        return 64
    from genesys_tui.tui.app import GenesysApp

    app = GenesysApp(engine, demo=demo, file=file)
    app.run()
    app.desk.wait(LEAVING)
    app.bench.wait(ENDING)
    closing = threading.Thread(target=engine.close, daemon=True)
    closing.start()
    closing.join(LEAVING)
    return app.return_code or 0
