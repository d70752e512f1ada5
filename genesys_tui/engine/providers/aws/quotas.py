"""What an account has room for: known before anything is sent, where a call tells it. Source: Service Quotas."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Reading


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of `what` (a plural) an account may have, and how many there are. `command`: to ask for more."""

    what: str
    most: int
    used: int
    command: str = ""


def service_quota(service: str, code: str) -> Reading[int | None]:
    """The quota by its code; None where it can't be read: then it stands in nobody's way."""
    [answer] = yield [read("service-quotas", "GetServiceQuota", {"ServiceCode": service, "QuotaCode": code})]
    if isinstance(answer, CallError) or not answer or "Value" not in answer.get("Quota", {}):
        return None
    return int(answer["Quota"]["Value"])


def asking(service: str, code: str, wanted: int) -> str:
    """The command that asks AWS for a higher quota."""
    return (
        f"aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} "
        f"--desired-value {wanted}"
    )


def refuse_beyond(quota: Quota | None, siblings: Sized, subject: str) -> None:
    """Raises GenesysError where `subject`, beside the `siblings` that the same plan makes before it, has no room."""
    if quota is None or quota.used + len(siblings) < quota.most:
        return
    planned = f", and this plan makes {len(siblings)} more before it" if siblings else ""
    raise GenesysError(
        f"{subject} can't be made: the account may have {quota.most} {quota.what}",
        why=f"{quota.used} are there already{planned}",
        todo="delete some that nobody needs, or ask AWS for more",
        command=quota.command,
    )
