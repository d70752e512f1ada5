"""An error as text: what failed, why, what to do, and the command to type."""

from __future__ import annotations

from genesys_tui.cli.render.paint import Paint
from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.engine.model.shown import shown


def error_text(error: GenesysError, paint: Paint) -> str:
    """The mistakes of a stack file or an intent stand on a line each, with their place."""
    lines = [paint.bad("Error:") + f" {shown(error.what)}"]
    if isinstance(error, WishError):
        lines += [f"- {shown(str(problem))}" for problem in error.problems]
    elif error.why:
        lines.append(f"Why: {shown(error.why)}")
    if error.todo:
        lines.append(f"Do: {shown(error.todo)}")
    if error.command:
        lines.append(f"Run: {shown(error.command)}")
    return "\n".join(lines)
