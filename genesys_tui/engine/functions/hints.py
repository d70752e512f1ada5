"""What makes a function big or slow to start, in words. Hints only: nothing depends on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from genesys_tui.engine.functions.packing.archive import MB
from genesys_tui.engine.functions.packing.packages import Package
from genesys_tui.engine.functions.source.ignoring import OWN
from genesys_tui.engine.model.build import Member, Target
from genesys_tui.engine.model.shown import shown

EDITOR_LIMIT = 3 * MB
"""Bytes: a larger zip is not shown by the editor of Lambda's console (Lambda quotas)."""
BIG = 10 * MB
"""Bytes: what a package must have to be told of."""
WORTH = MB
"""Bytes: what leaving a package out must spare to be told of."""

IN_PYTHON = frozenset({"boto3", "botocore", "s3transfer", "jmespath"})
IN_NODE = "@aws-sdk/"
"""What the runtimes have (Lambda's developer guide, "Runtime-included SDK")."""

_WORD = re.compile(r"[^\W\d]\w*")


def hints(
    target: Target, members: Sequence[Member], size: int, found: Sequence[Package] = (), left_out: Iterable[str] = ()
) -> tuple[str, ...]:
    """Hints on a build, at most a line each. `size`: of the code's zip, in bytes; `found`: the packages of its layers;
    `left_out`: names of the source that were not sent because they look like secrets."""
    return (
        *(f"{shown(name)} is left out, as a secret by its name; !{shown(name)} in {OWN} sends it" for name in left_out),
        *_heavy_code(members, size),
        *_in_runtime(target, found),
        *_big(found),
        *(_unused(members, found) if target.language == "python" else ()),
    )


def _heavy_code(members: Sequence[Member], size: int) -> Iterator[str]:
    if size > EDITOR_LIMIT:
        most = max(members, key=lambda member: len(member.content))
        why = "over 3 MB a save is slow, and the console shows no code"
        biggest = f"the biggest file is {shown(most.name)}, {len(most.content) / MB:.1f} MB"
        yield f"the code is {size / MB:.1f} MB zipped; {why}; {biggest}"


def _in_runtime(target: Target, found: Sequence[Package]) -> Iterator[str]:
    has = [one for one in found if _runtime_has(target, one)]
    if has:
        names = ", ".join(shown(one.name) for one in has[:3]) + (" and others" if len(has) > 3 else "")
        spared = sum(one.size for one in has) / MB
        yield f"{target.runtime} comes with {names}: {spared:.0f} MB less without your own, unless its version matters"


def _runtime_has(target: Target, package: Package) -> bool:
    if target.language == "python":
        return bool(package.distributions) and package.distributions <= IN_PYTHON
    return target.language == "node" and package.name.startswith(IN_NODE)


def _big(found: Sequence[Package]) -> Iterator[str]:
    big = sorted((one for one in found if one.size >= BIG), key=lambda one: (-one.size, one.name))
    if big:
        names = ", ".join(f"{shown(one.name)} {one.size / MB:.0f} MB" for one in big[:3])
        yield f"the biggest dependencies: {names}; imported where they are needed they don't slow every cold start"


def _unused(members: Sequence[Member], found: Sequence[Package]) -> Iterator[str]:
    """Packages whose name no source has in it, and that nothing which is named needs."""
    words = {word for member in members if member.name.endswith(".py") for word in _words(member.content)}
    by_name = {name: one for one in found for name in one.distributions}
    todo = [one for one in found if one.modules & words]
    used: set[str] = set()
    while todo:
        one = todo.pop()
        if one.files[0] not in used:
            used.add(one.files[0])
            todo += [by_name[name] for name in one.needs if name in by_name]
    idle = [one for one in found if one.distributions and one.files[0] not in used and one.size >= WORTH]
    for one in sorted(idle, key=lambda one: (-one.size, one.name))[:3]:
        yield f"{shown(one.name)} ({one.size / MB:.0f} MB) seems unused: no file names it, nor anything that needs it"


@lru_cache(maxsize=4096)
def _words(content: bytes) -> frozenset[str]:
    return frozenset(_WORD.findall(content.decode("utf-8", "replace")))
