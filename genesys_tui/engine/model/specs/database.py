"""The universal spec of a relational database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Part, Refers, Spec, Text

SIZES: Mapping[str, str] = {
    "small": "db.t4g.small",
    "medium": "db.t4g.medium",
    "large": "db.r6g.large",
    "xlarge": "db.r6g.xlarge",
}
Engine = Literal["postgres", "mysql", "mariadb", "aurora-postgres", "aurora-mysql"]
_WORDS = {size: word for word, size in SIZES.items()}
_MINUTES = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")


def _size(value: object) -> object:
    """What our word stands for is that word, however it is written."""
    return _WORDS.get(value, value) if isinstance(value, str) else value


def _known(size: str, info: ValidationInfo) -> str:
    if info.context == WISH and size not in SIZES and not re.fullmatch(r"db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)", size):
        raise ValueError(f"it takes {', '.join(SIZES)}, or a class of RDS such as db.t4g.micro")
    return size


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _window(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not _MINUTES.fullmatch(value):
        raise ValueError("it takes two times of UTC, half an hour apart at least: 03:00-04:00")
    return value


def _engine(value: object) -> object:
    return "aurora-postgres" if value == "aurora-postgresql" else value


class Backup(Part):
    """Daily backups: how many days they are kept, and when they are made."""

    retention_days: Annotated[int, Field(ge=0, le=35)] | None = None
    window: Annotated[str, AfterValidator(_window)] | None = None


class DatabaseSpec(Spec):
    """A database. `version`: the major one; AWS keeps up the minor. Its password is made and kept by Secrets Manager:
    the output `secret_arn` says where. `subnets`: in two zones at least; unset: those of the default network.
    `encryption`: `managed`, the account's key for RDS, or a KMS key; AWS does not tell one from the other.

    An Aurora engine makes a cluster, whose storage grows by itself, with one instance of this size, and with `multi_az`
    a second one that takes over. The smallest of Aurora is medium: small is taken for it."""

    takes_aws: ClassVar[bool] = True
    write_only: ClassVar[frozenset[str]] = frozenset({"subnets", "encryption"})
    one_way: ClassVar[frozenset[str]] = frozenset({"storage"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"engine", "size", "storage", "multi_az", "public", "deletion_protection", "encryption", "username"}
    )

    engine: Annotated[Engine, BeforeValidator(_engine)] | None = None
    version: Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]+(\.[0-9]+)?$")] | None = None
    size: Annotated[str, BeforeValidator(_size), AfterValidator(_known)] | None = None
    storage: Annotated[int, Field(ge=20, le=65_536)] | None = None
    """GB; it grows, and never shrinks. Not of Aurora."""
    multi_az: bool | None = None
    backup: Backup | None = None
    subnets: list[Text] | None = None
    security_groups: list[Annotated[str, Refers("security-group", "id")]] | None = None
    public: bool | None = None
    port: Annotated[int, Field(ge=1150, le=65_535)] | None = None
    username: Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,15}$")] | None = None
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    deletion_protection: bool | None = None
    iam_auth: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _smallest_of_aurora(cls, document: Any) -> Any:
        if not isinstance(document, Mapping) or not is_aurora(document.get("engine")):
            return document
        return {**document, "size": "medium"} if _size(document.get("size")) == "small" else document

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateDBInstance, RDS API reference."""
        if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) and len(name) <= 63:
            return ""
        return "1 to 63 lowercase letters, digits and single hyphens, a letter first"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if is_aurora(self.engine) and self.storage:
            yield ("storage",), "leave it out: the storage of Aurora grows by itself"
        if is_aurora(self.engine) and self.backup and self.backup.retention_days == 0:
            yield ("backup", "retention_days"), "1 to 35: Aurora is always backed up"
        if self.engine in ("postgres", "aurora-postgres") and self.version and "." in self.version:
            yield ("version",), "the major version only, such as 16: AWS keeps up the minor"
        if self.engine in ("mysql", "mariadb", "aurora-mysql") and self.version and "." not in self.version:
            yield ("version",), "the release with its first two numbers, such as 8.0"
        if self.username and self.username.lower() in ("admin", "postgres", "root", "rdsadmin", "user"):
            yield ("username",), "another one: engines keep such names for themselves"


def is_aurora(engine: object) -> bool:
    """Whether the engine makes a cluster."""
    return isinstance(engine, str) and engine.startswith("aurora")


def major(engine: str, version: Any) -> str:
    """`14` of 14.12 for postgres, `8.0` of 8.0.35 for the others."""
    numbers = str(version).split(".")
    return ".".join(numbers[: 1 if "postgres" in engine else 2])
