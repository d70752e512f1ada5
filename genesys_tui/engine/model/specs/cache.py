"""The universal spec of a cache: what is kept in memory, to be read fast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Part, Refers, Spec, Text

Engine = Literal["valkey", "redis", "memcached", "memorydb"]

SIZES: Mapping[str, str] = {"small": "t4g.small", "medium": "t4g.medium", "large": "r7g.large", "xlarge": "r7g.xlarge"}
"""Our words, and the node type without AWS's prefix: `cache.` for ElastiCache, `db.` for MemoryDB."""
WORDS: Mapping[str, str] = {f"{prefix}.{type_}": word for word, type_ in SIZES.items() for prefix in ("cache", "db")}

LACKS: Mapping[str, Mapping[str, str]] = {
    "memcached": {
        "snapshot": "memcached keeps nothing: leave it out",
        "encryption": "memcached keeps nothing on a disk: leave it out",
        "multi_az": "two nodes or more stand in several zones anyway: leave it out",
    },
    "memorydb": {"multi_az": "two nodes or more stand in several zones anyway: leave it out"},
}
"""The fields that an engine does not have, and what to do."""

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


def _size(value: object) -> object:
    """What our word stands for is that word, however it is written."""
    return WORDS.get(value, value) if isinstance(value, str) else value


def _known(size: str, info: ValidationInfo) -> str:
    if info.context == WISH and size not in SIZES and not re.fullmatch(r"(cache|db)\.[a-z0-9-]+\.[a-z0-9]+", size):
        raise ValueError(f"it takes {', '.join(SIZES)}, or a node type of AWS such as cache.t4g.micro")
    return size


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _window(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not re.fullmatch(f"{_TIME}-{_TIME}", value):
        raise ValueError("it takes two times of UTC, an hour apart at least: 03:00-04:00")
    return value


class Snapshot(Part):
    """Daily snapshots: how many days they are kept (0: none are made), and when they are made."""

    retention_days: Annotated[int, Field(ge=0, le=35)] | None = None
    window: Annotated[str, AfterValidator(_window)] | None = None


class CacheSpec(Spec):
    """A cache (ElastiCache), or with the engine `memorydb` a database in memory, that loses nothing (MemoryDB for
    Valkey). `version`: the release with its first two numbers; AWS keeps up the patch; of memcached all three.
    `subnets`: in two zones at least; unset: those of the default network. `encryption` at rest: `managed`, a key of
    AWS, or a KMS key."""

    takes_aws: ClassVar[bool] = True
    write_only: ClassVar[frozenset[str]] = frozenset({"subnets"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"engine", "size", "nodes", "multi_az", "transit_encryption", "encryption", "snapshot"}
    )

    engine: Engine | None = None
    version: Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$")] | None = None
    size: Annotated[str, BeforeValidator(_size), AfterValidator(_known)] | None = None
    nodes: Annotated[int, Field(ge=1, le=40)] | None = None
    """Of memcached up to 40, that share the data; of the others up to 6, the primary one and its copies."""
    multi_az: bool | None = None
    """Whether a copy in another zone takes over where the primary node fails: it takes two nodes."""
    subnets: list[Text] | None = None
    security_groups: list[Annotated[str, Refers("security-group", "id")]] | None = None
    port: Annotated[int, Field(ge=1150, le=65_535)] | None = None
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    transit_encryption: bool | None = None
    """Whether clients must speak TLS."""
    snapshot: Snapshot | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateReplicationGroup, ElastiCache API reference; CreateCluster, MemoryDB API reference."""
        if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) and len(name) <= 40:
            return ""
        return "1 to 40 lowercase letters, digits and single hyphens, a letter first"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for field, todo in LACKS.get(self.engine or "", {}).items():
            if self.has(field):
                yield (field,), todo
        if self.nodes and self.nodes > 6 and self.engine != "memcached":
            yield ("nodes",), "1 to 6; only memcached takes up to 40"
        if self.multi_az and self.nodes == 1:
            yield ("nodes",), "2 to 6, for `multi_az` wants a copy in another zone"
        if self.version and self.engine and (self.engine == "memcached") != (self.version.count(".") == 2):
            three = self.engine == "memcached"
            yield ("version",), "all three numbers, such as 1.6.22" if three else "two numbers only, such as 7.2"
        wrong = "cache." if self.engine == "memorydb" else "db." if self.engine else None
        if self.size and wrong and self.size.startswith(wrong):
            right = "db.t4g.medium" if self.engine == "memorydb" else "cache.t4g.micro"
            yield ("size",), f"{', '.join(SIZES)}, or a node type of that service such as {right}"
