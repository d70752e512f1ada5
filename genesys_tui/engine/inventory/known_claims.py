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
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.owner import Claim


class KnownClaims:
    """Kept in one file of this machine: addresses, types and ids, never the values of a state."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def claims(self) -> tuple[Claim, ...]:
        """What all of them own."""
        kept, changed = self._kept(), False
        for source, before in kept.items():
            if (stamp := _stamp(Path(source))) and stamp != before["stamp"]:
                with suppress(UsageError):
                    kept[source] = _read(source, stamp)
                    changed = True
        if changed:
            self._write(kept)
        return tuple(Claim(**{**one, "ids": tuple(one["ids"])}) for entry in kept.values() for one in entry["claims"])

    def remember(self, sources: Sequence[str]) -> None:
        """Name more of them. Raises UsageError for what can't be read, and then nothing is remembered."""
        whole = [str(Path(source).expanduser().absolute()) for source in sources]
        found = {source: _read(source, _stamp(Path(source))) for source in whole}
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


def _read(source: str, stamp: str) -> dict[str, Any]:
    return {"stamp": stamp, "claims": [asdict(claim) for claim in claims_in(Path(source))]}


def _stamp(path: Path) -> str:
    """Changes when the file does, or one in the folder; empty where there is none."""
    try:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        return "|".join(f"{file.name} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files)[:100_000]
    except OSError:
        return ""
