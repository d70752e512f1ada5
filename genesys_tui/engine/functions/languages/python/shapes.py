"""The shape of what is read of a pyproject.toml and of inline metadata: files are saved half-written too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SHAPES: Mapping[str, type] = {
    "project": dict,
    "project.dynamic": list,
    "tool": dict,
    "tool.poetry": dict,
    "tool.uv": dict,
    "tool.uv.index": list,
    "tool.uv.sources": dict,
    "tool.uv.workspace": dict,
    "tool.uv.workspace.members": list,
}
"""Of what we read; all else is uv's business."""


def misshapen(document: Mapping[str, Any]) -> str | None:
    """What has not the shape that it should have, in words."""
    for name, shape in _SHAPES.items():
        value = _at(document, name)
        if value is not None and not isinstance(value, shape):
            return f"`{name}` is no {'table' if shape is dict else 'list'}"
    return next(_within(document), None)


def _within(document: Mapping[str, Any]) -> Iterator[str]:
    sources: Mapping[str, Any] = _at(document, "tool.uv.sources") or {}
    for name, one in sources.items():
        if not all(isinstance(table, dict) for table in (one if isinstance(one, list) else [one])):
            yield f"`tool.uv.sources.{name}` is no table"
    for pattern in _at(document, "tool.uv.workspace.members") or ():
        if not isinstance(pattern, str) or not pattern or pattern.startswith("/"):
            yield f"`tool.uv.workspace.members` holds {pattern!r}, and a member is a relative path"


def _at(document: Mapping[str, Any], name: str) -> Any:
    """What is there under a dotted name; None for nothing."""
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
