"""Designed errors: what failed, why, what to do, and the command to type."""

from __future__ import annotations

from typing import Literal

from genesys_tui.engine.model.resource import Mark

CallFailure = Literal[
    "denied", "throttled", "expired", "lost", "unreachable", "refused", "absent", "read-only", "cancelled", "open"
]
"""How a call failed. `lost`: it was sent, but no answer says whether it happened. `unreachable`: it was never sent.
`open`: the circuit breaker of its service is open. `refused`: any other error that the service answered."""


class GenesysError(Exception):
    """The base of every error that is shown to a person."""

    def __init__(self, what: str, *, why: str = "", todo: str = "", command: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo
        self.command = command

    def __str__(self) -> str:
        return f"{self.what}: {self.why}" if self.why else self.what


class UsageError(GenesysError):
    """Words that can't be understood. Nothing was sent."""


class NoCredentialsError(GenesysError):
    """There is no account to talk to, or the credentials are expired or wrong."""


class BlockedError(GenesysError):
    """A guardrail stands in the way."""


class LockedError(GenesysError):
    """Somebody else is changing one of these resources now."""


class MovedError(GenesysError):
    """The world moved since the plan was made. Nothing was sent."""


class Problem:
    """One mistake in what was asked for: the place, what is wrong, and what would be right."""

    __slots__ = ("fix", "mark", "what")

    def __init__(self, mark: Mark | None, what: str, fix: str = "") -> None:
        self.mark = mark
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        place = f"{self.mark}: " if self.mark else ""
        return f"{place}{self.what}" + (f" ({self.fix})" if self.fix else "")


class WishError(GenesysError):
    """Every mistake of a stack file or an intent, all at once. Nothing was sent."""

    def __init__(self, what: str, problems: tuple[Problem, ...], *, todo: str = "", command: str = "") -> None:
        super().__init__(what, why="; ".join(map(str, problems)), todo=todo, command=command)
        self.problems = problems


class CallError(GenesysError):
    """A call that failed, after the retries that its kind of failure allows."""

    def __init__(
        self,
        call: str,
        failure: CallFailure,
        code: str,
        message: str,
        *,
        action: str = "",
        command: str = "",
        todo: str = "",
    ) -> None:
        """`call`: `s3:CreateBucket`. `action`: the IAM action that is missing, for `denied`."""
        what = f"{call} failed ({code})" if failure != "denied" else f"access denied, {action or call} is missing"
        super().__init__(what, why=message, todo=todo, command=command)
        self.call = call
        self.failure = failure
        self.code = code
        self.message = message
        self.action = action
