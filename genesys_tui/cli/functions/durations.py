"""Lengths of time as options: `30s`, `10m`, `2h`, `30d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import click

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Duration(click.ParamType[timedelta]):
    """A number and its unit."""

    name = "duration"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        written = re.fullmatch(r"([0-9]{1,6})([smhdw])", value)
        if written is None:
            self.fail(f"{value!r} is no length of time: write it as 30s, 10m, 2h or 30d", param, ctx)
        return timedelta(**{UNITS[written[2]]: int(written[1])})
