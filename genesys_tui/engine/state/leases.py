"""Leases on addresses: who may change a resource now. A lease ends with its time, or at once with its process.

Each lease has a fencing number, and no two ever have the same: who takes a lease over gets a higher one, and the number
that the former holder remembers is gone. So a process that slept through the end of its lease is told apart from the
holder, whatever its clock says.
"""

from __future__ import annotations

import getpass
import os
import socket
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from genesys_tui.engine.model.errors import LockedError
from genesys_tui.engine.state.backend import Holder, Scope

LEASE_SECONDS: Final = 30.0
"""Several heartbeats long, so that a lost beat loses nothing."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that can be asked for later. `host` names the machine until it is booted again; `born` is the start
    time in clock ticks since then (None where the system does not tell), so that a recycled pid is another process."""

    who: str
    host: str
    pid: int
    born: int | None

    @classmethod
    def current(cls) -> Self:
        pid = os.getpid()
        return cls(f"{_user()}@{socket.gethostname()}, process {pid}", _host(), pid, _born(pid))

    def sees_alive(self, other: Process) -> bool:
        """False only where the other surely is gone, which can be told from its own host alone."""
        return other.host != self.host or _lives(other.pid, other.born)


@dataclass(frozen=True, slots=True)
class Lease:
    """`address` is held by `holder.execution` in `process`."""

    address: str
    holder: Holder
    process: Process


class Leases:
    """The leases of a database, as one process sees them. Every method runs in a transaction of the caller."""

    def __init__(self, process: Process) -> None:
        self._me = process
        self._fences: dict[str, dict[str, int]] = {}

    def acquire(
        self, db: sqlite3.Connection, scope: Scope, addresses: Iterable[str], execution: str, now: float
    ) -> dict[str, int]:
        """Lease all or none. The fencing numbers of those that were not held yet. Raises `LockedError`."""
        wanted = set(addresses)
        held = [lease for lease in self.living(db, scope, now) if lease.address in wanted]
        others = [lease for lease in held if lease.holder.execution != execution]
        if others:
            raise _locked(scope, others)
        me = self._me
        rest = (execution, me.who, me.host, me.pid, me.born, now, now + LEASE_SECONDS)
        new = sorted(wanted - {lease.address for lease in held})
        return {
            address: db.execute(_ACQUIRE, (scope.region, scope.stack, address, *rest)).fetchone()[0] for address in new
        }

    def acquired(self, execution: str, fences: dict[str, int]) -> None:
        """Remember what `acquire` returned, once it has been stored."""
        self._fences.setdefault(execution, {}).update(fences)

    def check(self, db: sqlite3.Connection, execution: str, addresses: Iterable[str]) -> None:
        """Raises `LockedError` where one of them was leased here and taken over since: a late write must not pass."""
        fences = self._fences.get(execution, {})
        lost = [address for address in addresses if address in fences and not _stands(db, fences[address])]
        if lost:
            raise LockedError(
                f"the lease on {_in_words(lost)} was lost",
                why=f"this process was away for more than {LEASE_SECONDS:.0f} s, and others went on",
                todo="Run it again: it goes on from what is there now.",
            )

    def prolong(self, db: sqlite3.Connection, execution: str, now: float) -> bool:
        """False where one was lost. An overdue lease that nobody took over is still held."""
        prolonged = db.execute("UPDATE leases SET expires = ? WHERE execution = ?", (now + LEASE_SECONDS, execution))
        fences = self._fences.get(execution, {})
        return prolonged.rowcount > 0 and all(_stands(db, fence) for fence in fences.values())

    def free(self, db: sqlite3.Connection, execution: str) -> None:
        db.execute("DELETE FROM leases WHERE execution = ?", (execution,))

    def freed(self, execution: str) -> None:
        """Forget them, once `free` has been stored."""
        self._fences.pop(execution, None)

    def living(self, db: sqlite3.Connection, scope: Scope, now: float) -> list[Lease]:
        """Those whose time is not over and whose process may be alive."""
        rows = db.execute(_LEASES, (scope.region, scope.stack, now)).fetchall()
        leases = [
            Lease(address, Holder(execution, who, since), Process(who, host, pid, born))
            for address, execution, since, who, host, pid, born in rows
        ]
        alive = {process: self._me.sees_alive(process) for process in {lease.process for lease in leases}}
        return [lease for lease in leases if alive[lease.process]]


_LEASES: Final = """SELECT address, execution, since, who, host, pid, born FROM leases
    WHERE region = ? AND stack = ? AND expires > ? ORDER BY address"""

_ACQUIRE: Final = """REPLACE INTO leases
    (region, stack, address, execution, who, host, pid, born, since, expires)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING fence"""


def _stands(db: sqlite3.Connection, fence: int) -> bool:
    return db.execute("SELECT 1 FROM leases WHERE fence = ?", (fence,)).fetchone() is not None


def _in_words(addresses: Sequence[str]) -> str:
    return addresses[0] if len(addresses) == 1 else f"{addresses[0]} and {len(addresses) - 1} more"


def _locked(scope: Scope, leases: Sequence[Lease]) -> LockedError:
    holder = leases[0].holder
    since = datetime.fromtimestamp(holder.since, UTC).astimezone()
    return LockedError(
        f"{holder.who} is changing {_in_words([lease.address for lease in leases])} now",
        why=f"since {since:%Y-%m-%d %H:%M:%S %Z}, by execution {holder.execution} "
        f"in stack '{scope.stack}' of {scope.region}",
        todo=f"Wait until it has ended, then run this again. If its machine is gone, the lease ends by itself within "
        f"{LEASE_SECONDS:.0f} s.",
        command="genesys history",
    )


# processes ------------------------------------------------------------------------------------------------------------
def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user often has no name
        return str(os.getuid())


def _host() -> str:
    """The machine, this boot of it, and the space of its pids: two containers may have one host name and equal pids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _lives(pid: int, born: int | None) -> bool:
    if born is not None:
        return _born(pid) == born
    if sys.platform == "win32":
        return True  # there, signal 0 is no question but an interrupt
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _born(pid: int) -> int | None:
    """The start time of a process in clock ticks since boot; None where it has ended or the system does not tell.
    Source: proc(5), /proc/pid/stat, fields 3 (state) and 22 (starttime); the name before them may hold anything."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    state, *numbers = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(numbers[18])
