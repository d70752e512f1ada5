"""JavaScript before it is sent: mistakes by file and line, and a handler that is really there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from genesys_tui.engine.functions.languages.node.check import Checker
from genesys_tui.engine.functions.languages.node.compiler import Compiler, Script
from genesys_tui.engine.functions.languages.node.handler import Exports, exported, handler_of
from genesys_tui.engine.model.build import Member, Project, Target
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.projects import Bench, written

GOOD = "export const handler = async () => 1;\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench("node", tmp_path / "home")


def on(source: Path, runtime: str) -> Project:
    return Project("f", source, Target(runtime))


# mistakes ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("index.mjs", "export const a = 1;\nexport const a = 2;\n", 2),
        ("index.mjs", "\n\nawait = 1;\n", 3),
        ("lib/deep.cjs", "exports.a = {\n  b: 1,,\n};\n", 2),
        ("index.js", "const x = 1;\nconst x = 2;\n", 2),
        ("index.cjs", "#!/usr/bin/env node\n\nimport x from 'y';\n", 3),
        ("index.js", "/(/;\n", 1),
    ],
)
def test_a_mistake_is_told_where_it_is(bench: Bench, tmp_path: Path, name: str, text: str, line: int) -> None:
    project = bench.project(written(tmp_path / "f", {"index.mjs": GOOD, name: text}))
    with pytest.raises(SourceError, match="SyntaxError: ") as caught:
        bench.code(project)
    assert (str(caught.value.file), caught.value.line) == (name, line)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.mjs", "import x from 'never-installed';\nconst y = await x();\nexport const handler = () => y;\n"),
        ("index.cjs", "#!/usr/bin/env node\nif (module.parent) return;\nexports.handler = async () => import('x');\n"),
        ("index.js", "'use strict';\nrequire('./other');\nexports.handler = (e, c, callback) => callback(null, 1);\n"),
        ("index.mjs", "throw new Error('only when it is run');\nexport const handler = 1;\n"),
    ],
)
def test_what_is_right_is_not_run_and_not_refused(bench: Bench, tmp_path: Path, name: str, text: str) -> None:
    project = bench.project(written(tmp_path / "f", {"other.mjs": GOOD, name: text}))
    assert len(bench.code(project)) == 2


def test_packages_are_not_looked_at_and_sent_only_without_a_layer(bench: Bench, tmp_path: Path) -> None:
    names = {"index.mjs": GOOD, "node_modules/x/index.js": "this is not ours )\n"}
    members = [Member(name, text.encode()) for name, text in names.items()]
    project = bench.project(written(tmp_path / "f", {"index.mjs": GOOD}))
    assert bench.lock(project) is None
    assert bench.maker.code(project, bench.pack, bench.shop, members) == members
    packages = {"": {"dependencies": {"x": "1.0.0"}}, "node_modules/x": {"version": "1.0.0", "integrity": "sha512-x"}}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages})
    written(project.source, {"package.json": '{"dependencies": {"x": "1.0.0"}}', "package-lock.json": lock})
    assert bench.lock(project)
    assert bench.maker.code(project, bench.pack, bench.shop, members) == members[:1]


def test_what_a_js_file_is_depends_on_package_json_and_on_lambda(bench: Bench, tmp_path: Path) -> None:
    source = written(tmp_path / "f", {"index.js": GOOD})
    with pytest.raises(SourceError, match=r"index\.js:1") as caught:
        bench.maker.code(on(source, "nodejs22.x"), bench.pack, bench.shop, [Member("index.js", GOOD.encode())])
    assert "call it .mjs" in caught.value.todo
    assert bench.code(on(source, "nodejs24.x"))
    written(source, {"package.json": '{"type": "module"}', "old/package.json": "{}", "old/x.js": "return;"})
    assert len(bench.code(on(source, "nodejs22.x"))) == 4


class Watched(Compiler):
    """Tells which files it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    def compile(self, scripts: Sequence[Script]) -> None:
        self.asked.append([script.name for script in scripts])
        super().compile(scripts)


def test_only_what_changed_is_looked_at() -> None:
    compiler, told = Watched(), list[str]()
    checker = Checker(compiler)

    def saved(*texts: str) -> None:
        members = [Member(f"m{number}.mjs", text.encode()) for number, text in enumerate(texts)]
        checker.check(members, Target("nodejs22.x"), told.append)

    saved(GOOD, GOOD)
    saved(GOOD, GOOD)
    with pytest.raises(SourceError):
        saved(GOOD, ")")
    with pytest.raises(SourceError):
        saved(GOOD, ")")
    saved(GOOD, GOOD)
    saved(GOOD, GOOD + GOOD.replace("handler", "other"), GOOD)
    assert compiler.asked == [["m0.mjs", "m1.mjs"], ["m1.mjs"], ["m1.mjs"], ["m1.mjs", "m2.mjs"]]
    assert not told


def test_a_node_that_died_is_started_anew() -> None:
    compiler = Compiler()
    right = Script("a.mjs", "module", GOOD.encode())
    compiler.compile([right])
    node = compiler._node
    assert node
    node.kill()
    node.wait()
    compiler.compile([right])
    with pytest.raises(SourceError):
        compiler.compile([Script("a.mjs", "module", b")" * 1_000_000)])
    compiler.compile([right])


def test_without_node_it_is_said_once_that_nothing_is_checked(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for text in (")", "))"):
        assert bench.code(bench.project(written(tmp_path / "f", {"index.mjs": text})))
    assert bench.told == ["syntax is not checked, for there is no node on this machine"]


def test_typescript_needs_a_bundler(bench: Bench, tmp_path: Path) -> None:
    source = written(tmp_path / "f", {"index.ts": "export const handler = async (): Promise<number> => 1;\n"})
    with pytest.raises(SourceError, match=r"index\.ts: Lambda does not run TypeScript") as caught:
        bench.code(bench.project(source))
    assert "esbuild" in caught.value.todo
    written(source, {"index.mjs": GOOD})
    assert bench.handler(bench.project(source)) == "index.handler", "compiled beside its source"


# handlers ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const handler = 1; export async function other() {}", {"handler", "other"}),
        ("export default async () => 1;", {"default"}),
        ("export default function handler() {}", {"default"}),
        ("const h = 1; export { h as handler, h };", {"handler", "h"}),
        ("export { handler } from './other.mjs';", {"handler"}),
        ("exports.handler = async () => 1;\nmodule.exports.other = 2;", {"handler", "other"}),
        ("module.exports = { handler, other: f };", {"handler", "other"}),
        ("Object.defineProperty(exports, 'handler', { get });", {"handler"}),
        ("// export const handler = 1;\n/* exports.x = 1 */\nconst handler = 1;", set()),
        ("if (exports.handler == 1) {}", set()),
        ("const glob = 'a/*';\nexports.handler = 1;\nconst end = '*/';", {"handler"}),
    ],
)
def test_exports_are_seen(text: str, names: set[str]) -> None:
    assert exported(text.encode()) == Exports(frozenset(names))


@pytest.mark.parametrize(
    "text",
    [
        "export * from './other.mjs';",
        "module.exports = make();",
        "module.exports = { ...others };",
        "export const { handler } = all;",
        "Object.assign(exports, all);",
        "module.exports = require('./other');",
    ],
)
def test_exports_that_only_show_when_it_runs_are_believed(text: str) -> None:
    assert not exported(text.encode()).certain
    assert handler_of("index.handler", [Member("index.js", text.encode())]) == "index.handler"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["index.mjs"], "index.handler"),
        (["index.js", "app.mjs"], "index.handler"),
        (["lib.mjs", "src/index.cjs"], "src/index.handler"),
        (["orders.mjs"], "orders.handler"),
        (["orders.mjs", "users.mjs"], None),
        (["README.md"], None),
    ],
)
def test_a_handler_is_found_by_the_names_that_people_give(names: list[str], found: str | None) -> None:
    assert handler_of(None, [Member(name, b"exports.handler = 1;") for name in names]) == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("index.nothing", "index.mjs: it exports no nothing"),
        ("app.handler", "app.mjs: it is not there"),
        ("../index.handler", "it is no handler"),
        ("/etc/index.handler", "it is no handler"),
        ("index", "it is no handler"),
        (".handler", "it is no handler"),
    ],
)
def test_a_handler_that_can_not_be_is_told_and_the_right_one_named(asked: str, said: str) -> None:
    with pytest.raises(GenesysError) as caught:
        handler_of(asked, [Member("index.mjs", GOOD.encode())])
    assert said in str(caught.value)
    assert "index.handler" in caught.value.todo


@pytest.mark.parametrize("asked", ["index.handler", "src/api.v1/index.handler", "index.api.handler"])
def test_a_handler_is_read_as_lambda_reads_it(asked: str) -> None:
    files = ("index.mjs", "src/api.v1/index.js")
    members = [Member(name, b"exports.handler = 1; exports.api = { handler: 1 };") for name in files]
    assert handler_of(asked, members) == asked
