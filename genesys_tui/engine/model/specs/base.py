"""What every spec has in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    JsonValue,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, core_schema

from genesys_tui.engine.model.document import Document, Path
from genesys_tui.engine.model.resource import MARK_PREFIX, Reference

WISH = "wish"
"""The validation context of what a person asks for. Rules that a cloud's own contents may break look for it."""


class Part(BaseModel):
    """A record inside a spec. Frozen; unknown keys are mistakes; unset, None and a value are three things."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, defer_build=True)

    word: ClassVar[str] = ""
    """The field that a bare word in the place of the record sets: `--database postgres` is its engine."""


def _users_tags(tags: dict[str, str | None] | None) -> dict[str, str | None] | None:
    for key in tags or ():
        if key.lower().startswith(("aws:", MARK_PREFIX)):
            raise ValueError(f"tag {key!r}: the prefixes 'aws:' and '{MARK_PREFIX}' are reserved")
    return tags


def _keep_reference(value: object, validate: ValidatorFunctionWrapHandler) -> str:
    text: str = validate(value)
    return Reference(text) if isinstance(value, Reference) else text


Text = Annotated[str, WrapValidator(_keep_reference)]
"""A text that may hold references: `Reference` stays one."""


class Refers:
    """`Annotated[str, Refers("role", "arn")]`: a field that names another resource. A bare name (`role: my-role`) is a
    reference to that output of it; an id, an ARN, a URL or one of `words` stays as it is written."""

    def __init__(self, kind: str, output: str = "id", words: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.output = output
        self.words = words

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_wrap_validator_function(self._refer, handler(source))

    def _refer(self, value: object, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> str:
        text = _keep_reference(value, validate)
        if info.context != WISH or isinstance(text, Reference) or text in self.words or _IS_ID.fullmatch(text):
            return text
        return Reference(f"${{{self.kind}.{text}.{self.output}}}")


_IS_ID: Final = re.compile(r"arn:\S+|https?://\S+|[a-z]{1,12}-[0-9a-f]{8}(?:[0-9a-f]{9})?|Z[A-Z0-9]{10,}")


def _by_name(value: object) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    named: dict[str, object] = {}
    for entry in value:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
            raise ValueError("each entry needs a `name`, a text")
        if entry["name"] in named:
            raise ValueError(f"two entries are named {entry['name']!r}")
        named[entry["name"]] = {key: inner for key, inner in entry.items() if key != "name"}
    return named


ByName = BeforeValidator(_by_name)
"""`Annotated[dict[str, Rule | None], ByName]`: records by name; a file may write them as a list of named entries."""


def _in_one_text(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return (
            Reference(", ".join(map(str, value)))
            if any(isinstance(one, Reference) for one in value)
            else ", ".join(map(str, value))
        )
    return value


InOrder = Annotated[str, WrapValidator(_keep_reference), BeforeValidator(_in_one_text)]
"""A list whose order means something (layers): one text, `a, b`, since lists are compared as sets. `in_order` takes it
apart."""


def in_order(text: str) -> list[str]:
    """The parts of an `InOrder` text; those that hold references stay references."""
    return [Reference(part) if "${" in part else part for part in text.split(", ")] if text else []


def _json_text(value: object) -> object:
    return dumps(value, sort_keys=True, separators=(",", ":")) if isinstance(value, Mapping) else value


JsonText = Annotated[str, BeforeValidator(_json_text)]
"""A document of the provider's own (an event pattern), that is one value for us: compact JSON with sorted keys."""


TagKey = Annotated[str, Field(min_length=1, max_length=128)]
TagValue = Annotated[str, Field(max_length=256), WrapValidator(_keep_reference)]
Tags = Annotated[dict[TagKey, TagValue | None], AfterValidator(_users_tags)]


class Spec(Part):
    """The universal spec of a kind. Every field is optional: `None` means absent, not in `model_fields_set` unset."""

    write_only: ClassVar[frozenset[str]] = frozenset()
    """Top fields that no read can fill (a password): they are set when the resource is made, and remembered."""

    one_way: ClassVar[frozenset[str]] = frozenset()
    """Top fields that can't be put back: nobody has the earlier value (a secret's), or AWS has no way back (storage
    that grew). An undo leaves them and says so."""

    records: ClassVar[frozenset[str]] = frozenset()
    """Top fields that hold records by key (subnets): dropping all of a record removes the record."""

    never_absent: ClassVar[frozenset[str]] = frozenset()
    """Top fields that always have a value in a cloud, so that nobody can wish them away."""

    takes_aws: ClassVar[bool] = False
    """Whether `aws` may be given: parameters by AWS's own names (`DeletionProtection`), laid over ours in the create
    and update calls, and compared with what the describe call tells under the same name."""

    takes_tags: ClassVar[bool] = True
    """Whether the provider lets such a thing bear tags."""

    tags: Tags = {}
    aws: dict[str, JsonValue] | None = None

    @classmethod
    def of(cls, document: Document) -> Self:
        """The typed spec of a document that planner or state hold: validated, with unset kept unset."""
        return cls.model_validate(document)

    @classmethod
    def check_name(cls, name: str) -> str:  # noqa: ARG003 - a rule that takes every name looks at none
        """What would be right, where the provider would refuse the name; empty where it would take it."""
        return ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        """What is wrong between the fields of a wish: the path, and what would be right. What a cloud holds is never
        asked: it may be what we would refuse."""
        if self.tags and not self.takes_tags:
            yield ("tags",), "this kind has no tags: leave them out"
        if self.aws is not None and not self.takes_aws:
            yield ("aws",), "this kind has no further parameters: leave it out"
        for field in sorted(self.model_fields_set & self.never_absent):
            if getattr(self, field) is None:
                yield (field,), "leave it out, or give it a value"

    @property
    def document(self) -> Document:
        """Only what is set."""
        return self.model_dump(exclude_unset=True)

    def has(self, field: str) -> bool:
        """Whether a top field is set (None counts as set: absent)."""
        return field in self.model_fields_set
