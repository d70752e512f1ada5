"""Where code is built: in a container where that can be, else here, and it is said why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.functions.workshop import engine as engines
from genesys_tui.engine.functions.workshop.choice import workshop
from genesys_tui.engine.functions.workshop.engine import EngineError
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import StoppedError, Workshop
from genesys_tui.engine.model.build import Architecture, Target
from tests.engine.functions.containers import DOCKER, IMAGE, FakeEngine, fake_engine

RUNTIME = Runtime(name="python3.13", image="lambda/python:3.13", glibc="2.34", deprecated=date(2029, 6, 30))
Choose = Callable[..., Workshop]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Iterator[Choose]:
    """Chooses a workshop on a machine whose only programs are those that a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    folder = tmp_path / "functions"
    folder.mkdir()
    shops: list[Workshop] = []

    def choose(architecture: Architecture = "x86_64", **settings: object) -> Workshop:
        target = Target("python3.13", architecture)
        settings_ = BuilderSettings.model_validate(settings)
        shops.append(workshop(settings_, RUNTIME, target, folder, told.append, threading.Event()))
        return shops[-1]

    yield choose
    for shop in shops:
        shop.close()


@pytest.fixture
def docker(tmp_path: Path) -> FakeEngine:
    return fake_engine(tmp_path / "bin", "docker", DOCKER)


def test_an_engine_with_the_image_builds_in_a_container(choose: Choose, docker: FakeEngine, told: list[str]) -> None:
    shop = choose()
    assert docker.asked == []
    assert shop.where == "container"
    assert shop.identity() == "ab" * 32
    assert shop.run(["echo", "built"]) == "built\n"
    assert "image inspect lambda/python:3.13" in docker.asked
    assert told == ["building in lambda/python:3.13 with docker 28.2.2"]


def test_the_host_asks_no_engine(choose: Choose, docker: FakeEngine) -> None:
    assert choose(builder="host").where == "host"
    assert docker.asked == []


def test_without_an_engine_it_is_built_here_and_said_why(choose: Choose, told: list[str]) -> None:
    assert choose().where == "host"
    assert told == [
        "there is no podman or docker or finch on this machine; building on this machine, where nothing can be compiled"
    ]


def test_a_container_that_is_asked_for_is_not_replaced(choose: Choose, tmp_path: Path) -> None:
    shop = choose(builder="container")
    with pytest.raises(EngineError, match="there is no podman or docker or finch"):
        shop.run(["true"])
    fake_engine(tmp_path / "bin", "docker", DOCKER)
    assert shop.run(["echo", "now"]) == "now\n"


def test_a_missing_image_is_pulled(choose: Choose, docker: FakeEngine, told: list[str]) -> None:
    image = (docker.folder / "image").read_text()
    (docker.folder / "image").unlink()
    docker.does("pull", f"echo '{image}' >{docker.folder}/image")
    assert choose().where == "container"
    assert told[0] == "pulling lambda/python:3.13"


def test_an_image_that_can_not_be_pulled(choose: Choose, docker: FakeEngine, told: list[str]) -> None:
    (docker.folder / "image").unlink()
    docker.does("pull", "echo no such host; exit 1")
    assert choose().where == "host"
    assert "lambda/python:3.13 is missing and can't be pulled: no such host; building on this machine" in told[-1]
    with pytest.raises(EngineError, match="is missing and can't be pulled"):
        choose(builder="container").identity()


def test_an_engine_that_starts_nothing_is_not_used(choose: Choose, docker: FakeEngine, told: list[str]) -> None:
    docker.does("run", "echo operation not permitted >&2; exit 126")
    assert choose().where == "host"
    assert "operation not permitted; building on this machine" in told[-1]


def test_an_architecture_that_the_engine_does_not_run(
    choose: Choose, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wheels can be installed in its own all the same."""
    monkeypatch.setattr(engines, "_emulated", lambda _: False)
    assert choose("arm64").where == "container"
    assert not any(line.startswith("pull") for line in docker.asked)


def test_an_architecture_that_the_engine_emulates(
    choose: Choose, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_emulated", lambda _: True)
    arm = str([{**IMAGE, "Architecture": "arm64"}]).replace("'", '"')
    docker.does("pull", f"echo '{arm}' >{docker.folder}/image")
    assert choose("arm64").where == "container"
    assert "pull --platform linux/arm64 lambda/python:3.13" in docker.asked
    [run] = [line for line in docker.asked if line.startswith("run")]
    assert "--platform linux/arm64" in run


def test_nothing_is_chosen_for_a_build_that_is_stopped(choose: Choose, docker: FakeEngine) -> None:
    shop = choose()
    shop.stop.set()
    with pytest.raises(StoppedError):
        shop.run(["true"])
    assert docker.asked == []
