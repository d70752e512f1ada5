"""The options of an intent, derived from the kind's spec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from genesys_tui.engine.desired.shape import Shape, shape_of
from genesys_tui.engine.desired.tree import Plain, Trail, shown
from genesys_tui.engine.desired.vocabulary import suggestion
from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.errors import Problem
from genesys_tui.engine.model.specs.base import Spec

SWITCH_WORDS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
NOTHING_WORDS = frozenset({"off", "no", "none"})


@dataclass(frozen=True, slots=True)
class Option:
    """The option that sets the field at `path`, and what it takes. `pairs`: repeated as `key=value`. `many`: several
    values, `a,b`."""

    path: Path
    shape: Shape
    pairs: bool = False
    many: bool = False

    @property
    def switch(self) -> bool:
        """on or off, and on when nothing is said."""
        return bool in self.shape.scalars

    @property
    def off(self) -> bool | None:
        """What `--no-...` sets."""
        return False if self.switch or self.shape.switches else None

    def value(self, word: str) -> Plain:
        """The word as the spec takes it: words for on, off and nothing translated, lists taken apart, all else as it
        is."""
        if self.many:
            return [part.strip() for part in word.split(",") if part.strip()]
        lowered = word.lower()
        if (self.switch or self.shape.switches) and lowered in SWITCH_WORDS:
            return SWITCH_WORDS[lowered]
        return None if int in self.shape.scalars and lowered in NOTHING_WORDS else word

    def __str__(self) -> str:
        if self.many:
            return "several, as in a,b"
        return "key=value" if self.pairs else str(self.shape)


def spelled(path: Path) -> str:
    """`lifecycle.delete-after-days`"""
    return ".".join(path).replace("_", "-")


@cache
def options_of(spec: type[Spec]) -> dict[str, Option]:
    """All options by flag, without the dashes. A nested field goes by its dotted path, and by its last word alone where
    no other field ends so (that one is listed last)."""
    options = {spelled(option.path).removesuffix("s" * option.pairs): option for option in _walk(spec, ())}
    ends = Counter(option.path[-1] for option in options.values())
    worded = {spelled(one.path[:-1]): one for one in options.values() if one.path[-1] == _word_of(spec, one.path[:-1])}
    short = {spelled(one.path[-1:]): one for one in options.values() if len(one.path) > 1 and ends[one.path[-1]] == 1}
    return options | short | worded


def _word_of(spec: type[Spec], path: Path) -> str:
    """The field that a bare word in the place of this record sets."""
    shape = shape_of(spec, path) if path else None
    return shape.part.word if shape and shape.part else ""


def _walk(spec: type[Spec], path: Path) -> Iterator[Option]:
    shape = shape_of(spec, path)
    if shape is None:
        return
    if shape.part:
        for name in shape.part.model_fields:
            yield from _walk(spec, (*path, name))
    elif shape.values:
        if shape.values.scalars == {str}:
            yield Option(path, shape, pairs=not shape.many, many=shape.many)
    elif shape.scalars or shape.choices:
        yield Option(path, shape)


class Saying:
    """The words after the kind, taken apart: names, what was asked by field, and what could not be understood."""

    def __init__(self, spec: type[Spec], words: Sequence[str]) -> None:
        self.names: list[str] = []
        self.asked: dict[str, Plain] = {}
        self.problems: list[Problem] = []
        self.words: dict[Path, str] = {}
        """What was said for each field, as it was said."""
        self.after_switch: dict[str, str] = {}
        """Words that followed a switch directly, by its flag: a name, or a value that it does not take."""
        self._spec = spec
        self._options = options_of(spec)
        self._rest = list(words)
        while self._rest:
            word = self._rest.pop(0)
            if word.startswith("--") and len(word) > 2:
                self._read_option(*word[2:].partition("="))
            elif word.startswith("-"):
                self._problem(f"{shown(word)} is no option", "options start with two dashes: `--versioning on`")
                self._skip_value()
            else:
                self.names.append(word)

    def written(self, trail: Trail) -> str:
        """What was said for a field, for a message."""
        return shown(self.words.get(tuple(map(str, trail)), ""))

    def _problem(self, what: str, fix: str) -> None:
        self.problems.append(Problem(None, what, fix))

    def _read_option(self, flag: str, equals: str, value: str) -> None:
        negated = self._options.get(flag.removeprefix("no-")) if flag.startswith("no-") else None
        option = self._options.get(flag)
        if option:
            word = value if equals else self._value_after(flag, option)
            if word is not None:
                self._set(flag, option, word)
        elif negated and not negated.pairs:
            if equals:
                self._problem(f"`--{flag}` takes no value", f"write `--{flag}` alone")
            self._put(flag, negated.path, negated.off, f"--{flag}")
        else:
            self._refuse(flag)
            if not equals:
                self._skip_value()

    def _skip_value(self) -> None:
        """After an option that we don't know: the next word is its value, rather than a second name."""
        if len(self._rest) > 1 - bool(self.names) and not self._rest[0].startswith("-"):
            self._rest.pop(0)

    def _value_after(self, flag: str, option: Option) -> str | None:
        """The word that is the option's value; a switch may go without."""
        following = self._rest[0] if self._rest else "--"
        if option.switch:
            if following.lower() in SWITCH_WORDS:
                return self._rest.pop(0)
            if not following.startswith("-"):
                self.after_switch[following] = flag
            return "on"
        if following.startswith("--"):
            self._problem(f"`--{flag}` has no value", f"it takes {option}")
            return None
        return self._rest.pop(0)

    def _set(self, flag: str, option: Option, word: str) -> None:
        if not option.pairs:
            self._put(flag, option.path, option.value(word), word)
            return
        key, equals, value = word.partition("=")
        if equals:
            self._put(f"{flag} {key}", (*option.path, key), value, value)
        else:
            self._problem(f"`--{flag}` can't be {shown(word)}", f"write `--{flag} {word}=value`")

    def _put(self, flag: str, path: Path, value: Plain, word: str) -> None:
        place = self.asked
        for key in path[:-1]:
            inner = place.setdefault(key, {})
            assert isinstance(inner, dict)  # options of one spec: no field is both a value and a record
            place = inner
        if path[-1] in place and place[path[-1]] != value:
            self._problem(f"`--{flag}` is given twice, as {shown(self.words[path])} and {shown(word)}", "keep one")
        place[path[-1]] = value
        self.words[path] = word

    def _refuse(self, flag: str) -> None:
        """Say what was probably meant by an unknown option."""
        inner = [known for known in self._options if known.startswith(f"{flag}.")]
        if inner:
            self._problem(f"`--{flag}` is set by its fields", ", ".join(f"`--{known}`" for known in inner))
        elif flag.replace("-", "_") in {*self._spec.model_fields} - {
            option.path[0] for option in self._options.values()
        }:
            self._problem(f"`--{flag}` is too much for words", "write it in a stack file: genesys.yaml")
        else:
            self._problem(f"there is no option `--{flag}`", suggestion(f"--{flag}", self._flags(), "options"))

    def _flags(self) -> list[str]:
        """The shortest flag of each option."""
        return [f"--{flag}" for flag in {option.path: flag for flag, option in self._options.items()}.values()]
