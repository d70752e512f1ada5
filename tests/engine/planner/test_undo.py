"""Taking back: field by field, nothing that others changed, nothing that we did not make; and what we remember then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.planner.decide import decide_removal
from genesys_tui.engine.planner.plan import draft
from genesys_tui.engine.providers import registry
from tests.engine.planner.plays import HERE, Play, entry, words


@pytest.fixture
def play() -> Play:
    return Play()


# create ---------------------------------------------------------------------------------------------------------------
def test_undo_of_create_deletes(play: Play) -> None:
    made = play.do(words("a"))
    play.apply(play.undo(*made))
    assert (play.actuals, play.fragments) == ({}, {})


def test_undo_of_create_leaves_one_that_was_made_since_under_the_same_name(play: Play) -> None:
    first = play.do(words("a"))
    destroyed(play, "a")
    play.do(words("a"))
    plan = play.undo(*first)
    assert plan.steps == ()
    assert "another one" in plan.conflicts[0].message


def test_undo_of_create_knows_its_own_by_the_tag_of_the_step(play: Play) -> None:
    """The clock may be too coarse to tell one from the next of its name; the tag that it was made with is not."""
    made = play.do(words("a"))
    there = play.actuals["bucket.a"]
    play.actuals["bucket.a"] = replace(there, tags={**there.tags, "genesys:step": "e9/bucket.a"})
    plan = play.undo(*made)
    assert plan.steps == ()
    assert "another one" in plan.conflicts[0].message


def test_undo_of_a_create_that_never_happened_says_nothing(play: Play) -> None:
    [made] = play.do(words("a"))
    play.actuals.clear()
    play.fragments.clear()
    failed = replace(made, status="failed", remember=None)
    plan = play.undo(failed)
    assert (plan.steps, plan.conflicts) == ((), ())


# update ---------------------------------------------------------------------------------------------------------------
def test_undo_of_a_dropped_tag_brings_it_and_its_memory_back(play: Play) -> None:
    play.do(entry("a", tags={"team": "blue", "cost": "1"}))
    before = dict(play.fragments)
    dropped = play.do(entry("a", tags={"team": "blue"}), whole=True)
    assert play.spec("a")["tags"] == {"team": "blue"}
    play.apply(play.undo(*dropped))
    assert play.spec("a")["tags"] == {"team": "blue", "cost": "1"}
    assert play.fragments == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lifecycle": {"archive_after_days": 30}}, {"lifecycle": None}),
        ({"lifecycle": None}, {"lifecycle": {"archive_after_days": 30}}),
        ({"lifecycle": {"archive_after_days": 30, "delete_after_days": 90}}, {"lifecycle": {"archive_after_days": 60}}),
        ({"versioning": False}, {}),
        ({"encryption": "kms"}, {}),
        ({}, {"encryption": "kms", "tags": {"a": "b"}}),
    ],
)
def test_undo_of_a_change_remembers_what_was_remembered(
    play: Play, first: dict[str, Any], second: dict[str, Any]
) -> None:
    play.do(entry("a", **first))
    fragments, spec = dict(play.fragments), play.spec("a")
    changed = play.do(entry("a", **second))
    play.apply(play.undo(*changed))
    assert play.spec("a") == spec
    assert play.fragments == fragments
    assert play.plan(entry("a", **first)).steps == ()


def test_redo_does_it_again(play: Play) -> None:
    play.do(entry("a"))
    changed = play.do(entry("a", versioning=False, tags={"a": "b"}))
    fragments, spec = dict(play.fragments), play.spec("a")
    undone = play.apply(play.undo(*changed))
    play.apply(play.undo(*undone))
    assert (play.spec("a"), play.fragments) == (spec, fragments)


def test_undo_out_of_order_leaves_what_came_later(play: Play) -> None:
    play.do(words("a"))
    first = play.do(words("a", tags={"team": "blue"}, versioning=False))
    play.do(words("a", tags={"team": "red"}))
    plan = play.undo(*first)
    play.apply(plan)
    assert play.spec("a")["tags"] == {"team": "red"}
    assert play.spec("a")["versioning"] is True
    assert [conflict.message.split()[0] for conflict in plan.conflicts] == ["tags.team"]


def test_undo_of_an_update_leaves_another_one_of_that_name(play: Play) -> None:
    play.do(words("a"))
    changed = play.do(words("a", versioning=False))
    play.others_make("a", versioning=False)
    plan = play.undo(*changed)
    assert plan.steps == ()
    assert "another one" in plan.conflicts[0].message


def test_undo_of_words_on_top_of_a_file_leaves_it_to_the_file(play: Play) -> None:
    play.do(entry("a"))
    fragments = dict(play.fragments)
    patched = play.do(words("a", tags={"team": "blue"}))
    assert play.fragments["bucket.a"].origin == "file"
    play.apply(play.undo(*patched))
    assert play.fragments == fragments


def test_undo_of_a_file_that_took_over_leaves_it_to_the_words(play: Play) -> None:
    """Else the next plan of a file without it would delete it."""
    play.do(words("a"))
    fragments = dict(play.fragments)
    taken = play.do(entry("a", tags={"team": "blue"}))
    play.apply(play.undo(*taken))
    assert play.fragments == fragments


# adopt and forget -----------------------------------------------------------------------------------------------------
def test_undo_of_adopt_puts_back_what_it_changed_and_forgets(play: Play) -> None:
    play.others_make("a", tags={"owner": "bob"})
    before = play.spec("a")
    adopted = play.do(words("a", adopt=True, versioning=True, tags={"owner": "us", "team": "blue"}))
    play.apply(play.undo(*adopted))
    assert (play.spec("a"), play.fragments) == (before, {})


def test_redo_of_adopt_adopts_again(play: Play) -> None:
    play.others_make("a")
    adopted = play.do(words("a", adopt=True, versioning=True))
    spec, fragments = play.spec("a"), dict(play.fragments)
    forgotten = play.apply(play.undo(*adopted))
    plan = play.undo(*forgotten)
    assert [step.action for step in plan.steps] == ["adopt"]
    assert "genesys:stack" in str(list(plan.steps[0].calls))
    play.apply(plan)
    assert (play.spec("a"), play.fragments) == (spec, fragments)


def test_undo_of_adopt_leaves_what_we_made_since_under_that_name(play: Play) -> None:
    play.others_make("a")
    adopted = play.do(words("a", adopt=True))
    play.actuals.clear()
    play.apply(play.undo(*adopted))
    play.do(words("a"))
    plan = play.undo(*adopted)
    assert plan.steps == ()
    assert play.fragments.keys() == {"bucket.a"}


def test_taking_our_tags_off_is_not_called_tagging(play: Play) -> None:
    play.others_make("a", tags={"owner": "bob"})
    adopted = play.do(words("a", adopt=True, tags={"owner": "us"}))
    sentences = [line.sentence for step in play.undo(*adopted).steps for line in step.lines]
    assert not any("as ours" in sentence for sentence in sentences), sentences


# delete ---------------------------------------------------------------------------------------------------------------
def destroyed(play: Play, name: str) -> tuple[StepRecord, ...]:
    address = f"bucket.{name}"
    decision = decide_removal(registry.kind("bucket"), play.fragments[address], play._read(play.actuals)[address])
    return play.apply(draft([decision], {}, HERE, source="a test", version=0).plan)


def test_undo_of_delete_makes_it_again_and_undo_of_that_deletes_it(play: Play) -> None:
    play.others_make("a", encryption="managed", tags={"owner": "bob"})
    play.do(words("a", adopt=True, versioning=True))
    spec = play.spec("a")
    deleted = destroyed(play, "a")
    again = play.apply(play.undo(*deleted))
    assert play.spec("a") == spec
    play.apply(play.undo(*again))
    assert (play.actuals, play.fragments) == ({}, {})


def test_undo_of_delete_when_it_was_made_and_removed_by_others_since(play: Play) -> None:
    play.do(words("a"))
    deleted = destroyed(play, "a")
    play.do(words("a"))
    play.actuals.clear()
    play.apply(play.undo(*deleted))
    assert play.actuals.keys() == {"bucket.a"}


def test_undo_of_delete_refers_to_what_others_are_now(play: Play) -> None:
    refers = words("b", needs=("bucket.a",), tags={"at": Reference("${bucket.a.arn}")})
    play.do(words("a"), refers)
    fragments = dict(play.fragments)
    [b] = destroyed(play, "b")
    [a] = destroyed(play, "a")
    plan = play.undo(a, b)
    assert [(step.address, step.needs) for step in plan.steps] == [("bucket.a", ()), ("bucket.b", ("bucket.a",))]
    assert "${bucket.a.arn}" in str(list(plan.steps[1].calls))
    play.apply(plan)
    assert {name: replace(item, created=None) for name, item in play.fragments.items()} == {
        name: replace(item, created=None) for name, item in fragments.items()
    }
