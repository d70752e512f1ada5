"""Runs the shell front end in this process, with or without somebody at the keyboard."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass

import pytest

from genesys_tui.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        loaded: dict[str, object] = json.loads(self.out)
        return loaded


class _Stream(io.TextIOWrapper):
    def __init__(self, content: bytes = b"", *, terminal: bool) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True, newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


@dataclass
class Shell:
    """`shell("plan", "--json")`: `answers` are what somebody at a terminal types; None: nobody is there."""

    patch: pytest.MonkeyPatch

    def __call__(self, *words: str, answers: str | None = None, screen: bool = False) -> Ended:
        out, err = _Stream(terminal=screen), _Stream(terminal=answers is not None or screen)
        with self.patch.context() as patch:
            patch.setattr(sys, "stdin", _Stream((answers or "").encode(), terminal=answers is not None))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = main(list(words))
        return Ended(code, out.text, err.text)
