"""What goes by its tag `Name`, which several may bear. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, address_of

STACK_TAG = f"{MARK_PREFIX}stack"
STEP_TAG = f"{MARK_PREFIX}step"


def the_one(kind: str, name: str, actuals: Iterable[Actual]) -> Actual | None:
    """The one of this name: what we made for it, else one of ours, else any; None where there is none. Raises
    GenesysError where several are as good."""
    found = [one for one in actuals if name in (one.name, one.id)]
    made_for_it = f"/{address_of(kind, name)}"
    found = [one for one in found if one.tags.get(STEP_TAG, "").endswith(made_for_it)] or found
    found = [one for one in found if STACK_TAG in one.tags] or found
    if len(found) > 1:
        raise GenesysError(
            f"There are {len(found)} of kind {kind} named '{name}'",
            why=f"{', '.join(sorted(one.id for one in found))} all carry this name",
            todo="Rename all but the one you mean (its tag `Name`), or use another name",
        )
    return found[0] if found else None
