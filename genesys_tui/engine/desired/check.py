"""Checks a wish against its spec, and says in plain words what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from genesys_tui.engine.desired.shape import keys_of, shape_of
from genesys_tui.engine.desired.tree import Plain, Step, Trail, shown
from genesys_tui.engine.desired.vocabulary import suggestion
from genesys_tui.engine.model.references import references as outputs_in
from genesys_tui.engine.model.references import referred
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, Spec

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

S = TypeVar("S", bound=Spec)

Written = Callable[[Trail], str]
"""How the value at a trail was written, as it should be shown."""

_WRONG_TYPES = (
    "bool_",
    "int_",
    "float_",
    "finite_number",
    "string_type",
    "dict_type",
    "model_",
    "list_type",
    "literal_",
)
_CONSTRAINTS = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "it must match {pattern}",
    "value_error": "{error}",
}
"""pydantic's types of error, and what would be right."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake at a trail of what was asked. `what` is said of the field that the trail ends in."""

    trail: Trail
    what: str
    fix: str


class FlawedError(ValueError):
    """What was asked can't be a spec."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(f"{len(flaws)} flaws")
        self.flaws = flaws


def checked(spec: type[S], asked: dict[str, Plain], *, also: Sequence[str] = (), written: Written | None = None) -> S:
    """The typed spec of what was asked. `also`: keys allowed beside the spec's own. Raises FlawedError."""

    def show(trail: Trail) -> str:
        return written(trail) if written else shown(_at(asked, trail))

    flaws: list[Flaw] = []
    sound = asked
    try:
        typed = spec.model_validate(asked, context=WISH)
    except ValidationError as error:
        flaws += _explained(spec, asked, error, also, show)
        flawed = {step for flaw in flaws for step in flaw.trail[:1]}
        sound = {key: value for key, value in asked.items() if key not in flawed}
        typed = _rest(spec, sound, asked)
    for path, fix in typed.mistakes():
        trail = _walked(asked, path)
        if trail[:1] in {flaw.trail[:1] for flaw in flaws if len(trail) == 1}:
            continue  # said already
        flaws.append(Flaw(trail, f"can't be {show(trail)}", fix))
    flaws += _lost_references(sound, typed)
    if flaws:
        raise FlawedError(flaws)
    return typed


def _rest(spec: type[S], sound: dict[str, Plain], asked: Mapping[str, Plain]) -> S:
    """The spec of the sound fields alone, so that what is wrong between them is told in the same go. The other fields
    that were asked for are set too, but to their default."""
    try:
        rest = spec.model_validate(sound, context=WISH)
    except ValidationError:
        return spec()
    flawed = (asked.keys() - sound.keys()) & spec.model_fields.keys()
    return rest.model_copy(update={name: spec.model_fields[name].get_default() for name in flawed})


def _explained(
    spec: type[Spec], asked: Plain, error: ValidationError, also: Sequence[str], show: Written
) -> Iterator[Flaw]:
    by_trail: dict[Trail, ErrorDetails] = {}
    for detail in error.errors(include_url=False):
        by_trail.setdefault(_walked(asked, detail["loc"]), detail)  # a union tells once for each of its branches
    for trail, detail in by_trail.items():
        yield _flaw(spec, trail, detail, also, show)


def _flaw(spec: type[Spec], trail: Trail, detail: ErrorDetails, also: Sequence[str], show: Written) -> Flaw:
    kind, field, value = detail["type"], tuple(map(str, detail["loc"])), detail["input"]
    if kind == "extra_forbidden":
        keys = (*keys_of(spec, field[:-1]), *(also if len(field) == 1 else ()))
        return Flaw(trail, "is not known here", suggestion(field[-1], keys))
    if kind == "missing":
        return Flaw(trail, f"lacks `{field[-1]}`", "add it")
    refused = f"can't be {show(trail)}"
    if "[key]" in field:
        refused = f"can't have the key {shown(field[-2])}"
    elif kind == "value_error" and isinstance(value, Mapping | list):
        refused = "is wrong"
    if kind in _CONSTRAINTS:
        return Flaw(trail, refused, _CONSTRAINTS[kind].format_map(detail.get("ctx", {})))
    shape = shape_of(spec, tuple(map(str, trail))) or shape_of(spec, field)
    if shape is None or not kind.startswith(_WRONG_TYPES):
        return Flaw(trail, refused, detail["msg"])
    quotes = "; put quotes around it" if kind == "string_type" and isinstance(value, bool | int | float) else ""
    return Flaw(trail, refused, f"it takes {shape}{quotes}")


def _walked(asked: Plain, path: Sequence[Step]) -> Trail:
    """The trail that `path` of the spec has in what was asked: named entries of a list are entered by their name, and a
    validator's own words (a union's branch, `[key]`) are no steps."""
    trail: Trail = ()
    for step in path:
        match asked:
            case dict() if step in asked:
                trail, asked = (*trail, step), asked[str(step)]
            case list() if isinstance(step, int) and step < len(asked):
                trail, asked = (*trail, step), asked[step]
            case list():
                for place, entry in enumerate(asked):
                    if isinstance(entry, dict) and entry.get("name") == step:
                        trail, asked = (*trail, place), entry
                        break
            case _:
                pass
    return trail


def _at(asked: Plain, trail: Trail) -> Plain:
    for step in trail:
        match asked:
            case dict():
                asked = asked[str(step)]
            case list():
                asked = asked[int(step)]
            case _:
                break
    return asked


def _lost_references(asked: dict[str, Plain], typed: Spec) -> list[Flaw]:
    """References in fields that take plain values only: nobody would ever resolve them."""
    references = list(_references(asked, ()))
    if not references:
        return []
    kept = set(referred(typed.document))
    return [
        Flaw(trail, f"can't hold the reference {text}", "write the value itself")
        for trail, text in references
        if not kept.issuperset(outputs_in(text))
    ]


def _references(value: Plain, trail: Trail) -> Iterator[tuple[Trail, Reference]]:
    match value:
        case Reference():
            yield trail, value
        case dict():
            for key, inner in value.items():
                yield from _references(inner, (*trail, key))
        case list():
            for place, inner in enumerate(value):
                yield from _references(inner, (*trail, place))
        case _:
            pass
