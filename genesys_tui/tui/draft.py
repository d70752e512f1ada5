"""What the wizard asked for becomes a folder of code, and a function to work on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genesys_tui.tui.bench import Work

if TYPE_CHECKING:
    from genesys_tui.engine.functions.beginning import Trigger
    from genesys_tui.engine.functions.workbench import Workbench
    from genesys_tui.engine.model.build import Language
    from genesys_tui.engine.model.resource import Desired, Wish
    from genesys_tui.engine.workspace import Workspace
    from genesys_tui.tui.engine import Engine

Origin = Literal["new", "folder", "pull", "more"]
"""Where its code comes from; `more`: it is worked on already, and something more is to start it."""


@dataclass(slots=True)
class Draft:
    """What was chosen so far. `source`: the folder of its code."""

    origin: Origin = "new"
    language: Language = "python"
    runtime: str = ""
    name: str = ""
    source: Path = field(default_factory=Path)
    trigger: Trigger | None = None


def pulled(functions: Workbench, draft: Draft) -> Work:
    """Only its code is changed: it stays whose it is."""
    from genesys_tui.engine.functions.beginning import wish

    functions.pull(draft.name, draft.source)
    fields = {"source": str(draft.source.resolve())}
    asked = wish([("function", draft.name, fields)], f"function '{draft.name}'", modify=True)
    return Work(draft.name, lambda: asked)


def made(
    workspace: Workspace, engine: Engine, draft: Draft, said: str, keep: Path | None, queues: frozenset[str]
) -> Work:
    """The folder of its code, where it is new; and what is wanted, in the stack file or in words."""
    from genesys_tui.engine.functions.beginning import as_written, entries, wish

    trigger = draft.trigger
    assert trigger is not None
    folder = draft.source.resolve()
    fields = {"runtime": draft.runtime, "source": str(folder)}
    words = wish(entries(draft.name, fields, trigger.starts, said, queues=queues), f"function '{draft.name}'")
    written: Wish | None = None
    if keep is not None:
        fields["source"] = _relative(folder, keep.resolve().parent)
        written = as_written(entries(draft.name, fields, trigger.starts, said, queues=queues))
        workspace.functions.write(keep, written, dry=True)
    if draft.origin == "new":
        workspace.functions.new(draft.source, draft.language, trigger.template)
    if keep is None or written is None:
        return Work(draft.name, lambda: words, event=trigger.event)
    workspace.functions.write(keep, written)
    return Work(draft.name, lambda: engine.read_stack_file(keep), keep, trigger.event)


def with_trigger(engine: Engine, work: Work, trigger: Trigger | None, said: str, queues: frozenset[str]) -> Work:
    """The same function, started by something more: in its stack file, or in words."""
    from genesys_tui.engine.functions.beginning import as_written, companions, entries, trigger_entry, wish

    assert trigger is not None
    [function] = [one for one in work.wish().resources if one.kind == "function" and one.name == work.name]
    if work.file is not None:
        beside = as_written(companions(function.spec, trigger.starts, said, queues))
        engine.add_trigger(work.file, work.name, trigger_entry(trigger.starts, said), beside)
        return replace(work, event=trigger.event)
    asked = entries(work.name, function.spec, trigger.starts, said, queues=queues)
    words = wish(asked, f"function '{work.name}'", modify=function.modify)
    return replace(work, wish=lambda: words, event=trigger.event)


def _relative(folder: Path, start: Path) -> str:
    return f"./{folder.relative_to(start)}" if folder.is_relative_to(start) else str(folder)


def event_of(function: Desired) -> str:
    """What to try it with first, by what starts it."""
    from genesys_tui.engine.functions.beginning import TRIGGERS

    triggers = function.spec.get("triggers")
    types = [one.get("type") for one in triggers if isinstance(one, dict)] if isinstance(triggers, list) else []
    types += ["url"] if function.spec.get("url") else ["queue"] if function.spec.get("queues") else []
    return next((one.event for one in TRIGGERS if one.starts in types), "empty")
