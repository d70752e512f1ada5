"""The resources of a stack file: sections of entries become desired resources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.desired.links import Links
from genesys_tui.engine.desired.tree import Node, Plain, Source, Trail, follow, shown
from genesys_tui.engine.desired.vocabulary import (
    SYNONYMS,
    sections,
    suggestion,
)
from genesys_tui.engine.model.resource import Desired, address_of
from genesys_tui.engine.providers import registry

ENTRY_KEYS = ("name", "type", "count", "depends_on")
"""What an entry may hold beside the fields of its spec."""
COUNT_LIMIT = 100
SIZES = ("small", "medium", "large", "xlarge")
"""What the `type` of an entry may be too, where its section has a leading kind: then it is a size."""
_PLACE = "{n}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section, and the names of the resources that it stands for. Kind and names are empty where they
    are not known, for a mistake that is already noted."""

    node: Node
    fields: dict[str, Node]
    trail: Trail
    kind: str
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]

    def written(self, trail: Trail) -> str:
        """A value of it as it stands in the file."""
        return str(follow(self.node, trail))


def desired_resources(resources: Node, source: Source) -> tuple[Desired, ...]:
    """All that the `resources` of a file want, in its order. Mistakes go to `source`."""
    entries = list(_entries(resources, source))
    links = Links(source)
    for entry in entries:
        links.add(entry.kind, entry.name, entry.addresses, entry.node, entry.trail)
    return tuple(desired for entry in entries for desired in _desired(entry, links, source))


def _entries(resources: Node, source: Source) -> Iterator[Entry]:
    if not isinstance(resources.value, dict):
        source.problem(resources, ("resources",), "`resources` must hold sections", "such as `storage:` with a list")
        return
    for section, node in resources.value.items():
        trail: Trail = ("resources", section)
        if section not in sections():
            _refuse_section(section, node, trail, source)
        elif isinstance(node.value, list):
            for place, entry in enumerate(node.value):
                yield from _entry(section, entry, (*trail, place), source)
        elif node.value is not None:
            source.problem(node, trail, f"`{section}` must be a list", "start each entry with `- name: ...`")


def _refuse_section(section: str, node: Node, trail: Trail, source: Source) -> None:
    kind = SYNONYMS.get(section, section)
    if kind in registry.names():
        right = registry.section(kind)
        source.problem(node, trail, f"`{section}` is no section", f"a {kind} stands in the section `{right}`")
    else:
        fix = suggestion(section, sections(), "sections")
        source.problem(node, trail, f"{shown(section)} is no section", fix)


def _entry(section: str, node: Node, trail: Trail, source: Source) -> Iterator[Entry]:
    if not isinstance(node.value, dict):
        source.problem(node, trail, f"an entry of `{section}` can't be {node}", "write `- name: ...`")
        return
    fields = node.value
    kind = _kind(section, node, fields, trail, source)
    name = _name(node, fields, trail, source)
    names = _names(name, fields, trail, source) if name else ()
    wrong = next(((one, fix) for one in names if kind and (fix := registry.spec(kind).check_name(one))), None)
    if wrong:
        at = fields["name"]
        source.problem(at, (*trail, "name"), f"a {kind} can't be named {shown(wrong[0])}", wrong[1])
    addresses = tuple(address_of(kind, name) for name in names) if kind else ()
    yield Entry(node, fields, trail, kind, name, names, addresses)


def _kind(section: str, node: Node, fields: dict[str, Node], trail: Trail, source: Source) -> str:
    """The kind that the entry's `type` names; the section's only one where it names none."""
    kinds = sections()[section]
    said = fields.get("type")
    leading = registry.LEADING.get(section, "")
    if leading in kinds and (said is None or _is_size(said, leading)):
        return leading
    if said is None:
        if len(kinds) == 1:
            return kinds[0]
        source.problem(node, trail, "the entry has no `type`", f"types here: {', '.join(kinds)}")
        return ""
    if said.value in kinds:
        return str(said.value)
    if isinstance(said.value, str) and said.value in registry.names():
        fix = f"a {said.value} stands in the section `{registry.section(said.value)}`"
    else:
        fix = suggestion(said.text, kinds, "types here")
    source.problem(said, (*trail, "type"), f"`type` can't be {said} in `{section}`", fix)
    return ""


def _is_size(said: Node, kind: str) -> bool:
    return said.value in SIZES and "size" in registry.spec(kind).model_fields


def _name(node: Node, fields: dict[str, Node], trail: Trail, source: Source) -> str:
    """The entry's name; empty where it has none."""
    said = fields.get("name")
    if said is None or said.value is None or said.value == "":
        source.problem(said or node, (*trail, "name") if said else trail, "the entry has no name", "add `name: ...`")
        return ""
    if isinstance(said.value, str):
        return said.value
    source.problem(said, (*trail, "name"), f"`name` can't be {said}", "it takes a text; put quotes around it")
    return ""


def _names(name: str, fields: dict[str, Node], trail: Trail, source: Source) -> tuple[str, ...]:
    """`name`, or with `count` the names numbered from 1, `{n}` being the place of the number."""
    said = fields.get("count")
    if said is None:
        if _PLACE in name:
            source.problem(fields["name"], (*trail, "name"), f"{_PLACE} in a name needs a `count`", "add `count: 2`")
            return ()
        return (name,)
    if isinstance(said.value, bool) or not isinstance(said.value, int) or not 1 <= said.value <= COUNT_LIMIT:
        source.problem(said, (*trail, "count"), f"`count` can't be {said}", f"a whole number from 1 to {COUNT_LIMIT}")
        return ()
    pattern = name if _PLACE in name else f"{name}-{_PLACE}"
    return tuple(pattern.replace(_PLACE, str(number)) for number in range(1, said.value + 1))


def _desired(entry: Entry, links: Links, source: Source) -> Iterator[Desired]:
    """The resources of an entry. They share one spec."""
    if not entry.kind:
        return
    needs = links.depends_on(entry.fields.get("depends_on"), (*entry.trail, "depends_on"), entry.addresses)
    asked: dict[str, Plain] = {}
    for key, node in entry.fields.items():
        if key == "type" and node.value in SIZES:
            asked["size"] = node.text
        elif key not in ENTRY_KEYS:
            asked[key] = links.resolved(node, (*entry.trail, key), entry.addresses, needs)
    try:
        document = checked(registry.spec(entry.kind), asked, also=ENTRY_KEYS, written=entry.written).document
    except FlawedError as error:
        for flaw in error.flaws:
            subject = next((step for step in reversed(flaw.trail) if isinstance(step, str)), entry.kind)
            source.problem(
                follow(entry.node, flaw.trail), (*entry.trail, *flaw.trail), f"`{subject}` {flaw.what}", flaw.fix
            )
        return
    links.needed(document, needs)
    mark = source.mark(entry.node, entry.trail)
    for name, address in zip(entry.names, entry.addresses, strict=True):
        yield Desired(address, entry.kind, name, document, complete=True, needs=tuple(needs), mark=mark)
