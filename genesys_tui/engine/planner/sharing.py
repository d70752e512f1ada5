"""What is shared is deleted only where nobody uses it after the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from genesys_tui.engine.model.kind import Facts
from genesys_tui.engine.model.plan import Finding
from genesys_tui.engine.planner.decide import Decision

NAMED = 3
"""How many users a finding names."""


def left_to_others(decided: Sequence[Decision], facts: Mapping[str, Facts]) -> tuple[list[Decision], list[Finding]]:
    """The decisions, in which what others go on using is only forgotten; and what is to be said of that."""
    left: list[Decision] = []
    said: list[Finding] = []
    for item in decided:
        users = _users(item, facts.get(item.address), decided)
        left.append(replace(item, verdict="forget") if users else item)
        if users:
            message = f"{item.kind.title} '{item.name}' stays: used by {_names(users)}"
            said.append(Finding("note", item.address, message))
    return left, said


def _users(item: Decision, facts: Facts, decided: Sequence[Decision]) -> list[str]:
    """Of what is shared and would be deleted, the ARNs of those that use it after the plan too."""
    if not (item.verdict == "delete" and item.kind.shared and item.actual):
        return []
    id = item.actual.id
    return [one for one in item.kind.users(item.actual, facts) if not any(_leaves(one, id, by) for by in decided)]


def _leaves(user: str, id: str, by: Decision) -> bool:
    """Whether the decision deletes the user, with all that was published of it; or takes the thing from it."""
    arn = by.actual.arn if by.actual else ""
    if by.verdict == "delete" and arn:
        return user == arn or user.startswith(f"{arn}:")
    return user == arn and any(id in str(one.before) and id not in str(one.after) for one in by.changes)


def _names(users: Sequence[str]) -> str:
    names = ", ".join(one.partition(":function:")[2] or one for one in users[:NAMED])
    return f"{names} and {len(users) - NAMED} more" if len(users) > NAMED else names
