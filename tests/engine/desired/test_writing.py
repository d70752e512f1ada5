"""Entries that are written into a stack file: theirs stays as it was, letter by letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.desired.stackfile import read_stack_file
from genesys_tui.engine.desired.writing import write_entries
from genesys_tui.engine.model.errors import GenesysError

THEIRS = """\
# what we run
stack: shop   # not the old one
region: eu-west-1

resources:
  storage:
    # the first one
    - name: acme-data
      versioning: on   # since the accident
      tags:
        team: "shop"

  # who waits
  messaging:
    - {name: jobs, type: queue}

outcomes:
  api:
    name: shop-api
"""
NEW = ("bucket", "acme-logs", {"lifecycle": {"delete_after_days": 30}})


def written(path: Path, *entries: Any) -> str:
    write_entries(path, entries)
    return path.read_text()


def test_an_entry_comes_after_the_last_of_its_section(tmp_path: Path) -> None:
    path = tmp_path / "genesys.yaml"
    path.write_text(THEIRS)
    after = written(path, NEW, ("queue", "mails", {}), ("role", "runner", {"trusts": ["lambda.amazonaws.com"]}))
    kept = iter(after.splitlines())
    assert all(line in kept for line in THEIRS.splitlines()), "every line of theirs, in their order"
    addresses = [desired.address for desired in read_stack_file(path).resources]
    assert addresses == ["bucket.acme-data", "bucket.acme-logs", "queue.jobs", "queue.mails", "role.runner"]
    assert after.index("acme-logs") < after.index("# who waits")


@pytest.mark.parametrize("name", ["genesys.yaml", "genesys.toml"])
def test_a_file_that_is_not_there_is_made(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    written(path, NEW, ("queue", "mails", {"tags": {"a b": 'say "x"'}}))
    wish = read_stack_file(path)
    assert [one.address for one in wish.resources] == ["bucket.acme-logs", "queue.mails"]
    assert wish.resources[0].spec == {"lifecycle": {"delete_after_days": 30}}
    assert wish.resources[1].spec["tags"] == {"a b": 'say "x"'}


def test_toml_is_added_to_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "genesys.toml"
    theirs = '# ours\nstack = "shop"\n\n[[resources.storage]]\nname = "acme-data" # first'
    path.write_text(theirs)
    assert written(path, NEW).startswith(theirs + "\n")
    assert [one.name for one in read_stack_file(path).resources] == ["acme-data", "acme-logs"]


@pytest.mark.parametrize(
    "text",
    ["resources: {}\n", "resources: {storage: [{name: acme-data}]}\n", "resources:\n  storage: [{name: acme-data}]\n"],
)
def test_what_is_written_in_one_line_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "genesys.yaml"
    path.write_text(text)
    with pytest.raises(GenesysError, match="lines of its own"):
        write_entries(path, [NEW])
    assert path.read_text() == text


def test_what_would_not_be_a_stack_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "genesys.yaml"
    path.write_text(THEIRS)
    with pytest.raises(GenesysError):
        write_entries(path, [("bucket", "acme-data", {})])  # there is one of that name
    assert path.read_text() == THEIRS
    assert [one.name for one in tmp_path.iterdir() if "genesys" in one.name] == [path.name]
