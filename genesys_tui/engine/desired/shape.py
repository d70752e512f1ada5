"""What a spec takes, read from its annotations: so that a new kind gets its options and its words without new code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from genesys_tui.engine.model.document import Path, nest
from genesys_tui.engine.model.specs.base import WISH, Part, Spec


@dataclass(frozen=True, slots=True)
class Shape:
    """What one field takes. `part`: a record of named fields; `values`: what a mapping holds by key,
    or with `many` a list."""

    scalars: frozenset[type] = frozenset()
    choices: tuple[str, ...] = ()
    part: type[Part] | None = None
    values: Shape | None = None
    many: bool = False
    optional: bool = False
    switches: tuple[str, ...] = ()
    """The words of a switch that are taken, though it is none (`encryption: on`)."""

    def __str__(self) -> str:
        words = ["on", "off"] if bool in self.scalars else list(self.switches)
        words += self.choices
        words += ["a whole number"] if int in self.scalars else []
        words += ["a number"] if float in self.scalars else []
        words += ["a text"] if str in self.scalars else []
        words += ["a mapping of keys to values"] if self.part or (self.values and not self.many) else []
        words += ["a list"] if self.many else []
        return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))

    def __or__(self, other: Shape) -> Shape:
        return Shape(
            self.scalars | other.scalars,
            self.choices + other.choices,
            self.part or other.part,
            self.values or other.values,
            self.many or other.many,
            self.optional or other.optional,
        )


def _read(annotation: object) -> Shape:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        shape = Shape()
        for one in inner:
            shape |= _read(one)
        return shape
    if origin is Annotated:
        return _read(inner[0])
    if origin is Literal:
        return Shape(choices=tuple(map(str, inner)))
    if origin is dict:
        return Shape(values=_read(inner[1]))
    if origin in {list, tuple}:
        return Shape(values=_read(inner[0]) if inner else None, many=True)
    if annotation is NoneType:
        return Shape(optional=True)
    if isinstance(annotation, type):
        return Shape(part=annotation) if issubclass(annotation, Part) else Shape(frozenset({annotation}))
    return Shape()


@cache
def shape_of(spec: type[Spec], path: Path) -> Shape | None:
    """What the field at `path` takes; None where there is no such field."""
    shape: Shape | None = Shape(part=spec)
    for key in path:
        if shape is None:
            return None
        if shape.part:
            field = shape.part.model_fields.get(key)
            shape = _read(field.annotation) if field else None
        else:
            shape = shape.values
    if shape and str in shape.scalars:
        taken = tuple(word for word, value in (("on", True), ("off", False)) if _takes(spec, path, value=value))
        return replace(shape, switches=taken)
    return shape


def _takes(spec: type[Spec], path: Path, *, value: bool) -> bool:
    try:
        spec.model_validate(nest([(path, value)]), context=WISH)
    except ValidationError:
        return False
    return True


def keys_of(spec: type[Spec], path: Path) -> Sequence[str]:
    """The keys that may stand under `path`; none where any may."""
    shape = shape_of(spec, path)
    return tuple(shape.part.model_fields) if shape and shape.part else ()
