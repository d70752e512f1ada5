"""Python functions, run by this machine's own Pythons."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.functions.local.runtime_api import REQUEST_LIMIT, RESPONSE_LIMIT
from genesys_tui.engine.functions.local.settings import Credentials, SandboxSettings
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.sandboxes import ECHO, ROOMY, Opened, built, gone, opened, write

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


@pytest.fixture(params=["awslambdaric", "our own"])
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both that can speak for the function: they must say the same."""
    if request.param == "our own":
        monkeypatch.setattr(interpreters, "brought", lambda *_: None)
    return str(request.param)


@pytest.mark.usefixtures("runtime")
class TestBothRuntimes:
    """What holds whoever speaks for the function."""

    def test_it_answers_and_its_log_is_told(self, echo: Opened) -> None:
        answer = echo.ask({"größe": [1, None]})
        assert (answer.ok, answer.payload, answer.error) == (True, {"größe": [1, None]}, None)
        assert answer.init_ms is not None
        assert answer.max_memory_mb > 0
        loading, start, got, end, report = answer.logs
        assert (loading.text, loading.request) == ("loading", "")
        assert start.text == f"START RequestId: {answer.request} Version: $LATEST"
        assert got.text.startswith("got ")
        assert got.request == answer.request
        assert end.text == f"END RequestId: {answer.request}"
        assert report.text.startswith(f"REPORT RequestId: {answer.request}\tDuration: ")
        assert "\tMemory Size: 512 MB\tMax Memory Used: " in report.text
        assert "\tInit Duration: " in report.text
        assert echo.log.lines == list(answer.logs)

    def test_what_is_written_while_it_loads_comes_before_its_first_event(
        self, tmp_path: Path, genesys_home: Path
    ) -> None:
        """However much that is: what waits in the pipe when the code asks for its event belongs to the loading."""
        write(tmp_path, "app.py", "print('x' * 60_000)\nfor n in range(500): print(n)\ndef handler(*_): return 1\n")
        with opened(built(tmp_path, f"python{MINOR}"), genesys_home) as function:
            texts = [line.text for line in function.ask().logs]
        assert texts[1:502] == [*map(str, range(500)), texts[501]]
        assert texts[501].startswith("START ")

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
