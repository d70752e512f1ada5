"""What Lambda would refuse, known before anything is sent: the limits of the account, and queues that show a message
again while the function still works on it. Source: Lambda quotas; "Using Lambda with Amazon SQS", AWS documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.function import FunctionSpec

KEPT_FREE = 100
"""Concurrent runs of an account that no function can reserve."""
ADVISED = 6
"""How many times the function's timeout a queue should hide a message."""
NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


@dataclass(frozen=True, slots=True)
class Limits:
    """`free`: concurrent runs that nothing has reserved yet. `code_full`: whether the code storage of the account is
    used up. `visibility`: seconds, by the names of queues that are there. None and missing: not known. `alone`: before
    a delete, whether no other function shares its network interfaces."""

    free: int | None = None
    code_full: bool = False
    visibility: Mapping[str, int] = field(default_factory=dict)
    alone: bool = False


def limits(want: FunctionSpec, have: Actual | None) -> Reading[Limits]:
    """What a create, a change or a delete of this must know. What can't be read stands in nobody's way."""
    if have is not None and not want.model_fields_set:
        return Limits(alone=(yield from _alone(have)))
    before: Any = have.spec.get("queues") if have else {}
    changed = have is None or want.has("timeout") or want.has("queues")
    wanted = {name: one.queue for name, one in (want.queues or {}).items() if one and one.queue}
    sources = {**{name: one["queue"] for name, one in (before or {}).items()}, **wanted} if changed else {}
    about_account = have is None or want.concurrency is not None
    answers = yield [
        *([read("lambda", "GetAccountSettings")] if about_account else []),
        *(_visibility(queue) for queue in sources.values()),
    ]
    account = answers.pop(0) if about_account else {}
    told = {name: answer for name, answer in zip(sources, answers, strict=True) if isinstance(answer, int)}
    return Limits(visibility=told) if isinstance(account, CallError) else _of_account(account or {}, told)


def _alone(have: Actual) -> Reading[bool]:
    """Functions in the same subnets and security groups share network interfaces."""
    own = [set(ids) for ids in network_of(have)]
    if not all(own):
        return False
    [answer] = yield [read("lambda", "ListFunctions", paginate=True)]
    if isinstance(answer, CallError):
        return False
    others = (one.get("VpcConfig") or {} for one in answer.get("Functions", ()) if one["FunctionName"] != have.id)
    return not any(
        own[0].intersection(one.get("SubnetIds", ())) and own[1].intersection(one.get("SecurityGroupIds", ()))
        for one in others
    )


def network_of(have: Actual) -> tuple[Sequence[str], Sequence[str]]:
    """The ids of the subnets and of the security groups that it works in."""
    network: Mapping[str, Any] = have.provider_data.get("configuration", {}).get("VpcConfig") or {}
    return network.get("SubnetIds") or (), network.get("SecurityGroupIds") or ()


def _visibility(queue: str) -> Reading[int | None]:
    owner = {"QueueOwnerAWSAccountId": queue.split(":")[4]} if queue.startswith("arn:") else {}
    found = yield read("sqs", "GetQueueUrl", {"QueueName": name_in(queue), **owner}, absent_on=NO_QUEUE)
    if found is None:
        return None
    params = {"QueueUrl": found["QueueUrl"], "AttributeNames": ["All"]}
    answer = yield read("sqs", "GetQueueAttributes", params, absent_on=NO_QUEUE)
    seconds = (answer or {}).get("Attributes", {}).get("VisibilityTimeout")
    return None if seconds is None else int(seconds)


def _of_account(account: Mapping[str, Any], visibility: Mapping[str, int]) -> Limits:
    limit, usage = account.get("AccountLimit", {}), account.get("AccountUsage", {})
    most, used = limit.get("TotalCodeSize"), usage.get("TotalCodeSize")
    full = most is not None and used is not None and used >= most
    return Limits(limit.get("UnreservedConcurrentExecutions"), full, visibility)


def refuse_too_much(name: str, want: FunctionSpec, known: Limits, have: Actual | None = None) -> None:
    """Raises GenesysError for what the account has no room for."""
    if known.code_full and have is None:
        raise GenesysError(
            f"function '{name}' can't be made",
            why="the code storage of this account and region is used up",
            todo="delete versions that nobody uses, or ask AWS for a higher quota (Lambda: function and layer storage)",
        )
    if known.free is None or want.concurrency is None:
        return
    reserved = have.spec.get("concurrency") if have else None
    left = max(known.free + (reserved if isinstance(reserved, int) else 0) - KEPT_FREE, 0)
    if want.concurrency > left:
        raise GenesysError(
            f"function '{name}' can't reserve {want.concurrency} concurrent runs",
            why=f"the account has {left} left to reserve, for Lambda keeps {KEPT_FREE} for all functions",
            todo=f"reserve at most {left}, or ask AWS for a higher quota (Lambda: concurrent executions)",
        )


def shown_again(timeout: int | None, visibility: Mapping[str, int]) -> dict[str, str]:
    """What is wrong with queues that hide a message for less time than the function may work on it, by name."""
    return {
        name: f"It hides a message for {seconds} s now, and Lambda wants {timeout} s or more: set its "
        f"`visibility_timeout`, best to {min(timeout * ADVISED, 43_200)}"
        for name, seconds in visibility.items()
        if timeout is not None and seconds < timeout
    }
