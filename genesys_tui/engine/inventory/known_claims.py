"""The state files of other tools that were named for an account, and what they said is theirs. Read again when they
change; where one can't be read any more, what it said last stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genesys_tui.engine.inventory.claims import claims_in
from genesys_tui.engine.inventory.remote_claims import is_remote, remote_claims
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.owner import Claim
from genesys_tui.engine.providers.aws.session import Session


class KnownClaims:
    """Kept in one file of this machine: addresses, types and ids, never the values of a state."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def claims(self, session: Session | None = None) -> tuple[Claim, ...]:
        """What all of them own. Without a session, those in S3 are as they were read last."""
        kept, changed = self._kept(), False
        for source, before in kept.items():
            with suppress(UsageError):
                if (anew := _anew(source, before["stamp"], session)) is not None:
                    kept[source] = anew
                    changed = True
        if changed:
            self._write(kept)
        return tuple(Claim(**{**one, "ids": tuple(one["ids"])}) for entry in kept.values() for one in entry["claims"])

    def remember(self, sources: Sequence[str], session: Session | None = None) -> None:
        """Name more of them; those in S3 need a session. Raises UsageError for what can't be read, and then nothing is
        remembered."""
        whole = [one if is_remote(one) else str(Path(one).expanduser().absolute()) for one in sources]
        found = {source: _first(source, session) for source in whole}
        self._write({**self._kept(), **found})

    def sources(self) -> tuple[str, ...]:
        """What was named."""
        return tuple(self._kept())

    def _kept(self) -> dict[str, Any]:
        try:
            kept: Any = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(".new")
            temporary.write_text(json.dumps(kept), "utf-8")
            temporary.chmod(0o600)
            temporary.replace(self._path)
        except OSError as error:
            raise GenesysError("what state files own can't be remembered", why=str(error)) from error


def _first(source: str, session: Session | None) -> dict[str, Any]:
    if not is_remote(source):
        return _entry(_stamp(Path(source)), claims_in(Path(source)))
    if session is None:
        raise UsageError(f"{source} can't be read without an account", todo="name a file")
    return _entry(*(remote_claims(session, source) or ("", ())))


def _anew(source: str, stamp: str, session: Session | None) -> dict[str, Any] | None:
    """None where it did not change, or can't be looked at."""
    if is_remote(source):
        found = remote_claims(session, source, stamp) if session else None
        return _entry(*found) if found else None
    now = _stamp(Path(source))
    return _entry(now, claims_in(Path(source))) if now and now != stamp else None


def _entry(stamp: str, claims: tuple[Claim, ...]) -> dict[str, Any]:
    return {"stamp": stamp, "claims": [asdict(claim) for claim in claims]}


def _stamp(path: Path) -> str:
    """Changes when the file does, or one in the folder; empty where there is none."""
    try:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        return "|".join(f"{file.name} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files)[:100_000]
    except OSError:
        return ""
