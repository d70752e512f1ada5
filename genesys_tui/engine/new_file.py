"""A stack file that is to be made of what is adopted."""

from __future__ import annotations

from collections.abc import Mapping

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.resource import Fragment, Wish


def check_new_file(wish: Wish, fragments: Mapping[str, Fragment], stack: str) -> None:
    """Raises UsageError where another file names things of the stack: they would be missing in the new one, and its
    next plan would delete them."""
    ours = {one.address for one in wish.resources}
    others = [one.address for one in fragments.values() if one.origin == "file" and one.address not in ours]
    if others:
        why = f"a file names {', '.join(others[:3])} of it already, and a new one would plan to delete them"
        todo = "give another --stack, or add to that file with --into"
        raise UsageError(f"stack '{stack}' can't have a new stack file", why=why, todo=todo)
