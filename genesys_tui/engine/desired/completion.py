"""What may be typed next in an intent: actions, kinds, and the options of a kind with their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from genesys_tui.engine.desired.options import options_of
from genesys_tui.engine.desired.outcomes import catalog
from genesys_tui.engine.desired.vocabulary import ACTIONS
from genesys_tui.engine.model.specs.base import Spec
from genesys_tui.engine.providers import registry


def complete_intent(words: Sequence[str], incomplete: str) -> list[tuple[str, str]]:
    """Every word that may follow `words` and starts with `incomplete`, with what it takes or is."""
    return [(word, meaning) for word, meaning in _candidates(words, incomplete) if word.startswith(incomplete)]


def _candidates(words: Sequence[str], incomplete: str) -> Iterator[tuple[str, str]]:
    name = next((word for word in words if word in registry.names() or word in catalog.names()), None)
    if name is None:
        yield from ((outcome, "outcome") for outcome in catalog.names())
        yield from ((kind, registry.section(kind)) for kind in registry.names() if kind not in catalog.names())
        if not words:
            yield from ((action, "action") for action in ACTIONS)
        return
    options = options_of(_spec(name))
    before = options.get(words[-1].removeprefix("--")) if words[-1].startswith("--") else None
    if before and before.switch:
        yield from ((word, "") for word in ("on", "off"))
    elif incomplete.startswith("-"):
        shortest = {option.path: flag for flag, option in options.items()}
        yield from ((f"--{flag}", str(options[flag])) for flag in shortest.values())


def _spec(name: str) -> type[Spec]:
    spec: type[Spec] = catalog.recipe(name).spec if name in catalog.names() else registry.spec(name)
    return spec
