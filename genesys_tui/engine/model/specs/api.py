"""The universal spec of an HTTP API: requests, led to functions by method and path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import ByName, Part, Refers, Spec
from genesys_tui.engine.model.specs.function import Cors

METHODS = ("ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def _path(value: object) -> object:
    """`/api/*` is `/api/{proxy+}`."""
    return f"{value[:-1]}{{proxy+}}" if isinstance(value, str) and value.endswith("/*") else value


def _methods(value: object) -> object:
    return [one.upper() if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


class Route(Part):
    """Requests of these methods to this path are the function's."""

    path: Annotated[str, BeforeValidator(_path), Field(pattern=r"^/\S*$")] | None = None
    methods: Annotated[list[str], BeforeValidator(_methods)] | None = None
    function: Annotated[str, Refers("function", "arn")] | None = None


class ApiSpec(Spec):
    """An HTTP API with one stage, which is deployed by itself."""

    records: ClassVar[frozenset[str]] = frozenset({"routes"})

    routes: Annotated[dict[str, Route | None], ByName] | None = None
    cors: Cors | None = None
    description: Annotated[str, Field(max_length=1024)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateApi, API Gateway v2 API reference; ours are told apart by name, so it is a plain one."""
        return "" if re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", name) else "1 to 128 letters, digits, dots, hyphens and _"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for name, route in (self.routes or {}).items():
            if route and (not route.path or not route.methods or not route.function):
                yield ("routes", name), "it takes `path`, `methods` and `function`"
            if route and set(route.methods or ()) - set(METHODS):
                yield ("routes", name, "methods"), f"methods are {', '.join(METHODS)}"


def route_keys(route: Mapping[str, object]) -> list[str]:
    """`GET /orders`: a key for each method of a route."""
    methods = route.get("methods")
    return [f"{method} {route.get('path')}" for method in methods] if isinstance(methods, list | tuple) else []
