"""What a wish for one thing brings along: roles and logs with addresses of their own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from genesys_tui.engine.model.references import referred
from genesys_tui.engine.model.resource import Desired, Fragment, address_of
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.providers import registry

RETENTION = 30
"""Days that the log of a program is kept, if nothing is said."""


def standing(desired: Desired, fragment: Fragment | None) -> Literal["theirs", "patched", "ours"]:
    """Whose it is: others made it; it is ours, and words change some of it; or it is ours as a whole."""
    if (desired.adopt or desired.modify) if fragment is None else fragment.adopted:
        return "theirs"
    if fragment is not None and not fragment.pending and not desired.complete:
        return "patched"
    return "ours"


def beside(
    desired: Desired, kind: str, name: str, spec: Mapping[str, Any], needs: tuple[str, ...] = (), *, adopt: bool = False
) -> Desired:
    """A companion, as a stack file would ask for it: it needs what it refers to too. `adopt`: it is taken over where it
    is there."""
    document = registry.kind(kind).spec.model_validate(spec, context=WISH).document
    named = {str(output.address) for output in referred(document)}
    needs = (*needs, *(address for address in desired.needs if address in named))
    return Desired(
        address_of(kind, name),
        kind,
        name,
        document,
        complete=desired.complete,
        adopt=adopt or desired.adopt,
        needs=tuple(dict.fromkeys(needs)),
        mark=desired.mark,
        outcome=desired.outcome,
    )
