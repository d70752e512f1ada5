"""The packages of a Node project: resolved by their lock, installed for Lambda and never for this machine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from genesys_tui.engine.functions.packing.archive import zipped
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.npm_registry import Package, serving
from tests.engine.functions.projects import Bench, digests, written

USERS = os.environ.get("NPM_CONFIG_USERCONFIG") or str(Path.home() / ".npmrc")
"""Which index to use is a setting of the one who runs the tests; taken before a test has a HOME of its own."""
CODE = {"index.mjs": "export const handler = async () => 1;\n"}


def package(name: str, version: str = "1.0.0", files: dict[str, str] | None = None, **more: Any) -> Package:
    return {"name": name, "version": version, **more}, {"index.js": f"module.exports = {name!r};\n", **(files or {})}


PACKAGES = (
    package("left", dependencies={"below": "^1.0.0"}, bin={"left": "index.js"}),
    package("below"),
    package("below", "1.2.0", files={"index.js.map": "{}", "data.map": "kept", "lib.d.ts": "kept"}),
    package("lint"),
    package("for-arm", os=["linux"], cpu=["arm64"]),
    package("for-intel", os=["linux"], cpu=["x64"]),
    package("for-mac", os=["darwin"], scripts={"install": "exit 1"}),
    package(
        "native",
        optionalDependencies={"for-arm": "1.0.0", "for-intel": "1.0.0", "for-mac": "1.0.0"},
        scripts={"postinstall": "touch made-by-a-script"},
    ),
    package("bindings"),
    package(
        "compiled",
        files={"binding.gyp": "{}"},
        dependencies={"bindings": "1.0.0"},
        scripts={"install": "node-gyp rebuild"},
    ),
    package(
        "prebuilt",
        files={"binding.gyp": "{}", "prebuilds/linux-x64/node.node": "x64"},
        scripts={"install": "node-gyp-build"},
    ),
)


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with serving(*PACKAGES) as url:
        yield url


@pytest.fixture
def bench(tmp_path: Path, registry: str, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("npm_config_registry", registry)
    return Bench("node", tmp_path / "home")


def asking(folder: Path, **packages: str) -> Path:
    """A project that asks for these, without a lock."""
    return written(folder, {**CODE, "package.json": json.dumps({"name": folder.name, "dependencies": packages})})


def locked(folder: Path, **packages: str) -> Path:
    """A project that asks for these, and one to develop with, locked by npm."""
    manifest = {"dependencies": packages, "devDependencies": {"lint": "1.0.0"}}
    written(folder, {**CODE, "package.json": json.dumps(manifest)})
    subprocess.run(["npm", "install", "--package-lock-only", "--no-audit"], cwd=folder, check=True, capture_output=True)
    return folder


def test_a_lock_is_installed_as_it_says_and_the_same_each_time(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(locked(tmp_path / "f", left="1.0.0"))
    lock = bench.lock(project)
    assert lock
    assert [line.split()[:2] for line in lock.text.splitlines()] == [
        ["node_modules/below", "1.2.0"],
        ["node_modules/left", "1.0.0"],
    ], "nothing to develop with"
    one = digests(bench.install(project, tmp_path / "home" / "one"))
    left, below = ("package.json", "index.js"), ("package.json", "index.js", "data.map", "lib.d.ts")
    assert set(one) == {f"nodejs/node_modules/left/{file}" for file in left} | {
        f"nodejs/node_modules/below/{file}" for file in below
    }, "what no program reads is left out: commands, maps of code, what npm keeps for itself"
    assert digests(bench.anew().install(project, tmp_path / "home" / "two")) == one


@pytest.mark.slow
def test_without_a_lock_one_is_made_once_and_the_project_is_left_alone(bench: Bench, tmp_path: Path) -> None:
    source = asking(tmp_path / "f", below="^1.0.0")
    lock = bench.lock(bench.project(source))
    assert lock
    assert lock.text.startswith("node_modules/below 1.2.0 sha512-")
    other = asking(tmp_path / "other", below="^1.0.0")
    for project in (bench.project(source), bench.project(other)):
        later = bench.anew()
        again = later.lock(project)
        assert again
        assert again.text == lock.text
        assert not later.shop.ran, "it was resolved before"
    assert sorted(path.name for path in source.iterdir()) == ["index.mjs", "package.json"]


@pytest.mark.slow
@pytest.mark.parametrize(("architecture", "there"), [("x86_64", "for-intel"), ("arm64", "for-arm")])
def test_packages_are_those_of_the_target(bench: Bench, tmp_path: Path, architecture: Any, there: str) -> None:
    project = bench.project(asking(tmp_path / "f", native="1.0.0"), architecture=architecture)
    modules = bench.install(project, tmp_path / "home" / "opt") / "nodejs" / "node_modules"
    assert {path.name for path in modules.iterdir()} == {"native", there}
    assert not (modules / "native" / "made-by-a-script").exists()
    assert any("install scripts of native" in line for line in bench.told)
    lock = bench.lock(project)
    assert lock
    assert not lock.compiled, "a script is not yet a compiler"


@pytest.mark.slow
def test_what_must_be_compiled_is_not_made_on_this_machine(bench: Bench, tmp_path: Path) -> None:
    project = bench.project(asking(tmp_path / "f", compiled="1.0.0"))
    lock = bench.lock(project)
    assert lock
    assert lock.compiled == ("compiled",)
    with pytest.raises(GenesysError, match="compiled must be compiled") as caught:
        bench.install(project, tmp_path / "home" / "opt")
    assert "container" in caught.value.todo


@pytest.mark.slow
def test_what_brings_its_binary_needs_no_compiler(bench: Bench, tmp_path: Path) -> None:
    source = asking(tmp_path / "f", prebuilt="1.0.0")
    into = bench.install(bench.project(source), tmp_path / "home" / "one")
    assert (into / "nodejs/node_modules/prebuilt/prebuilds/linux-x64/node.node").is_file()
    with pytest.raises(GenesysError, match="must be compiled"):
        bench.install(bench.project(source, architecture="arm64"), tmp_path / "home" / "two")


@pytest.mark.slow
def test_the_settings_of_a_project_lead_to_its_index_and_go_nowhere_else(
    bench: Bench, tmp_path: Path, registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "npm_config_userconfig", str(written(tmp_path, {"user": "registry=http://127.0.0.1:9/\n"}) / "user")
    )
    monkeypatch.delenv("npm_config_registry")
    source = written(
        asking(tmp_path / "f", below="1.0.0"), {".npmrc": f"registry={registry}\n//x/:_authToken=secret\n"}
    )
    project = bench.project(source)
    into = bench.install(project, tmp_path / "home" / "opt")
    assert ".npmrc" not in {path.name for path in tmp_path.joinpath("home").rglob("*")}
    assert (into / "nodejs" / "node_modules" / "below").is_dir()
    assert {member.name for member in bench.code(project)} == {"index.mjs", "package.json"}


@pytest.mark.slow
def test_an_index_that_can_not_be_reached_is_told(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(CommandError, match="ECONNREFUSED"):
        bench.lock(bench.project(asking(tmp_path / "f", below="1.0.0")))


@pytest.mark.slow
def test_a_package_that_is_not_there_is_told(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no-such"):
        bench.lock(bench.project(asking(tmp_path / "f", **{"no-such": "1.0.0"})))


def test_without_npm_it_is_said_what_to_install(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GenesysError, match="npm is not there") as caught:
        bench.lock(bench.project(asking(tmp_path / "f", below="1.0.0")))
    assert "Node.js" in caught.value.todo


ONE, TWO = '{"dependencies": {"a": "1.0.0"}}', '{"dependencies": {"a": "2.0.0"}}'
LOCK = {
    "lockfileVersion": 3,
    "packages": {"": {"dependencies": {"a": "1.0.0"}}, "node_modules/a": {"version": "1.0.0"}},
}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"package.json": '{\n "name": \n}'}, "package.json:3: it is no JSON"),
        ({"package.json": '{"dependencies": [1]}'}, "package.json: dependencies"),
        ({"package.json": TWO, "package-lock.json": json.dumps(LOCK)}, "they differ in a"),
        ({"package.json": '{"dependencies": {"b": "1.0.0"}}', "package-lock.json": json.dumps(LOCK)}, "differ in a, b"),
        ({"package.json": ONE, "pnpm-lock.yaml": ""}, "is a lock of pnpm"),
        ({"package.json": '{"dependencies": {"a": "file:../a"}}'}, "the dependency a is a folder"),
    ],
)  # fmt: skip
def test_what_can_not_be_resolved_is_told(bench: Bench, tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(GenesysError) as caught:
        bench.lock(bench.project(written(tmp_path / "f", {**CODE, **files})))
    assert said in str(caught.value)
    assert not bench.shop.ran
    assert isinstance(caught.value, SourceError) or caught.value.todo


@pytest.mark.slow
def test_a_lock_with_a_folder_in_it_is_refused(bench: Bench, tmp_path: Path) -> None:
    written(tmp_path / "mine", {"package.json": '{"name": "mine", "version": "1.0.0"}'})
    with pytest.raises(GenesysError, match=r"mine is a folder: \.\./mine"):
        bench.lock(bench.project(locked(tmp_path / "f", mine="file:../mine")))


def test_no_dependencies_no_layer(bench: Bench, tmp_path: Path) -> None:
    source = written(tmp_path / "f", {**CODE, "package.json": '{"devDependencies": {"lint": "1.0.0"}}'})
    assert bench.lock(bench.project(source)) is None


@pytest.mark.slow
def test_a_function_with_zod_builds_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_userconfig", USERS)
    bench = Bench("node", tmp_path / "home")
    code = (
        'const { z } = require("zod");\nexports.handler = async (event) => z.object({ n: z.number() }).parse(event);\n'
    )
    manifest = json.dumps({"dependencies": {"zod": "3.23.8"}})
    layers = []
    for name in ("one", "two"):
        source = written(tmp_path / name, {"index.js": code, "package.json": manifest})
        project = bench.project(source)
        into = bench.install(project, tmp_path / "home" / name)
        layers.append(zipped(Member(path.relative_to(into).as_posix(), path.read_bytes()) for path in files(into)))
        assert bench.handler(project) == "index.handler"
    assert layers[0] == layers[1]
    ask = 'require("./index.js").handler({ n: 1 }).then((it) => console.log(JSON.stringify(it)))'
    env = {**os.environ, "NODE_PATH": str(tmp_path / "home" / "one" / "nodejs" / "node_modules")}
    node = which("node")
    assert node
    said = subprocess.run([node, "-e", ask], cwd=tmp_path / "one", env=env, check=True, capture_output=True, text=True)
    assert json.loads(said.stdout) == {"n": 1}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
