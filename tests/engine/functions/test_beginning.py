"""What starts a function, and what is then wanted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.desired.writing import add_trigger, write_entries
from genesys_tui.engine.functions.beginning import (
    TRIGGERS,
    Starts,
    Trigger,
    as_written,
    companions,
    entries,
    trigger,
    trigger_entry,
    wish,
)
from genesys_tui.engine.model.errors import GenesysError, UsageError, WishError
from genesys_tui.engine.workspace import read_stack_file

FIELDS = {"runtime": "python3.13", "source": "./hello"}
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize("one", TRIGGERS, ids=lambda one: one.starts)
def test_each_trigger_with_its_default_is_right_in_words_and_in_a_file(one: Trigger, tmp_path: Path) -> None:
    starts, said = one.starts, one.default.replace("{name}", "hello")
    made = entries("hello", FIELDS, starts, said)
    inner = wish(made, "function 'hello'").resources
    file = tmp_path / "genesys.yaml"
    write_entries(file, [(one.kind, one.name, one.spec) for one in as_written(made).resources])
    written = read_stack_file(file).resources
    assert {one.address: one.spec for one in inner} == {one.address: one.spec for one in written}


def test_a_queue_is_made_only_where_there_is_none() -> None:
    assert [one[0] for one in entries("hello", FIELDS, "queue", "jobs")] == ["queue", "function"]
    assert [one[0] for one in entries("hello", FIELDS, "queue", "jobs", queues=frozenset({"jobs"}))] == ["function"]


@pytest.mark.parametrize(("starts", "said"), [("schedule", "now and then"), ("http", "no path"), ("queue", "a b")])
def test_what_can_not_be_is_a_mistake_with_a_fix(starts: Starts, said: str) -> None:
    with pytest.raises(WishError) as caught:
        wish(entries("hello", FIELDS, starts, said), "function 'hello'")
    assert all(problem.what and problem.fix for problem in caught.value.problems)


def test_a_pattern_is_json() -> None:
    with pytest.raises(UsageError, match="no JSON"):
        trigger_entry("event", "{source")
    with pytest.raises(UsageError, match="nothing is started"):
        trigger("moon")


STACK = """\
resources:
  serverless:
    - name: one
      source: ./one  # its code
    # the second
    - {name: two, source: ./two}
    - name: three
      source: ./three
      triggers:
        - type: url  # by hand
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "genesys.yaml"
    path.write_text(STACK)
    return path


def test_a_trigger_is_added_and_comments_stay(file: Path) -> None:
    add_trigger(file, "one", {"type": "schedule", "schedule": "rate(1 hour)"})
    add_trigger(file, "three", {"type": "queue", "queue": "jobs"}, companions({}, "queue", "jobs", NONE))
    text = file.read_text()
    assert all(comment in text for comment in ("# its code", "# the second", "# by hand"))
    wanted = {one.name: one.spec for one in read_stack_file(file).resources}
    assert wanted["one"]["triggers"] == [{"type": "schedule", "schedule": "rate(1 hour)"}]
    assert [one["type"] for one in wanted["three"]["triggers"]] == ["url", "queue"]  # type: ignore[union-attr,index,call-overload]
    assert "jobs" in wanted


@pytest.mark.parametrize(
    ("function", "entry", "words"),
    [
        ("two", {"type": "url"}, "can't be added to"),
        ("four", {"type": "url"}, "has no function"),
        ("one", {"type": "schedule"}, "mistake"),
    ],
)
def test_a_file_that_would_be_wrong_stays_as_it_was(
    file: Path, function: str, entry: dict[str, str], words: str
) -> None:
    with pytest.raises(GenesysError, match=words):
        add_trigger(file, function, entry)
    assert file.read_text() == STACK
