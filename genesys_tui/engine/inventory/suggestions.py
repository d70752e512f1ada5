"""What would be better in an account that was swept: against good practice, in each other's way, or unused. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from genesys_tui.engine.inventory.conflicts import duplicates, overlaps
from genesys_tui.engine.inventory.discovery import Resource
from genesys_tui.engine.inventory.ownership import key_of
from genesys_tui.engine.inventory.practices import practices
from genesys_tui.engine.inventory.unused import unused
from genesys_tui.engine.inventory.usage import Usage
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion


def suggestions_of(resource: Resource, actual: Actual) -> tuple[Suggestion, ...]:
    """Of one whose details were read: what the sweep saw around it, and how it differs from good practice."""
    around = (one for one in resource.suggestions if one.topic != "practice")
    return (*around, *practices(replace(actual, of_aws=resource.actual.of_aws)))


def suggested(resources: Sequence[Resource], usage: Usage) -> tuple[Resource, ...]:
    """Each with its suggestions, as far as the listings tell. Of what is AWS's own nothing is said."""
    actuals = [resource.actual for resource in resources]
    found: dict[str, list[Suggestion]] = defaultdict(list)
    for actual, suggestion in chain(unused(actuals, usage), overlaps(actuals), duplicates(actuals)):
        if not actual.of_aws:
            found[key_of(actual)].append(suggestion)
    told = ((one, (*found.get(key_of(one.actual), ()), *practices(one.actual))) for one in resources)
    return tuple(replace(one, suggestions=suggestions) if suggestions else one for one, suggestions in told)
