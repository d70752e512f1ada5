"""The life of a container and what it is given. The engine is a script that gives a shell of this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.functions.workshop import container as containers
from genesys_tui.engine.functions.workshop import shell as shells
from genesys_tui.engine.functions.workshop.container import Container, remove_orphans
from genesys_tui.engine.functions.workshop.engine import EngineError, find_engine
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import CommandError, StoppedError
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.containers import DOCKER, FakeEngine, fake_engine

Make = Callable[..., Container]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return fake_engine(tmp_path / "bin", "docker", DOCKER)


@pytest.fixture
def make(fake: FakeEngine, tmp_path: Path) -> Iterator[Make]:
    """Makes containers of one folder."""
    assert fake.path.exists()
    folder = tmp_path / "functions"
    folder.mkdir()
    made: list[Container] = []

    def make(**settings: object) -> Container:
        engine = find_engine()
        image = engine.image("mine:1")
        assert image
        settings_ = BuilderSettings.model_validate(settings)
        made.append(Container(engine, image, settings_, folder, print, threading.Event()))
        return made[-1]

    yield make
    for container in made:
        container.close()


def runs(fake: FakeEngine) -> list[str]:
    return [line for line in fake.asked if line.startswith("run ")]


def test_all_commands_run_in_one_container_that_ends_with_us(make: Make, fake: FakeEngine) -> None:
    container = make()
    assert runs(fake) == []
    shell = container.run(["sh", "-c", "echo $PPID"])
    assert shell
    assert container.run(["pwd"]).strip() == str(container.folder)
    container.close()
    assert len(runs(fake)) == 1
    with pytest.raises(StoppedError):
        container.run(["true"])


def test_a_command_that_fails_says_what_it_said(make: Make) -> None:
    with pytest.raises(CommandError, match=r"sh failed \(exit code 3\): no room") as caught:
        make().run(["sh", "-c", "echo much; echo no room >&2; exit 3"])
    assert (caught.value.code, caught.value.said) == (3, "no room\n")


def test_a_stop_ends_the_command_and_keeps_the_container(make: Make, fake: FakeEngine) -> None:
    container = make()
    container.open()
    threading.Timer(0.05, container.stop.set).start()
    with pytest.raises(StoppedError):
        container.run(["sleep", "60"])
    ran = container.folder / "ran"
    with pytest.raises(StoppedError):
        container.run(["touch", str(ran)])
    container.stop.clear()
    assert container.run(["echo", "next"]) == "next\n"
    assert not ran.exists()
    assert len(runs(fake)) == 1


def test_closing_ends_a_command_that_runs(make: Make) -> None:
    container = make()
    container.open()
    threading.Timer(0.05, container.close).start()
    with pytest.raises(StoppedError):
        container.run(["sleep", "60"])


def test_a_limit(make: Make) -> None:
    with pytest.raises(GenesysError, match=r"sleep was ended: it was not done within 0.05 seconds"):
        make().run(["sleep", "60"], limit=0.05)


def test_a_container_that_died_while_it_was_idle_is_replaced_unseen(make: Make, fake: FakeEngine) -> None:
    container = make()
    os.kill(_shell_of(container), signal.SIGKILL)
    assert container.run(["echo", "still"]) == "still\n"
    assert len(runs(fake)) == 2
    first = runs(fake)[0].split("--name ")[1].split()[0]
    assert f"rm --force {first}" in fake.asked


def test_a_container_that_dies_under_a_command_is_told_and_replaced(make: Make) -> None:
    container = make()
    pid = _shell_of(container)
    with pytest.raises(EngineError, match=r"the container ended while sh ran in it: it was killed, perhaps"):
        container.run(["sh", "-c", f"kill -9 {pid}; sleep 60"])
    assert container.run(["echo", "next"]) == "next\n"


def test_an_interrupted_command_leaves_nothing_to_the_next(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    container = make()
    container.open()

    def interrupt() -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(container.stop, "is_set", lambda: (container.folder / "began").exists() and interrupt())
        container.run(["sh", "-c", "echo left; touch began; exec sleep 60"])
    (container.folder / "began").unlink()
    assert container.run(["echo", "next"]) == "next\n"


def test_an_engine_that_does_not_start_containers(make: Make, fake: FakeEngine) -> None:
    fake.does("run", "echo crun: cgroups: no such file >&2; exit 126")
    with pytest.raises(EngineError, match=r"can't start mine:1: crun: cgroups") as caught:
        make().run(["true"])
    assert caught.value.command == "GENESYS_BUILDER=host"


def test_an_engine_that_hangs_at_the_start(make: Make, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "START_LIMIT", 0.1)
    fake.does("run", "exec /bin/sleep 60")
    with pytest.raises(EngineError, match=r"can't start mine:1: no answer in 0.1 seconds"):
        make().run(["true"])


def test_a_start_can_be_stopped(make: Make, fake: FakeEngine) -> None:
    fake.does("run", "exec /bin/sleep 60")
    container = make()
    threading.Timer(0.1, container.stop.set).start()
    with pytest.raises(StoppedError):
        container.run(["true"])


def test_an_engine_that_hangs_under_a_command(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shells, "GRACE", 0.05)
    container = make()
    os.kill(_shell_of(container), signal.SIGSTOP)
    with pytest.raises(EngineError, match="hangs: true can't be ended"):
        container.run(["true"], limit=0.05)
    assert container.run(["echo", "next"]) == "next\n"


def test_containers_of_dead_apps_are_removed_and_those_of_living_ones_stay(make: Make, fake: FakeEngine) -> None:
    container = make()
    container.open()
    living = runs(fake)[0].split("--name ")[1].split()[0]
    dead = container.folder / "containers" / "genesys-1-dead"
    dead.touch()
    fake.answers("ps", f"{living}\n{dead.name}\ngenesys-1-lost\n")
    assert remove_orphans(container.engine, container.folder) == ["genesys-1-dead", "genesys-1-lost"]
    assert fake.asked[-1] == "rm --force genesys-1-dead genesys-1-lost"
    assert f"ps --all --filter label=genesys.folder={container.folder} " in fake.asked[-2]
    assert not dead.exists()


def test_a_folder_that_can_not_be_written(make: Make) -> None:
    container = make()
    (container.folder / "containers").touch()
    with pytest.raises(GenesysError, match=r"functions can't be written") as caught:
        container.run(["true"])
    assert "GENESYS_HOME" in caught.value.todo


def test_uv_is_put_into_the_folder_once(make: Make) -> None:
    container = make()
    uv = Path(container.uv())
    assert uv.is_relative_to(container.folder / "bin")
    assert container.run([str(uv), "--version"]).startswith("uv ")
    made = uv.stat().st_mtime_ns
    assert make().uv() == str(uv)
    assert uv.stat().st_mtime_ns == made
    assert list(uv.parent.iterdir()) == [uv]


def test_the_settings_are_given_to_the_engine(make: Make, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@outside:1")
    make(network="host", options=["--memory", "2g"], proxy="http://user:secret@proxy:3128").open()
    [line] = runs(fake)
    assert "--network host" in line
    assert line.endswith(f"--user {os.getuid()}:{os.getgid()} --memory 2g mine:1")
    assert "--env HTTPS_PROXY" in line
    assert "secret" not in line


def test_the_container_gets_settings_and_no_credentials(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_PRIVATE_PASSWORD", "secret")
    monkeypatch.setenv("UV_PYTHON", "/here/python")
    container = make(proxy="http://proxy:3128")
    script = 'echo "$UV_INDEX_PRIVATE_PASSWORD $HTTPS_PROXY $https_proxy $UV_CACHE_DIR"'
    said = container.run(["sh", "-c", script]).split()
    assert said == ["secret", "http://proxy:3128", "http://proxy:3128", str(container.folder / "cache" / "uv")]


def test_a_folder_with_a_comma_is_mounted(fake: FakeEngine, tmp_path: Path) -> None:
    folder = tmp_path / 'a,b"c'
    folder.mkdir()
    engine = find_engine()
    image = engine.image("mine:1")
    assert image
    container = Container(engine, image, BuilderSettings(), folder, print, threading.Event())
    container.open()
    container.close()
    [line] = runs(fake)
    quoted = str(folder).replace('"', '""')
    assert f'--mount type=bind,"src={quoted}","dst={quoted}"' in line


def _shell_of(container: Container) -> int:
    """The process that stands for the container."""
    container.open()
    assert container._shell
    return container._shell._process.pid
