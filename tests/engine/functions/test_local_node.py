"""Node.js functions, run by this machine's own Node.js."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.invocation import Answer, Json
from tests.engine.functions.sandboxes import Opened, built, opened, write

MODULE = """
console.log("loading");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const ways = {
  echo: (event) => event,
  fail: () => null.field,
  exit: () => process.exit(4),
  lost: () => { Promise.reject(new Error("nobody waits")); return pause(10000); },
  thrown: () => { setTimeout(() => { throw new RangeError("from a timer"); }); return pause(10000); },
  hang: () => pause(1e9),
  spin: () => { for (;;); },
  hoard: async () => { const hoarded = Buffer.alloc(900e6, 1); await pause(10000); return hoarded.length; },
  text: () => { throw "only a text"; },
  environment: () => process.env,
  pid: () => process.pid,
  nothing: () => undefined,
  about: (event, context) => [context.functionName, context.memoryLimitInMB, context.awsRequestId,
    context.invokedFunctionArn, context.getRemainingTimeInMillis(), context.functionVersion],
};
export const handler = async (event, context) => {
  console.log("got", event, "in\\ntwo lines");
  return ways[event?.do ?? "echo"](event, context);
};
"""


@pytest.fixture(scope="session")
def node_runtime() -> str:
    """That of this machine's Node.js."""
    _, version = interpreters.node("0")
    return f"nodejs{version.partition('.')[0]}.x"


@pytest.fixture
def echo(tmp_path: Path, node_runtime: str) -> Iterator[Opened]:
    write(tmp_path, "index.mjs", MODULE)
    with opened(built(tmp_path, node_runtime, "index.handler"), tmp_path / "home") as function:
        yield function


def answer_of(tmp_path: Path, runtime: str, files: dict[str, str], event: Json = None, *layers: Path) -> Answer:
    for name, text in files.items():
        write(tmp_path / "code", name, text)
    made = built(tmp_path / "code", runtime, "index.handler", layers)
    with opened(made, tmp_path / "home") as function:
        return function.ask(event)


def test_it_answers_again_and_again(echo: Opened) -> None:
    first = echo.ask({"größe": [1, None]})
    assert (first.ok, first.payload, first.notes) == (True, {"größe": [1, None]}, ())
    assert first.init_ms is not None
    texts = [line.text for line in first.logs]
    assert texts[0].endswith("\tundefined\tINFO\tloading")
    assert texts[1] == f"START RequestId: {first.request} Version: $LATEST"
    assert f"\t{first.request}\tINFO\tgot " in texts[2]
    assert texts[3] == "two lines"
    assert [echo.ask({"do": "pid"}).payload for _ in range(2)] == [echo.sandbox.pid] * 2
    assert echo.ask({"do": "nothing"}).payload is None


def test_it_is_told_of_itself(echo: Opened) -> None:
    answer = echo.ask({"do": "about"}, 10)
    assert isinstance(answer.payload, list)
    *rest, left, version = answer.payload
    arn = "arn:aws:lambda:us-east-1:000000000000:function:echo"
    assert rest == ["echo", "512", answer.request, arn]
    assert isinstance(left, int)
    assert 0 < left <= 10_000
    assert version == "$LATEST"


@pytest.mark.parametrize(
    ("way", "kind", "message", "line"),
    [
        ("fail", "TypeError", "Cannot read properties of null", 5),
        ("lost", "Runtime.UnhandledPromiseRejection", "Error: nobody waits", 7),
        ("thrown", "RangeError", "from a timer", 8),
    ],
)
def test_an_error_tells_the_line_of_the_source(echo: Opened, way: str, kind: str, message: str, line: int) -> None:
    answer = echo.ask({"do": way})
    assert answer.ending == "failed"
    assert answer.error
    assert answer.error.type == kind
    assert message in answer.error.message
    assert ("index.mjs", line) in [(frame.file, frame.line) for frame in answer.error.trace]
    assert echo.ask("again").payload == "again"


def test_what_is_thrown_may_be_anything(echo: Opened) -> None:
    error = echo.ask({"do": "text"}).error
    assert error
    assert (error.type, error.message) == ("string", "only a text")


@pytest.mark.parametrize("way", ["hang", "spin"])
def test_a_timeout_kills_it(echo: Opened, way: str) -> None:
    echo.ask("loaded")
    answer = echo.ask({"do": way}, 0.3)
    assert answer.timed_out
    assert echo.ask("again").ok


def test_leaving_and_hoarding_end_it(echo: Opened) -> None:
    left = echo.ask({"do": "exit"})
    assert left.ending == "exited"
    assert left.error
    assert "exit status 4" in left.error.message
    assert echo.ask({"do": "hoard"}).ending == "out of memory"


def test_nothing_of_the_user_is_seen(echo: Opened) -> None:
    seen = echo.ask({"do": "environment"}).payload
    assert isinstance(seen, dict)
    assert "AKIA" not in " ".join(map(str, seen.values()))
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "USER"} & seen.keys()


CALLBACKS = """
const ways = {
  given: (event, context, callback) => callback(null, "given"),
  failed: (event, context, callback) => callback(new TypeError("no")),
  later: (event, context, callback) => { setTimeout(() => console.log("after"), 20); callback(null, "later"); },
  now: (event, context, callback) => {
    context.callbackWaitsForEmptyEventLoop = false;
    setTimeout(() => {}, 1e6);
    callback(null, "now");
  },
  succeed: (event, context) => context.succeed("old"),
  forgotten: () => {},
};
exports.handler = (event, context, callback) => ways[event](event, context, callback);
"""


def test_handlers_with_callbacks(tmp_path: Path) -> None:
    write(tmp_path, "index.js", CALLBACKS)
    with opened(built(tmp_path, "nodejs20.x", "index.handler"), tmp_path / "home") as function:
        given = {way: function.ask(way) for way in ("given", "later", "succeed", "forgotten", "failed", "now")}
    assert {way: answer.payload for way, answer in given.items() if answer.ok} == {
        "given": "given",
        "later": "later",
        "now": "now",
        "succeed": "old",
        "forgotten": None,
    }
    assert any("after" in line.text for line in given["later"].logs)
    assert given["failed"].error
    assert given["failed"].error.type == "TypeError"


def test_both_forms_of_modules_find_what_layers_bring(tmp_path: Path, node_runtime: str) -> None:
    package = tmp_path / "layer" / "nodejs" / "node_modules" / "both"
    write(package, "package.json", '{"name": "both", "exports": {"import": "./a.mjs", "require": "./b.cjs"}}')
    write(package, "a.mjs", "export default 'as a module';")
    write(package, "b.cjs", "module.exports = 'as before';")
    ways = {
        "index.mjs": "import both from 'both'; export const handler = async () => both;",
        "index.cjs": "exports.handler = async () => require('both');",
    }
    answers = [
        answer_of(tmp_path / name, node_runtime, {name: text}, None, tmp_path / "layer") for name, text in ways.items()
    ]
    assert [answer.payload for answer in answers] == ["as a module", "as before"]


def test_package_json_decides_what_js_is(tmp_path: Path, node_runtime: str) -> None:
    files = {"package.json": '{"type": "module"}', "index.js": "export const handler = async () => import.meta.url;"}
    assert str(answer_of(tmp_path, node_runtime, files).payload).startswith("file:")


@pytest.mark.parametrize(
    ("code", "kind", "place"),
    [
        ("export const a = 1;\nretur b;", "Runtime.UserCodeSyntaxError", 2),
        ("// first\nimport nowhere from 'nowhere';", "Runtime.ImportModuleError", 2),
        ("const a = undefined;\nexport const handler = a.b;", "TypeError", 2),
        ("export const other = 1;", "Runtime.HandlerNotFound", 0),
        ("export const handler = awslambda.streamifyResponse(async () => 1);", "Runtime.StreamingNotSupported", 1),
    ],
)
def test_what_can_not_be_loaded_tells_its_line(
    tmp_path: Path, node_runtime: str, code: str, kind: str, place: int
) -> None:
    answer = answer_of(tmp_path, node_runtime, {"index.mjs": code})
    assert answer.ending == "not started"
    assert answer.error
    assert answer.error.type == kind
    assert (answer.error.place.line if answer.error.place else 0) == place


def test_another_node_than_asked_for_is_said(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, "nodejs97.x", {"index.mjs": "export const handler = async () => 1;"})
    assert answer.payload == 1
    assert ["no Node.js 97" in note for note in answer.notes] == [True]


def test_no_node_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GenesysError, match="no Node"):
        answer_of(tmp_path, "nodejs20.x", {"index.mjs": ""})
