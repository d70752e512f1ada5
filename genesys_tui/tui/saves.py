"""What came of each save: the loop's events folded into one record a save. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.loop import (
    About,
    BuildDone,
    Deployed,
    Failed,
    Invoked,
    LoopEvent,
    Planned,
    Saved,
    Stage,
)

KEPT = 200
"""Saves that are remembered."""


@dataclass(slots=True, eq=False)
class Save:
    """`number` 0: what was there when the loop began. `note`: what its build is at, in words. `sending`: an apply of
    its plan is under way."""

    number: int
    at: datetime
    names: tuple[str, ...] = ()
    about: frozenset[About] = frozenset()
    built: BuildDone | None = None
    invoked: Invoked | None = None
    planned: Planned | None = None
    deployed: Deployed | None = None
    failed: dict[Stage, GenesysError] = field(default_factory=dict)
    note: str = ""
    sending: bool = False
    by_hand: bool = False
    """It was applied by a key, not by being live."""
    asked: bool = False
    """It is run with an event."""

    @property
    def unsent(self) -> bool:
        """There was nothing to send from it: it could not be built."""
        return "read" in self.failed or "build" in self.failed

    @property
    def changes(self) -> bool:
        """Its plan changes something, and was not applied."""
        return self.planned is not None and self.planned.width != "nothing" and self.deployed is None


class Timeline:
    """The saves, newest first. It begins with what was there."""

    def __init__(self, at: datetime, *, asked: bool = True) -> None:
        """`asked`: each save is run with an event."""
        self._asked = asked
        self.saves: list[Save] = [Save(0, at, asked=asked)]

    @property
    def newest(self) -> Save:
        return self.saves[0]

    @property
    def last_built(self) -> BuildDone | None:
        """The newest build that there is."""
        return next((save.built for save in self.saves if save.built), None)

    @property
    def waiting(self) -> Save | None:
        """The newest save, where its plan waits to be applied."""
        return self.newest if self.newest.changes and not self.newest.sending else None

    def take(self, event: LoopEvent) -> Save | None:
        """One event further. The save it is about; None where that is forgotten already."""
        if isinstance(event, Saved):
            self.saves.insert(0, Save(event.save, event.at, event.names, event.about, asked=self._asked))
            del self.saves[KEPT:]
        save = next((one for one in self.saves if one.number == event.save), None)
        if save is None:
            return None
        match event:
            case Saved():
                pass
            case BuildDone():
                save.built, save.note = event, ""
                # The code is the same: what it answered before stands.
                save.asked = save.asked and (not event.same or "configuration" in save.about)
            case Invoked():
                save.invoked, save.asked = event, True
                save.failed.pop("invoke", None)
            case Planned():
                save.planned = event
                save.failed.pop("plan", None)
            case Deployed():
                save.deployed, save.sending = event, False
                save.failed.pop("deploy", None)
            case Failed(stage=stage, error=error):
                save.failed[stage], save.note = error, ""
                save.sending = save.sending and stage not in ("plan", "deploy")
        return save
