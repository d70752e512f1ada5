"""What calls take from this machine: artifacts, which were put aside when the plan was made, and secrets, which are
read only when they are sent."""

from __future__ import annotations

import os
import secrets
import string
from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from hashlib import md5, sha256
from pathlib import Path
from tempfile import mkstemp

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Mark
from genesys_tui.engine.model.shown import shown

MD5_DIGITS = 32
DIRECT_LIMIT = 50 * 1024 * 1024
"""Bytes: what Lambda takes in one call (Lambda quotas)."""
ALPHABET = string.ascii_letters + string.digits


def place_of(source: str, mark: Mark | None) -> Path:
    """Where a path that was written leads: a file's paths start where the file is. Raises GenesysError for what can't
    be one."""
    if "\0" in source:
        raise GenesysError("the source can't be a path", why=f"{shown(source)} holds a NUL", todo="correct `source`")
    try:
        path = Path(source).expanduser()
    except RuntimeError:  # nobody here is called so: then it is a folder
        path = Path(source)
    return Path(mark.file).parent / path if mark else path


def keep_artifact(content: bytes, home: Path, digest: str) -> str:
    """Put an artifact among the others (`home/artifacts`), whole or not at all; one that a loss of power cut is
    replaced. Returns its digest. Raises GenesysError where it can't be kept."""
    folder = home / "artifacts"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not is_kept(home, digest, len(content)):
            handle, name = mkstemp(dir=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(folder / digest)
    except OSError as error:
        raise GenesysError(f"{folder} can't keep an artifact", why=error.strerror or str(error)) from error
    return digest


def is_kept(home: Path, digest: str, size: int) -> bool:
    """Whether an artifact of so many bytes is among the others. Raises OSError."""
    try:
        return (home / "artifacts" / digest).stat().st_size == size
    except FileNotFoundError:
        return False


def heavy(home: Path, codes: Iterable[str]) -> dict[str, int]:
    """Of these artifacts (SHA-256 in base64) those that a cloud does not take in one call: bytes, by SHA-256 in
    hexadecimal. What is not there is not among them."""
    sizes: dict[str, int] = {}
    for code in codes:
        digest = b64decode(code).hex()
        with suppress(OSError):
            sizes[digest] = (home / "artifacts" / digest).stat().st_size
    return {digest: size for digest, size in sizes.items() if size > DIRECT_LIMIT}


def read_artifact(folder: Path | None, digest: str) -> bytes:
    """The artifact with this digest: SHA-256 in hexadecimal, or MD5 where that is what a cloud tells of it. Raises
    GenesysError where it is gone or broken."""
    path = (folder or Path()) / digest
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GenesysError(f"the artifact {digest[:12]} is gone", why=str(error), todo="plan again") from error
    found = md5(content, usedforsecurity=False) if len(digest) == MD5_DIGITS else sha256(content)
    if found.hexdigest() != digest:
        raise GenesysError(f"the artifact {digest[:12]} was changed since this plan was made", todo="plan again")
    return content


def read_piece(folder: Path | None, digest: str, start: int, size: int) -> bytes:
    """These bytes of an artifact. Whether they are right tells who puts the pieces together: the whole is too big to be
    looked at for each of them. Raises GenesysError where it is gone or cut."""
    try:
        with ((folder or Path()) / digest).open("rb") as file:
            file.seek(start)
            content = file.read(size)
    except OSError as error:
        raise GenesysError(f"the artifact {digest[:12]} is gone", why=str(error), todo="plan again") from error
    if len(content) != size:
        raise GenesysError(f"the artifact {digest[:12]} was changed since this plan was made", todo="plan again")
    return content


def read_secret(source: str) -> str:
    """The secret that `env:NAME`, `file:PATH` or `random:LENGTH` names. Raises GenesysError; no message shows it."""
    where, _, what = source.partition(":")
    match where:
        case "env":
            value = os.environ.get(what)
            if value is None:
                raise GenesysError(f"the environment has no {what}", todo=f"set {what} and plan again")
            return value
        case "file":
            try:
                return Path(what).read_text("utf-8").removesuffix("\n")
            except (OSError, UnicodeDecodeError) as error:
                raise GenesysError(f"{what} can't be read", why=type(error).__name__, todo="correct the path") from None
        case "random":
            return "".join(secrets.choice(ALPHABET) for _ in range(int(what or 32)))
        case _:
            raise GenesysError(f"{where!r} is no source of a secret", todo="use env:NAME, file:PATH or random:LENGTH")
