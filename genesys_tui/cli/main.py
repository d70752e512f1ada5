"""The console script `genesys`. `version` is answered before anything else is imported."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from genesys_tui.cli.version import VERSION


def main(argv: list[str] | None = None) -> int:
    """Run one command; `argv` without the program's name. Returns the exit code (see `exits`)."""
    _open_streams()
    atexit.register(gc.freeze)  # what is there in the end goes with the process: to look through it takes 50 ms
    words = sys.argv[1:] if argv is None else argv
    if words in (["version"], ["--version"]):
        sys.stdout.write(f"genesys {VERSION}\n")
        return 0
    try:
        from genesys_tui.cli.run import run

        return run(words)
    except KeyboardInterrupt:  # while the program was still being loaded
        sys.stderr.write("Interrupted.\n")
        return 130


def _open_streams() -> None:
    """A stream that was closed before we began (`>&-`) is None: what goes there goes nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - pathlib would cost the start; it stays open
