"""How long a short command takes as a whole process, next to what Python itself takes.

`python benchmarks/startup.py [--runs N] [--json]`
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

GENESYS = str(Path(sys.executable).with_name("genesys"))

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "python -c 'import click'": (sys.executable, "-c", "import click"),
    "genesys version": (GENESYS, "version"),
    "genesys --help": (GENESYS, "--help"),
}

HEAVY = ("boto3", "botocore", "pydantic", "rich", "textual", "yaml")
"""What a short command should not load."""


@dataclass(frozen=True, slots=True)
class Startup:
    """`milliseconds` by run; how many `modules` Python had loaded in the end, and which `heavy` ones."""

    milliseconds: Sequence[float]
    modules: int
    heavy: Sequence[str]


def measure(runs: int) -> dict[str, Startup]:
    """Interleaved, after one run of each that is not counted (it fills the file cache)."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(runs + 1):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            if number:
                times[name].append((time.perf_counter() - started) * 1_000)
    return {name: Startup(times[name], *_loaded(command)) for name, command in COMMANDS.items()}


def _loaded(command: Sequence[str]) -> tuple[int, list[str]]:
    """The modules that the command loads, told by Python's own import log."""
    script = command if command[0] == sys.executable else (sys.executable, *command)
    said = subprocess.run(
        (script[0], "-X", "importtime", *script[1:]), capture_output=True, text=True, check=True
    ).stderr
    names = {line.rpartition("|")[2].strip() for line in said.splitlines() if line.startswith("import time:")}
    return len(names - {"imported package"}), [name for name in HEAVY if name in names]


def report(found: Mapping[str, Startup]) -> str:
    """A table, for people."""
    lines = [f"{'':26}{'median ms':>10}{'fastest':>9}{'slowest':>9}{'modules':>9}  heavy modules"]
    for name, one in found.items():
        times = one.milliseconds
        heavy = ", ".join(one.heavy) or "none"
        lines.append(f"{name:26}{median(times):>10.1f}{min(times):>9.1f}{max(times):>9.1f}{one.modules:>9}  {heavy}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=20, metavar="N")
    parser.add_argument("--json", action="store_true", help="print every run as one JSON document")
    asked = parser.parse_args()
    found = measure(asked.runs)
    document = {name: asdict(one) for name, one in found.items()}
    sys.stdout.write(f"{json.dumps(document, indent=2) if asked.json else report(found)}\n")


if __name__ == "__main__":
    main()
