"""Whether a file is Python that the target can read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings

from genesys_tui.engine.functions.local.interpreters import python
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

_OWN = sys.version_info[:2]
_PROBE = """
import sys, warnings
warnings.simplefilter("ignore")
try:
    compile(sys.stdin.buffer.read(), sys.argv[1], "exec")
except SyntaxError as error:
    print(error.lineno or 0, type(error).__name__ + ": " + error.msg, end="")
"""
_DOUBTFUL = re.compile(r"invalid syntax|f-string|unterminated string|expected ':'|must be parenthesized|type parameter")
"""What an older Python says of newer syntax too."""


def check_syntax(member: Member, version: str) -> None:
    """Raises SourceError, by line, for what the Python of the target (`3.13`) can't compile. This Python is asked; what
    a newer target may understand better is asked of a Python of that version, where the machine has one."""
    target = tuple(map(int, version.split(".")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(member.content, member.name, "exec", dont_inherit=True)
            if target < _OWN:
                ast.parse(member.content, member.name, feature_version=(target[0], target[1]))
    except SyntaxError as error:
        line, what = error.lineno or 0, f"{type(error).__name__}: {error.msg}"
        if target > _OWN:
            line, what = _said_by(version, member) or (line, "" if _DOUBTFUL.search(what) else what)
        if what:
            raise SourceError(member.name, line, what) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceError(member.name, 0, f"it can't be compiled: {str(error) or type(error).__name__}") from error


def _said_by(version: str, member: Member) -> tuple[int, str] | None:
    """The line and the mistake that a Python of this version finds; nothing said where it finds none. None where this
    machine has none."""
    try:
        command = [str(python(version)), "-I", "-c", _PROBE, member.name]
        said = subprocess.run(command, input=member.content, capture_output=True, check=True, timeout=20).stdout
    except (GenesysError, OSError, subprocess.SubprocessError):
        return None
    line, _, what = said.decode(errors="replace").partition(" ")
    return int(line or 0), what
