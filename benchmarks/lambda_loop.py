"""The Lambda loop: what a save of a file and a build of its dependencies take, next to aws-sam-cli and to the floor.

`python benchmarks/lambda_loop.py [--rounds N] [--edits N] [--sam PROGRAM] [--json]`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles

import measure
import servers
import uv
from lambda_projects import LARGE, PLAIN, RUNTIME, TYPICAL, Sample, edit
from sam import Sam, environment

HERE = Path(__file__).parent
GENESYS = str(Path(sys.executable).with_name("genesys"))
SAMPLES: Sequence[Sample] = (PLAIN, TYPICAL, LARGE)


@dataclass(frozen=True)
class Row:
    """One line of the table, by the names of what was measured. `own`: what is ours; the others may not be there."""

    title: str
    own: str
    floor: str = ""
    sam: str = ""


@dataclass(frozen=True)
class Goal:
    """What was asked. `least`: at least so many times faster than `than`; `most`: at most so many milliseconds."""

    what: str
    own: str
    than: str = ""
    least: float = 0.0
    most: float = 0.0


def _rows(sample: Sample) -> list[Row]:
    name = sample.name
    return [
        Row("save -> zip", f"{name} zip", f"{name} floor_zip", f"{name} sam cached"),
        Row("save -> local answer", f"{name} answer", f"{name} floor_answer"),
        Row("save -> plan", f"{name} plan"),
        Row("save -> deployed", f"{name} deployed", f"{name} floor_deployed"),
        Row("  of it outside of calls", f"{name} own_wall"),
        Row("own CPU of a save, planned", f"{name} cpu"),
        Row("own CPU of a save, deployed", f"{name} cpu_live"),
        Row("one-line edit, whole process", f"{name} build", "", f"{name} sam cached"),
    ]


BUILDS = (
    Row("all, nothing downloaded", "cold", "uv cold", "sam cold"),
    Row("all, packages downloaded", "warm", "uv warm", "sam warm"),
    Row("one-line edit, layer reused", "typical build", "", "sam edit"),
    Row("one-line edit, sam --cached", "typical build", "", "typical sam cached"),
)
GOALS = (
    Goal("one-line edit, in the app", "typical zip", "typical sam cached", least=10),
    Goal("one-line edit, whole process", "typical build", "typical sam cached", least=10),
    Goal("cold build, nothing downloaded", "cold", "sam cold", least=10),
    Goal("cold build, packages downloaded", "warm", "sam warm", least=10),
    Goal("local answer, no dependencies", "plain answer", most=300),
    Goal("local answer, numpy + pydantic + requests", "typical answer", most=300),
    Goal("cached rebuild, whole process", "typical build", most=1_000),
    Goal("cached rebuild of 1,000 files, whole process", "large build", most=1_000),
    Goal("own CPU of a save, planned", "typical cpu", most=40),
    Goal("own CPU of a save, deployed", "typical cpu_live", most=40),
)


@dataclass
class Race:
    """`taken`: milliseconds of every run, by what they are of. `absent`: who did not race, and why."""

    rounds: int
    host: str
    sam: str = ""
    taken: dict[str, list[float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def take(self, what: str, *ms: float) -> None:
        self.taken.setdefault(what, []).extend(ms)

    def middle(self, what: str) -> float | None:
        return median(self.taken[what]) if what in self.taken else None

    def ratio(self, what: str, than: str) -> float | None:
        one, other = self.middle(what), self.middle(than)
        return None if one is None or other is None else one / other


class Racing:
    """The rounds. `folder`: empty, for all that is made."""

    def __init__(self, race: Race, folder: Path, server: servers.Server, edits: int) -> None:
        self.race = race
        self.folder = folder
        self.server = server
        self.edits = edits
        self.env = {
            "GENESYS_BUILDER": "host",
            **{name: value for name, value in environment().items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.version = 0

    def warm_up(self, sam: Sam | None) -> None:
        """What is started for the first time is compiled to bytecode: that is nobody's time. Raises `CommandError`."""
        self._build(self._project(PLAIN), self._emptied("home"))
        if sam is not None:
            sam.build(self._project(PLAIN))

    def builds(self) -> None:
        """The dependencies, then edits, each as a whole process."""
        home = self._emptied("home")
        for sample in (TYPICAL, LARGE, PLAIN):
            project = self._project(sample)
            first = self._build(project, home)
            if sample is TYPICAL:
                self.race.take("cold", first)
                for made in ("functions/layers", "functions/locks", "artifacts"):
                    shutil.rmtree(home / made)
                self.race.take("warm", self._build(project, home))
            self._edit(project)
            self.race.take(f"{sample.name} build", self._build(project, home))

    def installs(self) -> None:
        """uv alone, with the same packages for the same target."""
        cache, project = self._emptied("cache"), self._project(TYPICAL)
        for what in ("uv cold", "uv warm"):
            target = self._emptied("installed")
            command = [
                uv.find_uv_bin(),
                "pip",
                "install",
                "--quiet",
                "--only-binary",
                ":all:",
                "--no-installer-metadata",
            ]
            where = ["--target", str(target), "--python-version", RUNTIME.removeprefix("python")]
            env = {**self.env, "UV_CACHE_DIR": str(cache)}
            run = measure.run([*command, *where, "-r", "src/requirements.txt"], project, env)
            self.race.take(what, run.seconds * 1000)

    def sam(self, sam: Sam) -> None:
        """The same builds with SAM."""
        project = self._project(TYPICAL)
        sam.forget_downloads()
        self.race.take("sam cold", sam.build(project) * 1000)
        sam.forget_builds(project)
        self.race.take("sam warm", sam.build(project) * 1000)
        self._edit(project)
        self.race.take("sam edit", sam.build(project) * 1000)
        for sample in SAMPLES:
            project = self._project(sample)
            sam.build(project, "--cached")
            self._edit(project)
            self.race.take(f"{sample.name} sam cached", sam.build(project, "--cached") * 1000)

    def saves(self, sample: Sample) -> None:
        """Edits under a running loop, in an empty account; the layer was made by `builds`."""
        self.server.reset()
        project, home = self._project(sample), self._emptied("home-of-saves")
        shutil.copytree(self.folder / "home", home, copy_function=os.link)
        words = (str(project), str(home), str(self.edits))
        said = measure.run((sys.executable, str(HERE / "lambda_saves.py"), *words), project, self.env).output
        for what, ms in json.loads(said).items():
            self.race.take(f"{sample.name} {what}", *ms)

    def _build(self, project: Path, home: Path) -> float:
        env = {**self.env, "GENESYS_HOME": str(home)}
        return measure.run((GENESYS, "function", "build", "--json"), project, env).seconds * 1000

    def _project(self, sample: Sample) -> Path:
        return sample.make(self._emptied(sample.name))

    def _edit(self, project: Path) -> None:
        self.version += 1
        edit(project, self.version)

    def _emptied(self, name: str) -> Path:
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def race(rounds: int, edits: int, program: Path | None) -> Race:
    """Everyone once in each round, then the saves of each project."""
    cpus = f"{os.cpu_count()} CPUs with a load of {os.getloadavg()[0]:.1f} before"
    host = f"{platform.machine()}, {cpus}, Python {platform.python_version()}"
    outcome = Race(rounds, host)
    with servers.serving() as server, tempfile.TemporaryDirectory() as folder:
        sam = _sam(outcome, Path(folder), program)
        racing = Racing(outcome, Path(folder), server, -(-edits // rounds))
        racing.warm_up(sam)
        for number in range(1, rounds + 1):
            _tell(f"round {number} of {rounds}: builds")
            racing.builds()
            racing.installs()
            if sam is not None:
                _tell(f"round {number} of {rounds}: sam")
                try:
                    racing.sam(sam)
                except measure.CommandError as error:
                    outcome.absent["sam"], sam = str(error), None
            for sample in SAMPLES:
                _tell(f"round {number} of {rounds}: saves, {sample.name}")
                racing.saves(sample)
    return outcome


def _sam(outcome: Race, folder: Path, program: Path | None) -> Sam | None:
    try:
        sam = Sam.installed(folder / "sam", program)
    except (measure.CommandError, OSError) as error:
        outcome.absent["sam"] = str(error)
        return None
    outcome.sam = sam.version
    return sam


# telling --------------------------------------------------------------------------------------------------------------
def report(outcome: Race) -> str:
    """The tables, for people."""
    title = f"milliseconds, {outcome.rounds} rounds, {outcome.host}"
    lines = [f"{title}, SAM CLI {outcome.sam}" if outcome.sam else title]
    head = f"{'median':>10}{'min':>9}{'p90':>9}{'max':>9}{'floor':>9}{'x floor':>9}{'sam':>9}{'sam/own':>9}"
    for sample in SAMPLES:
        what = "numpy + pydantic + requests" if sample.dependencies else "no dependencies"
        lines += ["", f"{f'{sample.files:,} files, {what}':38}{head}"]
        lines += [_line(outcome, row) for row in _rows(sample)]
    lines += ["", f"{'builds as whole processes, 30 files':38}{head}", *(_line(outcome, row) for row in BUILDS)]
    lines += ["", "goals", *filter(None, (_goal(outcome, goal) for goal in GOALS))]
    lines += [f"\n{name} did not race: {why}" for name, why in outcome.absent.items()]
    return "\n".join(lines)


def _line(outcome: Race, row: Row) -> str:
    ms = outcome.taken[row.own]
    spread = f"{median(ms):>10,.1f}{min(ms):>9,.1f}{_ninetieth(ms):>9,.1f}{max(ms):>9,.1f}"
    floor, sam = outcome.middle(row.floor), outcome.middle(row.sam)
    ratios = _one(outcome.ratio(row.own, row.floor)), _one(outcome.ratio(row.sam, row.own))
    return f"  {row.title:36}{spread}{_one(floor):>9}{ratios[0]:>9}{_one(sam):>9}{ratios[1]:>9}"


def _ninetieth(ms: Sequence[float]) -> float:
    return quantiles(ms, n=10, method="inclusive")[-1] if len(ms) > 1 else ms[0]


def _one(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def _goal(outcome: Race, goal: Goal) -> str | None:
    own, ratio = outcome.middle(goal.own), outcome.ratio(goal.than, goal.own)
    if goal.most and own is not None:
        met, said, limit = own <= goal.most, f"{own:,.0f} ms", f"at most {goal.most:,.0f} ms"
    elif goal.least and ratio is not None:
        met, said, limit = ratio >= goal.least, f"{ratio:,.1f}x", f"at least {goal.least:g}x faster than sam"
    else:
        return None
    return f"  {'met' if met else 'MISSED':8}{said:>10}  {goal.what}: {limit}"


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--edits", type=int, default=30, metavar="N", help="of each project, in all rounds together")
    parser.add_argument("--sam", type=Path, metavar="PROGRAM", help="a `sam` that is there; else it is installed")
    parser.add_argument("--json", action="store_true", help="print every run as one JSON document")
    asked = parser.parse_args()
    outcome = race(asked.rounds, asked.edits, asked.sam)
    sys.stdout.write(f"{json.dumps(asdict(outcome), indent=2) if asked.json else report(outcome)}\n")


if __name__ == "__main__":
    main()
