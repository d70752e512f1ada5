"""Python functions, run by this machine's own Pythons."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.functions.local.runtime_api import REQUEST_LIMIT, RESPONSE_LIMIT
from genesys_tui.engine.functions.local.sandbox import open_sandbox
from genesys_tui.engine.functions.local.settings import Credentials, SandboxSettings
from genesys_tui.engine.functions.workshop.workshop import StoppedError
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.invocation import Invocation, LogLine
from tests.engine.functions.sandboxes import ROOMY, Opened, built, gone, opened, write

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHERS = ("3.13", "3.12", "3.10", "3.9", "3.11", "3.14")


@pytest.fixture(scope="session")
def other_minor(genesys_home: Path) -> str:
    """A Python of this machine that is not the one of the tests."""
    for minor in OTHERS:
        if minor != MINOR:
            try:
                found = interpreters.python(minor)
            except GenesysError:
                continue
            assert interpreters.brought(minor, found, genesys_home, print)
            return minor
    pytest.fail("these tests want a second Python on the machine: uv python install 3.12")


@pytest.fixture(scope="session")
def genesys_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all, in which awslambdaric is installed once."""
    home = tmp_path_factory.mktemp("genesys")
    assert interpreters.brought(MINOR, interpreters.python(MINOR), home, print), (
        "awslambdaric can't be had from the index"
    )
    return home


@pytest.fixture(params=["awslambdaric", "our own"])
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both that can speak for the function: they must say the same."""
    if request.param == "our own":
        monkeypatch.setattr(interpreters, "brought", lambda *_: None)
    return str(request.param)


ECHO = """
import json, os, sys, time

print("loading")

def handler(event, context):
    print("got", json.dumps(event)[:100])
    return globals()[event["do"]](event, context) if isinstance(event, dict) and "do" in event else event

def environment(event, context):
    return dict(os.environ)

def about(event, context):
    return [context.function_name, context.memory_limit_in_mb, context.aws_request_id, context.invoked_function_arn,
            context.get_remaining_time_in_millis(), context.function_version, context.log_group_name]

def fail(event, context):
    return json.loads("{")

def leave(event, context):
    sys.exit(event["code"])

def quit_it(event, context):
    exit()

def hang(event, context):
    print("hanging")
    while True:
        time.sleep(0.01)

def hoard(event, context):
    hoarded = bytearray(event["mb"] * 1_000_000)
    time.sleep(event.get("hold", 0))
    return len(hoarded)

def flash(event, context):
    del (flashed := [bytearray(event["mb"] * 1_000_000)])[0]
    return "over"

def large(event, context):
    return "x" * event["size"]

def process(event, context):
    return os.getpid()

def warn(event, context):
    import logging
    logging.getLogger().warning("mind this")
    print("to stderr", file=sys.stderr)
    sys.stdout.write("without an end")

def unserializable(event, context):
    return {1, 2}
"""


@pytest.fixture
def echo(tmp_path: Path, genesys_home: Path) -> Iterator[Opened]:
    write(tmp_path, "app.py", ECHO)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        yield function


@pytest.mark.usefixtures("runtime")
class TestBothRuntimes:
    """What holds whoever speaks for the function."""

    def test_it_answers_and_its_log_is_told(self, echo: Opened) -> None:
        answer = echo.ask({"größe": [1, None]})
        assert (answer.ok, answer.payload, answer.error) == (True, {"größe": [1, None]}, None)
        assert answer.init_ms is not None
        assert answer.max_memory_mb > 0
        *fetched, loading, start, got, end, report = answer.logs
        assert all(line.text.startswith("fetching ") for line in fetched)  # by the first that needs it
        assert (loading.text, loading.request) == ("loading", "")
        assert start.text == f"START RequestId: {answer.request} Version: $LATEST"
        assert got.text.startswith("got ")
        assert got.request == answer.request
        assert end.text == f"END RequestId: {answer.request}"
        assert report.text.startswith(f"REPORT RequestId: {answer.request}\tDuration: ")
        assert "\tMemory Size: 512 MB\tMax Memory Used: " in report.text
        assert "\tInit Duration: " in report.text
        assert echo.log.lines == list(answer.logs)

    def test_a_second_event_goes_to_the_same_process(self, echo: Opened) -> None:
        first, second = echo.ask({"do": "process"}), echo.ask({"do": "process"})
        assert first.payload == second.payload == echo.sandbox.pid
        assert second.init_ms is None
        assert not any("loading" in line.text or "Init Duration" in line.text for line in second.logs)

    def test_what_it_writes_in_any_way_belongs_to_the_request(self, echo: Opened) -> None:
        answer = echo.ask({"do": "warn"})
        said = {line.text for line in answer.logs if line.request == answer.request}
        assert {"to stderr", "without an end"} <= said
        warning = next(text for text in said if text.startswith("[WARNING]"))
        assert warning.endswith(f"Z\t{answer.request}\tmind this")

    def test_it_is_told_of_itself(self, echo: Opened) -> None:
        answer = echo.ask({"do": "about"}, 10)
        assert isinstance(answer.payload, list)
        name, memory, request, arn, left, version, group = answer.payload
        assert (name, memory, request) == ("echo", "512", answer.request)
        assert arn == "arn:aws:lambda:us-east-1:000000000000:function:echo"
        assert isinstance(left, int)
        assert 0 < left <= 10_000
        assert (version, group) == ("$LATEST", "/aws/lambda/echo")

    def test_an_exception_tells_the_line_of_the_source(self, echo: Opened) -> None:
        answer = echo.ask({"do": "fail"})
        assert answer.ending == "failed"
        assert answer.error
        assert answer.error.type == "JSONDecodeError"
        place = answer.error.place
        assert place
        assert str(place) == 'app.py:17 in fail: return json.loads("{")'
        assert str(answer.error.trace[-1]) == "3 places in libraries"
        assert isinstance(answer.payload, dict)
        assert answer.payload["errorType"] == "JSONDecodeError"
        assert "stackTrace" in answer.payload
        assert echo.ask("still here").ok

    @pytest.mark.parametrize(("code", "words"), [(3, "exit status 3"), (0, "without providing a reason")])
    def test_leaving_is_an_error_and_the_next_event_starts_anew(self, echo: Opened, code: int, words: str) -> None:
        answer = echo.ask({"do": "leave", "code": code})
        assert answer.ending == "exited"
        assert answer.error
        assert answer.error.type == "Runtime.ExitError"
        assert words in answer.error.message
        assert echo.ask("again").init_ms is not None

    def test_a_crash_while_loading_tells_the_line(self, tmp_path: Path, genesys_home: Path) -> None:
        write(tmp_path, "app.py", "import inner\n")
        write(tmp_path, "inner.py", "a = {}\n\nprint(a['b'])\n")
        with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
            for _ in range(2):  # it is not loaded once, and then believed to be there
                answer = function.ask()
                assert answer.ending == "not started"
                assert answer.error
                assert answer.error.type == "KeyError"
                assert str(answer.error.place) == "inner.py:3 in <module>: print(a['b'])"
                assert [line.text for line in answer.logs if line.text.startswith("[ERROR] KeyError")]

    def test_a_module_that_is_missing_tells_who_asks_for_it(self, tmp_path: Path, genesys_home: Path) -> None:
        write(tmp_path, "app.py", "import inner\n")
        write(tmp_path, "inner.py", "import json\nfrom nowhere.at import all\n")
        with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
            error = function.ask().error
        assert error
        assert error.type == "Runtime.ImportModuleError"
        assert "No module named 'nowhere'" in error.message
        assert str(error.place) == "inner.py:2 in the module: from nowhere.at import all"

    def test_a_syntax_error_tells_its_line(self, tmp_path: Path, genesys_home: Path) -> None:
        write(tmp_path, "app.py", "def handler(event, context):\n    retur n 1\n")
        with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
            error = function.ask().error
        assert error
        assert error.type == "Runtime.UserCodeSyntaxError"
        assert error.place
        assert (error.place.file, error.place.line) == ("app.py", 2)

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [("app.nothing", "Runtime.HandlerNotFound"), ("handler", "Runtime.MalformedHandlerName")],
    )
    def test_a_handler_that_is_not_there(self, tmp_path: Path, genesys_home: Path, handler: str, kind: str) -> None:
        write(tmp_path, "app.py", "")
        with opened(built(tmp_path, f"python{MINOR}", handler), genesys_home) as function:
            error = function.ask().error
        assert error
        assert error.type == kind

    def test_the_largest_event_is_taken_and_a_larger_answer_refused(self, echo: Opened) -> None:
        event = {"a": "x" * (REQUEST_LIMIT - len('{"a": ""}'))}
        assert echo.ask(event).payload == event
        with pytest.raises(GenesysError, match="too large"):
            echo.ask({"a": event["a"] + "x"})
        answer = echo.ask({"do": "large", "size": RESPONSE_LIMIT})
        assert answer.ending == "failed"
        assert answer.error
        assert answer.error.type == "Function.ResponseSizeTooLarge"
        assert echo.ask("again").ok

    def test_what_is_no_json_is_an_error_of_the_function(self, echo: Opened) -> None:
        answer = echo.ask({"do": "unserializable"})
        assert answer.ending == "failed"
        assert answer.error
        assert "not JSON serializable" in answer.error.message

    def test_exit_is_known(self, echo: Opened) -> None:
        assert echo.ask({"do": "quit_it"}).ending == "exited"


def test_a_timeout_kills_it_and_tells_where_it_was(echo: Opened) -> None:
    echo.ask("loaded")
    before = echo.sandbox.pid
    answer = echo.ask({"do": "hang"}, 0.3)
    assert answer.timed_out
    assert answer.error
    assert answer.error.message.endswith("Task timed out after 0.30 seconds")
    assert str(answer.error.place) == "app.py:28 in hang: time.sleep(0.01)"
    assert [
        line.text for line in answer.logs if line.text.endswith(f"{answer.request} Task timed out after 0.30 seconds")
    ]
    assert not any("Fatal Python error" in line.text or "Current thread" in line.text for line in answer.logs)
    assert "\tStatus: timeout" in answer.logs[-1].text
    assert gone(before)
    assert echo.ask("again").payload == "again"


def test_loading_has_its_limit(tmp_path: Path, genesys_home: Path) -> None:
    write(tmp_path, "app.py", "import time\nwhile True:\n    time.sleep(0.01)\n")
    settings = replace(ROOMY, init_limit=1.0)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home, settings) as function:
        answer = function.ask()
    assert answer.ending == "not started"
    assert answer.error
    assert "more than 1.00 seconds" in answer.error.message
    assert answer.error.place
    assert answer.error.place.file == "app.py"


@pytest.mark.parametrize("what", [{"do": "hoard", "mb": 800, "hold": 20}, {"do": "flash", "mb": 800}])
def test_more_memory_than_it_has_ends_it(echo: Opened, what: dict[str, str | int]) -> None:
    answer = echo.ask(what)
    assert answer.ending == "out of memory"
    assert answer.error
    assert answer.error.type == "Runtime.OutOfMemory"
    assert "512 MB" in answer.error.message
    assert answer.max_memory_mb > 512
    assert echo.ask("again").ok


def test_memory_that_it_has_is_its_to_use(echo: Opened) -> None:
    answer = echo.ask({"do": "hoard", "mb": 300})
    assert answer.payload == 300_000_000
    assert 280 < answer.max_memory_mb < 512


def test_nothing_of_the_user_is_seen(
    tmp_path: Path, genesys_home: Path, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the environment, nor in a home: boto3 finds nobody's credentials."""
    keys = "[default]\naws_access_key_id = AKIAUSER\naws_secret_access_key = user-secret\nregion = eu-north-1\n"
    write(world, ".aws/credentials", keys)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "user-token")
    monkeypatch.setenv("AWS_PROFILE", "default")
    monkeypatch.setenv("GITHUB_TOKEN", "user-token")
    code = """
    import os
    def handler(event, context):
        import boto3
        found = boto3.Session().get_credentials()
        return {"environment": dict(os.environ), "credentials": found and found.access_key, "home": os.listdir("~")
                if os.path.isdir("~") else os.listdir(os.path.expanduser("~"))}
    """
    write(tmp_path, "app.py", code)
    settings = replace(ROOMY, environment={"TABLE": "orders"}, region="eu-west-1")
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home, settings) as function:
        payload = function.ask().payload
    assert isinstance(payload, dict)
    assert payload["credentials"] is None
    assert payload["home"] == []
    seen = payload["environment"]
    assert isinstance(seen, dict)
    assert (seen["TABLE"], seen["AWS_REGION"], seen["AWS_LAMBDA_FUNCTION_NAME"]) == ("orders", "eu-west-1", "echo")
    values = " ".join(map(str, seen.values()))
    for secret in ("AKIA", "user-token", os.environ["AWS_SECRET_ACCESS_KEY"], str(world)):
        assert secret not in values
    own = {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "LC_CTYPE", "AWS_REGION", "AWS_EC2_METADATA_DISABLED"}
    assert not (seen.keys() & os.environ.keys()) - own - {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}


def test_the_role_is_used_where_it_is_given(tmp_path: Path, genesys_home: Path) -> None:
    write(tmp_path, "app.py", ECHO)
    settings = replace(ROOMY, credentials=Credentials("ASIAROLE", "role-secret", "role-token"))
    assert "role-secret" not in repr(settings)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home, settings) as function:
        seen = function.ask({"do": "environment"}).payload
    assert isinstance(seen, dict)
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    assert [seen[key] for key in keys] == ["ASIAROLE", "role-secret", "role-token"]


def test_two_functions_run_at_once(tmp_path: Path, genesys_home: Path) -> None:
    """Each waits for the other."""
    code = """
    import pathlib, time
    def handler(event, context):
        mine, other = map(pathlib.Path, event)
        mine.touch()
        while not other.exists():
            time.sleep(0.01)
        return "met"
    """
    write(tmp_path, "app.py", code)
    made = built(tmp_path, f"python{MINOR}")
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    with opened(made, genesys_home) as first, opened(made, genesys_home) as second, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].ask(pair[1]), [(first, [one, two]), (second, [two, one])]))
    assert [answer.payload for answer in answers] == ["met", "met"]


def test_a_kill_from_outside_is_told(echo: Opened) -> None:
    echo.ask("loaded")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(echo.ask, {"do": "hang"})
        echo.log.wait_for("hanging")
        os.kill(echo.sandbox.pid, signal.SIGKILL)
        told = answer.result(timeout=30)
    assert told.ending == "exited"
    assert told.error
    assert told.error.message.endswith("Runtime exited with error: signal: killed")
    assert echo.ask("again").ok


def test_a_kill_between_two_events_is_told_at_once(echo: Opened) -> None:
    echo.ask("loaded")
    os.kill(echo.sandbox.pid, signal.SIGKILL)
    echo.log.wait_for("ended between two invocations (signal: killed)")
    answer = echo.ask("again")
    assert answer.ok
    assert answer.init_ms is not None


def test_closing_leaves_no_process(tmp_path: Path, genesys_home: Path) -> None:
    code = """
    import os, subprocess
    def handler(event, context):
        return [os.getpid(), subprocess.Popen(["sleep", "1000"]).pid]
    """
    write(tmp_path, "app.py", code)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        pids = function.ask().payload
        assert isinstance(pids, list)
        assert not any(gone(pid, 0) for pid in pids if isinstance(pid, int))
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids if isinstance(pid, int))
    with pytest.raises(StoppedError):
        function.ask()


def test_closing_stops_an_invocation(echo: Opened) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(echo.ask, {"do": "hang"})
        echo.log.wait_for("hanging")
        echo.sandbox.close()
        with pytest.raises(StoppedError):
            answer.result(timeout=30)


def test_replacing_under_fire_leaves_one_process(tmp_path: Path, genesys_home: Path) -> None:
    """Several ask, while new code comes again and again: the last code answers, and only its process is left."""
    write(tmp_path, "app.py", ECHO)
    made = built(tmp_path, f"python{MINOR}")
    pids: set[int] = set()
    with opened(made, genesys_home) as function, ThreadPoolExecutor(3) as pool:
        over = Event()

        def ask() -> None:
            while not over.is_set():
                with suppress(StoppedError):
                    pids.add(function.sandbox.pid)
                    function.ask({"do": "process"})

        askers = [pool.submit(ask) for _ in range(3)]
        for number in range(10):
            function.sandbox.replace(replace(made, sha256=str(number)))
            pids.add(function.sandbox.pid)
        over.set()
        for asker in askers:
            asker.result(timeout=60)
        last = function.ask({"do": "process"}).payload
        assert last == function.sandbox.pid
        assert all(gone(pid) for pid in pids - {last, 0})


def test_an_interrupt_ends_what_it_waits_for(tmp_path: Path, genesys_home: Path) -> None:
    """Ctrl-C: the answer of the one that was left is never taken for that of the next."""
    write(tmp_path, "app.py", ECHO)

    def told(line: LogLine) -> None:
        if line.text == "hanging":
            interrupt_main()

    with open_sandbox(built(tmp_path, f"python{MINOR}"), ROOMY, genesys_home, told) as sandbox:
        sandbox.invoke(Invocation("loaded"))
        before = sandbox.pid
        with pytest.raises(KeyboardInterrupt):
            sandbox.invoke(Invocation({"do": "hang"}))
        assert gone(before)
        assert sandbox.invoke(Invocation("again")).payload == "again"


_APP = """
import sys
from pathlib import Path
from tests.engine.functions.sandboxes import ROOMY, Invocation, built, open_sandbox

folder, home, runtime = sys.argv[1:]
sandbox = open_sandbox(built(Path(folder), runtime), ROOMY, Path(home), lambda line: print(line.text, flush=True))
sandbox.invoke(Invocation({"do": "hang"}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
def test_a_kill_of_the_app_leaves_no_function_behind(tmp_path: Path, genesys_home: Path) -> None:
    write(tmp_path, "app.py", ECHO.replace('"hanging"', '"hanging in", os.getpid()'))
    command = [sys.executable, "-c", _APP, str(tmp_path), str(genesys_home), f"python{MINOR}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        hanging = next(line for line in app.stdout if line.startswith("hanging in"))
        app.kill()
    assert gone(int(hanging.split()[-1]))


def test_loading_can_be_waited_for_alone(tmp_path: Path, genesys_home: Path) -> None:
    made = built(tmp_path, f"python{MINOR}")
    write(tmp_path, "app.py", ECHO)
    with opened(made, genesys_home) as function:
        assert function.sandbox.load() is None
        answer = function.ask("first")
        assert (answer.payload, answer.init_ms is None) == ("first", False)
        assert function.sandbox.load() is None
        write(tmp_path, "app.py", "1 / 0")
        function.sandbox.replace(made)
        failed = function.sandbox.load()
        assert failed
        assert failed.error
        assert (failed.ending, failed.error.type) == ("not started", "ZeroDivisionError")


def test_new_code_runs_even_when_only_a_digit_changed_within_a_second(tmp_path: Path, genesys_home: Path) -> None:
    made = built(tmp_path, f"python{MINOR}")
    path = write(tmp_path, "app.py", "from inner import handler")
    inner = write(tmp_path, "inner.py", "def handler(event, context):\n    return 0\n")
    os.utime(inner, (1_000_000_000, 1_000_000_000))
    with opened(made, genesys_home) as function:
        for number in range(3):
            inner.write_text(f"def handler(event, context):\n    return {number}\n")
            os.utime(inner, (1_000_000_000, 1_000_000_000))
            function.sandbox.replace(made)
            assert function.ask().payload == number
    assert sorted(child.name for child in path.parent.iterdir() if child.suffix) == ["app.py", "inner.py"]
    assert not (tmp_path / "__pycache__").exists()


def test_layers_are_found_and_nothing_else(tmp_path: Path, genesys_home: Path) -> None:
    layer = tmp_path / "layer"
    write(layer, "python/inlayer.py", "word = 'from the layer'")
    code = """
    import inlayer
    def handler(event, context):
        try:
            import textual
        except ImportError:
            return inlayer.word
    """
    folder = write(tmp_path, "code/app.py", code).parent
    with opened(built(folder, f"python{MINOR}", layers=(layer,)), genesys_home) as function:
        assert function.ask().payload == "from the layer"


def test_a_place_for_temporary_files_of_its_own(tmp_path: Path, genesys_home: Path) -> None:
    code = """
    import tempfile
    def handler(event, context):
        return tempfile.mkstemp()[1]
    """
    write(tmp_path, "app.py", code)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        path = function.ask().payload
        assert isinstance(path, str)
        assert Path(path).exists()
    assert not Path(path).parent.exists()


def test_a_fork_that_keeps_the_pipe_open_delays_nothing(tmp_path: Path, genesys_home: Path) -> None:
    code = """
    import os, subprocess
    def handler(event, context):
        subprocess.Popen(["sleep", "1000"])
        os._exit(7)
    """
    write(tmp_path, "app.py", code)
    with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
        assert function.ask().ending == "exited"


@pytest.mark.usefixtures("runtime")
def test_another_python_runs_what_is_built_for_it(tmp_path: Path, genesys_home: Path, other_minor: str) -> None:
    write(tmp_path, "app.py", "import sys\ndef handler(event, context):\n    return list(sys.version_info[:2])\n")
    with opened(built(tmp_path, f"python{other_minor}"), genesys_home) as function:
        assert function.ask().payload == [int(part) for part in other_minor.split(".")]


def test_a_python_that_is_not_here_is_never_another(tmp_path: Path, genesys_home: Path) -> None:
    write(tmp_path, "app.py", ECHO)
    with (
        pytest.raises(GenesysError, match=r"this machine has no Python 3\.99") as caught,
        opened(built(tmp_path, "python3.99"), genesys_home),
    ):
        pass
    assert caught.value.command == "uv python install 3.99"


def test_where_awslambdaric_cannot_be_had_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "app.py", ECHO)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    home = tmp_path / "new-home"
    with opened(built(tmp_path, f"python{MINOR}"), home) as function:
        answer = function.ask("hello")
    assert answer.payload == "hello"
    assert answer.logs[0].text == f"fetching awslambdaric and boto3 for Python {MINOR}, once"
    assert ["awslambdaric" in note for note in answer.notes] == [True]
    assert not list((home / "functions" / "ric").iterdir())


def test_settings_default_to_those_of_lambda() -> None:
    assert (SandboxSettings().memory, SandboxSettings().timeout) == (128, 3)
