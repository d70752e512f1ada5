"""Who we were when we last asked: so that what was read before can be shown before anybody is asked again.

The answer is kept under a hash of all that decides it (environment, config files, profile, region). It holds no key,
and nothing is ever changed on its word: an apply asks anew.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.model.identity import Identity, Target

_DECIDING = ("AWS_", "BOTO_")


def remembered(home: Path, target: Target) -> Identity | None:
    """The identity that this target had last; None where it is not known."""
    with suppress(OSError, ValueError, TypeError):
        known: dict[str, str] = json.loads(_file(home, target).read_text("utf-8"))
        return Identity(**known)
    return None


def remember(home: Path, target: Target, identity: Identity) -> None:
    """Keep it; where that can't be, it is asked for again next time."""
    path = _file(home, target)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(identity)), "utf-8")


def _file(home: Path, target: Target) -> Path:
    return home / "cache" / f"identity-{_fingerprint(target)}.json"


def _fingerprint(target: Target) -> str:
    """Of everything that decides who we are; one way only."""
    digest = sha256(repr((target.profile, target.region, target.endpoint)).encode())
    for name in sorted(name for name in os.environ if name.startswith(_DECIDING)):
        digest.update(f"{name}={os.environ[name]}\0".encode())
    for variable, usual in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
        path = Path(os.environ.get(variable) or Path.home() / ".aws" / usual)
        with suppress(OSError, RuntimeError):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
