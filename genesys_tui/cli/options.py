"""The options that every command takes, before its name or after it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

import click

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.identity import REGION, STACK, STACK_RULE


@dataclass
class Common:
    """What the common options say. None: as boto3, the stack file or the default has it."""

    profile: str | None = None
    region: str | None = None
    stack: str | None = None
    state: str | None = None
    read_only: bool = False
    demo: bool = False
    json: bool = False
    yes: bool = False
    no_color: bool = False

    def place(self) -> list[str]:
        """The options that say where to work."""
        named = (("--profile", self.profile), ("--region", self.region), ("--stack", self.stack))
        options = [text for option, value in named if value is not None for text in (option, value)]
        return [*options, *(["--demo"] if self.demo else [])]

    def command(self, *words: str) -> str:
        """The command that runs `words` in the same place, to be typed or pasted into a shell."""
        return shlex.join(["genesys", *words, *self.place()])


def common_of(context: click.Context) -> Common:
    """The common options given so far."""
    return context.ensure_object(Common)


def common_options() -> list[click.Parameter]:
    """Fresh click options, for the root or for a command."""
    return [
        _option("--profile", metavar="NAME", help="AWS profile (else AWS_PROFILE)."),
        _option("--region", metavar="REGION", help="AWS region (else AWS_REGION or the profile's)."),
        _option("--stack", metavar="NAME", help="The stack: what is managed together."),
        _option("--state", type=click.Choice(["local", "s3"]), help="Where state is kept (s3 is not built yet)."),
        _option("--read-only", is_flag=True, help="Refuse whatever would change something."),
        _option("--demo", is_flag=True, help="Work on the demo account; no credentials needed."),
        _option("--json", is_flag=True, help="Print one JSON document to stdout; messages go to stderr."),
        _option("--yes", is_flag=True, help="Don't ask before changing something."),
        _option("--no-color", is_flag=True, help="No colours (so does NO_COLOR)."),
    ]


def _option(name: str, **attributes: Any) -> click.Option:
    return click.Option([name], default=None, expose_value=False, callback=_keep, **attributes)


def _keep(context: click.Context, option: click.Parameter, value: str | bool | None) -> None:
    """Only what was given counts, so that a command leaves alone what stood before its name."""
    if value is None or option.name is None:
        return
    if (option.name, value) == ("state", "s3"):
        raise UsageError("--state s3 is known, but not built yet", todo="leave it out: state is kept on this machine")
    if option.name == "stack" and not STACK.fullmatch(str(value)):
        raise UsageError(f"--stack can't be {value!r}", why="a stack's name goes into tags and files", todo=STACK_RULE)
    if option.name == "region" and not REGION.fullmatch(str(value)):
        raise UsageError(f"--region can't be {value!r}", todo="name one such as us-east-1")
    setattr(common_of(context), option.name, value)
