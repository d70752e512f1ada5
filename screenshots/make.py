"""Makes the screenshots of the README from the demo account: `python screenshots/make.py [FOLDER]`.

It drives the real app by keys, over the real engine and the embedded account, and writes an SVG for each picture.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.engine import Engine, Where

SIZE = (104, 29)
"""Columns and lines: the fewest with a side pane, so that a README shows them large."""
LIMIT = 120.0
"""Seconds that the demo is given for each picture."""


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until it is so, and drawn."""
    ends = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError("the demo did not get so far")
        await pilot.pause(0.05)
    await pilot.pause(0.5)


def shoot(app: GenesysApp, path: Path) -> None:
    # Some renderers take the leading blanks of a text away unless they are told.
    path.write_text(app.export_screenshot(title="genesys-tui --demo").replace("<text ", '<text xml:space="preserve" '))


async def say(pilot: Pilot[None], words: str) -> None:
    """Type words after `:`."""
    named = {" ": "space", "-": "minus"}
    await pilot.press("colon", *(named.get(char, char) for char in words), "enter")


async def make(folder: Path) -> None:
    """Browse, plan, apply, undo, and write a function; a picture of each."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = Engine(Where(stack="shop"))
    with tempfile.TemporaryDirectory() as empty:
        app = GenesysApp(engine, demo=True, folder=Path(empty))
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.account.phase == "ready")
            await pilot.press("slash", *"acme", "enter", "j", "j")
            await until(pilot, lambda: "encryption" in app.export_screenshot())
            shoot(app, folder / "inventory.svg")
            await say(pilot, "network main")
            await until(pilot, lambda: app.desk.state == "ready")
            shoot(app, folder / "plan.svg")
            await say(pilot, "bucket my-first-bucket")
            await until(pilot, lambda: app.desk.plan is not None and app.desk.plan.title.endswith("bucket'"))
            await pilot.press("a", "y")
            await until(pilot, lambda: app.desk.state == "ended" and app.account.phase == "ready")
            shoot(app, folder / "applied.svg")
            await pilot.press("u")
            await until(pilot, lambda: app.desk.source is not None and app.desk.source.kind == "undo")
            shoot(app, folder / "undo.svg")
            await pilot.press("4")
            await until(pilot, lambda: app.wizard.known is not None)
            await pilot.press("enter", "enter", "enter")
            await until(pilot, lambda: app.bench.timeline.newest.planned is not None)
            await pilot.press("a", "y")
            await until(pilot, lambda: app.bench.timeline.newest.deployed is not None)
            await pilot.press("l")
            code = Path(empty) / "hello" / "lambda_function.py"
            code.write_text(code.read_text().replace("It works", "It works at each save"))
            await until(pilot, lambda: app.bench.timeline.newest.number > 0)
            newest = app.bench.timeline.newest
            await until(pilot, lambda: newest.deployed is not None and newest.invoked is not None)
            shoot(app, folder / "lambda.svg")
            app.leave()
    engine.close()


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
