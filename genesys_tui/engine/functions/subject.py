"""The function that a loop is about: an entry of a stack file, or words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesys_tui.engine.functions.events import Place
from genesys_tui.engine.functions.local.settings import SandboxSettings
from genesys_tui.engine.functions.sealing import in_base64, project_of
from genesys_tui.engine.functions.source.ignoring import never
from genesys_tui.engine.model.build import Built, Project
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.references import references, resolve
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, Wish, address_of
from genesys_tui.engine.model.specs.image import repository_of

if TYPE_CHECKING:
    from genesys_tui.engine.model.plan import Plan

CODE = frozenset({("code",), ("image",)})
"""Where a function says what it runs."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a wish says of the function now. `wish`: of it, and of what it needs, alone."""

    wish: Wish
    project: Project


class Subject:
    """`wish` reads anew what is wanted: a stack file (at `file`), or words. `fragment`: what is remembered of an
    address; None where nobody knows us yet. `home`: of Genesys."""

    def __init__(
        self,
        name: str,
        wish: Callable[[], Wish],
        fragment: Callable[[str], Fragment | None] | None,
        home: Path,
        *,
        file: Path | None = None,
        place: Place | None = None,
    ) -> None:
        self.name = name
        self.address = address_of("function", name)
        self.file = file
        self.folder: Path | None = None
        """The folder of its source, as it was read last."""
        self.settings = SandboxSettings()
        """How it is run here, as it was read last."""
        self._wish = wish
        self._fragment = fragment or _unknown
        self._home = home
        self.place = place or Place(name)
        """Where it would run, as its code is told."""
        self._before: tuple[str, str] | None = None
        """The code, or the image, that was there when the first plan was made: the field, and what it was."""

    def read(self) -> Read:
        """Raises WishError for a file that is wrong, UsageError for one that does not say where its code is."""
        wish = self._wish()
        desired = next((one for one in wish.resources if one.address == self.address), None)
        if desired is None:
            raise UsageError(f"there is no function '{self.name}' in {wish.source}", todo="write it, with its `source`")
        fragment = self._fragment(self.address)
        project = project_of(desired, fragment, self._home)
        if project is None:
            raise UsageError(f"function '{self.name}' has no code on this machine", todo="say where: `source`")
        self.folder = project.folder
        known = {**(fragment.spec if fragment else {}), **desired.spec}
        self.settings = self._settings(known)
        return Read(_only(wish, desired), project)

    def holds(self, path: Path) -> bool:
        """Whether it may be a file of the source."""
        if self.folder is None or not path.is_relative_to(self.folder):
            return False
        return not any(never(part, frozenset()) for part in path.relative_to(self.folder).parts)

    # the code of before -------------------------------------------------------------------------------------------
    def remember(self, plan: Plan, built: Built) -> bool:
        """The first plan tells what code was there before. Whether this is it, and it is another code than ours."""
        if self._before is not None:
            return False
        changes = [change for step in plan.steps if step.address == self.address for change in step.changes]
        sent = next((change for change in changes if change.path in CODE), None)
        made = any(step.address == self.address and step.action == "create" for step in plan.steps)
        if made:
            self._before = ("", "")
        else:
            self._before = (sent.path[0], str(sent.before)) if sent and sent.before else self._now(built)
        return sent is not None and bool(sent.before)

    def _now(self, built: Built) -> tuple[str, str]:
        if not built.image:
            return ("code", in_base64(built.sha256))
        fragment = self._fragment(self.address)
        return ("image", self._value(fragment.spec.get("image") if fragment else None) or "")

    def as_before(self) -> Wish:
        """To have the code of before the loop again. Raises UsageError where there was none."""
        field, before = self._before or ("", "")
        if not before:
            raise UsageError(
                "there is no code of before", why=f"function '{self.name}' was not there when the loop began"
            )
        desired = Desired(self.address, "function", self.name, {field: before}, modify=True)
        return Wish((desired,), f"the code of before of function '{self.name}'")

    # how it is run ------------------------------------------------------------------------------------------------
    def _settings(self, spec: Mapping[str, Any]) -> SandboxSettings:
        """Variables whose values are known only in the cloud are taken from what is remembered, or left out."""
        variables: Mapping[str, Any] = spec.get("environment") or {}
        return SandboxSettings(
            memory=int(spec.get("memory") or 256),
            timeout=float(spec.get("timeout") or 30),
            environment={name: value for name, told in variables.items() if (value := self._value(told)) is not None},
            region=self.place.region,
            account=self.place.account,
        )

    def _value(self, told: object) -> str | None:
        if not isinstance(told, Reference):
            return None if told is None else str(told)
        known = {str(output.address): self._outputs(str(output.address)) for output in references(told)}
        value = resolve(told, known)
        return None if isinstance(value, Reference) else str(value)

    def _outputs(self, address: str) -> Mapping[str, str]:
        fragment = self._fragment(address)
        return fragment.outputs if fragment else {}


def _unknown(_address: str) -> None:
    return None


def _only(wish: Wish, function: Desired) -> Wish:
    """The function and all that it needs, and where its images go: nothing else of the file is changed by working on
    it."""
    by_address = {one.address: one for one in wish.resources}
    chosen: dict[str, Desired] = {}
    images = by_address.get(address_of("repository", repository_of(function.name)))
    todo = [function, *([images] if images else [])]
    while todo:
        one = todo.pop()
        if one.address not in chosen:
            chosen[one.address] = one
            todo += [by_address[need] for need in one.needs if need in by_address]
    resources = tuple(one for one in wish.resources if one.address in chosen)
    return replace(wish, resources=resources, outcomes=(), whole=False, source=f"function '{function.name}'")
