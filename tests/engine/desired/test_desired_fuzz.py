"""Whatever is typed or written: a wish, or a designed error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.engine.desired.intents import parse_intent
from genesys_tui.engine.desired.stackfile import read_stack_file
from genesys_tui.engine.desired.tomlfile import read_toml
from genesys_tui.engine.desired.tree import Source
from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.engine.model.resource import Wish

WORDS = (
    *("provider", "region", "stack", "resources", "state", "storage", "network", "compute", "bucket", "local"),
    *("name", "type", "count", "depends_on", "tags", "cidr", "zones", "subnets", "versioning", "encryption", "public"),
    *("lifecycle", "delete_after_days", "aws", "us-east-1", "my-data", "web-{n}", "on", "off", "kms", "10.0.0.0/16"),
    *("${bucket.my-data.arn}", "${storage.x.id}", "$${", "${", "3", "0", "-1", "1e9", "2024-01-01"),
)
YAML_PARTS = (
    "\n",
    "\n  ",
    "\n    - ",
    ": ",
    "&a ",
    "*a",
    "<<: *a",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "'",
    '"',
    "!!str ",
    "? ",
    "|\n",
    "--- ",
    "#",
)
TOML_PARTS = (
    "\n",
    "\n[",
    "\n[[",
    "]\n",
    "]]\n",
    " = ",
    ".",
    "[",
    "]",
    "{",
    "}",
    ", ",
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "#",
    "true",
)

words = st.sampled_from(WORDS)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=8)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=5), inner, max_size=5)
)
entries = st.lists(st.dictionaries(words, trees, max_size=6) | trees, max_size=4)
stacks = st.fixed_dictionaries(
    {"resources": st.dictionaries(st.sampled_from(["storage", "network", "compute"]), entries) | trees},
    optional=dict.fromkeys(("provider", "region", "stack", "state", "outcomes"), trees),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def told(content: bytes, path: Path) -> Wish | None:
    """The wish, or None for a designed error whose every problem has a place in the file."""
    path.write_bytes(content)
    try:
        wish = read_stack_file(path)
    except WishError as error:
        lines = content.count(b"\n") + content.count(b"\r") + len(content.decode("utf-8", "ignore").splitlines()) + 1
        for problem in error.problems:
            assert problem.mark
            assert 1 <= problem.mark.line <= lines
            assert problem.what
        return None
    addresses = [desired.address for desired in wish.resources]
    assert len(addresses) == len(set(addresses))
    assert all(need in addresses for desired in wish.resources for need in desired.needs)
    return wish


@settings(deadline=None)
@given(content=st.binary(max_size=200), suffix=st.sampled_from(["yaml", "toml"]))
def test_any_bytes(folder: Path, content: bytes, suffix: str) -> None:
    told(content, folder / f"bytes.{suffix}")


@settings(deadline=None, max_examples=150)
@given(parts=st.lists(words | st.sampled_from(YAML_PARTS) | st.text(max_size=3), max_size=40))
def test_nearly_yaml(folder: Path, parts: list[str]) -> None:
    told("".join(parts).encode("utf-8", "replace"), folder / "nearly.yaml")


@settings(deadline=None, max_examples=150)
@given(parts=st.lists(words | st.sampled_from(TOML_PARTS) | st.text(max_size=3), max_size=40))
def test_nearly_toml(folder: Path, parts: list[str]) -> None:
    told("".join(parts).encode("utf-8", "replace"), folder / "nearly.toml")


@settings(deadline=None, max_examples=150)
@given(tree=stacks | trees, flow=st.booleans())
def test_any_tree(folder: Path, tree: object, flow: bool) -> None:
    told(yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True).encode(), folder / "tree.yaml")


@settings(deadline=None, max_examples=150)
@given(
    said=st.lists(
        words
        | words.map(lambda word: f"--{word}".replace("_", "-"))
        | st.sampled_from(["create", "adopt", "modify", "--tag", "a=b", "--no-versioning", "--versioning=", "--", "-"])
        | st.text(max_size=6),
        max_size=7,
    ),
    start=st.sampled_from([[], ["bucket"], ["network", "main"], ["adopt", "bucket", "my-data"]]),
)
def test_any_words(said: list[str], start: list[str]) -> None:
    try:
        wish = parse_intent([*start, *said])
    except GenesysError as error:
        assert error.what
        assert error.command
    else:
        assert len(wish.resources) == 1


KEYS = st.text("abc-_. '\"#[]=", min_size=1, max_size=5)


@given(
    names=st.lists(KEYS, min_size=1, max_size=6, unique=True), gaps=st.lists(st.integers(0, 3), min_size=6, max_size=6)
)
def test_toml_lines_are_exact(names: list[str], gaps: list[int]) -> None:
    """Whatever quoting a key needs, and whatever multi-line values stand before it."""
    lines: list[str] = []
    expected: dict[str, int] = {}
    for name, gap in zip(names, gaps, strict=False):
        lines += ["# a comment = '''"] * gap
        expected[name] = len(lines) + 1
        quoted = '"' + name.replace('"', '\\"') + '"'
        lines += [f'{quoted} = ["""', "x = [", '""",', "  1, # ]", "]"]
    root = read_toml("\n".join(lines), Source(Path("x.toml")))
    assert isinstance(root.value, dict)
    assert {name: node.line for name, node in root.value.items()} == expected
