"""What a plan's calls must be allowed to do. Pure: the provider says what a call needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.plan import Permissions, Step

ActionsOf = Callable[[Call], tuple[str, ...]]
PolicyOf = Callable[[Iterable[Call]], Mapping[str, object]]


def forecast(steps: Sequence[Step], actions_of: ActionsOf, policy_of: PolicyOf) -> Permissions:
    """The actions of the plan's calls, in the order in which the plan first needs them, and the policy for them and
    for all that is looked at on the way (waits, guards, finds, merges)."""
    calls = [one for step in steps for call in step.calls for one in (call, *_together(call))]
    if not calls:
        return Permissions()
    needed = dict.fromkeys(action for call in calls for action in actions_of(call))
    return Permissions(tuple(needed), policy_of(look for call in calls for look in _with_looks(call)))


def _together(call: Call) -> tuple[Call, ...]:
    return (call.batch.call,) if call.batch else ()


def _with_looks(call: Call) -> Iterator[Call]:
    yield call
    for part in (call.wait, call.guard, call.find, call.merge):
        if part is not None:
            yield part.read
