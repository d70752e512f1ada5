"""A stack file, `genesys.yaml` or `genesys.toml`, into a wish: every mistake with its place, all at once."""

from __future__ import annotations

import re
from pathlib import Path

from genesys_tui.engine.desired.entries import desired_resources
from genesys_tui.engine.desired.outcome_entries import wanted_outcomes
from genesys_tui.engine.desired.tree import Node, Source, shown
from genesys_tui.engine.desired.vocabulary import NOT_BUILT, PROVIDERS_TO_COME, suggestion
from genesys_tui.engine.model.errors import Problem, WishError
from genesys_tui.engine.model.identity import REGION, STACK, STACK_RULE
from genesys_tui.engine.model.resource import Wish

STACK_FILES = ("genesys.yaml", "genesys.yml", "genesys.toml")

SUFFIXES = frozenset({".yaml", ".yml", ".toml"})
"""That a stack file may have."""

BYTES_LIMIT = 10_000_000

_KEYS = ("provider", "region", "stack", "outcomes", "resources")
_KEYS_TO_COME = ("policies", "project")
_STATE_BACKENDS_TO_COME = ("s3", "gcs", "azureblob")
_STATE_KEYS_TO_COME = ("bucket", "encrypt", "lock_table")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|[\ufffe\uffff]")
"""What no text file holds, as YAML has it. (Its own way, all that is not among what may be, takes 9 ms to compile.)"""


def find_stack_file(folder: Path) -> Path | None:
    """The stack file of a folder; None where there is none."""
    return next((folder / name for name in STACK_FILES if (folder / name).is_file()), None)


def read_stack_file(path: Path) -> Wish:
    """All that the file wants, validated. Raises WishError with every mistake, in the order of lines."""
    source = Source(path)
    root = _tree(path, source)
    if not isinstance(root.value, dict):
        raise source.stop(root.line, f"a stack file can't be {root}", "it holds keys: `provider:`, `resources:`")
    keys = root.value
    _refuse_keys(keys, source)
    _check_provider(keys.get("provider"), source)
    region = _matching("region", keys.get("region"), REGION, "such as us-east-1", source)
    stack = _matching("stack", keys.get("stack"), STACK, STACK_RULE, source)
    _check_state(keys.get("state"), source)
    resources, outcomes = keys.get("resources"), keys.get("outcomes")
    if (resources is None or resources.value is None) and (outcomes is None or outcomes.value is None):
        fix = "name what you want, or write `resources: {}` to want nothing"
        source.problem(resources or root, ("resources",), "there are no `resources`", fix)
    wanted = desired_resources(resources, source) if resources and resources.value is not None else ()
    wholes = wanted_outcomes(outcomes, source) if outcomes and outcomes.value is not None else ()
    if source.problems:
        raise source.error()
    stack = stack or slug(path.resolve().parent.name)
    return Wish(wanted, path.name, whole=True, stack=stack, region=region, outcomes=wholes)


def _tree(path: Path, source: Source) -> Node:
    """What is written in it. Raises WishError where that can't be read."""
    text = _text(path, source)
    if path.suffix == ".toml":
        from genesys_tui.engine.desired.tomlfile import read_toml

        return read_toml(text, source)
    from genesys_tui.engine.desired.yamlfile import read_yaml

    return read_yaml(text, source)


def _text(path: Path, source: Source) -> str:
    """The text of the file. Raises WishError where it is none."""
    if path.suffix not in SUFFIXES:
        raise _unreadable(path, "its name is not that of a stack file", "it ends in .yaml, .yml or .toml")
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_LIMIT + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__, "check the path and its permissions") from None
    if len(raw) > BYTES_LIMIT:
        raise _unreadable(path, f"it is larger than {BYTES_LIMIT // 1_000_000} MB", "split it into several stacks")
    if b"\0" in raw:
        raise source.stop(raw[: raw.index(b"\0")].count(b"\n") + 1, "this is a binary file", "a stack file is text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise source.stop(line, "this is not UTF-8", "save the file as UTF-8") from None
    if not text.strip():
        raise source.stop(1, "the file is empty", "a stack file needs at least `resources:`")
    if found := _NO_TEXT.search(text):
        before = text[: found.start()]
        line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
        raise source.stop(line, f"the control character {found[0]!r} stands here", "take it away", column)
    return text


def _unreadable(path: Path, why: str, fix: str) -> WishError:
    return WishError(f"can't read {path}", (Problem(None, why, fix),))


def _refuse_keys(keys: dict[str, Node], source: Source) -> None:
    for key, node in keys.items():
        if key in _KEYS_TO_COME:
            source.problem(node, (key,), f"`{key}` {NOT_BUILT}", f"take it away; what can be said: {', '.join(_KEYS)}")
        elif key not in {*_KEYS, "state"}:
            source.problem(node, (key,), f"{shown(key)} is not known here", suggestion(key, (*_KEYS, "state"), "keys"))


def _check_provider(node: Node | None, source: Source) -> None:
    if node is None or node.value == "aws":
        return
    if isinstance(node.value, str) and node.value in PROVIDERS_TO_COME:
        source.problem(node, ("provider",), f"the provider {node} {NOT_BUILT}", "it can be aws")
    else:
        source.problem(node, ("provider",), f"`provider` can't be {node}", "it can be aws")


def _matching(key: str, node: Node | None, pattern: re.Pattern[str], right: str, source: Source) -> str | None:
    """The text of a top key, where it is of the right form."""
    if node is None:
        return None
    if isinstance(node.value, str) and pattern.fullmatch(node.value):
        return node.value
    source.problem(node, (key,), f"`{key}` can't be {node}", right)
    return None


def _check_state(node: Node | None, source: Source) -> None:
    """`state: {backend: local}` is what happens anyway; all else is to come."""
    if node is None:
        return
    if not isinstance(node.value, dict):
        source.problem(node, ("state",), f"`state` can't be {node}", "write `backend: local` under it, or leave it out")
        return
    for key, inner in node.value.items():
        trail = ("state", key)
        if key == "backend" and inner.value == "local":
            continue
        if key in _STATE_KEYS_TO_COME or (key == "backend" and inner.value in _STATE_BACKENDS_TO_COME):
            what = f"the backend {inner}" if key == "backend" else f"`{key}`"
            source.problem(inner, trail, f"{what} {NOT_BUILT}", "leave it out: state is kept on this machine")
        elif key == "backend":
            source.problem(inner, trail, f"`backend` can't be {inner}", "it can be local")
        else:
            source.problem(inner, trail, f"{shown(key)} is not known here", suggestion(key, ("backend",), "keys"))


def slug(name: str) -> str:
    """A folder's name as a stack's."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or "default"
