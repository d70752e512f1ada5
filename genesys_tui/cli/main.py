"""The console script `genesys`. `version` is answered before anything else is imported."""

from __future__ import annotations

import sys

from genesys_tui.cli.version import VERSION


def main(argv: list[str] | None = None) -> int:
    """Run one command; `argv` without the program's name. Returns the exit code (see `exits`)."""
    words = sys.argv[1:] if argv is None else argv
    if words in (["version"], ["--version"]):
        sys.stdout.write(f"genesys {VERSION}\n")
        return 0
    from genesys_tui.cli.run import run

    return run(words)
