"""Where steps meet whose calls go together: who is sent for, and who is left to go alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from genesys_tui.engine.executor import batches
from genesys_tui.engine.executor.batches import Batches
from genesys_tui.engine.model.call import Batch, Call


def batch(item: str, sort: str = "topic", tag: str = "mine") -> Batch:
    return Batch(Call("x", "SetMany", {"Tag": tag}), item, "Things", "Failed", sort, limit=3)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    now = [0.0]
    monkeypatch.setattr(batches, "monotonic", lambda: now[0])
    yield lambda seconds: now.__setitem__(0, now[0] + seconds)


def test_a_full_call_goes_at_once_and_the_rest_when_nobody_comes_any_more(clock: Callable[[float], None]) -> None:
    meeting = Batches()
    all_ = [batch(str(n)) for n in range(4)]
    for one in all_[:2]:
        meeting.join(one)
    assert meeting.take(all_[0]) == []  # more may come
    for one in all_[2:]:
        meeting.join(one)
    assert meeting.take(all_[1]) == [all_[1], all_[0], all_[2]]
    assert meeting.take(all_[0]) == []  # another sends for it
    assert meeting.take(all_[3]) == []
    clock(batches.GATHERING)
    assert meeting.take(all_[3]) == [all_[3]]


def test_who_leaves_is_not_sent_for(clock: Callable[[float], None]) -> None:
    meeting, one, other = Batches(), batch("one"), batch("other")
    for each in (one, other):
        meeting.join(each)
    assert meeting.leave(one)
    clock(batches.GATHERING)
    assert meeting.take(other) == [other]
    assert not meeting.leave(other)


def test_that_all_of_one_sort_fail_is_nothing_to_the_others() -> None:
    meeting, queues, topic = Batches(), [batch(str(n), "queue") for n in range(3)], batch("news")
    meeting.settle(queues, {one.item for one in queues})
    assert meeting.outcome(queues[0]) is False
    assert not meeting.open_to(batch("another", "queue"))
    assert meeting.open_to(topic)


def test_a_call_that_fails_as_a_whole_is_not_tried_again_and_another_one_is() -> None:
    meeting, topic = Batches(), batch("news")
    meeting.settle([topic], None)
    assert meeting.outcome(topic) is False
    assert not meeting.open_to(batch("jobs", "queue"))
    assert meeting.open_to(batch("jobs", "queue", tag="theirs"))


def test_what_was_done_is_known_to_each() -> None:
    meeting, one, other = Batches(), batch("one"), batch("other")
    meeting.settle([one, other], {"other"})
    assert (meeting.outcome(one), meeting.outcome(other), meeting.outcome(batch("third"))) == (True, False, None)
