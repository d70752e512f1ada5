"""Where words go and answers come from. Results go to stdout, all else to stderr."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.text import width_of
from genesys_tui.engine.model.errors import GenesysError


class Terminal:
    """The two output streams and the keyboard. A reader that went away (`| head`) ends nothing."""

    def __init__(self, *, as_json: bool = False, no_color: bool = False) -> None:
        self.as_json = as_json
        self._plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")

    @property
    def interactive(self) -> bool:
        """Somebody is there to be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def live(self) -> bool:
        """Messages may be overwritten in place."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def paint(self) -> Paint:
        """Colours for results."""
        return Paint(sys.stdout.isatty() and not self._plain)

    @property
    def message_paint(self) -> Paint:
        """Colours for messages."""
        return Paint(sys.stderr.isatty() and not self._plain)

    @property
    def columns(self) -> int | None:
        """The width results must fit in; None where nobody looks at them on a screen."""
        return width_of(sys.stdout)

    def result(self, text: str) -> None:
        """Print a result; with `--json` it is only a message, since stdout is for the document."""
        _write(sys.stderr if self.as_json else sys.stdout, f"{text}\n")

    def document(self, document: Mapping[str, object]) -> None:
        """Print the one JSON document, in ASCII: whatever a name holds, nothing in it steers a terminal."""
        _write(sys.stdout, json.dumps(document, indent=2) + "\n")

    def line(self, document: Mapping[str, object]) -> None:
        """Print one of many JSON documents, a line each."""
        _write(sys.stdout, json.dumps(document) + "\n")

    def message(self, text: str) -> None:
        _write(sys.stderr, f"{text}\n")

    def status(self, text: str) -> None:
        """Show `text` in the live line, in place of what it showed before. Empty clears it."""
        if self.live:
            from genesys_tui.cli.render.table import cut

            _write(sys.stderr, f"\r\x1b[K{cut(text, (width_of(sys.stderr) or 80) - 1)}")

    def ask(self, question: str) -> str:
        """One line from the keyboard, stripped; empty at its end."""
        _write(sys.stderr, f"{question} ")
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            self.message("")
        return answer.strip()


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        # Nothing more can be said there. A reader that went away is no failure, and a lost message ends nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise GenesysError(
                "the output can't be written", why=error.strerror or str(error), todo="see whether its disk is full"
            ) from error
