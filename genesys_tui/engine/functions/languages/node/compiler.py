"""A Node, kept alive, that compiles JavaScript without running it: its start costs more than all else of a save."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

Form = Literal["module", "commonjs", "either"]
"""How Node loads a file. `either`: Node looks at it to tell."""

_SCRIPT = """
const vm = require("node:vm");
const wrapped = ["exports", "require", "module", "__filename", "__dirname"];
const asModule = (code, name) => new vm.SourceTextModule(code, { identifier: name });
const asScript = (code, name) => vm.compileFunction(code, wrapped, { filename: name });
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  for (const { name, form, text } of JSON.parse(line)) {
    const code = text.replace(/^#!/, "//");
    if (form === "module" || (form === "either" && /^\\s*(import|export)\\b/m.test(code))) asModule(code, name);
    else asScript(code, name);
  }
  console.log("right");
});
"""
_COMMAND = ("node", "--no-warnings", "--experimental-vm-modules", "-e", _SCRIPT)
_RIGHT = b"right\n"
_LIMIT = 20.0
"""Seconds that it may take."""
_PLACE = re.compile(r"^(?P<file>.+):(?P<line>\d+)$", re.MULTILINE)
_MISTAKE = re.compile(r"^SyntaxError: .*$", re.MULTILINE)
_OTHER_FORM = ("Cannot use import statement", "Unexpected token 'export'", "import.meta")


@dataclass(frozen=True, slots=True)
class Script:
    """A file to compile."""

    name: str
    form: Form
    content: bytes


class Compiler:
    """It ends with us, however we end: Node stops when nobody can write to it any more."""

    def __init__(self) -> None:
        self._node: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = lambda: None

    def compile(self, scripts: Sequence[Script]) -> None:
        """Raises SourceError for the first mistake, GenesysError where there is no Node that works."""
        texts = [
            {"name": one.name, "form": one.form, "text": one.content.decode("utf-8", "replace")} for one in scripts
        ]
        line = json.dumps(texts).encode() + b"\n"
        if self._node is None or self._node.poll() is not None:
            self._start()
        assert self._node
        said = _asked(self._node, line)
        if said != _RIGHT:
            self._end()
            self._node = None
            raise _mistake(said.decode("utf-8", "replace"), scripts)

    def _start(self) -> None:
        self._end()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("NODE_", "AWS_"))}
        pipe = subprocess.PIPE
        try:
            self._node = subprocess.Popen(_COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
        except OSError as error:
            why = error.strerror or str(error)
            raise GenesysError("node can't be started", why=why, todo="install Node.js") from error
        self._end = weakref.finalize(self, _ended, self._node)


def _asked(node: subprocess.Popen[bytes], line: bytes) -> bytes:
    """What it answers; what it complained of, when it ends: of a mistake it tells the line only as it ends by it."""
    assert node.stdin
    assert node.stdout
    assert node.stderr
    with suppress(BrokenPipeError):
        node.stdin.write(line)
        node.stdin.flush()
    ready, _, _ = select.select([node.stdout, node.stderr], [], [], _LIMIT)
    if not ready:
        return f"it did not answer for {_LIMIT:g} seconds".encode()
    answer = node.stdout.readline() if node.stderr not in ready else b""
    return answer or node.stderr.read()


def _ended(node: subprocess.Popen[bytes]) -> None:
    node.kill()
    node.wait()
    for pipe in (node.stdin, node.stdout, node.stderr):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


def _mistake(said: str, scripts: Sequence[Script]) -> GenesysError:
    """Node prints the place first, then the line (of one that is very long a part only), then what is wrong with it."""
    place, found = _PLACE.match(said), _MISTAKE.search(said)
    if not place or not any(place["file"] == script.name for script in scripts):
        return GenesysError("node can't compile the code", why=said.strip()[-500:], todo="try it: node --check FILE")
    what, todo = found[0] if found else "SyntaxError", ""
    if place["file"].endswith(".js") and any(word in what for word in _OTHER_FORM):
        todo = 'it is an ES module: call it .mjs, or write "type": "module" into package.json'
    return SourceError(place["file"], int(place["line"]), what, todo=todo)
