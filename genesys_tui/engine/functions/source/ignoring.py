"""What of a folder is not sent: what `.gitignore` and `.genesysignore` say (git's syntax), and what never is source.

The last word has the `.genesysignore` nearest to a file, then ours (secrets, Genesys's own files), then `.gitignore`s
up to the root of the repository. As in git, nothing comes back from a folder that is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

GIT, OWN = ".gitignore", ".genesysignore"

NEVER = frozenset(
    {
        *(".git", ".gitignore", ".gitattributes", ".gitmodules", ".hg", ".svn", ".genesys", ".genesysignore"),
        *("__pycache__", ".venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
        *(".npm", ".aws-sam", ".serverless", ".terraform", ".idea", ".vscode", ".DS_Store", "Thumbs.db"),
    }
)
NEVER_ENDS = (".pyc", ".pyo", ".swp", ".swx", "~")
"""Names that no rule brings back: caches, tools, and what editors leave behind."""
_EMACS = (".#", "#")

SECRETS = (
    ".env",
    ".env.*",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    ".envrc",
    "*.pem",
    "!cacert.pem",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.key",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "credentials",
    "!credentials/",
    ".aws/",
    ".ssh/",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
)
"""What is not sent unless `.genesysignore` says so, e.g. `!.env`."""

CONFIGURATION = ("/genesys.yaml", "/genesys.yml", "/genesys.toml")
"""Says how the function is set up; a change of it is no change of the code."""

NODE_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"})


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The rules of one file, or ours. `above`: the way from its folder down to the source, for a file above it; `at`:
    the way from the source down to its folder. Both are empty, or end with `/`."""

    spec: GitIgnoreSpec
    own: bool
    above: str = ""
    at: str = ""

    def verdict(self, path: str) -> bool | None:
        """Whether it leaves out a path of the source (a folder's ends with `/`); None where it says nothing."""
        return self.spec.check_file(self.above + path.removeprefix(self.at)).include


def never(name: str, beside: frozenset[str]) -> bool:
    """Whether a thing of this name is no source, whatever the rules say. `beside`: what lies in the same folder. The
    modules of Node are a layer where a lock tells them."""
    if name in NEVER or name.endswith(NEVER_ENDS) or name.startswith(_EMACS):
        return True
    return name == "node_modules" and not NODE_LOCKS.isdisjoint(beside)


def left_out(path: str, levels: Sequence[Level]) -> bool:
    """Whether the rules leave a path out. `levels`: the nearest last."""
    said = _said(path, levels, own=True)
    if said is None and ours().verdict(path):
        return True
    return bool(_said(path, levels, own=False) if said is None else said)


def is_secret(path: str) -> bool:
    """Whether it looks like a secret, by its name."""
    return bool(secrets().check_file(path).include)


def _said(path: str, levels: Sequence[Level], own: bool) -> bool | None:
    verdicts = (level.verdict(path) for level in reversed(levels) if level.own is own)
    return next((said for said in verdicts if said is not None), None)


@cache
def ours() -> Level:
    """The rules that come with Genesys."""
    return Level(parsed((*SECRETS, *CONFIGURATION)), own=True)


@cache
def secrets() -> GitIgnoreSpec:
    """Those of them that are about secrets."""
    return parsed(SECRETS)


def parsed(lines: Iterable[str]) -> GitIgnoreSpec:
    """Lines in git's syntax; raises ValueError for one that has no meaning."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def read_level(path: Path, above: str = "", at: str = "") -> Level:
    """The rules of a file. Raises OSError, and GenesysError for one that has no meaning."""
    try:
        spec = parsed(path.read_text("utf-8-sig", errors="surrogateescape").splitlines())
    except ValueError as error:
        raise GenesysError(f"{shown(str(path))} can't be understood", why=str(error), todo="correct it") from error
    return Level(spec, path.name == OWN, above, at)


def enclosing(folder: Path) -> Iterator[tuple[Path, str]]:
    """The ignore files above a folder, up to the root of the git repository that it is in, the outermost first, and the
    way from each down to the folder. None where there is no repository."""
    above = [folder, *folder.parents]
    root = next((place for place in above if (place / ".git").exists()), folder)
    for place in reversed(above[1 : above.index(root) + 1]):
        for name in (GIT, OWN):
            if (path := place / name).is_file():
                yield path, folder.relative_to(place).as_posix() + "/"
