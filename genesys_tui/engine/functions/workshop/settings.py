"""How code is built: `builder.toml` in the home of Genesys, and the environment, which wins.

    builder = "auto"       # auto, container or host                       GENESYS_BUILDER
    engine = "auto"        # auto, podman, docker, finch or a path          GENESYS_ENGINE
    image = "my/image:1"   # in place of the langpack's, for all runtimes   GENESYS_IMAGE
    base = "my/lambda:1"   # what images of functions stand on              GENESYS_BASE
    options = ["--ulimit", "nofile=1024:1024"]   # more arguments of the engine's `run`
    network = "host"       # as the engine's `run --network`; else the engine's own choice
    proxy = "http://10.0.0.1:3128"   # in the container; else the proxies of the environment

`image` and `base` may also be tables by runtime: `image = { "python3.13" = "my/python:3.13" }`. `base` is in place of
the one that the langpack's Containerfile names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.model.errors import GenesysError

VARIABLES = {"GENESYS_BUILDER": "builder", "GENESYS_ENGINE": "engine", "GENESYS_IMAGE": "image", "GENESYS_BASE": "base"}
_ALLOWED = {
    "builder": "choose auto, container or host",
    "engine": "choose auto, podman, docker, finch or the path of one",
    "image": "name an image, or one for each runtime",
    "base": "name an image, or one for each runtime",
    "options": "write a list of strings",
    "network": "name a network as the engine knows it, or host",
    "proxy": "write a URL as http://HOST:PORT",
}


class BuilderSettings(BaseModel):
    """Where and in what code is built."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    builder: Literal["auto", "container", "host"] = "auto"
    engine: Annotated[str, Field(pattern=r"^(auto|podman|docker|finch|.*/.+)$")] = "auto"
    image: str | dict[str, str] = ""
    base: str | dict[str, str] = ""
    options: list[str] = []
    network: str = ""
    proxy: Annotated[str, Field(pattern=r"^$|^[a-z0-9]+://.+")] = ""

    @classmethod
    def load(cls, home: Path, environment: Mapping[str, str] = os.environ) -> BuilderSettings:
        """Those of a home and an environment. Raises GenesysError that names the file or the variable, and the key, of
        what is wrong."""
        path = home / "builder.toml"
        set_here = {key: name for name, key in VARIABLES.items() if environment.get(name)}
        values = _read(path) | {key: environment[name] for key, name in set_here.items()}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            key = str(error.errors()[0]["loc"][0])
            place = set_here.get(key) or f"{path}: {key}"
            if key not in _ALLOWED:
                raise GenesysError(f"{place} is no setting", todo=f"the settings are {', '.join(_ALLOWED)}") from error
            raise GenesysError(f"{place} can't be {values[key]!r}", todo=_ALLOWED[key]) from error

    def image_for(self, runtime: Runtime) -> str:
        """The image to build in for a runtime: the one that is named here, else the langpack's."""
        return _of(self.image, runtime.name) or runtime.image

    def base_for(self, runtime: str) -> str:
        """The image that those of functions stand on; empty: the one that the Containerfile names."""
        return _of(self.base, runtime)


def _of(named: str | Mapping[str, str], runtime: str) -> str:
    return named if isinstance(named, str) else named.get(runtime, "")


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GenesysError(f"{path} can't be read", why=str(error), todo="correct it, or take it away") from error
