"""From the common options to an open workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.options import Common, common_of
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.demo import Demo
    from genesys_tui.engine.panorama import Panorama, Places
    from genesys_tui.engine.workspace import Settings, Workspace


def begin() -> tuple[Common, Terminal]:
    """The common options of the command that runs now, and the terminal it talks to."""
    common = common_of(click.get_current_context())
    return common, Terminal(as_json=common.json, no_color=common.no_color)


@contextmanager
def opened(common: Common, wish: Wish | None = None, *, cached: bool = False) -> Iterator[Workspace]:
    """A workspace for the length of one command. Options win over what the wish says of region and stack. `cached`: on
    what was read before. Ctrl-C ends the reads that are under way."""
    from genesys_tui.engine.workspace import Workspace

    with ExitStack() as stack:
        settings = replace(_settings(common, wish, stack), cached=cached)
        workspace = stack.enter_context(closing(Workspace(settings)))
        workspace.told = _tell
        try:
            yield workspace
        except KeyboardInterrupt:
            workspace.cancel()
            raise


def _tell(line: str) -> None:
    """A build takes long: what it does is told as it begins."""
    terminal = Terminal()
    terminal.message(terminal.message_paint.faint(shown(line)))


@contextmanager
def viewed(common: Common, places: Places, *, cached: bool = False) -> Iterator[Panorama]:
    """Several regions and profiles side by side, for the length of one command."""
    from genesys_tui.engine.panorama import Panorama

    with ExitStack() as stack:
        settings = replace(_settings(common, None, stack), cached=cached)
        panorama = stack.enter_context(closing(Panorama.of(settings, places)))
        try:
            yield panorama
        except KeyboardInterrupt:
            panorama.cancel()
            raise


def _settings(common: Common, wish: Wish | None, exits: ExitStack) -> Settings:
    from genesys_tui.engine.workspace import Settings

    region = common.region or (wish.region if wish else None)
    name = common.stack or (wish.stack if wish else None)
    if not common.demo:
        return Settings(profile=common.profile, region=region, stack=name, read_only=common.read_only)
    settings = _demo(exits).settings(stack=name, read_only=common.read_only)
    return replace(settings, region=region) if region else settings


def _demo(exits: ExitStack) -> Demo:
    """The demo that a screen keeps open, else one for this command alone."""
    from genesys_tui.engine.demo import Demo

    demo = Demo.join()
    if demo is None:
        Terminal().message(
            "Starting a demo account for this command alone: it takes a few seconds, and nothing of it is kept. While "
            "`genesys-tui --demo` is open in another window, commands share its account."
        )
        demo = Demo.start()
    return exits.enter_context(demo)
