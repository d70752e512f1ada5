"""Entries written into a stack file that people wrote: after the last of their section. Nothing else in the file moves:
comments and order stay."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from genesys_tui.engine.desired.stackfile import STACK_FILES, SUFFIXES, read_stack_file, slug
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.providers import registry

Entry = tuple[str, str, Document]
"""Kind, name and fields."""


def stack_for(path: Path) -> str:
    """The stack of a file that is to be made: its own name, or its folder's where it has the usual name."""
    whole = path.resolve()
    return slug(whole.parent.name if path.name in STACK_FILES else whole.stem)


def write_entries(path: Path, entries: Sequence[Entry], *, region: str = "", stack: str = "") -> None:
    """Add them. A file that is not there is made, for that region and stack. Raises GenesysError, and leaves the file
    as it was, where that would not be a stack file."""
    _put(path, extended(path, entries, region=region, stack=stack))


def add_trigger(path: Path, function: str, trigger: Document, entries: Sequence[Entry] = ()) -> None:
    """Let something more start a function of a stack file; `entries`: what comes with it. Raises GenesysError, and
    leaves the file as it was, where that can't be."""
    if path.suffix == ".toml":
        todo = f"write it there: [[resources.{registry.section('function')}.triggers]]"
        raise GenesysError("a trigger can't be added to a TOML file", todo=todo)
    text = extended(path, entries)
    _put(path, _checked(path, _triggered(text, function, trigger, path)))


def _put(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        beside.write_text(text, "utf-8")
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        raise GenesysError(f"{path} can't be written", why=str(error), todo="nothing was written into it") from error
    finally:
        beside.unlink(missing_ok=True)


def extended(path: Path, entries: Sequence[Entry], *, region: str = "", stack: str = "") -> str:
    """The text with them in it, which is a stack file. Raises GenesysError where it would be none, or where the file
    can't be written."""
    if path.suffix not in SUFFIXES:
        raise GenesysError(f"{path} can't be a stack file", todo="let its name end in .yaml, .yml or .toml")
    text = _read(path) if path.exists() else _head(path, region, stack)
    extend = _extended_toml if path.suffix == ".toml" else _extended_yaml
    for kind, name, fields in entries:
        type = {} if registry.LEADING.get(registry.section(kind)) == kind else {"type": kind}
        text = extend(text, registry.section(kind), {"name": name, **type, **fields}, path)
    return _checked(path, text)


def _checked(path: Path, text: str) -> str:
    """The text, which is a stack file that can be written there."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(text, "utf-8")
        read_stack_file(copy)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise GenesysError(f"{path} can't be written", todo="make it, and its folder, writable, then do it again")
    return text


def _head(path: Path, region: str, stack: str) -> str:
    """What a new file says before its resources."""
    said = {key: value for key, value in (("provider", "aws"), ("region", region), ("stack", stack)) if value}
    sign = " = {}" if path.suffix == ".toml" else ": {}"
    return "".join(f"{key}{sign.format(json.dumps(value) if '=' in sign else value)}\n" for key, value in said.items())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GenesysError(f"{path} can't be read", why=str(error)) from error


# YAML -----------------------------------------------------------------------------------------------------------------
def _extended_yaml(text: str, section: str, entry: Mapping[str, Any], path: Path) -> str:
    import yaml

    root: Any = yaml.compose(text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    resources = _value(root, "resources")
    if resources is None:
        return "".join(lines) + "resources:\n" + _indented({section: [entry]}, 2)
    if not isinstance(resources, yaml.MappingNode) or (resources.flow_style and resources.value):
        raise _not_in_blocks(path, "resources")
    if not resources.value:
        raise _not_in_blocks(path, "resources")
    found = _value(resources, section)
    if found is None:
        column = resources.value[0][0].start_mark.column
        return _inserted(lines, _end(resources), _indented({section: [entry]}, column))
    if not isinstance(found, yaml.SequenceNode) or found.flow_style:
        raise _not_in_blocks(path, f"resources.{section}")
    return _inserted(lines, _end(found), _indented([entry], found.start_mark.column))


def _triggered(text: str, function: str, trigger: Document, path: Path) -> str:
    import yaml

    root: Any = yaml.compose(text)
    lines = text.splitlines(keepends=True)
    section = registry.section("function")
    found = _value(_value(root, "resources"), section)
    entries = found.value if isinstance(found, yaml.SequenceNode) else []
    entry = next((one for one in entries if getattr(_value(one, "name"), "value", "") == function), None)
    if entry is None:
        raise GenesysError(f"{path} has no function '{function}'", todo="write its entry first")
    if entry.flow_style:
        raise _not_in_blocks(path, f"resources.{section}")
    triggers = _value(entry, "triggers")
    if triggers is None:
        return _inserted(lines, _end(entry), _indented({"triggers": [trigger]}, entry.start_mark.column))
    if not isinstance(triggers, yaml.SequenceNode) or triggers.flow_style:
        raise _not_in_blocks(path, "triggers")
    return _inserted(lines, _end(triggers), _indented([trigger], triggers.start_mark.column))


def _value(node: Any, key: str) -> Any:
    pairs = node.value if node is not None and isinstance(node.value, list) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _end(node: Any) -> int:
    """The line after the last that holds something of it."""
    while isinstance(node.value, list) and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.line) + (1 if node.end_mark.column else 0)


def _inserted(lines: Sequence[str], at: int, text: str) -> str:
    return "".join([*lines[:at], text, *lines[at:]])


def _indented(document: object, columns: int) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Lists are indented under their key, as people write them."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    dumped = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    return re.sub(r"^(?=.)", " " * columns, dumped, flags=re.MULTILINE)


def _not_in_blocks(path: Path, what: str) -> GenesysError:
    return GenesysError(
        f"{path} can't be added to: `{what}` is not written in lines of its own",
        todo="write it as a block, an entry a line, then do it again",
    )


# TOML -----------------------------------------------------------------------------------------------------------------
def _extended_toml(text: str, section: str, entry: Mapping[str, Any], path: Path) -> str:
    """Tables of an array may stand anywhere: at the end."""
    if re.search(rf"^\s*{section}\s*=", text, re.MULTILINE):
        raise _not_in_blocks(path, f"resources.{section}")
    lines = [f"{_toml_key(key)} = {_toml(value)}" for key, value in entry.items()]
    start = text if not text or text.endswith("\n") else f"{text}\n"
    return "\n".join([f"{start}\n[[resources.{section}]]" if start else f"[[resources.{section}]]", *lines]) + "\n"


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def _toml(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_toml_key(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
