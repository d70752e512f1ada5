"""Functions whose Python this machine lacks: they run in a container."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import which
from threading import Event
from time import monotonic

import pytest

from genesys_tui.engine.functions.local import contained, interpreters
from genesys_tui.engine.functions.local.settings import Credentials, SandboxSettings
from genesys_tui.engine.functions.workshop.engine import EngineError, probe
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.containers import DOCKER, PODMAN, STAND_IN, FakeEngine, ends, fake_engine
from tests.engine.functions.sandboxes import ROOMY, Opened, built, opened, write

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
IN_IMAGE = "python3.11"
"""What the image has that `.ci/base-image` makes."""

CODE = """
import os, sys, time
print("loading")

def handler(event, context):
    return globals()[event["do"]](event) if isinstance(event, dict) else event

def fail(event):
    return {}["absent"]

def environment(event):
    return dict(os.environ)

def hang(event):
    print("hanging")
    while True:
        time.sleep(0.01)

def hoard(event):
    return len(bytearray(event["mb"] * 1_000_000))

def leave(event):
    print("last words")
    sys.stdout.write("without an end")
    sys.exit(7)

def die(event):
    os.kill(os.getpid(), 9)

def chat(event):
    for number in range(event["lines"]):
        print("line", number, "x" * 300)
    sys.stdout.write("without an end")

def place(event):
    try:
        open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "written"), "w")
    except OSError as error:
        refused = error.strerror
    with open(os.path.join(os.environ["TMPDIR"], "written"), "w") as file:
        file.write("mine")
    return [refused, sys.version_info[0], os.path.exists(event["path"])]

def brought(event):
    import awslambdaric, boto3, inlayer
    return [awslambdaric.__file__, inlayer.word]
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of all programs of a machine that has no Python; containers are allowed on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "pythons"))
    for name in ("VIRTUAL_ENV", "UV_INTERNAL__PARENT_INTERPRETER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENESYS_BUILDER", "auto")
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    interpreters.python.cache_clear()
    yield folder
    interpreters.python.cache_clear()


@contextmanager
def running(tmp_path: Path, runtime: str, settings: SandboxSettings = ROOMY) -> Iterator[Opened]:
    write(tmp_path, "code/app.py", CODE)
    write(tmp_path, "layer/python/inlayer.py", "word = 'from the layer'")
    made = built(tmp_path / "code", runtime, layers=(tmp_path / "layer",))
    with opened(made, tmp_path / "home" / "genesys", settings) as function:
        yield function


def texts(function: Opened) -> list[str]:
    return [line.text for line in function.log.lines]


# an engine that is a script, and gives a shell of this machine ------------------------------------------------------
SEEING_ITSELF = "/bin/sed -u 's:/proc/\\[0-9\\]\\*/:/proc/self/:'"
"""A script is no container, in which a shell would see the function's processes alone."""


@pytest.fixture
def fake(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    pythons = Path(sys.executable).resolve().parent
    fake = fake_engine(programs, "podman", PODMAN)
    path = f"{pythons}:/usr/bin:/bin"
    fake.does("run", f"{SEEING_ITSELF} | PATH='{path}' /bin/sh")
    monkeypatch.setenv("GENESYS_ENGINE", str(fake.path))
    monkeypatch.setenv("GENESYS_IMAGE", "mine:1")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    return fake


def test_it_answers_from_a_container_and_says_so(fake: FakeEngine, tmp_path: Path) -> None:
    settings = replace(
        ROOMY, environment={"QUOTED": "it's $HOME `x`\nMARK"}, credentials=Credentials("A", "hidden", "T")
    )
    with running(tmp_path, f"python{MINOR}", settings) as function:
        answer = function.ask({"do": "environment"})
        assert isinstance(answer.payload, dict)
        assert answer.payload["QUOTED"] == "it's $HOME `x`\nMARK"
        assert answer.payload["AWS_SECRET_ACCESS_KEY"] == "hidden"
        assert answer.notes[0] == (
            f"this machine has no Python {MINOR}: the function runs in a container (mine:1, podman 5.2.0)"
        )
    [run] = [line for line in fake.asked if line.startswith("run ")]
    assert "hidden" not in run
    assert f"type=bind,src={tmp_path}/code,dst={tmp_path}/code,readonly" in run
    assert f"type=bind,src={tmp_path}/layer,dst={tmp_path}/layer,readonly" in run
    assert "--rm --pull never" in run
    assert "--network host" in run
    assert run.endswith("--memory 512m --memory-swap 512m mine:1")


def test_a_log_that_comes_later_than_the_answer_is_in_it(fake: FakeEngine, tmp_path: Path) -> None:
    slow = "while IFS= read -r line; do /bin/sleep 0.02; printf '%s\\n' \"$line\"; done"
    fake.does("run", f"{(fake.folder / 'run.sh').read_text()} | {slow}")
    with running(tmp_path, f"python{MINOR}") as function:
        assert function.sandbox.load() is None
        answer = function.ask({"do": "chat", "lines": 3})
    assert [line.text[:6] for line in answer.logs][-6:-2] == ["line 0", "line 1", "line 2", "withou"]


def test_an_image_without_the_python_is_said(fake: FakeEngine, tmp_path: Path) -> None:
    fake.does("run", "PATH=/nowhere exec /bin/sh")
    with (
        pytest.raises(EngineError, match=rf"in mine:1: there is no python{MINOR} in it"),
        running(tmp_path, f"python{MINOR}"),
    ):
        pass


def test_what_the_engine_says_is_told(fake: FakeEngine, tmp_path: Path) -> None:
    fake.does("run", "echo crun: cgroups: no such file >&2; exit 126")
    with (
        pytest.raises(EngineError, match=r"can't run the function in mine:1: crun: cgroups: no such file"),
        running(tmp_path, f"python{MINOR}"),
    ):
        pass


def test_an_engine_that_hangs_is_left(fake: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contained, "START_LIMIT", 0.2)
    monkeypatch.setattr(contained, "_GRACE", 0.1)
    pid = tmp_path / "pid"
    fake.does("run", f"echo $$ >{pid}; exec /bin/sleep 60")
    with pytest.raises(EngineError, match=r"no answer in 0\.2 seconds"), running(tmp_path, f"python{MINOR}"):
        pass
    assert ends(int(pid.read_text()))


def test_nothing_is_pulled(fake: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake.folder / "image").unlink()
    monkeypatch.setenv("GENESYS_IMAGE", "absent:1")
    with pytest.raises(GenesysError) as caught, running(tmp_path, f"python{MINOR}"):
        pass
    assert str(caught.value) == (
        f"this machine has no Python {MINOR}, which the function runs on: and no container can run it: "
        "the image absent:1 is not here: `podman pull absent:1` fetches it"
    )
    assert caught.value.command == f"uv python install {MINOR}"
    assert not [line for line in fake.asked if line.startswith("pull")]


def test_an_image_of_another_architecture_is_refused(fake: FakeEngine, tmp_path: Path) -> None:
    fake.answers("image", [{"Id": "sha256:" + "cd" * 32, "Architecture": "s390x"}])
    with (
        pytest.raises(GenesysError, match=r"and no container can run it: .* is for s390x"),
        running(tmp_path, f"python{MINOR}"),
    ):
        pass


@pytest.mark.parametrize(("builder", "why"), [("host", "switched off"), ("auto", "no podman or docker or finch")])
@pytest.mark.usefixtures("programs")
def test_a_container_is_named_where_none_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builder: str, why: str
) -> None:
    monkeypatch.setenv("GENESYS_BUILDER", builder)
    with pytest.raises(GenesysError, match=why) as caught, running(tmp_path, f"python{MINOR}"):
        pass
    assert "let a container run it" in caught.value.todo


@pytest.mark.skipif(sys.platform != "linux", reason="on a Mac engines are in a virtual machine")
@pytest.mark.parametrize(
    ("name", "info", "gateway"),
    [
        ("podman", PODMAN, ""),
        ("podman", {**PODMAN, "host": {**PODMAN["host"], "serviceIsRemote": True}}, "host.containers.internal"),
        ("docker", DOCKER, ""),
        ("docker", {**DOCKER, "OperatingSystem": "Docker Desktop"}, "host.docker.internal"),
        ("docker", {**DOCKER, "SecurityOptions": ["name=rootless"]}, "host.docker.internal"),
    ],
)
def test_how_this_machine_is_reached(programs: Path, name: str, info: object, gateway: str) -> None:
    assert probe(str(fake_engine(programs, name, info).path)).gateway == gateway


def test_node_runs_in_a_container_rather_than_on_another_one(fake: FakeEngine, tmp_path: Path) -> None:
    """The image is of the runtime."""
    for path, version in ((fake.path.parent, "18.1.0"), (tmp_path / "image", "20.1.0")):
        write(path, "node", f'#!/bin/sh\n[ "$1" = --version ] && echo v{version}\nexit 9\n').chmod(0o755)
    fake.does("run", f"{SEEING_ITSELF} | PATH='{tmp_path}/image:/usr/bin:/bin' /bin/sh")
    write(tmp_path, "code/index.mjs", "export const handler = () => 1;")
    made = built(tmp_path / "code", "nodejs20.x", "index.handler")
    with opened(made, tmp_path / "home" / "genesys") as function:
        answer = function.ask()
    assert answer.notes == ("this machine has no Node.js 20: the function runs in a container (mine:1, podman 5.2.0)",)
    assert answer.error
    assert answer.error.message.endswith("exit status 9")


# podman, and the image that `.ci/base-image` makes ------------------------------------------------------------------
@pytest.fixture
def podman(programs: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("podman", "runc", "crun", "conmon"):
        if path := which(name, path=os.defpath):
            (programs / name).symlink_to(path)
    monkeypatch.setenv("GENESYS_ENGINE", "podman")
    monkeypatch.setenv("GENESYS_IMAGE", STAND_IN)
    return str(programs / "podman")


@pytest.fixture
def echo(podman: str, tmp_path: Path) -> Iterator[Opened]:
    assert podman
    with running(tmp_path, IN_IMAGE) as function:
        assert function.ask("loaded").payload == "loaded"
        yield function
    assert eventually(lambda: names() == [])


def names(pid: int | None = None) -> list[str]:
    """The containers of an app, running or not."""
    label = f"label=genesys.pid={pid or os.getpid()}"
    command = ["podman", "ps", "--all", "--filter", label, "--format", "{{.Names}}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def eventually(holds: Callable[[], bool]) -> bool:
    end = monotonic() + 20
    pause = Event()
    while not holds():
        if monotonic() > end:
            return False
        pause.wait(0.02)
    return True


@pytest.mark.slow
class TestInPodman:
    def test_it_is_kept_warm_and_sees_what_it_needs(self, echo: Opened, tmp_path: Path) -> None:
        answer = echo.ask({"do": "place", "path": str(tmp_path / "bin")})
        assert answer.payload == ["Read-only file system", 3, False]
        assert answer.init_ms is None
        assert 0 < answer.max_memory_mb < 200
        payload = echo.ask({"do": "brought"}).payload
        assert isinstance(payload, list)
        file, word = payload
        assert str(file).startswith(str(tmp_path / "home" / "genesys" / "functions" / "ric" / "3.11-x86_64-manylinux"))
        assert word == "from the layer"
        assert len(names()) == 1

    def test_nothing_of_the_user_is_seen(self, echo: Opened) -> None:
        seen = echo.ask({"do": "environment"}).payload
        assert isinstance(seen, dict)
        assert "AWS_ACCESS_KEY_ID" not in seen
        assert os.environ["AWS_SECRET_ACCESS_KEY"] not in map(str, seen.values())
        assert not seen.keys() & {"container", "HOSTNAME", "GENESYS_HOME", "http_proxy", "HTTP_PROXY"}

    def test_an_exception_tells_its_line(self, echo: Opened) -> None:
        answer = echo.ask({"do": "fail"})
        assert answer.error
        assert (answer.error.type, str(answer.error.place)) == (
            "KeyError",
            'app.py:8 in fail: return {}["absent"]',
        )
        assert echo.ask("still").payload == "still"

    def test_its_log_is_whole_and_in_order(self, echo: Opened) -> None:
        answer = echo.ask({"do": "chat", "lines": 5_000})
        wanted = [*(f"line {number} {'x' * 300}" for number in range(5_000)), "without an end"]
        assert [line.text for line in answer.logs][1:-2] == wanted

    def test_a_timeout_tells_where_it_was_and_ends_the_container(self, echo: Opened) -> None:
        [before] = names()
        answer = echo.ask({"do": "hang"}, 0.5)
        assert answer.timed_out
        assert answer.error
        assert str(answer.error.place) == "app.py:16 in hang: time.sleep(0.01)"
        assert eventually(lambda: before not in names())
        assert echo.ask("again").payload == "again"

    @pytest.mark.parametrize("looks", [0.01, 1e9])
    def test_more_memory_than_it_has_ends_it(self, echo: Opened, monkeypatch: pytest.MonkeyPatch, looks: float) -> None:
        """Whether we see it first, or the engine."""
        monkeypatch.setattr(contained, "_LOOKS", looks)
        answer = echo.ask({"do": "hoard", "mb": 800})
        assert answer.ending == "out of memory"
        assert answer.error
        assert answer.error.type == "Runtime.OutOfMemory"
        assert answer.max_memory_mb >= 512
        assert echo.ask({"do": "hoard", "mb": 300}).max_memory_mb in range(280, 400)

    def test_its_own_end_is_told(self, echo: Opened) -> None:
        answer = echo.ask({"do": "leave"})
        assert answer.error
        assert answer.error.message.endswith("exit status 7")
        assert [line.text for line in answer.logs][1:3] == ["last words", "without an end"]
        answer = echo.ask({"do": "die"})
        assert answer.error
        assert (answer.ending, answer.error.message.rpartition(": ")[2]) == ("exited", "killed")

    @pytest.mark.parametrize("killed", ["container", "engine"])
    def test_a_kill_from_outside_is_told(self, echo: Opened, podman: str, killed: str) -> None:
        [name] = names()
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(echo.ask, {"do": "hang"})
            echo.log.wait_for("hanging")
            if killed == "container":
                subprocess.run([podman, "kill", "--signal", "KILL", name], check=True, capture_output=True)
            else:
                os.kill(echo.sandbox.pid, signal.SIGKILL)
            told = answer.result(timeout=30)
        assert told.ending == "exited"
        assert told.error
        assert told.error.message.endswith("signal: killed")
        assert eventually(lambda: name not in names())
        assert echo.ask("again").payload == "again"

    def test_new_code_comes_in_a_new_container(self, echo: Opened, tmp_path: Path) -> None:
        write(tmp_path, "new/app.py", "def handler(event, context):\n    return 'new'\n")
        echo.sandbox.replace(built(tmp_path / "new", IN_IMAGE))
        assert echo.ask().payload == "new"
        assert eventually(lambda: len(names()) == 1)

    def test_a_container_that_does_not_answer_is_removed(self, echo: Opened, podman: str) -> None:
        [name] = names()
        subprocess.run([podman, "pause", name], check=True, capture_output=True)
        assert echo.ask({"do": "hang"}, 0.1).timed_out
        assert eventually(lambda: name not in names())

    @pytest.mark.usefixtures("podman")
    def test_a_kill_of_the_app_leaves_no_container(self, tmp_path: Path) -> None:
        write(tmp_path, "code/app.py", CODE)
        command = [sys.executable, "-c", _APP, str(tmp_path / "code"), str(tmp_path / "home" / "genesys"), IN_IMAGE]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
            assert app.stdout
            assert "hanging" in map(str.strip, app.stdout)
            assert len(names(app.pid)) == 1
            app.kill()
        assert eventually(lambda: names(app.pid) == [])


_APP = """
import sys
sys.base_prefix = "/nowhere"
from pathlib import Path
from tests.engine.functions.sandboxes import ROOMY, Invocation, built, open_sandbox

folder, home, runtime = sys.argv[1:]
sandbox = open_sandbox(built(Path(folder), runtime), ROOMY, Path(home), lambda line: print(line.text, flush=True))
sandbox.invoke(Invocation({"do": "hang"}))
"""
