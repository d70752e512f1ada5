"""The Containerfile of a langpack: what of it is done without a container, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.functions.images.containerfile import Containerfile, Copy, containerfile
from genesys_tui.engine.functions.langpack import langpacks
from genesys_tui.engine.model.errors import GenesysError


def read(tmp_path: Path, text: str, base: str = "") -> Containerfile:
    path = tmp_path / "Containerfile"
    path.write_text(text)
    return containerfile(path, {"VERSION": "3.12"}, base)


@pytest.mark.parametrize(
    ("language", "version", "expected"),
    [
        ("python", "3.12", ("lambda/python:3.12", "layer/ /opt/", "code/ /var/task/")),
        ("node", "22", ("lambda/nodejs:22", "layer/ /opt/", "code/ /var/task/")),
        ("go", "al2023", ("lambda/provided:al2023", "code/bootstrap /var/runtime/bootstrap")),
    ],
)
def test_those_of_our_own_langpacks_are_done(language: str, version: str, expected: tuple[str, ...]) -> None:
    found = containerfile(langpacks() / language / "Containerfile", {"VERSION": version})
    copies = tuple(f"{copy.source} {copy.target}" for copy in found.copies)
    assert (found.base, *copies) == (f"public.ecr.aws/{expected[0]}", *expected[1:])


def test_values_that_are_given_win_and_a_base_that_is_named_too(tmp_path: Path) -> None:
    text = '# why\nARG VERSION=1\nARG NAME=mine\nfrom $NAME/base:${VERSION}\nCOPY code/ \\\n  /app/\nCMD ["a", "b"]\n'
    assert read(tmp_path, text) == Containerfile("mine/base:3.12", (Copy("code/", "/app/"),), ("a", "b"))
    assert read(tmp_path, text, "other").base == "other"


@pytest.mark.parametrize(
    "line",
    [
        "RUN dnf install -y gcc",
        "COPY --chown=1 code/ /app/",
        "COPY code/../../etc/passwd /app/",
        "COPY other/ /app/",
        "COPY code/ app/",
        "CMD main.handler",
        "CMD [main]",
        "FROM a AS b",
        'COPY "code/ /app/',
    ],
)
def test_what_is_not_done_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(GenesysError) as caught:
        read(tmp_path, f"FROM base\n{line}\n")
    assert "Containerfile:2" in str(caught.value)
    assert "builder.toml" in caught.value.todo


def test_one_without_a_base_or_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match="no FROM"):
        read(tmp_path, "COPY code/ /app/\n")
    with pytest.raises(GenesysError, match="can't be read"):
        containerfile(tmp_path / "none", {})
