"""What is to be done: a file is the whole wish, words are a patch, and nothing else is touched."""

from __future__ import annotations

import pytest

from genesys_tui.engine.model.resource import Reference
from tests.engine.planner.plays import Play, entry, words


@pytest.fixture
def play() -> Play:
    return Play()


def test_the_same_again_is_nothing(play: Play) -> None:
    for wish in (words("a", tags={"x": "y"}), entry("b", encryption="kms")):
        play.do(wish)
        assert play.plan(wish).steps == ()


def test_words_keep_what_the_file_needs(play: Play) -> None:
    play.do(entry("a"), entry("b", needs=("bucket.a",)))
    play.do(words("b", versioning=False))
    assert play.fragments["bucket.b"].needs == ("bucket.a",)
    order = [step.address for step in play.plan(whole=True).steps]
    assert order == ["bucket.b", "bucket.a"]


def test_what_refers_to_something_made_anew_is_changed_in_the_same_plan(play: Play) -> None:
    refers = {"at": Reference("${bucket.a.id}")}
    play.do(words("a"), words("b", needs=("bucket.a",), tags=refers))
    del play.actuals["bucket.a"]
    plan = play.plan(words("b", needs=("bucket.a",), tags=refers), words("a"))
    assert [(step.address, step.action, step.needs) for step in plan.steps] == [
        ("bucket.a", "create", ()),
        ("bucket.b", "update", ("bucket.a",)),
    ]


def test_a_dropped_field_goes_back_to_its_default_and_a_foreign_one_stays(play: Play) -> None:
    play.do(entry("a", encryption="kms", lifecycle={"archive_after_days": 30}, tags={"team": "blue"}))
    play.others_change("a", tags={"theirs": "1"}, lifecycle={"delete_after_days": 9})
    play.do(entry("a"))
    there = play.spec("a")
    assert there["encryption"] == "managed"
    assert there["tags"] == {"theirs": "1"}
    assert there["lifecycle"] == {"delete_after_days": 9}
    assert play.plan(entry("a")).steps == ()
