"""What every langpack and its builder must do, whatever the language. A new one is a row of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from genesys_tui.engine.functions.langpack import langpacks
from genesys_tui.engine.model.build import Language, Target
from genesys_tui.engine.model.source_error import SourceError
from genesys_tui.engine.model.specs.function import RUNTIMES
from tests.engine.functions.projects import GO_CACHE, Bench, members_of, written

Files = Mapping[str, str]
TEMPLATES = ("plain", "http", "queue", "schedule")


@dataclass(frozen=True)
class Row:
    """A language: its words for one thing each. `broken`: code with a mistake in its third line; `locks`: the same
    dependency, written twice, and another one; None where a language needs no lock."""

    language: Language
    handler: str
    file: str
    right: str
    broken: str
    absent: str | None
    locks: tuple[Files, Files, Files] | None


def npm_lock(version: str, *, project: str = "one", indent: int | None = None) -> Files:
    """package.json and its lock, of a project with one dependency."""
    import json

    wants = {"dependencies": {"six": version}, "devDependencies": {"lint": "1.0.0"} if indent else {}}
    packages = {
        "": {"name": project, **wants},
        "node_modules/six": {"version": version, "integrity": f"sha512-{version}"},
        **({"node_modules/lint": {"version": "1.0.0", "integrity": "sha512-x", "dev": True}} if indent else {}),
    }
    lock = {"name": project, "lockfileVersion": 3, "packages": packages}
    return {
        "package.json": json.dumps({"name": project, **wants}, indent=indent),
        "package-lock.json": json.dumps(lock, indent=indent),
    }


ROWS = (
    Row(
        "python",
        handler="lambda_function.handler",
        file="lambda_function.py",
        right="def handler(event, context):\n    return 1\n",
        broken="def handler(event, context):\n    return 1\nx = (\n",
        absent="lambda_function.nothing",
        locks=(
            {"requirements.txt": "six==1.16.0\n"},
            {"requirements.txt": "# what it needs\n\n  six == 1.16.0  # for now\n"},
            {"requirements.txt": "six==1.17.0\n"},
        ),
    ),
    Row(
        "node",
        handler="index.handler",
        file="index.mjs",
        right="export const handler = async () => 1;\n",
        broken="export const handler = async () => 1;\n\nconst x = ];\n",
        absent="index.nothing",
        locks=(npm_lock("1.0.0"), npm_lock("1.0.0", project="other", indent=4), npm_lock("1.1.0")),
    ),
    Row(
        "go",
        handler="bootstrap",
        file="main.go",
        right="package main\n\nfunc main() {}\n",
        broken="package main\n\nfunc main() { x }\n",
        absent=None,
        locks=None,
    ),
)


@pytest.fixture(params=ROWS, ids=lambda row: row.language)
def row(request: pytest.FixtureRequest) -> Row:
    assert isinstance(request.param, Row)
    return request.param


@pytest.fixture
def bench(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    return Bench(row.language, tmp_path / "home")


def test_its_runtimes_are_those_of_lambda(bench: Bench) -> None:
    known = {runtime for several in RUNTIMES.values() for runtime in several}
    for runtime in bench.pack.runtimes:
        target = Target(runtime.name)
        assert runtime.name in known
        assert target.language == bench.language
        assert bench.pack.runtime(target) == runtime
        assert runtime.image
    dates = [runtime.deprecated for runtime in bench.pack.runtimes]
    assert dates == sorted(dates, reverse=True), "the newest first"


def test_it_has_what_an_image_and_a_new_function_start_from(bench: Bench) -> None:
    assert "FROM " in (bench.pack.folder / "Containerfile").read_text()
    assert {path.name for path in (bench.pack.folder / "templates").iterdir()} == set(TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_known_builds_and_needs_nothing(row: Row, bench: Bench, tmp_path: Path, template: str) -> None:
    source = copytree(langpacks() / row.language / "templates" / template, tmp_path / "function")
    project = bench.project(source)
    assert bench.pack.detected_in(source)
    assert bench.lock(project) is None
    members = bench.code(project)
    assert bench.maker.handler(project, members) == row.handler
    assert all(member.content and not member.name.startswith(("/", "..")) for member in members)


def test_the_same_code_is_the_same_bytes_in_any_folder(row: Row, bench: Bench, tmp_path: Path) -> None:
    one = written(tmp_path / "one", {row.file: row.right})
    other = written(tmp_path / "deeper" / "down" / "other", {row.file: row.right})
    assert bench.code(bench.project(one)) == bench.anew().code(bench.project(other))


def test_a_single_file_is_a_source(row: Row, bench: Bench, tmp_path: Path) -> None:
    file = written(tmp_path / "f", {row.file: row.right}) / row.file
    assert bench.handler(bench.project(file)) == row.handler


def test_a_mistake_is_told_by_file_and_line_until_it_is_corrected(row: Row, bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {row.file: row.right}))
    before = bench.code(project)
    written(project.source, {row.file: row.broken})
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            bench.code(project)
        assert (str(caught.value.file), caught.value.line) == (row.file, 3)
    written(project.source, {row.file: row.right})
    assert bench.code(project) == before


def test_what_was_right_is_not_looked_at_again(row: Row, bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {row.file: row.right}))
    before = bench.code(project)
    bench.shop.ran.clear()
    assert bench.code(project) == before
    assert not bench.shop.ran, "nothing changed, so nothing is run"


def test_a_handler_that_is_not_there_is_told(row: Row, bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {row.file: row.right}), row.handler)
    assert bench.handler(project) == row.handler
    with pytest.raises(SourceError, match="not there"):
        bench.maker.handler(project, ())
    if row.absent:
        with pytest.raises(SourceError) as caught:
            bench.handler(bench.project(project.source, row.absent))
        assert str(caught.value.file) == row.file


def test_a_lock_says_what_is_installed_and_nothing_else(row: Row, bench: Bench, tmp_path: Path) -> None:
    if row.locks is None:
        assert bench.lock(bench.project(written(tmp_path / "f", {row.file: row.right}))) is None
        return
    texts = []
    for number, files in enumerate(row.locks):
        source = written(tmp_path / str(number), {row.file: row.right, **files})
        lock = bench.lock(bench.project(source))
        assert lock
        assert lock.files
        assert all(path.is_file() and path.parent == source for path in lock.files)
        texts.append(lock.text)
    same, again, other = texts
    assert same == again, "how it is written is no part of it"
    assert same != other


def test_a_lock_that_is_known_starts_nothing(row: Row, bench: Bench, tmp_path: Path) -> None:
    files = row.locks[0] if row.locks else {}
    project = bench.project(written(tmp_path / "f", {row.file: row.right, **files}))
    before = bench.lock(project)
    for later in (bench, bench.anew()):
        later.shop.ran.clear()
        assert later.lock(project) == before
        assert not later.shop.ran


def test_members_hold_the_code_alone(row: Row, bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {row.file: row.right}))
    names = [member.name for member in bench.code(project)]
    assert names == (["bootstrap"] if row.language == "go" else [one.name for one in members_of(project.source)])
