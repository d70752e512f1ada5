"""A project that asks for esbuild is sent as one bundle, without a layer."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.projects import Bench, written
from tests.engine.functions.test_node_packages import USERS

TYPED = "type Event = { n: number };\n\nexport const handler = async (event: Event): Promise<number> => event.n + 1;\n"
WANTS = {"devDependencies": {"esbuild": "0.25.0"}}
STAND_IN = """#!/bin/sh
for word; do case $word in --outfile=*) out=${word#--outfile=};; esac; done
grep -q broken "$1" && { printf '✘ [ERROR] Unexpected "}"\\n\\n    %s:3:7:\\n' "$1" >&2; exit 1; }
{ echo "module.exports = made(); // $*"; cat "$1"; } > "$out"
"""
"""What esbuild does, as seen from outside."""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench("node", tmp_path / "home")


def bundled(folder: Path, files: dict[str, str], tool: str = STAND_IN, **manifest: object) -> Path:
    """A project with esbuild installed."""
    written(folder, {"package.json": json.dumps({**WANTS, **manifest}), "node_modules/.bin/esbuild": tool, **files})
    (folder / "node_modules" / ".bin" / "esbuild").chmod(0o755)
    return folder


def test_a_bundle_is_the_code_and_the_files_that_are_none(bench: Bench, tmp_path: Path) -> None:
    files = {"src/index.ts": TYPED, "src/other.ts": "", "page.html": "<p>", "tsconfig.json": "{}"}
    project = bench.project(bundled(tmp_path / "f", files, dependencies={"zod": "3.23.8"}), "src/index.handler")
    assert bench.lock(project) is None, "what it needs is in the bundle"
    members = bench.code(project)
    assert [member.name for member in members] == ["src/index.js", "page.html"]
    assert b"--target=node24 " in members[0].content
    assert b"--format=cjs" in members[0].content
    assert bench.maker.handler(project, members) == "src/index.handler"


@pytest.mark.parametrize(
    ("kind", "file"), [("module", "index.ts"), ("commonjs", "index.mts"), ("commonjs", "index.mjs")]
)
def test_an_es_module_stays_one(bench: Bench, tmp_path: Path, kind: str, file: str) -> None:
    project = bench.project(bundled(tmp_path / "f", {file: TYPED}, type=kind))
    [member] = bench.code(project)
    assert member.name == "index.mjs"
    assert b"--format=esm" in member.content


def test_nothing_is_bundled_again_while_nothing_changed(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(bundled(tmp_path / "f", {"index.ts": TYPED}))
    before = bench.code(project)
    assert bench.code(project) == before
    assert len(bench.shop.ran) == 1
    written(project.source, {"index.ts": TYPED + "// more\n"})
    assert bench.code(project) != before
    written(project.source, {"node_modules/.package-lock.json": "{}"})
    bench.code(project)
    assert len(bench.shop.ran) == 3, "what is installed is a part of it"


def test_a_mistake_is_told_by_file_and_line(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(bundled(tmp_path / "f", {"index.ts": TYPED + "broken"}))
    with pytest.raises(SourceError, match='Unexpected "}"') as caught:
        bench.code(project)
    assert (str(caught.value.file), caught.value.line) == ("index.ts", 3)


def test_what_is_asked_for_must_be_installed(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(written(tmp_path / "f", {"package.json": json.dumps(WANTS), "index.ts": TYPED}))
    with pytest.raises(GenesysError, match="esbuild is not installed") as caught:
        bench.code(project)
    assert caught.value.command == "npm install --save-dev esbuild"


def test_a_bundle_needs_a_handler_to_begin_with(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it has no handler"):
        bench.code(bench.project(bundled(tmp_path / "f", {"index.ts": "const handler = 1;\n"})))


@pytest.mark.slow
def test_esbuild_itself(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_userconfig", USERS)
    code = 'import { z } from "zod";\n' + TYPED.replace("event.n + 1", "z.number().parse(event.n) + 1")
    members = []
    for name in ("one", "two"):
        manifest = {"devDependencies": {"esbuild": "0.25.0", "zod": "3.23.8"}}
        source = written(
            tmp_path / name, {"package.json": json.dumps(manifest), "index.ts": code, "tsconfig.json": "{}"}
        )
        subprocess.run(["npm", "install", "--ignore-scripts"], cwd=source, check=True, capture_output=True)
        project = bench.project(source)
        members.append(bench.code(project))
        assert bench.handler(project) == "index.handler"
    assert members[0] == members[1], "the same bytes in two folders"
    bundle = written(tmp_path / "out", {"index.js": members[0][0].content.decode()})
    node = which("node")
    assert node
    ask = 'require("./index.js").handler({ n: 1 }).then(console.log)'
    said = subprocess.run([node, "-e", ask], cwd=bundle, env=os.environ, check=True, capture_output=True, text=True)
    assert said.stdout == "2\n"
    written(tmp_path / "one", {"index.ts": code + "\nconst x = ];\n"})
    with pytest.raises(SourceError) as caught:
        bench.code(bench.project(tmp_path / "one"))
    assert (str(caught.value.file), caught.value.line) == ("index.ts", 6)
    written(tmp_path / "one", {"index.ts": 'import "nowhere";\n' + code})
    with pytest.raises(SourceError, match=r"index\.ts:1: Could not resolve \"nowhere\""):
        bench.code(bench.project(tmp_path / "one"))
