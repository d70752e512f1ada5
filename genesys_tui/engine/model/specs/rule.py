"""The universal spec of a rule: when something happens, or at a time, something is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, ByName, JsonText, Part, Spec, Text

_RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)")
_CRON = re.compile(r"cron\(\S+( \S+){5}\)")


def _expression(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not _RATE.fullmatch(value) and not _CRON.fullmatch(value):
        raise ValueError("it takes rate(5 minutes), rate(1 hour), or cron(0 3 * * ? *) with six fields")
    return value


Expression = Annotated[str, AfterValidator(_expression)]
_KINDS = ("function", "queue", "topic")


def _target(value: object) -> object:
    """`function: my-function` is its ARN."""
    if not isinstance(value, Mapping):
        return value
    plain = dict(value)
    for kind in _KINDS:
        if isinstance(named := plain.pop(kind, None), str):
            known = isinstance(named, Reference) or named.startswith("arn:")
            plain["arn"] = named if known else Reference(f"${{{kind}.{named}.arn}}")
    return plain


class Target(Part):
    """What is told: `function`, `queue`, `topic`, or any other ARN. `input`: what it is told instead of the event."""

    arn: Text | None = None
    input: JsonText | None = None


TargetEntry = Annotated[Target, BeforeValidator(_target)]


class RuleSpec(Spec):
    """A rule with a `schedule` or an event `pattern`."""

    records: ClassVar[frozenset[str]] = frozenset({"targets"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"enabled", "bus"})

    schedule: Expression | None = None
    """In UTC."""
    pattern: JsonText | None = None
    enabled: bool | None = None
    description: Annotated[str, Field(max_length=512)] | None = None
    bus: Annotated[str, Field(pattern=r"^[/.A-Za-z0-9_-]+$", max_length=256)] | None = None
    targets: Annotated[dict[str, TargetEntry | None], ByName] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: PutRule, EventBridge API reference."""
        return "" if re.fullmatch(r"[.\w-]{1,64}", name, re.ASCII) else "1 to 64 letters, digits, dots, hyphens and _"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for name, target in (self.targets or {}).items():
            if target and not target.arn:
                yield ("targets", name), "it takes `function`, `queue`, `topic` or `arn`"
