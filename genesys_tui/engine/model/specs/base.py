"""What every spec has in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from genesys_tui.engine.model.document import Document, Path
from genesys_tui.engine.model.resource import MARK_PREFIX, Reference

WISH = "wish"
"""The validation context of what a person asks for. Rules that a cloud's own contents may break look for it."""


class Part(BaseModel):
    """A record inside a spec. Frozen; unknown keys are mistakes; unset, None and a value are three things."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


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

TagKey = Annotated[str, Field(min_length=1, max_length=128)]
TagValue = Annotated[str, Field(max_length=256), WrapValidator(_keep_reference)]
Tags = Annotated[dict[TagKey, TagValue | None], AfterValidator(_users_tags)]


class Spec(Part):
    """The universal spec of a kind. Every field is optional: `None` means absent, not in `model_fields_set` unset."""

    records: ClassVar[frozenset[str]] = frozenset()
    """Top fields that hold records by key (subnets): dropping all of a record removes the record."""

    never_absent: ClassVar[frozenset[str]] = frozenset()
    """Top fields that always have a value in a cloud, so that nobody can wish them away."""

    tags: Tags = {}

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
