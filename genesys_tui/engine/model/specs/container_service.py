"""The universal spec of a container service: containers that are kept running."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Part, Refers, Spec, Text
from genesys_tui.engine.model.specs.log_group import Days

SIZES: Mapping[str, str] = {"small": "256/512", "medium": "512/1024", "large": "1024/2048", "xlarge": "2048/4096"}
"""CPU units (1024 are one vCPU) and MB of memory."""

MEMORY: Mapping[int, Collection[int]] = {
    256: (512, 1_024, 2_048),
    512: range(1_024, 4_097, 1_024),
    1_024: range(2_048, 8_193, 1_024),
    2_048: range(4_096, 16_385, 1_024),
    4_096: range(8_192, 30_721, 1_024),
    8_192: range(16_384, 61_441, 4_096),
    16_384: range(32_768, 122_881, 8_192),
}
"""By CPU units, the MB that Fargate takes with them. Source: task CPU and memory, ECS developer guide."""

_WORDS = {size: word for word, size in SIZES.items()}
_IMAGE = re.compile(r"[a-z0-9][^\s]{0,1023}|\$\{.+")


def _size(value: object) -> object:
    """What our word stands for is that word, however it is written."""
    return _WORDS.get(value, value) if isinstance(value, str) else value


def _known(size: str, info: ValidationInfo) -> str:
    if info.context != WISH or size in SIZES:
        return size
    pair = re.fullmatch(r"(\d{3,6})/(\d{3,6})", size)
    if not pair:
        raise ValueError(f"it takes {', '.join(SIZES)}, or CPU units and MB such as 512/2048")
    cpu, memory = int(pair[1]), int(pair[2])
    if cpu not in MEMORY:
        raise ValueError(f"Fargate takes {', '.join(map(str, MEMORY))} CPU units")
    if memory not in MEMORY[cpu]:
        raise ValueError(f"with {cpu} CPU units Fargate takes {', '.join(map(str, MEMORY[cpu]))} MB")
    return size


def _command(value: object) -> object:
    """One text, as a shell would read it."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return shlex.join(value)
    return value


def _readable(command: str) -> str:
    shlex.split(command)
    return command


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


def _image(image: str, info: ValidationInfo) -> str:
    if info.context == WISH and not _IMAGE.fullmatch(image):
        raise ValueError("it takes an image such as nginx:1.29, or ${repository.web.uri}:v1")
    return image


Percent = Annotated[int, Field(ge=1, le=100)]


class Scaling(Part):
    """How many containers run, by load: between `min` and `max`, so that each uses about `cpu` and `memory` percent."""

    min: Annotated[int, Field(ge=0, le=5_000)] | None = None
    max: Annotated[int, Field(ge=1, le=5_000)] | None = None
    cpu: Percent | None = None
    memory: Percent | None = None


class ContainerServiceSpec(Spec):
    """Containers on Fargate, kept running. A service `web` has a cluster of its own, `shop/web` runs in the cluster
    `shop`. `target`: the group of a load balancer that leads to its `port`. `role`: what its program may do;
    `execution_role`: what starting it takes, made with the least if unset. `network` chooses two of its subnets,
    private ones unless `public_ip` is on."""

    write_only: ClassVar[frozenset[str]] = frozenset({"network", "log_retention"})
    records: ClassVar[frozenset[str]] = frozenset({"environment", "secrets"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"image", "size", "replicas", "public_ip", "architecture"})

    cluster: Annotated[str, Refers("cluster", "name")] | None = None
    """Told by its name: leave it out."""
    image: Annotated[Text, AfterValidator(_image)] | None = None
    size: Annotated[str, BeforeValidator(_size), AfterValidator(_known)] | None = None
    architecture: Literal["x86_64", "arm64"] | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    command: Annotated[str, BeforeValidator(_command), AfterValidator(_readable)] | None = None
    environment: dict[str, Annotated[Text, BeforeValidator(_text)] | None] | None = None
    secrets: dict[str, Annotated[str, Refers("secret", "arn")] | None] | None = None
    """By variable, the secret or parameter whose value it has: AWS puts it there."""
    replicas: Annotated[int, Field(ge=0, le=5_000)] | None = None
    scaling: Scaling | None = None
    network: Annotated[str, Refers("network", "id")] | None = None
    subnets: Annotated[list[Text], Field(min_length=1)] | None = None
    security_groups: list[Annotated[str, Refers("security-group", "id")]] | None = None
    public_ip: bool | None = None
    target: Text | None = None
    grace: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Seconds after a start in which a load balancer's verdict does not count."""
    role: Annotated[str, Refers("role", "arn")] | None = None
    execution_role: Annotated[str, Refers("role", "arn")] | None = None
    log_retention: Days | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateService and CreateCluster, ECS API reference."""
        if re.fullmatch(r"([A-Za-z0-9_-]{1,255}/)?[A-Za-z0-9_-]{1,255}", name):
            return ""
        return "1 to 255 letters, digits, hyphens and underscores, after the name of a cluster and / if it shares one"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.scaling and self.replicas is not None:
            yield ("replicas",), "leave it out: `scaling` says how many"
        if self.scaling and (self.scaling.max is None or not (self.scaling.cpu or self.scaling.memory)):
            yield ("scaling",), "it takes `max`, and the percent of `cpu` or `memory` to aim at"
        if self.scaling and self.scaling.max is not None and (self.scaling.min or 1) > self.scaling.max:
            yield ("scaling", "min"), f"at most `max`, {self.scaling.max}"
        for name in sorted((self.environment or {}).keys() & (self.secrets or {}).keys()):
            yield ("secrets", name), "`environment` names it too: keep one"
        if self.grace is not None and self.has("target") and self.target is None:
            yield ("grace",), "it goes with `target`"


def names_of(name: str) -> tuple[str, str]:
    """The names of the cluster and of the service: `shop/web` is in `shop`, `web` in one of its own."""
    cluster, _, service = name.rpartition("/")
    return cluster or service, service


def joined(cluster: str, service: str) -> str:
    """What a service of that cluster is called."""
    return service if cluster == service else f"{cluster}/{service}"


def split_size(size: str) -> tuple[int, int]:
    """CPU units and MB."""
    cpu, _, memory = SIZES.get(size, size).partition("/")
    return int(cpu), int(memory)


def size_of(cpu: Any, memory: Any) -> str:
    """Our word, or both numbers."""
    size = f"{cpu}/{memory}"
    return _WORDS.get(size, size)
