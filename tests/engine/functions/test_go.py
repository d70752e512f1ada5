"""Go: one program for Lambda, the same bytes wherever it is compiled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genesys_tui.engine.functions.langpack import langpacks
from genesys_tui.engine.model.build import Architecture, Member, Project, Target
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.projects import GO_CACHE, Bench, written

MAIN = "package main\n\nfunc main() { println(answer()) }\n"
FILES = {
    "go.mod": "module f\n\ngo 1.19\n",
    "main.go": MAIN,
    "answer.go": "package main\n\nfunc answer() int { return 1 }\n",
}
MACHINES = {"x86_64": 62, "arm64": 183}
"""As ELF numbers them."""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    return Bench("go", tmp_path / "home")


def program(bench: Bench, project: Project) -> bytes:
    [member] = bench.code(project)
    assert member.name == "bootstrap"
    assert member.executable
    return member.content


@pytest.mark.parametrize("architecture", ["x86_64", pytest.param("arm64", marks=pytest.mark.slow)])
def test_the_program_is_for_the_target_and_tells_nothing_of_where_it_was_made(
    bench: Bench, tmp_path: Path, architecture: Architecture
) -> None:
    made = []
    for name in ("one", "deeper/down/two"):
        source = written(tmp_path / name, FILES)
        written(source, {".git/HEAD": "ref: refs/heads/main\n"})
        made.append(program(bench, bench.project(source, architecture=architecture)))
    assert made[0] == made[1]
    assert int.from_bytes(made[0][18:20], "little") == MACHINES[architecture]
    assert str(tmp_path).encode() not in made[0]


def test_equal_sources_are_compiled_once_on_this_machine(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", FILES))
    first = program(bench, project)
    other = bench.anew()
    assert program(other, project) == first
    assert not other.shop.ran
    written(project.source, {"answer.go": FILES["answer.go"].replace("1", "2")})
    second = program(bench, project)
    assert second != first
    written(project.source, FILES)
    bench.shop.ran.clear()
    assert program(bench, project) == first, "and going back is going back"
    assert not bench.shop.ran


def test_only_the_last_few_programs_are_kept(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", FILES))
    for number in range(6):
        written(project.source, {"answer.go": FILES["answer.go"].replace("1", str(number))})
        program(bench, project)
    [place] = (bench.home / "functions" / "cache" / "go").iterdir()
    assert len(list(place.iterdir())) == 4


def test_what_is_saved_while_it_compiles_is_not_taken_for_what_was_read(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", FILES))
    older = [Member(name, text.replace("return 1", "return 7").encode()) for name, text in FILES.items()]
    newer = program(bench.anew(), project)
    assert bench.maker.code(project, bench.pack, bench.shop, older)[0].content == newer, "of what was there by then"
    written(project.source, {"answer.go": FILES["answer.go"].replace("return 1", "return 7")})
    assert program(bench, project) != newer


IMPORTS = 'package main\n\nimport "%s"\n\nfunc main() { println(lib.N) }\n'
BIGGER = {"go.mod": "module f\n\ngo 1.19\n", "f/main.go": IMPORTS % "f/lib"}
BESIDE = {
    "f/go.mod": "module f\n\ngo 1.19\n\nrequire lib v0.0.0\n\nreplace lib => ../lib\n",
    "f/main.go": IMPORTS % "lib",
    "lib/go.mod": "module lib\n\ngo 1.19\n",
}


@pytest.mark.parametrize("files", [BIGGER, BESIDE], ids=["a part of a bigger module", "a module beside it"])
def test_what_lies_outside_of_the_source_takes_part(bench: Bench, tmp_path: Path, files: dict[str, str]) -> None:
    written(tmp_path, {**files, "lib/lib.go": "package lib\n\nconst N = 1\n"})
    project = bench.project(tmp_path / "f")
    before = program(bench, project)
    written(tmp_path, {"lib/lib.go": "package lib\n\nconst N = 2\n"})
    assert program(bench, project) != before


def test_what_is_embedded_takes_part_though_it_is_not_sent(bench: Bench, tmp_path: Path) -> None:
    main = 'package main\n\nimport _ "embed"\n\n//go:embed page.txt\nvar page string\n\nfunc main() { println(page) }\n'
    project = bench.project(written(tmp_path / "f", {"go.mod": FILES["go.mod"], "main.go": main, "page.txt": "one"}))
    sources = [Member("go.mod", FILES["go.mod"].encode()), Member("main.go", main.encode())]
    before = bench.maker.code(project, bench.pack, bench.shop, sources)
    written(project.source, {"page.txt": "two"})
    assert bench.maker.code(project, bench.pack, bench.shop, sources) != before


@pytest.mark.parametrize(
    ("files", "file", "line", "said"),
    [
        ({"main.go": MAIN.replace("println", "printn")}, "main.go", 3, "undefined: printn"),
        ({"main.go": IMPORTS % "f/lib", "lib/lib.go": "package lib\n\nconst N = x\n"}, "lib/lib.go", 3, "undefined: x"),
        ({"go.mod": "module f\n\ngarble\n"}, "go.mod", 3, "unknown directive"),
        ({"main.go": IMPORTS % "example.com/nowhere"}, "main.go", 3, "no required module"),
    ],
)
def test_a_mistake_is_told_where_it_is(
    bench: Bench, tmp_path: Path, files: dict[str, str], file: str, line: int, said: str
) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        bench.code(bench.project(written(tmp_path / "f", {**FILES, **files})))
    assert (str(caught.value.file), caught.value.line) == (file, line)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"go.mod": FILES["go.mod"], "lib.go": "package lib\n"}, "it is no program"),
        ({"README.md": "nothing"}, "there is no Go in it"),
    ],
)
def test_what_is_no_program_is_told(bench: Bench, tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        bench.code(bench.project(written(tmp_path / "f", files)))
    assert caught.value.todo


def test_a_program_that_is_there_is_sent_as_it_is(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {"bootstrap": "#!/bin/sh\n", "data": "x"}), "mine.handler")
    members = bench.code(project)
    assert [(one.name, one.executable) for one in members] == [("bootstrap", True), ("data", False)]
    assert bench.maker.handler(project, members) == "mine.handler"
    assert not bench.shop.ran
    old = written(tmp_path / "old", {**FILES, "bootstrap": "what go build left here"})
    assert program(bench, bench.project(old)).startswith(b"\x7fELF"), "where there is Go, it is what counts"


def test_without_go_it_is_said_what_to_install(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GenesysError, match="go is not there") as caught:
        bench.code(bench.project(written(tmp_path / "f", FILES)))
    assert "install Go" in caught.value.todo


def test_the_templates_speak_to_lambda_by_the_same_words() -> None:
    templates = langpacks() / "go" / "templates"
    assert len({(folder / "runtime.go").read_bytes() for folder in templates.iterdir()}) == 1


def test_settings_of_go_decide_too(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project("f", written(tmp_path / "f", FILES), Target("provided.al2023"))
    program(bench, project)
    monkeypatch.setenv("GOAMD64", "v2")
    bench.shop.ran.clear()
    program(bench, project)
    assert bench.shop.ran, "compiled anew"
    assert os.environ["GOCACHE"] == GO_CACHE
