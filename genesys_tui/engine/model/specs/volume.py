"""The universal spec of a volume: a disk that lives longer than the instances it is attached to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Refers
from genesys_tui.engine.model.specs.named import NamedByTag

SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "gp3": (1, 65_536),
    "gp2": (1, 16_384),
    "io1": (4, 16_384),
    "io2": (4, 65_536),
    "st1": (125, 16_384),
    "sc1": (125, 16_384),
    "standard": (1, 1024),
}
"""The least and the most GB of each type. Source: "Amazon EBS volume types", EBS user guide."""

IOPS: Final[Mapping[str, tuple[int, int]]] = {"gp3": (3000, 80_000), "io1": (100, 64_000), "io2": (100, 256_000)}
"""The least and the most of each type that takes them. Source: as above."""


def _zone(value: str) -> str:
    if not (len(value) == 1 and value.isascii() and value.islower()):
        raise ValueError("it takes the letter of a zone, such as a")
    return value


class VolumeSpec(NamedByTag):
    """A disk. `encryption`: `managed` (the key that AWS keeps for volumes) or a KMS key."""

    takes_aws: ClassVar[bool] = True
    one_way: ClassVar[frozenset[str]] = frozenset({"size"})
    """A volume can't shrink."""
    never_absent: ClassVar[frozenset[str]] = frozenset({"size", "volume_type", "iops", "throughput", "zone"})

    size: Annotated[int, Field(ge=1, le=65_536)] | None = None
    """GB; it can only grow."""
    volume_type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1", "standard"] | None = None
    iops: Annotated[int, Field(ge=100, le=256_000)] | None = None
    """Reads and writes a second."""
    throughput: Annotated[int, Field(ge=125, le=2000)] | None = None
    """MiB a second."""
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    """The letter of its zone (`a`): only instances there can use it."""
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    snapshot: Annotated[str, Field(pattern=r"^snap-[0-9a-f]{8,17}$")] | None = None
    """The snapshot that it starts as."""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.volume_type and self.size:
            least, most = SIZES[self.volume_type]
            if not least <= self.size <= most:
                yield ("size",), f"{self.volume_type} takes {least:,} to {most:,} GB"
        if self.iops and self.volume_type:
            if self.volume_type not in IOPS:
                yield ("iops",), f"only {', '.join(IOPS)} take it"
            elif not IOPS[self.volume_type][0] <= self.iops <= IOPS[self.volume_type][1]:
                yield ("iops",), "{} takes {:,} to {:,}".format(self.volume_type, *IOPS[self.volume_type])
        if self.throughput and self.volume_type and self.volume_type != "gp3":
            yield ("throughput",), "only gp3 takes it"
        if self.volume_type in ("io1", "io2") and not self.iops:
            yield ("volume_type",), "it needs `iops` too"
        if self.throughput and self.iops and self.throughput > self.iops / 4:
            yield ("throughput",), "at most 1 MiB a second for each 4 IOPS"
