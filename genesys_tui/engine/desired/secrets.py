"""Secrets in a wish: where a value comes from, and a keyed fingerprint of it. The value itself goes no further."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path

from genesys_tui.engine.local import read_secret
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired
from genesys_tui.engine.model.specs.secret import SOURCE


def sealed(desired: Desired, home: Path) -> Desired:
    """The same, with `value` (a source) become `source`, and `value` its fingerprint. One that is chosen by chance has
    none: it is left alone once it is there. Raises GenesysError where the source has nothing."""
    source = desired.spec.get("value")
    if not isinstance(source, str) or not SOURCE.fullmatch(source):
        return desired
    spec = {field: value for field, value in desired.spec.items() if field != "value"}
    spec["source"] = source
    if not source.startswith("random:"):
        spec["value"] = fingerprint(read_secret(source), desired.address, home)
    return replace(desired, spec=spec)


def fingerprint(value: str, address: str, home: Path) -> str:
    """64 hexadecimal digits that tell a value from another, but nothing of it without the key of this machine."""
    return hmac(_key(home), f"{address}\0{value}".encode(), sha256).hexdigest()


def _key(home: Path) -> bytes:
    """Made when it is first needed, for its owner only."""
    path = home / "fingerprint.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
        except FileExistsError:
            pass
        return path.read_bytes()
    except OSError as error:
        raise GenesysError(
            f"{path} can't be kept", why=error.strerror or str(error), todo="check its folder"
        ) from error
