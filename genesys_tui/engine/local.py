"""What a call takes from this machine at the very moment it is sent: artifacts and secrets. Neither is kept."""

from __future__ import annotations

import os
import secrets
import string
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.model.errors import GenesysError

ALPHABET = string.ascii_letters + string.digits


def read_artifact(folder: Path | None, digest: str) -> bytes:
    """The artifact with this SHA-256 in hexadecimal. Raises GenesysError where it is gone or broken."""
    path = (folder or Path()) / digest
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GenesysError(f"the artifact {digest[:12]} is gone", why=str(error), todo="plan again") from error
    if sha256(content).hexdigest() != digest:
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
