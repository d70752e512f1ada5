"""Where the tools of a language are run: npm, node, esbuild and go make the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import NamedTemporaryFile, TemporaryDirectory

from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.functions.workshop.workshop import Workshop
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError


def at_home(shop: Workshop) -> Workshop:
    """This machine, where it stands in for a workshop: it sees the whole project, and ends when the workshop is told to
    stop. A container is not even started for it."""
    return shop if isinstance(shop, Host) else Host(shop.folder, shop.told, shop.stop)


def place_of(tool: str, shop: Workshop, *, why: str, todo: str) -> Workshop:
    """Where a tool is found: this machine, else the container. Raises GenesysError where no place can have it."""
    if which(tool):
        return at_home(shop)
    if shop.where == "host":
        raise GenesysError(f"{tool} is not there", why=why, todo=todo)
    return shop


@contextmanager
def staging(shop: Workshop) -> Iterator[Path]:
    """An empty folder that the workshop sees. Raises GenesysError where there is no room for it."""
    place = shop.folder / "staging"
    with _room(place):
        place.mkdir(parents=True, exist_ok=True)
        temporary = TemporaryDirectory(dir=place, ignore_cleanup_errors=True)
    with temporary as folder:
        yield Path(folder)


def keep(path: Path, content: bytes) -> None:
    """Write a file of a cache: whole or not at all, whoever else writes it. Raises GenesysError where there is no
    room for it."""
    with _room(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        todo = "make room, or set GENESYS_HOME to another place"
        raise GenesysError(f"{path} can't be written", why=error.strerror or str(error), todo=todo) from error


def unchanged(folder: Path, sources: Iterable[Member]) -> bool:
    """Whether the files are still what was read: a save may have come while a tool ran on them. What was made is kept
    only where it was made of these."""
    try:
        return all((folder / member.name).read_bytes() == member.content for member in sources)
    except OSError:
        return False
