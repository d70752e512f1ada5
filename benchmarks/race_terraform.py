"""Terraform, Genesys and bare boto3 make the same hardened buckets on one emulated AWS, in one run.

`python benchmarks/race_terraform.py [--buckets N] [--rounds N] [--json]`; what it prints is told in README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

import contestants
import measure
import servers
from contestants import Contestant, Phase

Entry = Callable[[Path, str, int], Contestant]
Measure = Literal["seconds", "calls", "peak"]

PHASES: dict[Phase, str] = {
    "apply": "apply: make them all",
    "plan": "plan: read everything again, find nothing to change",
    "plan_cached": "plan without reading",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """The median of `of` over that of `to` is at least `least`, or at most `most`."""

    phase: Phase
    what: Measure
    of: str
    to: str
    least: float = 0.0
    most: float = float("inf")


GOALS = (
    Goal("apply", "seconds", "terraform", "genesys", least=15),
    Goal("apply", "calls", "terraform", "genesys", least=6),
    Goal("apply", "peak", "terraform", "genesys", least=4),
    Goal("apply", "seconds", "genesys", "floor", most=1.5),
    Goal("plan", "seconds", "terraform", "genesys", least=15),
    Goal("plan", "peak", "terraform", "genesys", least=4),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a phase took, round by round. `peak`: bytes of memory."""

    seconds: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Race:
    """`results` by phase and contestant, `state` in bytes by contestant; `absent`: who could not race, and why. `load`:
    how many processes wanted a CPU, on average of the minute before."""

    buckets: int
    rounds: int
    load: float
    results: dict[Phase, dict[str, Result]] = field(default_factory=lambda: {phase: {} for phase in PHASES})
    state: dict[str, dict[str, int]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def middle(self, phase: Phase, name: str, what: Measure) -> float | None:
        """The median over the rounds; None for who did not run."""
        result = self.results[phase].get(name)
        return None if result is None else median(getattr(result, what))

    def ratio(self, phase: Phase, names: tuple[str, str], what: Measure) -> float | None:
        one, other = (self.middle(phase, name, what) for name in names)
        return one / other if one is not None and other else None


# running --------------------------------------------------------------------------------------------------------------
def race(buckets: int, rounds: int) -> Race:
    """Interleaved: each round lets everyone run once, each on an empty account and with nothing remembered."""
    outcome = Race(buckets, rounds, os.getloadavg()[0])
    entries: dict[str, Entry] = {"floor": contestants.bare, "genesys": contestants.genesys}
    terraform = contestants.find_terraform()
    if isinstance(terraform, str):
        outcome.absent["terraform"] = terraform
    else:
        entries["terraform"] = terraform.contestant
    with servers.serving() as server, tempfile.TemporaryDirectory() as home:
        _warm_up(server, Path(home))
        for number in range(rounds):
            for name, enter in list(entries.items()):
                _tell(f"round {number + 1} of {rounds}: {name}")
                folder = Path(home, f"{name}-{number}")
                folder.mkdir()
                try:
                    _run(outcome, enter(folder, server.url, buckets), server)
                except measure.CommandError as error:
                    outcome.absent[name] = str(error)
                    for results in outcome.results.values():
                        results.pop(name, None)
                    del entries[name]
    return outcome


def _warm_up(server: servers.Server, folder: Path) -> None:
    """The server loads much with its first calls: that is nobody's time."""
    for command in contestants.bare(folder, server.url, 2).commands.values():
        measure.run(command, folder, contestants.environment(server.url, folder))


def _run(outcome: Race, contestant: Contestant, server: servers.Server) -> None:
    server.reset()
    for phase, command in contestant.commands.items():
        run = measure.run(command, contestant.folder, contestant.env)
        result = outcome.results[phase].setdefault(contestant.name, Result())
        result.seconds.append(run.seconds)
        result.calls.append(server.calls())
        result.peak.append(run.peak)
        if phase == "apply":
            _check(contestant, outcome.buckets, server)
    outcome.state[contestant.name] = contestant.state()


def _check(contestant: Contestant, buckets: int, server: servers.Server) -> None:
    """Everyone must have done the work. Raises `CommandError`."""
    look = contestants.bare(contestant.folder, server.url, buckets)
    measure.run(look.commands["plan"], look.folder, look.env)
    server.calls()


# telling --------------------------------------------------------------------------------------------------------------
def report(outcome: Race) -> str:
    """The tables, for people."""
    machine = f"{os.cpu_count()} CPUs with a load of {outcome.load:.1f} before"
    lines = [f"{outcome.buckets} hardened buckets, median of {outcome.rounds} rounds, {machine}"]
    for phase, title in PHASES.items():
        if outcome.results[phase]:
            lines += ["", title, f"  {'':10}{'seconds':>22}{'calls':>9}{'peak MB':>9}{'x floor':>9}{'x terraform':>13}"]
            lines += [_row(outcome, phase, name, result) for name, result in sorted(outcome.results[phase].items())]
    lines += ["", "state, in bytes"]
    lines += [
        f"  {name:10}{size:>12,}  {what}" for name, sizes in outcome.state.items() for what, size in sizes.items()
    ]
    lines += ["", "goals", *filter(None, (_goal(outcome, goal) for goal in GOALS))]
    lines += [f"\n{name} did not race: {why}" for name, why in outcome.absent.items()]
    return "\n".join(lines)


def _row(outcome: Race, phase: Phase, name: str, result: Result) -> str:
    spread = f"{median(result.seconds):.2f} ({min(result.seconds):.2f}-{max(result.seconds):.2f})"
    ratios = [outcome.ratio(phase, (name, to), "seconds") for to in ("floor", "terraform")]
    floor, peer = ("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios)
    peak = median(result.peak) / 1e6
    return f"  {name:10}{spread:>22}{median(result.calls):>9,.0f}{peak:>9,.0f}{floor:>9}{peer:>13}"


def _goal(outcome: Race, goal: Goal) -> str | None:
    ratio = outcome.ratio(goal.phase, (goal.of, goal.to), goal.what)
    if ratio is None:
        return None
    met = "met" if goal.least <= ratio <= goal.most else "MISSED"
    limit = f"at most {goal.most:g}" if goal.least == 0 else f"at least {goal.least:g}"
    return f"  {met:8}{ratio:6.2f}  {goal.phase} {goal.what}, {goal.of} to {goal.to}: {limit}"


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--buckets", type=int, default=100, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--json", action="store_true", help="print every round as one JSON document")
    asked = parser.parse_args()
    outcome = race(asked.buckets, asked.rounds)
    sys.stdout.write(f"{json.dumps(asdict(outcome), indent=2) if asked.json else report(outcome)}\n")


if __name__ == "__main__":
    main()
