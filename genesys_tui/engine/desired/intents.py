"""Words into a wish: `create bucket my-data --versioning off`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.desired.options import Saying, options_of, spelled
from genesys_tui.engine.desired.outcomes import catalog
from genesys_tui.engine.desired.tree import shown
from genesys_tui.engine.desired.tree import spelled as spelled_trail
from genesys_tui.engine.desired.vocabulary import ACTIONS, meant, suggestion
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import Problem, UsageError, WishError
from genesys_tui.engine.model.resource import Desired, Outcome, Wish, address_of
from genesys_tui.engine.model.specs.base import Spec
from genesys_tui.engine.providers import registry

_EXAMPLE = "genesys execute bucket my-data --versioning on"
_REMOVALS = ("delete", "destroy", "remove")
_FILES = "a stack file stands alone, and its name ends in .yaml, .yml or .toml; a saved plan is for `genesys apply`"


def parse_intent(words: Sequence[str]) -> Wish:
    """`[create|adopt|modify] KIND NAME [--option value]...`: single fields of one resource, the others left alone.

    Options may stand anywhere after the kind. Raises UsageError where nothing is asked, WishError with every mistake.
    """
    if len(words) == 1 and " " in words[0]:
        words = _split(words[0])
    if not words:
        raise UsageError("nothing was asked", todo="Say what you want: a kind and a name.", command=_EXAMPLE)
    source = " ".join(words)
    if broken := [word for word in words if not _is_text(word)]:
        problems = tuple(Problem(None, f"{shown(word)} is not valid UTF-8", "type it anew") for word in broken)
        raise WishError(f"can't understand {shown(source)}", problems, command=_EXAMPLE)
    action, rest = (words[0], words[1:]) if words[0] in ACTIONS else ("create", words)
    if action == "create" and rest and rest[0] in catalog.names():
        return Wish((), source, outcomes=(_outcome(rest[0], rest[1:], source),))
    if problem := _kind_problem(rest):
        raise WishError(f"can't understand {shown(source)}", (problem,), command=_EXAMPLE)
    kind, *said = rest
    name, spec = _resource(kind, said, source)
    there = action in ("adopt", "modify")
    return Wish((Desired(address_of(kind, name), kind, name, spec, adopt=action == "adopt", modify=there),), source)


def _split(line: str) -> Sequence[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"can't understand {shown(line)}", why=str(error), command=_EXAMPLE) from None


def _is_text(word: str) -> bool:
    """False for what a shell passed on that is not in the terminal's encoding."""
    return not any("\ud800" <= sign <= "\udfff" for sign in word)


def _kind_problem(words: Sequence[str]) -> Problem | None:
    """Why the first word is no kind that can be built."""
    kinds = tuple(sorted({*registry.names(), *catalog.names()}))
    if not words:
        return Problem(None, "no kind is named", f"kinds: {', '.join(kinds)}")
    word = words[0]
    if word in kinds:
        return None
    if word.startswith("-"):
        return Problem(None, f"{shown(word)} stands before the kind", "write KIND NAME first, then the options")
    if word.lower() in _REMOVALS:
        return Problem(None, f"{shown(word)} is no action", "`genesys destroy` removes what a stack owns")
    if len(words) > 1 and words[1] in kinds:
        return Problem(None, f"{shown(word)} is no action", suggestion(word, ACTIONS, "actions"))
    if "/" in word or "." in word:
        return Problem(None, f"{shown(word)} is no kind of resource", _FILES)
    near = meant(word, kinds) or meant(word, ACTIONS)
    fix = f"kinds: {', '.join(kinds)}"
    return Problem(None, f"{shown(word)} is no kind of resource", f"did you mean {near!r}? {fix}" if near else fix)


def _resource(kind: str, words: Sequence[str], source: str) -> tuple[str, Document]:
    """The name and the document that the words after the kind come to. Raises WishError."""
    spec = registry.spec(kind)
    said = Saying(spec, words)
    document = _document(kind, spec, said, _name_problems(kind, spec, said), source)
    return said.names[0], document


def _outcome(word: str, words: Sequence[str], source: str) -> Outcome:
    """The outcome that the words after its own come to: named by its first word, or by a field. Raises WishError."""
    recipe = catalog.recipe(word)
    spec: type[Spec] = recipe.spec
    said = Saying(spec, words)
    field = recipe.named_by
    if field and said.names and field not in said.asked:
        said.asked[field] = said.names.pop(0)
    named = [str(said.asked[field])] if field and field in said.asked else said.names[:1]
    extra = said.names if field else said.names[1:]
    problems = [Problem(None, f"there is a name too many, {shown(other)}", "keep one") for other in extra]
    if not named:
        fix = f"write `--{spelled((field,))}` and what it is" if field else f"write it after {word!r}"
        problems.append(Problem(None, f"the {word} has no {field or 'name'}", fix))
    return Outcome(word, "".join(named), _document(word, spec, said, problems, source))


def _document(word: str, spec: type[Spec], said: Saying, problems: list[Problem], source: str) -> Document:
    """What was said, validated. Raises WishError with these problems and all others."""
    problems = said.problems + problems
    document: Document = {}
    try:
        document = checked(spec, said.asked, written=said.written).document
    except FlawedError as error:
        flags = {option.path: flag for flag, option in options_of(spec).items()}
        for flaw in error.flaws:
            path = tuple(map(str, flaw.trail))
            flag = flags.get(path) or flags.get(path[:1]) or spelled(path)
            about = f"`--{flag}`" if path in flags else f"`--{flag}` ({spelled_trail(flaw.trail)})"
            problems.append(Problem(None, f"{about} {flaw.what}", flaw.fix))
    if problems:
        raise WishError(
            f"can't understand {shown(source)}", tuple(problems), command=f"genesys execute {word} my-{word}"
        )
    return document


def _name_problems(kind: str, spec: type[Spec], said: Saying) -> list[Problem]:
    if not said.names:
        return [Problem(None, f"the {kind} has no name", f"write it after {kind!r}")]
    name, *others = said.names
    problems = [
        Problem(None, f"`--{flag}` can't be {shown(other)}", "it takes on or off")
        if (flag := said.after_switch.get(other))
        else Problem(None, f"there are two names, {shown(name)} and {shown(other)}", "an intent is about one resource")
        for other in others
    ]
    if wrong := spec.check_name(name):
        problems.append(Problem(None, f"a {kind} can't be named {shown(name)}", wrong))
    return problems
