"""An API: a function that answers at a URL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from genesys_tui.engine.desired.outcomes.recipe import Parts, Recipe
from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.specs.base import Spec


class ApiOutcomeSpec(Spec):
    """What may be asked of an API. All but `path` is asked of its function."""

    runtime: str | None = None
    source: str | None = None
    handler: str | None = None
    memory: Annotated[int, Field(ge=128, le=10_240)] | None = None
    timeout: Annotated[int, Field(ge=1, le=900)] | None = None
    """Seconds; whoever asks is told that it failed after 30, whatever the function does then."""
    environment: dict[str, str] | None = None
    path: str | None = None

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.path is not None and not self.path.startswith("/"):
            yield ("path",), "it starts with /, as in /api/*"


class Api(Recipe[ApiOutcomeSpec]):
    """`api NAME`: an HTTP API whose every request a function answers, with its role and its log."""

    name = "api"
    title = "API"
    spec = ApiOutcomeSpec

    def sentence(self, name: str, want: ApiOutcomeSpec) -> str:
        return f"API '{name}': a function that answers HTTP requests at a URL of its own"

    def resources(self, parts: Parts, name: str, want: ApiOutcomeSpec, place: Placement) -> Reading[None]:
        yield from ()
        asked: dict[str, Any] = {"runtime": "python", **want.model_dump(exclude_unset=True, exclude={"path"})}
        trigger = {"type": "http", "path": want.path or "/*", "methods": ["ANY"]}
        parts.add("function", name, {**asked, "triggers": [trigger]})
