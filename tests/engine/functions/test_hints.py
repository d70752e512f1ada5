"""Hints say what makes a function big or slow, and nothing where there is nothing to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.functions.hints import hints
from genesys_tui.engine.functions.packing.layers import Layers
from genesys_tui.engine.functions.packing.packages import packages
from genesys_tui.engine.model.build import Member, Target

MB = 1 << 20
PYTHON = Target("python3.13")


def installed(folder: Path, name: str, size: int, needs: str = "", module: str = "") -> Path:
    """A distribution in a layer's folder."""
    module = module or name
    about = folder / "python" / f"{name}-1.0.dist-info"
    code = folder / "python" / module
    for place in (about, code):
        place.mkdir(parents=True)
    (about / "METADATA").write_text(f"Name: {name}\n" + (f"Requires-Dist: {needs}\n" if needs else ""))
    (about / "RECORD").write_text(f"{module}/__init__.py,,\n")
    (code / "__init__.py").touch()
    with (code / "data").open("wb") as file:
        file.truncate(size)
    return folder


def source(text: str) -> list[Member]:
    return [Member("main.py", text.encode())]


def test_a_small_function_gets_none(tmp_path: Path) -> None:
    installed(tmp_path, "requests", MB, needs="urllib3")
    installed(tmp_path, "urllib3", MB)
    assert hints(PYTHON, source("import requests"), 1_000, packages(tmp_path)) == ()


def test_big_code_names_its_biggest_file() -> None:
    members = [Member("main.py", b"x"), Member("model.bin", bytes(4 * MB))]
    [hint] = hints(PYTHON, members, 3 * MB + 1)
    assert "3.0 MB zipped" in hint
    assert "model.bin, 4.0 MB" in hint
    assert not hints(PYTHON, members, 3 * MB)


def test_the_biggest_dependencies_over_all_layers(tmp_path: Path) -> None:
    one = installed(tmp_path / "1", "pandas", 40 * MB)
    other = installed(installed(tmp_path / "2", "numpy", 56 * MB), "small", 9 * MB)
    [hint] = hints(PYTHON, source("import pandas, numpy, small"), 1, [*packages(one), *packages(other)])
    assert "numpy 56 MB, pandas 40 MB;" in hint


def test_what_the_runtime_has(tmp_path: Path) -> None:
    installed(installed(tmp_path, "boto3", MB, needs="botocore"), "botocore", 8 * MB)
    [hint] = hints(PYTHON, source("import boto3"), 1, packages(tmp_path))
    assert "python3.13 comes with botocore, boto3: 9 MB less" in hint
    assert not hints(Target("provided.al2023"), source("import boto3"), 1, packages(tmp_path))


def test_what_the_runtime_of_node_has(tmp_path: Path) -> None:
    path = tmp_path / "nodejs/node_modules/@aws-sdk/client-s3"
    path.mkdir(parents=True)
    (path / "x.js").write_bytes(bytes(2 * MB))
    [hint] = hints(Target("nodejs22.x"), [Member("index.mjs", b"x")], 1, packages(tmp_path))
    assert "nodejs22.x comes with @aws-sdk/client-s3: 2 MB less" in hint


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("import json", True),
        ("import yaml", False),
        ("PLUGIN = 'yaml.loader'", False),
        ("import wanting", False),
        ("import pyyamlish", True),
    ],
)
def test_what_seems_unused(text: str, unused: bool, tmp_path: Path) -> None:
    installed(tmp_path, "PyYAML", 2 * MB, module="yaml")
    installed(tmp_path, "wanting", 1, needs="pyyaml>=6; extra == 'all'")
    found = hints(PYTHON, source(text), 1, packages(tmp_path))
    assert [hint.partition(":")[0] for hint in found] == (["PyYAML (2 MB) seems unused"] if unused else [])


def test_what_was_left_out_says_how_to_send_it() -> None:
    [hint] = hints(PYTHON, source("x"), 1, left_out=[".env"])
    assert hint == ".env is left out, as a secret by its name; !.env in .genesysignore sends it"


def test_a_hostile_name_is_shown() -> None:
    [hint] = hints(PYTHON, source("x"), 1, left_out=["\x1b[2J.pem"])
    assert "\x1b" not in hint


def test_what_a_layer_holds_is_told_once(tmp_path: Path) -> None:
    opt, layers = tmp_path / "opt", Layers(tmp_path / "functions", tmp_path / "artifacts")
    assert layers.packages(opt) == ()
    found = packages(installed(opt, "requests", MB, needs="urllib3"))
    assert layers.packages(opt) == found
    (opt / "python" / "requests" / "data").unlink()  # what is in a layer never changes: it is not looked at again
    assert layers.packages(opt) == found
    for broken in ("[{}", "[{}]", "{}"):
        (tmp_path / "packages.json").write_text(broken)
        assert layers.packages(opt) == packages(opt) != found
